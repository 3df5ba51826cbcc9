"""A table → releases, row by row, with a problem for each row and cell that could not be read."""

import itertools
import re
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct, structs
from msgspec.json import encode

from contracts.ocds.problems import Problem
from contracts.ocds.written.written_values import Notation
from contracts.tables.headers.header_rows import (
    MAX_HEADER_ROWS,
    MAX_ROWS_ABOVE,
    MIN_SAME_NAMES,
    find_header,
    widest_row,
)
from contracts.tables.headers.mappings import Mapping
from contracts.tables.headers.recognition import Recognised, header_weight, recognise
from contracts.tables.headers.title_buyers import body_named, buyers_named
from contracts.tables.headers.units import NO_NOTE, UnitNote, unit_note, with_unit
from contracts.tables.release_paths import is_amount
from contracts.tables.rows.notations import notations_of
from contracts.tables.rows.row_to_release import lacks_country, lacks_currency, read_row
from contracts.tables.sheets.rows import Cell, Row, page_of, place_of, with_groups
from contracts.tables.turned import MAX_LINES, turned

# Number of rows that show how a column is written.
SAMPLE_ROWS = 1000
MAX_HEADERS_SHOWN = 60
MAX_REMEMBERED = 200_000
# Maximum length of a sheet's name; a longer one is cut off.
MAX_SHEET_NAME = 31
# Maximum number of tables below each other in one sheet.
MAX_TABLES = 50
_FIGURE = re.compile(r"\d")
# Codes of problems that are reported once for each column.
_ONCE = frozenset({"buyer_above", "number_format", "days_counted"})
# Variants of `row_broken` without a row.
_LEFT_OUT = frozenset({"line", "page", "unclear"})


class RowRelease(Struct, frozen=True):
    """The release of a row, with its place: ``pointer`` is ``/SHEET/ROW``, for CSV ``/ROW``; ``number`` is the row."""

    release: dict[str, Any]
    pointer: str
    number: int


class SheetRead(Struct, frozen=True):
    """
    The result of reading a sheet.

    ``mapping`` is empty if its columns are not known. ``header_row`` is the last row of the header, ``columns`` is
    header → fact, ``unused`` are the headers without a fact, ``rows`` the number of rows below the header,
    ``rows_read`` those that became a release, even if another row gave the same one, ``without_currency`` those of
    them with an amount of unknown currency, ``without_country`` those of unknown country.
    """

    sheet: str
    mapping: str
    title: str
    header_row: int
    columns: dict[str, str]
    unused: list[str]
    rows: int
    rows_read: int
    without_currency: int = 0
    without_country: int = 0


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


class _Table:
    """One table of a sheet: its header, how its columns are read, and the counts of its rows so far."""

    def __init__(
        self,
        sheet: str,
        header: Sequence[str],
        head: Row,
        recognised: Recognised,
        notations: dict[str, Notation],
        seen: dict[int, tuple[str, int]],
    ) -> None:
        self.sheet, self.header, self.head = sheet, header, head
        self.recognised, self.notations, self.seen = recognised, notations, seen
        self.names = {cell for cell in head.cells if cell != ""}
        self.rows = self.rows_read = self.without_currency = self.without_country = 0
        self.ignored: set[int] = set()
        self.formats: set[bytes] = set()
        self.awards: dict[tuple[str, str], tuple[str, int]] = {}

    def read(self, row: Row, note: str) -> Iterator[RowRelease | Problem]:
        """Read a row; one with nothing but a note on the unit of amounts is a problem."""
        self.rows += 1
        place = place_of(row.sheet, row.number)
        if note and unit_note([note]).unit.power:
            yield Problem("row_incomplete", "lone", {"text": note[:60]}, place, row.number)
            return
        if _is_shifted(row, self.header):
            numbers = {"number": len(row.cells), "limit": len(self.header)}
            yield Problem("row_broken", "cells", numbers, place, row.number)
            return
        if note and self.recognised.names_no_buyer and (name := body_named(note, is_whole=True)):
            self.recognised = structs.replace(self.recognised, buyer_of_all=name)
            yield Problem("buyer_above", values={"text": name}, pointer=place, line=row.number)
            return
        done = read_row(row, self.recognised, self.notations)
        self.ignored |= done.ignored
        for problem in done.problems:
            if problem.code in _ONCE:
                if (problem_key := encode(problem)) in self.formats:
                    continue  # once for each column
                self.formats.add(problem_key)
            yield structs.replace(problem, pointer=place + problem.pointer, line=row.number)
        if done.release is not None:
            self.rows_read += 1
            self.without_currency += lacks_currency(done.release)
            # The publisher's ocid prefix gives the country too.
            self.without_country += not self.recognised.sources.get("ocid") and lacks_country(done.release)
            taken = self._unless_repeated(done.release, place, row)
            if isinstance(taken, RowRelease) and (first := self._merged_with(done.release, row)):
                yield _like("row_merged", row, first)
            yield taken

    def _unless_repeated(self, release: dict[str, Any], place: str, row: Row) -> RowRelease | Problem:
        known = here = (row.sheet, row.number)
        if len(self.seen) < MAX_REMEMBERED:
            known = self.seen.setdefault(hash(encode(release)), here)
        return RowRelease(release, place, row.number) if known == here else _like("row_repeated", row, known)

    def _merged_with(self, release: dict[str, Any], row: Row) -> tuple[str, int] | None:
        """
        Return the earlier row with an award of the same process and supplier, if both are the same award. Only in a
        person's table: portals have a row for each item.
        """
        is_by_hand = self.recognised.is_by_hand and not self.recognised.is_ocds
        if "awards" not in release or not is_by_hand or len(self.awards) >= MAX_REMEMBERED:
            return None
        here = (row.sheet, row.number)
        first = self.awards.setdefault((release["ocid"], release["awards"][0]["id"]), here)
        return None if first == here else first

    def result(self) -> SheetRead:
        mapping = self.recognised.mapping
        unused = [*self.recognised.unused, *(self.header[column] for column in sorted(self.ignored))]
        return SheetRead(
            sheet=self.sheet,
            mapping=mapping.name,
            title=mapping.title,
            header_row=self.head.number,
            columns=self.recognised.columns,
            unused=unused[:MAX_HEADERS_SHOWN],
            rows=self.rows,
            rows_read=self.rows_read,
            without_currency=self.without_currency,
            without_country=self.without_country,
        )


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
    ) -> Generator[Problem, None, _Table]:
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
        return _Table(self.name, header, head, recognised, notations_of(recognised, sample), self.seen)

    def _read_rows(self, table: _Table, rows: _Ahead, *, is_last: bool) -> Iterator[RowRelease | SheetRead | Problem]:
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
        yield table.result()
        self.unit, self.buyer = unit_note(notes, self.unit), table.recognised.buyer_of_all


def _like(code: str, row: Row, other: tuple[str, int]) -> Problem:
    """Return a problem for a row that repeats another, which may be on an earlier page."""
    sheet, number = other
    variant, page = ("", {}) if sheet == row.sheet else ("page", {"page": page_of(sheet)})
    return Problem(code, variant, {"number": number, **page}, place_of(row.sheet, row.number), row.number)


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


def _is_shifted(row: Row, header: Sequence[str]) -> bool:
    """
    Return whether a row of a CSV has more cells than its header: an unquoted comma split one of them. In a workbook,
    cells beside the columns are notes.
    """
    return not row.sheet and any(str(cell).strip() for cell in row.cells[len(header) :])


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
