"""
Odd GETs by chance: every address, with odd values for parts of its path, parameters and headers, asked by anyone.

None may end with a 5xx or without an answer, and what the API refuses is a problem document.
"""

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from tests.drills.addresses import ADMIN, API, Address
from tests.drills.mutations import DATES, NUMBERS, TEXTS
from tests.drills.posting import MAX_SECONDS, not_a_problem
from tests.drills.site import Gauge, Person, Site
from tests.drills.tally import Tally
from tests.drills.wire import Answer, Header, request_bytes

ODD = (
    *(str(number) for number in NUMBERS),
    *TEXTS,
    *DATES,
    *("*", ".", "..", "../", "//", "?", ";", "&", "=", "+", "[]"),
    *("{}", "a[b]=c", "a.b", "__class__", "id__in", "-", "--id"),
    *("ocid,ocid", "id,", ",", ",," * 200, "-pk", "?", "pk__gt"),
    *("%", "%25", "%2500", "%zz", "%u0000", "\\", "'", '"', "`"),
    *("xml", "json", "api", "csv", "true", "yes", "on", "TRUE"),
    *("null", "undefined", "0,1", "1-2", "..2024", "2024..", ">1"),
    *("cámara & (vídeo | !x):*", '"', '"a', "a OR", "-", "a" * 60, "a " * 300, "\\:*", "<->", "&&", "!", "the", "🎥"),
    *("/api/v1/", "https://evil.example/", "//evil.example", "/admin/?next=/admin/?next=/", "9" * 35, "/" * 500),
)
VALUES_OF_CURSORS = (
    *("x", "\x00", 1, -1, 2**63, 2**64, 1e308, None, True, [], {}, "2024-01-01", "9999-99-99", "\ud800", [[[]]]),
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Accept", value)
        for value in ("application/xml", "*/*;q=2", ";", "application/json;" * 50, "\xff", "text/html", ",,,")
    ),
    *(
        ("Accept-Language", value)
        for value in ("zz", "es;q=x", "es-" * 200, "*", "\x80", "pt-BR,pt;q=0.9", "x" * 3000)
    ),
    *(
        ("Authorization", value)
        for value in ("Token", "Token ", "Token a b", "Token \xff", "Token vdr_x_" + "a" * 3000, "x")
    ),
    *(("Authorization", value) for value in ("Basic eDp4", "Basic x", "Bearer x", "Token vdr_\x7f_x", "token null")),
    *(
        ("Cookie", value)
        for value in ("sessionid=", "sessionid=\xff", "=;=;", "sessionid=" + "a" * 3000, "messages=x", "a" * 3000)
    ),
    *(("If-None-Match", value) for value in ("*", '"x"', 'W/"', "\xff", '"' * 999, ",")),
    *(
        ("If-Modified-Since", value)
        for value in ("x", "Thu, 99 Foo 9999 99:99:99 GMT", "-1", "Mon, 01 Jan 0001 00:00:00 GMT")
    ),
    *(
        ("Host", value)
        for value in ("", "evil.example", "127.0.0.1:99999", "a b", "[::1", "\xff", "localhost.", "127.0.0.1:x")
    ),
    *(("X-Forwarded-For", value) for value in ("x", "1.2.3.4, " * 90, "::1", "\xff")),
    *(("X-Forwarded-Proto", value) for value in ("https", "x")),
    *(("X-Request-ID", value) for value in ("x" * 999, "\xff", "a\tb", "12345678")),
    *(("Range", value) for value in ("bytes=0-", "bytes=-1", "x", "bytes=" + "0-," * 300)),
    *(
        ("Content-Type", value)
        for value in ("application/json; charset=\xff", "x; charset=y", "a;charset*=utf-8''%00")
    ),
    *(("Content-Length", value) for value in ("0", "-1", "x")),
    *(("Accept-Encoding", value) for value in ("x", "gzip;q=0", "identity;q=0", "*;q=0")),
    *(("Transfer-Encoding", "x"), ("Connection", "Upgrade")),
    *(("Upgrade", "h2c"), ("Expect", "100-continue"), ("TE", "x")),
    *(("X-HTTP-Method-Override", "DELETE"), ("Referer", "\xff")),
    *(("Origin", "null"), ("User-Agent", ""), ("X-\xff", "x")),
    *(("A" * 200, "x"), ("Accept-Charset", "x"), ("Cache-Control", "x"), ("Forwarded", 'for="'), ("X_Y", "z")),
)
# What a server that does not know a transfer coding is asked to answer by RFC 9112.
NOT_IMPLEMENTED = 501


class Request(NamedTuple):
    person: str
    address: str
    text: bytes


class Asking:
    """Asks one thing after the other."""

    def __init__(
        self, site: Site, readers: Mapping[str, Person], tally: Tally, *, known: Mapping[str, Sequence[str]]
    ) -> None:
        self.site = site
        self.readers = readers
        self.tally = tally
        self.known = known
        self.web = Gauge(site.web)

    def run(self, numbers: Sequence[int], addresses: Sequence[Address]) -> None:
        # Each address in turn, so that none is left out by chance; half of the time one of the API, which has fewer.
        groups = [[one for one in addresses if one.path.startswith(API) is is_api] for is_api in (True, False)]
        for number in numbers:
            chosen = groups[number % 2]
            self._ask(number, self._make(number, chosen[number // 2 % len(chosen)]))
        self.tally.note_worst("memory of a web process, MB", self.web.peak, "")
        for line in self.site.traces():
            self.tally.violate(f"a trace in the log of {line}")

    def _ask(self, number: int, request: Request) -> None:
        held = self.web.begin()
        answer = self.site.ask(request.text)
        grown = self.web.read() - held
        place = "API" if request.address.startswith(API) else "admin" if request.address.startswith(ADMIN) else "pages"
        shown_by = f"{number} {request.person} {request.text.partition(b' HTTP/1.1')[0][:300].decode('latin-1')}"
        self.tally.count(f"{place} {answer.status or 'no answer'}")
        self.tally.count(f"by {request.person}")
        self.tally.note_worst(f"seconds of {place}", answer.seconds, shown_by)
        self.tally.note_worst("growth by a GET, MB", grown, shown_by)
        if wrong := _wrong(answer, request):
            self.tally.violate(f"{wrong}: {answer.status} {answer.body[:200]!r}", shown_by, request=request.text)

    def _make(self, number: int, address: Address) -> Request:
        chance = random.Random(f"{self.tally.seed}/{number}")
        person = self.readers[chance.choice(sorted(self.readers))]
        target = _encode(chance, self._path(chance, address.path))
        names = list(address.parameters)
        pairs = []
        for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 4))):
            name = chance.choice(names) if names and chance.random() < 0.9 else chance.choice(ODD)
            if name == "format" and chance.random() < 0.8:
                continue  # it ends most requests before they reach anything
            pairs.append((name, self._value(chance, name, address)))
        if pairs:
            separator = b"&" if chance.random() < 0.97 else b";"
            target += b"?" + separator.join(
                _encode(chance, name) + b"=" + _encode(chance, value) for name, value in pairs
            )
        headers: list[Header] = list(person.headers() if address.path.startswith(API) else person.cookies())
        if chance.random() < 0.3:
            name, value = chance.choice(HEADERS)
            headers = [given for given in headers if given[0].lower() != name.encode("latin-1").lower()]
            headers.append((name.encode("latin-1"), value.encode("latin-1")))
        if chance.random() < 0.2:
            headers.append((b"Accept-Language", chance.choice((b"es", b"pt", b"en"))))
        method = chance.choices((b"GET", b"HEAD", b"OPTIONS"), (94, 4, 2))[0]
        return Request(person.name, address.path, request_bytes(method, target, headers))

    def _path(self, chance: random.Random, template: str) -> str:
        path = template
        for part in template.split("{")[1:]:
            name = part.partition("}")[0]
            values = self.known.get(self._kind(template, name), ())
            value = chance.choice(values) if values and chance.random() < 0.6 else chance.choice(ODD)
            path = path.replace(f"{{{name}}}", quote(value, safe="", errors="surrogatepass"), 1)
        return path

    @staticmethod
    def _kind(template: str, name: str) -> str:
        if name in {"pk", "object_id", "id"}:
            kinds = ("flag", "organization", "submission", "contract")
            return next((kind for kind in kinds if f"/{kind}" in template), "process")
        return name

    def _value(self, chance: random.Random, name: str, address: Address) -> str:
        if name == "cursor" and chance.random() < 0.8:
            return _cursor(chance)
        allowed = address.values.get(name, ())
        draw = chance.random()
        if allowed and draw < 0.3:
            return chance.choice(allowed)
        if draw < 0.45:
            return chance.choice(self.known.get(name) or self.known[""])
        odd = chance.choice(ODD)
        return chance.choice((odd, odd, odd, f"{chance.choice(self.known[''])}{odd}", f"{odd},{chance.choice(ODD)}"))


def _cursor(chance: random.Random) -> str:
    order = chance.choice(
        ("id", "-id", "slug", "name", "-changed", "-date", "date", "value", "-value", "x", "", None, 1)
    )
    payload = [order, chance.choice((True, False, None, 1)), *(chance.choice(VALUES_OF_CURSORS) for _ in range(2))]
    if chance.random() < 0.7:
        payload[2] = chance.choice((1, 5, 2**63 - 1))
    text = json.dumps(payload[: chance.choice((0, 3, 3, 4, 4, 4))])
    if chance.random() < 0.1:
        text = text[: len(text) // 2]
    return urlsafe_b64encode(text.encode()).decode().rstrip(chance.choice(("=", "")))


def _encode(chance: random.Random, text: str) -> bytes:
    """Encode a part of a target: mostly as it should be; a line of HTTP ends at a space or a control."""
    way = chance.random()
    if text.startswith("/") and "%" in text:
        return text.encode("latin-1", "replace")  # a path whose parts are encoded
    if way < 0.9:
        return quote(text, safe="/,:-._~", errors="surrogatepass").encode()
    if way < 0.95:
        return quote(quote(text, safe="", errors="surrogatepass"), safe="").encode()
    raw = text.encode("utf-8", "surrogatepass")
    return bytes(byte for byte in raw if byte > 32 and byte not in b"#\x7f")


def _wrong(answer: Answer, request: Request) -> str:
    """Return what is wrong with an answer, empty for nothing."""
    if answer.status >= 500 and not (answer.status == NOT_IMPLEMENTED and b"Transfer-Encoding" in request.text):
        return "an error of the server"
    if not answer.status:
        return "no answer"
    if answer.seconds > MAX_SECONDS:
        return f"{answer.seconds:.0f} seconds"
    target = (
        urlsplit(request.text.split(b" ")[1].decode("latin-1")).path if not request.text.startswith(b"HEAD") else ""
    )
    return not_a_problem(answer) if target.startswith(API) else ""
