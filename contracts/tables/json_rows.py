"""
JSON exports of portals → rows. The rows are an array of objects, at the top or in some member (``{"data": [{"objeto":
…}]}``), or one object per line. Pure.

A nested member is a column of its own: "entidad.nombre"; so is that of a list with one entry. Several entries share a
cell and, unless they name parties, the header marks the column as unknown. OCDS is not read here.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec import structs

from contracts.ocds.gate.cutting import Piece, Scanner
from contracts.ocds.gate.document import decode
from contracts.ocds.gate.scan import scan
from contracts.ocds.problems import Limits, Problem, RefusedError
from contracts.tables.headers.mappings import general_headers
from contracts.tables.headers.names import key
from contracts.tables.headers.recognition import PARTIES, header_weight, recognise
from contracts.tables.sheets.rows import MAX_CELL, MAX_COLUMNS, Cell, Row, place_of

# Number of bytes inspected to find the rows.
HEAD_BYTES = 1024**2
# Number of objects inspected: to recognise OCDS, and to find the columns.
_LOOKED_AT = 20
_SAMPLE = 1000
# Maximum number of members read to find the columns: a few objects may have a million.
_SAMPLE_MEMBERS = 200_000
# Number of longest lists of a file considered as the list of rows.
_MAX_LISTS = 20
# Maximum depth of the list of rows ("result": {"records": […]}), and of members that are columns.
_MAX_LEVELS = 4
_MAX_NESTED = 5
# An unterminated string extends to the end of the text, which is cut anywhere.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
# Minimum number of known facts in a single object to count as a row.
_MIN_FACTS = 3
_BETWEEN = "; "
# Added to the header of a column whose cells hold several values, so that it is not recognised.
_SEVERAL = " [1, 2 …]"

# Members of OCDS records, or of releases if they are objects, and of the entries of lists in them.
_OF_RECORDS = frozenset({"compiledRelease", "versionedRelease", "releases", "records", "packages"})
_OBJECTS = ("tender", "planning")
_LISTS = ("parties", "awards", "contracts")
_OF_ENTRIES = frozenset({"awardID", "dateSigned", "suppliers", "roles", "identifier", "contactPoint"})

# Names of members that merely wrap a row.
_WRAPPERS = frozenset({"properties", "attributes", "_source", "fields", "node", "row"})

Path = tuple[str, ...]
# Path → cell, or the distinct values of a list.
_Members = dict[Path, Cell | tuple[str, ...]]


def is_json(head: bytes) -> bool:
    """Return whether a text begins like a JSON object, or an array of them."""
    return head.lstrip().removeprefix(b"[").lstrip().startswith(b"{")


def lists_rows(head: bytes, limits: Limits) -> bool:
    """Return whether the start of a UTF-8 JSON text lists rows with at least one known header."""
    return _rows_at(head[:HEAD_BYTES], limits) is not None


def read_json(chunks: Iterable[bytes], limits: Limits) -> Iterator[Row | Problem]:
    """
    Yield the header and the rows of UTF-8 JSON; ``number`` is the position of an object in its list.

    Members that first appear after the first thousand objects (fewer if they are large) are left out, reported once.

    :raises RefusedError: if it lists no rows
    """
    stream = iter(chunks)
    head = b""
    while len(head) < HEAD_BYTES and (chunk := next(stream, b"")):
        head += chunk
    at = _rows_at(head[:HEAD_BYTES], limits)
    if at is None:
        raise RefusedError(Problem("file_refused", "json"))
    entries = _numbered(_pieces(itertools.chain([head[max(at, 0) :]], stream), is_list=at >= 0), limits)
    sample = _first_entries(entries)
    paths, header = _columns([entry[1] for entry in sample if not isinstance(entry, Problem)])
    columns = {path: column for column, path in enumerate(paths)}
    yield Row("", 0, header)
    told: set[str] = set()
    for entry in itertools.chain(sample, entries):
        if isinstance(entry, Problem):
            yield entry
            continue
        number, members = entry
        cells: list[Cell] = [""] * len(paths)
        for path, cell in members.items():
            if path in columns:
                cells[columns[path]] = _BETWEEN.join(cell)[:MAX_CELL] if isinstance(cell, tuple) else cell
            elif (name := ".".join(path)) not in told and cell != "" and len(told) < MAX_COLUMNS:
                told.add(name)
                yield Problem("row_broken", "member", {"text": name[:60]}, place_of("", number), number)
        yield Row("", number, cells)


def _first_entries(entries: Iterator[tuple[int, _Members] | Problem]) -> list[tuple[int, _Members] | Problem]:
    first: list[tuple[int, _Members] | Problem] = []
    members = 0
    for entry in itertools.islice(entries, _SAMPLE):
        first.append(entry)
        members += 0 if isinstance(entry, Problem) else len(entry[1])
        if members > _SAMPLE_MEMBERS:
            break
    return first


def _rows_at(head: bytes, limits: Limits) -> int | None:
    """
    Return the offset of the array whose objects are rows; -1 for top-level values, ``None`` if there are none.

    An object that contains a list may be one contract with its items: then the object is the row.
    """
    start = len(head) - len(head.lstrip())
    if head[start : start + 1] == b"{":
        values = _first_values(_pieces(iter([head]), is_list=False), limits)
        if any(map(_is_ocds, values)):
            return None
        rows = [_flat(value, with_lists=False) for value in values]
        if _are_contracts(rows):
            return -1
    best, most = None, -1
    for count, negative in sorted(_lists(head), reverse=True)[:_MAX_LISTS]:
        values = _first_values(_pieces(iter([head[-negative:]]), is_list=True), limits)
        if any(map(_is_ocds, values)):
            return None
        header = _columns([_flat(value) for value in values])[1]
        weight = header_weight(header)
        # If no column is known, the sender is asked what they hold.
        if weight > most and (weight or (count > 1 and len(header) > 1)):
            best, most = -negative, weight
    return best


def _are_contracts(rows: Sequence[_Members]) -> bool:
    recognised = recognise(_columns(rows)[1]) if rows else None
    if recognised is None:
        return False
    facts = recognised.sources.keys()
    return len(rows) > 1 or (len(facts) >= _MIN_FACTS and not PARTIES.isdisjoint(facts))


def _lists(head: bytes) -> list[tuple[int, int]]:
    """Return (number of objects, minus offset) of the arrays of objects that are not nested in another array."""
    found: dict[int, int] = {}
    open_: list[tuple[bytes, int]] = []
    arrays = 0  # of those open
    for token in _TOKEN.finditer(head):
        mark = token[0]
        if mark in b"{[":
            if mark == b"{" and open_ and open_[-1][1] in found:
                found[open_[-1][1]] += 1
            if mark == b"[":
                if not arrays and len(open_) < _MAX_LEVELS:
                    found[token.start()] = 0
                arrays += 1
            open_.append((mark, token.start()))
        elif mark in b"}]" and open_:
            arrays -= open_.pop()[0] == b"["
    return [(count, -offset) for offset, count in found.items() if count]


def _pieces(chunks: Iterator[bytes], *, is_list: bool) -> Iterator[Piece | Problem]:
    if not is_list:
        yield from scan(chunks, Limits())
        return
    scanner = Scanner(Limits(), is_part=True)
    for chunk in chunks:
        yield from scanner.feed(chunk)
        if scanner.ended:
            return
    yield from scanner.close()


def _first_values(pieces: Iterator[Piece | Problem], limits: Limits) -> list[dict[str, Any]]:
    """Return the first objects; errors are reported later."""
    values = []
    for piece in itertools.islice(pieces, _LOOKED_AT):
        if isinstance(piece, Piece):
            try:
                value = decode(piece.content, limits).value
            except RefusedError:
                value = _as_far_as_read(piece.content)
            if isinstance(value, dict):
                values.append(value)
    return values


def _as_far_as_read(content: bytes) -> Any:
    """Return JSON with a number out of range as far as possible: its members still show whether it is OCDS."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _is_ocds(value: dict[str, Any]) -> bool:
    """Return whether an object is OCDS: a record, a release, or a similar one without its ocid."""
    lists = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
    entries = [entry for found in lists for entry in found[:_LOOKED_AT] if isinstance(entry, dict)]
    return (
        not _OF_RECORDS.isdisjoint(value)
        or any(isinstance(value.get(name), dict) for name in _OBJECTS)
        or any(not _OF_ENTRIES.isdisjoint(entry) or isinstance(entry.get("value"), dict) for entry in entries)
    )


def _numbered(pieces: Iterator[Piece | Problem], limits: Limits) -> Iterator[tuple[int, _Members] | Problem]:
    number = 0
    for piece in pieces:
        if isinstance(piece, Problem):
            yield piece
            continue
        number += 1
        try:
            value = decode(piece.content, limits).value
        except RefusedError as refused:
            pointer = place_of("", number)
            yield from (structs.replace(one, pointer=pointer + one.pointer, line=number) for one in refused.problems)
            continue
        if isinstance(value, dict) and (members := _flat(value)):
            yield number, members


def _flat(value: dict[str, Any], above: Path = (), *, with_lists: bool = True) -> _Members:
    """Return the members of an object, including nested ones."""
    cells: _Members = {}
    for name, member in value.items():
        path = (*above, name)
        if isinstance(member, dict):
            if len(path) < _MAX_NESTED:
                cells |= _flat(member, path, with_lists=with_lists)
        elif not isinstance(member, list):
            cells[path] = _cell(member)
        elif with_lists:
            cells |= _of_list(member, path)
    return cells


def _of_list(entries: list[Any], path: Path) -> _Members:
    """Return the values of a list by the members of its entries; entries that are not objects have none."""
    found: dict[Path, list[Cell]] = {}
    for entry in entries:
        if isinstance(entry, dict) and len(path) < _MAX_NESTED:
            for inner, cell in _flat(entry, path).items():
                found.setdefault(inner, []).extend(cell if isinstance(cell, tuple) else [cell])
        elif not isinstance(entry, dict | list):
            found.setdefault(path, []).append(_cell(entry))
    cells: _Members = {}
    for inner, values in found.items():
        different = list(dict.fromkeys(cell for cell in values if cell != ""))
        cells[inner] = tuple(map(str, different)) if len(different) > 1 else next(iter(different), "")
    return cells


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return float(value)
    return value.strip()[:MAX_CELL] if isinstance(value, str) else value


def _columns(rows: Sequence[_Members]) -> tuple[list[Path], list[str]]:
    """
    Return the paths of columns and their headers: the last two names of each, or all if others would be equal.

    A path that is an object in some row is not a column, although it may be null in others.
    """
    paths = dict.fromkeys(itertools.chain.from_iterable(rows))
    above = {path[:length] for path in paths for length in range(1, len(path))}
    found = [path for path in paths if path not in above][:MAX_COLUMNS]
    several = {path for row in rows for path, cell in row.items() if isinstance(cell, tuple) and not _is_party(path)}
    short = [".".join(path[-2:]) for path in map(_unwrapped, found)]
    names = [name if short.count(name) == 1 else ".".join(path) for name, path in zip(short, found, strict=True)]
    return found, [f"{name}{_SEVERAL}" if path in several else name for name, path in zip(names, found, strict=True)]


def _unwrapped(path: Path) -> Path:
    """Return a path without wrappers that contain all other members, as in GeoJSON."""
    return path[1:] if len(path) > 1 and path[0] in _WRAPPERS else path


def _is_party(path: Path) -> bool:
    """Return whether a list contains buyers or suppliers, by its name in singular or plural."""
    names = {name for part in path for name in (key(part), key(part).removesuffix("s"), key(part).removesuffix("es"))}
    return not names.isdisjoint(_party_keys())


@cache
def _party_keys() -> frozenset[str]:
    return frozenset(key(header) for fact in PARTIES for header in general_headers(fact))
