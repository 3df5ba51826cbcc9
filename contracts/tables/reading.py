"""A table → releases, row by row, with a problem for each row and cell that could not be read."""

import itertools
import re
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence

from msgspec import Struct, structs

from contracts.ocds.problems import Problem
from contracts.tables.headers.header_rows import (
    MAX_HEADER_ROWS,
    MAX_ROWS_ABOVE,
    MIN_SAME_NAMES,
    find_header,
    widest_row,
)
from contracts.tables.headers.mappings import Mapping
from contracts.tables.headers.recognition import Recognised, header_weight, recognise
from contracts.tables.headers.title_buyers import buyers_named
from contracts.tables.headers.units import NO_NOTE, UnitNote, unit_note, with_unit
from contracts.tables.release_paths import is_amount
from contracts.tables.rows.notations import notations_of
from contracts.tables.sheets.rows import Cell, Row, place_of, with_groups
from contracts.tables.table import MAX_HEADERS_SHOWN, RowRelease, SheetRead, Table
from contracts.tables.turned import MAX_LINES, turned

# Number of rows that show how a column is written.
SAMPLE_ROWS = 1000
# Maximum length of a sheet's name; a longer one is cut off.
MAX_SHEET_NAME = 31
# Maximum number of tables below each other in one sheet.
MAX_TABLES = 50
_FIGURE = re.compile(r"\d")
# Variants of `row_broken` without a row.
_LEFT_OUT = frozenset({"line", "page", "unclear"})


class _Cover(Struct, frozen=True):
    """A sheet of one or two rows whose columns are not known: a cover sheet or, if it is the only sheet, a table."""

    problem: Problem
    sheet: SheetRead


def read_table(
    rows: Iterable[Row | Problem], given: Mapping | None = None
) -> Iterator[RowRelease | SheetRead | Problem]:
    """
    Yield the releases of a table, the problems, and after the rows of each sheet its result.

    :param given: the sender's mapping, for sheets that have its columns
    """
    sheets = count = 0
    covers: list[_Cover] = []
    for (_group, sheet), found in itertools.groupby(with_groups(rows), key=lambda entry: entry[0]):
        for entry in _Sheet(sheet, given).read(row for _key, row in found):
            if isinstance(entry, _Cover):
                covers.append(entry)
                continue
            if isinstance(entry, SheetRead):
                sheets, count = sheets + 1, count + entry.rows
            yield entry
    alone = None if sheets else next((cover for cover in covers if cover.sheet.rows), None)
    if alone:
        yield from (alone.problem, alone.sheet)
    elif not count:
        yield Problem("no_records", "table")
    if sheets or alone:
        yield from (Problem("sheet_left_out", pointer=cover.problem.pointer) for cover in covers if cover is not alone)


def first_headers(rows: Iterable[Row | Problem], given: Sequence[Mapping]) -> list[list[str]]:
    """Return the possible headers of the first sheet: the one that each mapping finds."""
    first = [row for row in itertools.islice(rows, MAX_ROWS_ABOVE + MAX_HEADER_ROWS) if isinstance(row, Row)]
    same = [row for row in first if row.group == first[0].group]
    return [find_header(same, mapping)[1] for mapping in given]


class _Ahead:
    """Rows and problems of a sheet, read on demand."""

    def __init__(self, rows: Iterator[Row | Problem]) -> None:
        self._rows = rows
        self._next: deque[Row | Problem] = deque()

    def __bool__(self) -> bool:
        return bool(self.peek(1))

    def __iter__(self) -> Iterator[Row | Problem]:
        while self:
            yield self._next.popleft()

    def peek(self, count: int) -> list[Row | Problem]:
        self._next.extend(itertools.islice(self._rows, max(0, count - len(self._next))))
        return list(itertools.islice(self._next, count))

    def put_back(self, row: Row) -> None:
        self._next.appendleft(row)


class _Sheet:
    """The tables of a sheet, from top to bottom, and what titles or earlier tables say about later ones."""

    def __init__(self, name: str, given: Mapping | None) -> None:
        self.name, self.given = name, given
        # Digests of releases → sheet and row of each.
        self.seen: dict[int, tuple[str, int]] = {}
        # The unit of all amounts, and the buyer of all rows.
        self.unit: UnitNote = NO_NOTE
        self.buyer = ""

    def read(self, rows: Iterator[Row | Problem]) -> Iterator[RowRelease | SheetRead | _Cover | Problem]:
        ahead, tables = _Ahead(rows), 0
        while tables < MAX_TABLES and ahead:
            tables += 1
            yield from self._read_table(ahead, is_last=tables == MAX_TABLES)

    def _read_table(self, rows: _Ahead, *, is_last: bool) -> Iterator[RowRelease | SheetRead | _Cover | Problem]:
        """Read a table to the header of the next one; the last, or one of unknown columns, to the end of the sheet."""
        first = [row for row in rows.peek(MAX_ROWS_ABOVE + SAMPLE_ROWS) if isinstance(row, Row)]
        at, header = find_header(first, self.given)
        recognised = recognise(header, [row.cells for row in first[at:]], self.given) if header else None
        if recognised:
            table = yield from self._open(recognised, header, first, at)
            yield from self._read_rows(table, rows, is_last=is_last)
        # A transposed sheet is not transposed again.
        elif not is_last and len(first) <= 2 * MAX_LINES and (upright := turned(first, self.given)):
            yield from (row for row in rows if isinstance(row, Problem))
            self.unit = unit_note(filter(None, map(_lone_text, first)), self.unit)
            yield from self._read_table(_Ahead(iter(upright)), is_last=True)
        else:
            yield from _not_recognised(self.name, header, first, rows)

    def _open(
        self, recognised: Recognised, header: Sequence[str], first: Sequence[Row], at: int
    ) -> Generator[Problem, None, Table]:
        """Return the table whose header is above the row ``at``; report what its titles say about all rows."""
        head, sample = first[at - 1], first[at:]
        titles = [row.cells for row in first[: at - 1]]
        self.unit = unit_note((cell for cells in titles for cell in cells if isinstance(cell, str)), self.unit)
        recognised = structs.replace(recognised, unit_of_all=self.unit.unit)
        yield from _scaled(self.name, recognised, self.unit.note, sample)
        if recognised.names_no_buyer or recognised.names_offices:
            names = [self.name] if len(self.name) < MAX_SHEET_NAME else []
            named = buyers_named([names, *titles]) or ([self.buyer] if self.buyer else [])
            if recognised.names_no_buyer:  # otherwise the column's result is reported
                yield from _told_of_buyers(named, self.name, head.number)
            recognised = structs.replace(recognised, buyer_of_all=named[0] if len(named) == 1 else "")
        if recognised.unclear is not None:
            values = {"header": header[recognised.unclear]}
            yield Problem("number_of_whom", values=values, pointer=place_of(self.name))
        return Table(self.name, header, head, recognised, notations_of(recognised, sample), self.seen)

    def _read_rows(self, table: Table, rows: _Ahead, *, is_last: bool) -> Iterator[RowRelease | SheetRead | Problem]:
        notes: deque[str] = deque(maxlen=MAX_ROWS_ABOVE)
        for row in rows:
            if isinstance(row, Problem):
                table.rows += row.code == "row_broken" and row.variant in _LEFT_OUT
                yield row
                continue
            if row.sheet == table.head.sheet and row.number <= table.head.number:
                continue
            if row.cells == table.head.cells and (is_last or unit_note(notes, self.unit).unit == self.unit.unit):
                continue  # the header is repeated on each printed page
            if not is_last and _is_other_header(row, table.names, self.given):
                rows.put_back(row)
                break
            if note := _lone_text(row):
                notes.appendleft(note)
            else:
                notes.clear()
            yield from table.read(row, note)
        yield from table.close()
        yield table.result()
        self.unit, self.buyer = unit_note(notes, self.unit), table.recognised.buyer_of_all


def _told_of_buyers(named: Sequence[str], sheet: str, header_row: int) -> Iterator[Problem]:
    """Report the buyer assumed for all rows, or that several are named."""
    place = place_of(sheet, header_row)
    if len(named) > 1:
        yield Problem("buyer_above", "several", {"names": ", ".join(named[:5])}, place, header_row)
    elif named:
        yield Problem("buyer_above", values={"text": named[0]}, pointer=place, line=header_row)


def _lone_text(row: Row) -> str:
    """Return the only filled cell of a row, if it is a text."""
    filled = [cell for cell in row.cells if cell != ""]
    return filled[0] if len(filled) == 1 and isinstance(filled[0], str) else ""


def _is_other_header(row: Row, names: Collection[Cell], given: Mapping | None) -> bool:
    """
    Return whether a row is the header of another table: most of its cells are in the header before, or are known
    headers without digits.
    """
    filled = [cell for cell in row.cells if cell != ""]
    if len(filled) < MIN_SAME_NAMES:
        return False
    known = sum(1 for cell in filled if cell in names)
    if known < MIN_SAME_NAMES and not any(map(_has_figures, filled)):
        known = header_weight(filled, given)
    return known >= MIN_SAME_NAMES and known > len(filled) / 2


def _has_figures(cell: Cell) -> bool:
    return not isinstance(cell, str) or _FIGURE.search(cell) is not None


def _scaled(sheet: str, recognised: Recognised, note: str, sample: Sequence[Row]) -> Iterator[Problem]:
    """Report which columns of amounts are read in thousands or millions, and why; not those only shown that way."""
    divided = {column for row in sample for column, beside in row.beside.items() if beside.power}
    for fact, sources in recognised.sources.items():
        if not is_amount(fact):
            continue
        for source in sources:
            header = recognised.header[source.columns[0]]
            if (power := recognised.unit(source).power) and source.columns[0] not in divided:
                says = header if with_unit(header)[1].power else note
                values = {"header": header, "number": 10**power, "text": says}
                yield Problem("amounts_scaled", values=values, pointer=place_of(sheet))


def _not_recognised(
    sheet: str, header: list[str], first: Sequence[Row], rows: Iterable[Row | Problem]
) -> Iterator[SheetRead | _Cover | Problem]:
    """Report a sheet whose columns are not known."""
    if not first:
        yield from (row for row in rows if isinstance(row, Problem))
        return
    at, names = widest_row(first)
    shown = [name for name in names or map(str, first[0].cells) if name][:MAX_HEADERS_SHOWN]
    problem = Problem("table_not_recognised", values={"headers": shown}, pointer=place_of(sheet))
    is_cover = len(first) <= 2 and header_weight(header) < MIN_SAME_NAMES
    if not is_cover:
        yield problem
    count = len(first) - 1
    for row in rows:
        if isinstance(row, Problem):
            yield row
        elif row.number > first[-1].number:
            count += 1
    read = SheetRead(sheet, "", "", first[max(at - 1, 0)].number, {}, shown, rows=count, rows_read=0)
    if not is_cover:
        yield read
    else:
        yield _Cover(problem, read)
