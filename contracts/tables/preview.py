"""The first rows of a table, with what each column is taken for: by its header, or by a guess from its cells."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from contracts.ocds.codelists.currencies import UnclearCurrencyError, known_currencies
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.links import is_address
from contracts.ocds.problems import Problem
from contracts.ocds.written.amounts import UnclearAmountError, read_amount
from contracts.ocds.written.days import read_date
from contracts.tables.headers.given_mapping import FACTS
from contracts.tables.headers.header_rows import MAX_ROWS_ABOVE, find_header, widest_row
from contracts.tables.headers.mappings import general_headers
from contracts.tables.headers.recognition import OF_WHAT, PARTIES, Recognised, recognise
from contracts.tables.rows.cells import cell_text
from contracts.tables.sheets.rows import Row, filled_cells, place_of, with_groups
from contracts.tables.table import MAX_HEADERS_SHOWN

ROWS_SHOWN = 5
_ROWS_LOOKED_AT = 60
# A sheet of one or two rows holds no data.
_MIN_ROWS = 2
# Minimum number of facts of a contract, if nothing else shows that a file lists contracts.
_MIN_FACTS = 3
_MIN_LIKENESS = 0.5
# Minimum share of a column's cells that look like a fact.
_MIN_SHARE = 0.8
# Minimum number of words of a title.
_TITLE_LENGTH = 25
_WORD = re.compile(r"[^\W\d_]{2,}")
# Words that do not show what a column holds.
_COMMON = frozenset({"de", "del", "la", "el", "los", "las", "do", "da", "dos", "das", "the", "of", "nombre", "nome"})


class TablePreview(Struct, frozen=True):
    """
    The header of a sheet, its first rows as texts, and what its columns may hold: header → fact.

    Where ``is_known``, that is how they are read, and a column without a fact is not.
    """

    sheet: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    suggested: dict[str, str]
    is_known: bool = False


def preview_table(rows: Iterable[Row | Problem]) -> TablePreview | None:
    """
    Return the preview of the sheet with the widest header, of those whose columns are known if any is; ``None`` if one
    is a publisher's export, or OCDS.
    """
    found = (row for row in rows if isinstance(row, Row))
    previews = []
    for _group, group in itertools.groupby(found, key=lambda row: row.group):
        first = list(itertools.islice(group, MAX_ROWS_ABOVE + _ROWS_LOOKED_AT))
        recognised = _recognised(first)
        if recognised and (recognised.is_ocds or not recognised.is_by_hand):
            return None
        at, header = find_header(first) if recognised else widest_row(first)
        if not header or len(first) < _MIN_ROWS:
            continue
        texts = [[cell_text(cell) for cell in row.cells[: len(header)]] for row in first[at:]]
        preview = TablePreview(
            sheet=first[0].sheet,
            header_row=first[at - 1].number,
            header=tuple(header),
            rows=tuple(tuple(row) + ("",) * (len(header) - len(row)) for row in texts[:ROWS_SHOWN]),
            suggested=recognised.columns if recognised else _suggest(header, texts),
            is_known=recognised is not None,
        )
        previews.append(preview)
    return max(previews, key=lambda preview: (preview.is_known, len(preview.header)), default=None)


def lists_contracts(rows: Iterable[Row | Problem]) -> bool:
    """Return whether a sheet certainly lists contracts: it has several facts, and buyers or suppliers."""
    found = (row for row in rows if isinstance(row, Row))
    groups = itertools.groupby(found, key=lambda row: row.group)
    return any(_is_list(list(itertools.islice(group, MAX_ROWS_ABOVE + _ROWS_LOOKED_AT))) for _group, group in groups)


def lists_alone(rows: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Yield the rows of tables that certainly list contracts; other tables are reported, not guessed at."""
    for (_group, sheet), entries in itertools.groupby(with_groups(rows), key=lambda entry: entry[0]):
        found = (entry for _key, entry in entries)
        first = list(itertools.islice(found, MAX_ROWS_ABOVE + _ROWS_LOOKED_AT))
        beginning = [entry for entry in first if isinstance(entry, Row)]
        if _is_list(beginning) or not beginning:
            yield from itertools.chain(first, found)
            continue
        _at, header = widest_row(beginning)
        shown = [name for name in header or map(str, beginning[0].cells) if name][:MAX_HEADERS_SHOWN]
        yield Problem("table_not_recognised", values={"headers": shown}, pointer=place_of(sheet))


def _is_list(first: Sequence[Row]) -> bool:
    """Decide it for a sheet by its first rows; a PDF needs more facts, because it may be anything."""
    recognised = _recognised(first)
    if recognised is None or len(recognised.sources) < _MIN_FACTS or PARTIES.isdisjoint(recognised.sources):
        return False
    if not first[0].table:
        return True
    at, _header = find_header(first)
    return not OF_WHAT.isdisjoint(recognised.sources) and len(first) - at >= _MIN_ROWS


def _recognised(first: Sequence[Row]) -> Recognised | None:
    """Return the mapping of a sheet by its first rows, ``None`` if its columns are not known."""
    at, header = find_header(first)
    return recognise(header, [row.cells for row in first[at:]]) if header else None


def _suggest(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return header → fact: first by similar headers, the surest first, then by what cells look like."""
    alike = sorted(
        ((_likeness(name, fact), -order, name, fact) for name in header for order, fact in enumerate(FACTS)),
        reverse=True,
    )
    suggested: dict[str, str] = {}
    for likeness, _order, name, fact in alike:
        if likeness >= _MIN_LIKENESS and name not in suggested and fact not in suggested.values():
            suggested[name] = fact
    for column, name in enumerate(header):
        if name and name not in suggested:
            texts = [str(cell) for cell in filled_cells(rows, column)]
            looks = next((fact for fact in _looks_like(texts) if fact not in suggested.values()), "")
            if looks:
                suggested[name] = looks
    return suggested


def _likeness(header: str, fact: str) -> float:
    """Return the share (0 to 1) of words that a header and a known header have in common."""
    words = _words(header)
    best = 0.0
    for known in general_headers(fact) if words else ():
        other = _words(known)
        best = max(best, len(words & other) / len(words | other) if other else 0.0)
    return best


def _words(header: str) -> frozenset[str]:
    return frozenset(_WORD.findall(as_listed(header).replace("_", " "))) - _COMMON


def _looks_like(cells: Sequence[str]) -> list[str]:
    """Return the facts that cells look like, the most likely first."""
    if not cells:
        return []
    tests = (
        (("source_url", "document"), is_address),
        (("date_signed", "start_date", "end_date"), lambda text: bool(read_date(text))),
        (("currency",), lambda text: text.upper() in known_currencies()),
        (("amount",), _is_amount),
        (("title", "description"), lambda text: len(text) >= _TITLE_LENGTH and " " in text),
    )
    for facts, is_one in tests:
        if sum(map(is_one, cells)) >= _MIN_SHARE * len(cells):
            return list(facts)
    return []


def _is_amount(text: str) -> bool:
    """Return whether a text is an amount; a whole number of a few digits may count anything."""
    try:
        read = read_amount(text)
    except (UnclearAmountError, UnclearCurrencyError):
        return True
    return read is not None and (not text.isdigit() or len(text) > 3)
