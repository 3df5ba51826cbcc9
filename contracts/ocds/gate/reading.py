"""
A stream of bytes → releases and problems; the structure is detected.

Release packages, record packages (embedded releases, compiled only, linked by URL), JSON Lines of either, arrays of
packages, single releases and records; OCDS 1.0 and 1.1.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from contracts.ocds.corrections import Correction
from contracts.ocds.gate.cutting import Piece, holds_more_values
from contracts.ocds.gate.document import DecodedJson, decode
from contracts.ocds.gate.scan import scan
from contracts.ocds.problems import Limits, Problem, RefusedError

MAX_OCID = 200
_VERSIONS = frozenset({"1.0", "1.1"})
# Members that indicate a simple contract.
_LIKE_SIMPLE = frozenset(
    {
        *("title", "titulo", "título", "description", "descripcion", "descripción", "descricao", "descrição"),
        *("buyer", "comprador", "supplier", "suppliers", "proveedor", "fornecedor", "objeto"),
    }
)

_STAGES = frozenset({"tender", "awards", "contracts"})
_OF_RELEASES = _STAGES | {"buyer", "parties", "planning", "tag"}
_OF_RECORDS = frozenset({"compiledRelease", "versionedRelease", "releases"})
_OF_A_RECORD = re.compile(rb'"(?:compiledRelease|versionedRelease|releases)"')
_SAYS_WHAT = frozenset({"title", "description"})
_SAYS_WHO = frozenset({"buyer", "supplier", "suppliers"})

Kind = Literal["release", "compiled"]


class Received(Struct, frozen=True, gc=False):
    """
    One release as received.

    ``content`` is its bytes in the stream; ``kind`` is ``compiled`` for the compiled release of a record, which counts
    only if the record has no releases.
    """

    ocid: str
    release_id: str
    kind: Kind
    content: bytes
    document: DecodedJson
    pointer: str
    line: int


class Package(Struct, frozen=True):
    """The metadata of a package: uri, publisher, licence, version, extensions."""

    metadata: dict[str, Any]
    line: int


def read_releases(chunks: Iterable[bytes], limits: Limits) -> Iterator[Received | Package | Problem]:
    """
    Read a stream of UTF-8 JSON, in memory limited to one release or record.

    :param chunks: the stream without byte order mark
    """
    is_empty = True
    for entry in _read(chunks, limits):
        is_empty = is_empty and isinstance(entry, Package)
        yield entry
    if is_empty:
        yield Problem("no_records")


def read_value(chunks: Iterable[bytes], limits: Limits) -> DecodedJson:
    """
    Read a stream that is a single JSON value of at most the size of a release, such as a simple contract.

    :raises RefusedError: if it exceeds a limit, or is not JSON
    """
    text = bytearray()
    for chunk in chunks:
        text += chunk
        if len(text) > limits.item_bytes:
            raise RefusedError(Problem("item_too_large", values={"limit": limits.item_bytes}))
    content = bytes(text)
    for entry in scan([content], limits):
        if isinstance(entry, Problem) and entry.code in {"too_deep", "item_too_large"}:
            raise RefusedError(entry)
    if holds_more_values(content, limits.item_values):
        raise RefusedError(Problem("item_too_large", "values", {"limit": limits.item_values}))
    return decode(content, limits)


def _read(chunks: Iterable[bytes], limits: Limits) -> Iterator[Received | Package | Problem]:
    for piece in scan(chunks, limits):
        if isinstance(piece, Problem):
            yield piece
            continue
        try:
            yield from _entry(piece, limits) if piece.list_name else _value(piece, limits)
        except RefusedError as refusal:
            yield _placed(refusal.problem, piece.pointer, piece)


def _placed(problem: Problem, pointer: str, piece: Piece) -> Problem:
    """Turn a problem relative to a piece into one relative to the stream."""
    offset = piece.offset + (problem.offset or 0)
    # The position in the text of the problem is relative to the stream, too.
    values = {**problem.values, "offset": offset} if "offset" in problem.values else problem.values
    return structs.replace(problem, values=values, pointer=pointer + problem.pointer, line=piece.line, offset=offset)


def _value(piece: Piece, limits: Limits) -> Iterator[Received | Package | Problem]:
    """Read the rest of a top-level value: a release, a record, or the metadata of a package."""
    members = _members(piece.content, limits)
    if members is None:
        raise RefusedError(Problem("not_a_package"))
    if "compiledRelease" in members or "versionedRelease" in members:
        yield from _compiled(members, piece, limits, has_releases=piece.elements > 0)
    elif "releases" in members or "records" in members:
        metadata = decode(piece.content, limits).value
        for name in ("releases", "records"):
            lone = metadata.pop(name, None)
            if isinstance(lone, dict):  # An object instead of the list is read as its only entry.
                content, pointer = bytes(members[name]), f"{piece.pointer}/{name}"
                yield from _entry(structs.replace(piece, content=content, pointer=pointer, list_name=name), limits)
        yield Package(metadata, piece.line)
        version = metadata.get("version")
        if version is not None and ".".join(str(version).split(".")[:2]) not in _VERSIONS:
            shown = {"version": str(version)[:60]}
            yield Problem("version_unknown", values=shown, pointer="/version", line=piece.line)
        links = metadata.get("links")  # OCDS pagination extension.
        if isinstance(links, dict) and isinstance(url := links.get("next"), str) and url.strip():
            yield Problem("more_pages", values={"url": url[:200]}, pointer="/links/next", line=piece.line)
    elif "ocid" in members or _STAGES & members.keys():
        yield from _release(piece.content, piece.pointer, piece, limits)
    else:
        variant = "almost_simple" if _LIKE_SIMPLE & {name.lower() for name in members} else "members"
        if _SAYS_WHAT & members.keys() and _SAYS_WHO & members.keys():
            variant = "simple_among"  # A single one is read as such.
        raise RefusedError(Problem("not_a_package", variant, {"members": sorted(members)[:8]}))


def _entry(piece: Piece, limits: Limits) -> Iterator[Received | Problem]:
    """Read an entry of ``records`` or ``releases`` by its content: some publishers confuse the two."""
    is_listed = piece.list_name == "records"
    # Looking up members takes time, and nearly all releases contain none of these names.
    members = _members(piece.content, limits) if is_listed or _OF_A_RECORD.search(piece.content) else {}
    if members is None:
        raise RefusedError(Problem("object_expected", "record" if is_listed else "release"))
    if _OF_RECORDS & members.keys() or (is_listed and not _OF_RELEASES & members.keys()):
        yield from _record(members, piece, limits)
    else:
        yield from _release(piece.content, piece.pointer, piece, limits)


def _record(members: dict[str, msgspec.Raw], piece: Piece, limits: Limits) -> Iterator[Received | Problem]:
    releases = _entries(members.get("releases"))
    ocid = _scalar(members.get("ocid"), limits)
    for index, content in enumerate(releases):
        yield from _release(bytes(content), f"{piece.pointer}/releases/{index}", piece, limits, ocid=ocid)
    if "compiledRelease" in members:
        yield from _compiled(members, piece, limits, has_releases=bool(releases))
    elif not releases:
        yield _placed(Problem("no_release"), piece.pointer, piece)


def _compiled(
    members: dict[str, msgspec.Raw], piece: Piece, limits: Limits, *, has_releases: bool
) -> Iterator[Received | Problem]:
    content = members.get("compiledRelease")
    if content is None or bytes(content).strip() == b"null":
        if not has_releases:
            yield _placed(Problem("no_release"), piece.pointer, piece)
        return
    pointer = f"{piece.pointer}/compiledRelease"
    ocid = _scalar(members.get("ocid"), limits)
    yield from _release(bytes(content), pointer, piece, limits, kind="compiled", ocid=ocid)


def _release(
    content: bytes, pointer: str, piece: Piece, limits: Limits, *, kind: Kind = "release", ocid: str = ""
) -> Iterator[Received | Problem]:
    try:
        document = decode(content, limits)
        release = _object(document)
        if "url" in release and "ocid" not in release and not _STAGES & release.keys():
            link = {"url": str(release["url"])[:200]}
            yield _placed(Problem("linked_release", values=link), pointer, piece)
            return
        read_ocid, corrections = _ocid(release, ocid)
    except RefusedError as refusal:
        yield _placed(refusal.problem, pointer, piece)
        return
    if corrections:
        document = structs.replace(document, corrections=(*document.corrections, *corrections))
    release_id = release.get("id")
    yield Received(
        ocid=read_ocid,
        release_id=str(release_id)[:500] if isinstance(release_id, str | int) else "",
        kind=kind,
        content=content,
        document=document,
        pointer=pointer,
        line=piece.line,
    )


def _object(document: DecodedJson) -> dict[str, Any]:
    if not isinstance(document.value, dict):
        raise RefusedError(Problem("object_expected", "release"))
    return document.value


def _ocid(release: dict[str, Any], record_ocid: str) -> tuple[str, list[Correction]]:
    """Return the ocid as text; a release without one takes its record's, logged."""
    value = release.get("ocid")
    if value is None or value == "":
        if not record_ocid:
            raise RefusedError(Problem("ocid_missing", pointer="/ocid"))
        return record_ocid, [Correction("/ocid", value, record_ocid, "ocid_of_record")]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), [Correction("/ocid", value, str(value), "number_as_text")]
    if not isinstance(value, str) or len(value) > MAX_OCID or not value.strip():
        raise RefusedError(Problem("ocid_unreadable", values={"limit": MAX_OCID}, pointer="/ocid"))
    return value, []


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def _members(content: bytes, limits: Limits) -> dict[str, msgspec.Raw] | None:
    try:
        return _MEMBERS.decode(content)
    except msgspec.ValidationError:
        decode(content, limits)  # Raises the problem if it is not JSON at all.
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = decode(content, limits).value
        return None if not isinstance(value, dict) else {key: msgspec.Raw(b"null") for key in value}


def _entries(raw: msgspec.Raw | None) -> list[msgspec.Raw]:
    if raw is None:
        return []
    try:
        return _LIST.decode(raw)
    except msgspec.MsgspecError:
        return [] if bytes(raw).strip() == b"null" else [raw]


def _scalar(raw: msgspec.Raw | None, limits: Limits) -> str:
    """Return a text or an integer as text; ``""`` for anything else and for what the gate refuses."""
    if raw is None:
        return ""
    try:
        value = decode(bytes(raw), limits).value
    except RefusedError:
        return ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
