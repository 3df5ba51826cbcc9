"""Bodies by chance: a document, changed, written oddly, sent oddly. The same seed and number give the same body."""

import copy
import gzip
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.drills.mutations import Raw, mutate, write
from tests.drills.seeds import Seed
from tests.drills.site import PREFIX, PUBLISHER
from tests.drills.wire import Header

SUBMISSIONS = "/api/v1/submissions/"
SIMPLE_CONTRACTS = f"{SUBMISSIONS}simple-contract/"
VALIDATION = f"{SUBMISSIONS}validate/"

TYPES = (
    *("application/json", "application/jsonl", "application/x-ndjson", "application/gzip", "application/octet-stream"),
    *("application/vnd.ocds+json", "application/json; charset=utf-8"),
    *("APPLICATION/JSON;charset=UTF8", "text/plain", ""),
    *("application/json; charset=utf-16", "application/json; charset=latin-1", "application/json; charset=cp1252"),
    *("application/json; charset=utf-7", "application/json; charset=rot13", "application/json; charset=hex"),
    *("application/json; charset=\x00", "application/json; charset*=utf-8''%00", "application/json; charset*0=a"),
    *("application/json; charset=" + "a" * 500, "application/json;" * 100, "; charset=x", "/", "a/b/c", "\xff"),
    *("application/x-www-form-urlencoded", "multipart/form-data"),
    *("multipart/mixed; boundary=x", "application/json,text/x"),
    *(
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary=\xe9",
    ),
)
ENCODINGS = ("gzip", "x-gzip", "GZIP", "identity", "deflate", "br", "gzip, gzip", "", "\x00", "a" * 300)
LENGTHS = ("0", "-1", "+5", "1e3", "0x10", " 7 ", "9" * 20, "9" * 400, "1_0", "٣", "", "5, 5", "1.0", "104857601")
QUERIES = (
    *("publisher=" + PUBLISHER, "publisher=", "publisher=nobody"),
    *("publisher=%00", "publisher=%ff", "unknown=1", "a", "&"),
    *("publisher=" + "a" * 3000, f"publisher={PUBLISHER}&publisher=x"),
    *("format=xml", "publisher=%F0%9F%98%80", "%", "=="),
)
CHARSETS = (
    *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp1252", "cp037", "utf-8-sig", "shift_jis"),
)


class Body(NamedTuple):
    """
    A request that sends something.

    ``stored`` is what the site stores if it takes it, `None` where that is the reader of forms' to say; ``leaves`` is
    whether its sender goes away before the end; ``is_whole`` is whether the server can know where it ends, and so must
    answer.
    """

    number: int
    sender: str
    address: str
    headers: tuple[Header, ...]
    payload: bytes
    stored: bytes | None
    leaves: bool = False
    is_whole: bool = True
    changes: tuple[str, ...] = ()


def make_body(seed: str, number: int, seeds: Sequence[Seed]) -> Body:
    chance = random.Random(f"{seed}/{number}")
    chosen = chance.choices(seeds, [entry.weight for entry in seeds])[0]
    document = copy.deepcopy(chosen.document)
    if chance.random() < 0.85:
        document = _renamed(document, number)
    changes = [chosen.name]
    donors = [entry.document for entry in seeds[:12]]
    changes += [mutate(chance, document, donors) for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8)))]
    if chance.random() < 0.1:
        document = _wrapped(chance, document)
        changes.append("wrapped")
    data = _written(chance, document, changes)
    return _sent(chance, number, data, changes, is_simple=chosen.name == "simple contract")


def _renamed(document: Any, number: int) -> Any:
    """Return a document whose processes are its own, as most are: those of one ocid are all compiled together."""

    def rename(value: Any) -> Any:
        match value:
            case dict():
                return {name: rename(member) for name, member in value.items()}
            case list():
                return [rename(entry) for entry in value]
            case str() if value in ocids:
                return f"{PREFIX}-{number}-{value[-20:]}" if number % 4 == 0 else f"{value}-{number}"
        return value

    ocids: set[str] = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("ocid"), str):
                ocids.add(value["ocid"])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return rename(document)


def _wrapped(chance: random.Random, document: Any) -> Any:
    text = Raw(write(document))
    return chance.choice(
        (
            {"releases": [text]},
            {"records": [{"compiledRelease": text}]},
            {"records": [{"ocid": "ocds-test01-1", "releases": [text, text]}]},
            {"records": [{"releases": [{"url": "https://example.org/1"}], "versionedRelease": text}]},
            {"data": [text], "results": text},
            [text, text],
            [[text]],
            Raw(f"{text}\n{text}"),
            Raw(f"{text}{text}"),
            Raw(f"{text},\n{text}"),
            Raw("\n".join([str(text)] * chance.choice((2, 5)) + ["{", "x", ""])),
            Raw(f"\x1e{text}\n"),
            Raw(f"callback({text});"),
        )
    )


def _written(chance: random.Random, document: Any, changes: list[str]) -> bytes:
    """Write a document: mostly as JSON in UTF-8."""
    text = write(document, ascii_only=chance.random() < 0.5)
    data = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.75:
        return data
    match kind := chance.choice(("cut", "flip", "encode", "gzip", "gzip", "space", "syntax", "junk")):
        case "cut":
            data = data[: chance.randrange(len(data) + 1)]
        case "flip":
            changed = bytearray(data)
            for _ in range(chance.choice((1, 1, 3, 30))):
                if changed:
                    changed[chance.randrange(len(changed))] = chance.randrange(256)
            data = bytes(changed)
        case "encode":
            kind = chance.choice(CHARSETS)
            data = text.encode("utf-8", "replace").decode().encode(kind, "replace")
        case "gzip":
            data = _packed(chance, data)
        case "space":
            space = chance.choice((" ", "\n", "\r\n", "\t", "\x00", "\x0b", "\u00a0", "\u2028"))
            data = text.replace(":", ":" + space, chance.choice((1, 10, -1))).encode("utf-8", "surrogatepass")
        case "syntax":
            old, new = chance.choice(
                (
                    *(("}", ",}"), ("]", ",]"), ('"', "'"), (":", "=")),
                    *((",", ",,"), ("{", "/**/{"), ("true", "True"), ("}", "")),
                )
            )
            data = text.replace(old, new, chance.choice((1, 1, -1))).encode("utf-8", "surrogatepass")
        case "junk":
            junk = chance.choice(
                (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"}", b"[", b"null", b"\x1f\x8b", b"PK\x03\x04")
            )
            data = chance.choice((junk + data, data + junk, junk, data[:50] + junk + data[50:]))
    changes.append(kind)
    return data


def _packed(chance: random.Random, data: bytes) -> bytes:
    packed = gzip.compress(data, mtime=0)
    damaged = bytearray(packed)
    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    middle = len(data) // 2
    return chance.choice(
        (
            packed,
            packed,
            packed[: chance.randrange(len(packed))],
            packed[:-4],
            bytes(damaged),
            packed + b"\x00" * 512,
            packed + b"junk",
            packed + packed,
            gzip.compress(data[:middle], mtime=0) + gzip.compress(data[middle:], mtime=0),
            gzip.compress(packed, mtime=0),
            gzip.compress(data + b" " * chance.choice((10, 5_000_000)), mtime=0),
            gzip.compress(b"[" + b"{}," * chance.choice((10, 1_500_000)) + data + b"]", mtime=0),
        )
    )


def _sent(chance: random.Random, number: int, data: bytes, changes: list[str], *, is_simple: bool) -> Body:
    """Send bytes: mostly as JSON with their length."""
    address = SIMPLE_CONTRACTS if is_simple and chance.random() < 0.5 else SUBMISSIONS
    sender = chance.choice(("held", "trusted", "publisher"))
    if sender == "publisher" and chance.random() < 0.5:
        address += f"?publisher={PUBLISHER}"
    body = Body(number, sender, address, (), data, data)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    if data[:2] == b"\x1f\x8b" and chance.random() < 0.5:
        headers["Content-Encoding"] = "gzip"
    if chance.random() > 0.25:
        return body._replace(headers=_encoded(headers), changes=tuple(changes))
    kind = chance.choice(
        ("type", "type", "encoding", "form", "form", "length", "shorter", "longer", "chunks", "query", "header")
    )
    match kind:
        case "type":
            headers["Content-Type"] = chance.choice(TYPES)
        case "encoding":
            headers["Content-Encoding"] = chance.choice(ENCODINGS)
        case "form":
            headers["Content-Type"], payload, is_plain = _form(chance, data)
            headers["Content-Length"] = str(len(payload))
            body = body._replace(payload=payload, stored=data if is_plain else None)
        case "length":
            headers["Content-Length"] = chance.choice(LENGTHS)
            told = headers["Content-Length"].strip()
            size = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
            body = body._replace(stored=data[:size], leaves=True, is_whole=False)
        case "shorter":
            size = chance.randrange(len(data) + 1)
            headers["Content-Length"] = str(size)
            body = body._replace(stored=data[:size], is_whole=False)
        case "longer":
            headers["Content-Length"] = str(len(data) + chance.choice((1, 100, 10_000_000)))
            body = body._replace(leaves=True, is_whole=False)
        case "chunks":
            del headers["Content-Length"]
            headers["Transfer-Encoding"] = chance.choice(
                ("chunked", "chunked", "Chunked", "gzip, chunked", "identity", "x")
            )
            payload, is_whole = _chunked(chance, data)
            body = body._replace(payload=payload, leaves=True, is_whole=is_whole)
        case "query":
            body = body._replace(address=address.partition("?")[0] + "?" + chance.choice(QUERIES))
        case "header":
            name, value = chance.choice(
                (
                    *(("Expect", "100-continue"), ("Expect", "x")),
                    *(("Accept-Language", "\xff"), ("Accept", "text/html")),
                    *(("X-Request-ID", "\x01"), ("Accept-Language", "es," * 500), ("Content-Range", "bytes 0-1/2")),
                    *(
                        ("X-HTTP-Method-Override", "DELETE"),
                        ("Content-Disposition", "attachment; filename=../x"),
                        ("A" * 300, ""),
                    ),
                    *(("Host", "x.example"), ("Content-MD5", "x")),
                    *(("Content-Length", "5"), ("Cookie", "sessionid=\x00;")),
                )
            )
            headers[name] = value
            if name == "Content-Length":
                body = body._replace(stored=data[:5], leaves=True, is_whole=False)
    changes.append(kind)
    return body._replace(headers=_encoded(headers), changes=tuple(changes))


def _encoded(headers: dict[str, str]) -> tuple[Header, ...]:
    return tuple(
        (name.encode("latin-1"), value.encode("utf-8")) for name, value in headers.items() if value or name == "A"
    )


def _form(chance: random.Random, data: bytes) -> tuple[str, bytes, bool]:
    """Return the Content-Type of a form, the form, and whether it is written as it should be."""
    boundary = "drill" + chance.choice(("", "-", "'()+_,./:=?", " x"))
    name = chance.choice(("file", "file", "file", "file", "File", "", "publisher", "a" * 300, "fi\x00le"))
    file_name = chance.choice(("a.json", "", "../../a", "\x00", "á" * 300, 'a"b', "a\\", "con"))
    part = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
    part += chance.choice(
        (
            *("", "Content-Type: application/json\r\n"),
            *("Content-Transfer-Encoding: base64\r\n", "Content-Type: x; charset=\x00\r\n"),
        )
    )
    parts = [(part.encode(), data)]
    if chance.random() < 0.5:
        value = chance.choice((PUBLISHER, "", "a\x00b", "nobody", "\ud800", "x" * 3_000_000)).encode(
            "utf-8", "surrogatepass"
        )
        field = chance.choice(("publisher", "publisher", "other", "csrfmiddlewaretoken"))
        parts.insert(chance.randrange(2), (f'Content-Disposition: form-data; name="{field}"\r\n'.encode(), value))
    if chance.random() < 0.1:
        parts *= min(chance.choice((2, 1100)), 1 + 4_000_000 // sum(len(value) + 1 for _head, value in parts))
    line = b"\r\n" if chance.random() < 0.9 else b"\n"
    marked = b"--" + boundary.encode()
    text = line.join(marked + line + head.replace(b"\r\n", line) + line + value for head, value in parts)
    ending = chance.choice((line + marked + b"--" + line, line + marked + b"--", line + marked, b""))
    told = chance.choice((boundary, boundary, boundary, f'"{boundary}"', "other"))
    is_plain = line == b"\r\n" and b"--" in ending and "base64" not in part
    return f"multipart/form-data; boundary={told}", text + ending, is_plain


def _chunked(chance: random.Random, data: bytes) -> tuple[bytes, bool]:
    size = chance.choice((1, 7, 100, 65_536)) if len(data) < 20_000 else 65_536
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    ending = chance.choice(
        (
            *(b"0\r\n\r\n", b"0\r\n\r\n", b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n"),
            *(b"", b"-1\r\n\r\n", b"zz\r\n", b"0;a=b\r\n\r\n"),
        )
    )
    return framed + ending, ending.startswith(b"0\r\n\r\n")
