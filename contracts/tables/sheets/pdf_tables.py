"""
The tables of a PDF, written as JSON lines like the sheets of a workbook: run as a process of its own.

A page is a sheet, named ``page 3``; ``{"sheet": …, "table": number}`` says which table a page continues. A header
counts once, however often it is printed, and the lines of text above it are its row 0. Rows are counted by page. A row
whose cells are uncertain is left out, as ``{"broken": variant, "number": …}``: a wrong row is worse than none.
``{"unread": variant, "pages": […]}`` lists the pages without a table.

A PDF with more text beside the tables of its first pages than in them yields nothing: it is read page by page, as a
document.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Any, NamedTuple

from contracts.files.lines import write_lines
from contracts.files.pdf import open_pdf
from contracts.tables.sheets.left_out.sheet import MAX_COLUMNS
from contracts.tables.sheets.pdf_cells import (
    are_printed_over,
    has_columns,
    lines_of,
    may_be_cut,
    text_of_cell,
    text_of_line,
    words_of,
)
from contracts.tables.sheets.pdf_drawing import Drawn, Letter
from contracts.tables.sheets.pdf_grid import NEAR, Cell, Grid, grids
from contracts.tables.sheets.workbook import MAX_CELL, Merged

MAX_ABOVE = 3
MAX_PAGES = 500
MAX_SHOWN = 50
# Number of pages that show what a PDF is.
_FIRST_PAGES = 20
# Minimum number of columns: anything smaller is a frame or a form.
_MIN_COLUMNS = 3
_MIN_ROWS = 2
# Maximum number of rows of a frame that is printed on each page.
_MAX_FRAME = 4
# Share of a letter's width that may be beyond a border; maximum distance between letters of a word, in heights.
_BEYOND = 0.35
_IN_A_WORD = 0.15
# Number of rows that show which columns are never empty.
_ROWS_TO_COMPARE = 3
# Marks of a shortened text.
_CUT_SHORT = ("…", "...")


def read(content: bytes) -> Iterator[dict[str, Any]]:
    document, refused = open_pdf(content)
    if refused:
        yield {"refused": refused}
        return
    count = len(document)
    last = min(count, MAX_PAGES)
    if not any(page.tables for page in _pages(document, min(last, _FIRST_PAGES), with_letters=False)):
        return
    pages = _pages(document, last)
    first = list(islice(pages, _FIRST_PAGES))
    inside = sum(len(table.letters) for page in first for table in page.tables)
    if sum(len(page.beside) for page in first) > inside or _is_split(first):
        return
    yield from _written(chain(first, pages))
    if count > MAX_PAGES:
        yield {"unread": "", "read": MAX_PAGES, "pages": count, "limit": MAX_PAGES}


class _Table:
    """The cells of a table on one page with their letters, and the rows that are not certain."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.letters: list[Letter] = []
        self.broken: dict[int, str] = {}
        self._cell_at = {
            (row, column): cell
            for cell in grid.cells
            for row in range(cell.top, cell.bottom + 1)
            for column in range(cell.left, cell.right + 1)
        }
        self._letters: dict[Cell, list[Letter]] = {cell: [] for cell in grid.cells}

    def cell_at(self, x: float, y: float) -> Cell | None:
        place = self.grid.place(x, y)
        return self._cell_at[place] if place else None

    def take(self, letter: Letter, cell: Cell) -> None:
        self.letters.append(letter)
        self._letters[cell].append(letter)
        left, right, top, bottom = self._borders(cell)
        beyond = _BEYOND * (letter.right - letter.left)
        is_within = left - beyond <= letter.left and letter.right <= right + beyond
        if not (letter.is_sure and letter.is_whole) or not is_within or not top <= letter.top <= letter.base <= bottom:
            self.leave_out(cell)

    def leave_out(self, cell: Cell) -> None:
        self.broken |= dict.fromkeys(range(cell.top, cell.bottom + 1), "unclear")

    def words(self) -> Iterator[str]:
        """Yield the whole words."""
        self._lines = {cell: lines_of(letters) for cell, letters in self._letters.items()}
        alone = (lines for cell, lines in self._lines.items() if cell.left == cell.right)
        return (word for lines in alone for word in words_of(lines))

    def rows(self, known: Collection[str]) -> list["_Row"]:
        """Return its rows; the words of the page are known."""
        cells = [[""] * (len(self.grid.xs) - 1) for _row in self.grid.ys[1:]]
        merged: list[tuple[int, int, int, int]] = []
        for cell, lines in self._lines.items():
            left, right, _top, _bottom = self._borders(cell)
            text, is_sure = text_of_cell(lines, left, right, known)
            if not is_sure or text.endswith(_CUT_SHORT) or any(self._is_doubtful(cell, lines)):
                self.leave_out(cell)
            text = cells[cell.top][cell.left] = text[:MAX_CELL]
            # An amount of two rows would be counted twice.
            bottom = cell.bottom if _is_said_of_each(text) else cell.top
            merged.append((cell.top, bottom, cell.left, cell.right))
        reaching = Merged(merged)
        return [
            _Row(row[:MAX_COLUMNS], reaching.above(number, row), reaching.wide.get(number, {}))
            for number, row in enumerate(cells)
        ]

    def _is_doubtful(self, cell: Cell, lines: Sequence[Sequence[Letter]]) -> Iterator[bool]:
        for line in lines:
            yield are_printed_over(line)
            # A missing border joins two cells.
            yield cell.right > cell.left and has_columns(line)
        yield len(lines) == 1 and may_be_cut(lines[0])

    def is_again(self, other: "_Table") -> bool:
        """Return whether another is the same frame (name, date, page number) at the same place."""
        return (
            len(self.grid.ys) <= _MAX_FRAME + 1
            and _are_same(self.grid.xs, other.grid.xs)
            and _are_same(self.grid.ys, other.grid.ys)
            and _without_figures(letter.text for letter in self.letters)
            == _without_figures(letter.text for letter in other.letters)
        )

    def reach(self, row: int, columns: Iterable[int]) -> int:
        """Return the last row spanned by the cells of a row in some columns."""
        return max(self._cell_at[row, column].bottom for column in columns)

    def _borders(self, cell: Cell) -> tuple[float, float, float, float]:
        xs, ys = self.grid.xs, self.grid.ys
        return xs[cell.left], xs[cell.right + 1], ys[cell.top], ys[cell.bottom + 1]


class _Page:
    """The tables of a page, and the text beside them."""

    def __init__(self, number: int, document: Any, before: "_Page | None", *, with_letters: bool) -> None:
        self.number = number
        self.tables: list[_Table] = []
        self.drawn: list[_Table] = []
        self.beside: list[Letter] = []
        self.lines: list[tuple[float, str]] = []
        try:
            drawn = Drawn(document[number - 1])
            found = grids(*drawn.edges(), columns=_MIN_COLUMNS)
            self.tables = [_Table(grid) for grid in found if len(grid.ys) > _MIN_ROWS or _goes_on_in(before, grid)]
            letters = list(drawn.letters()) if with_letters else []
        except RuntimeError:  # PDFium raises it for a damaged page
            return
        self._take(letters)
        self.drawn = self.tables
        self.tables = [table for table in self.drawn if not (before and any(map(table.is_again, before.drawn)))]
        if self.tables:
            self.lines = [(line[0].base, text_of_line(line)) for line in lines_of(self.beside)]

    def _take(self, letters: Iterable[Letter]) -> None:
        before: Letter | None = None
        place_before: tuple[_Table, Cell] | None = None
        for letter in letters:
            place = self._place(letter.x, letter.y)
            if not letter.is_seen:
                # It is cut off, so the page does not show all of its text.
                if cut := self._place(*letter.middle_of_clip):
                    cut[0].leave_out(cut[1])
                continue
            if place is None:
                self.beside.append(letter)
            else:
                place[0].take(letter, place[1])
            if before and place_before != place and _is_one_word(before, letter):
                for table, cell in filter(None, (place_before, place)):
                    table.leave_out(cell)
            before, place_before = letter, place

    def _place(self, x: float, y: float) -> tuple[_Table, Cell] | None:
        found = ((table, table.cell_at(x, y)) for table in self.tables)
        return next(((table, cell) for table, cell in found if cell), None)

    def above(self, number: int) -> list[str]:
        """Return the last lines of text above a table and below the previous one."""
        start = self.tables[number - 1].grid.ys[-1] if number else 0.0
        end = self.tables[number].grid.ys[0]
        return [text[:MAX_CELL] for base, text in self.lines if start <= base <= end + NEAR][-MAX_ABOVE:]


def _goes_on_in(page: _Page | None, grid: Grid) -> bool:
    """Return whether a grid has the columns of the last table on the previous page, of which one row may be left."""
    return page is not None and bool(page.tables) and _are_same(page.tables[-1].grid.xs, grid.xs)


def _pages(document: Any, last: int, *, with_letters: bool = True) -> Iterator[_Page]:
    before: _Page | None = None
    for number in range(1, last + 1):
        page = before = _Page(number, document, before, with_letters=with_letters)
        yield page


def _is_split(pages: Iterable[_Page]) -> bool:
    """
    Return whether a wide sheet is printed in parts, with its last columns on separate pages: then tables with other
    columns have as many rows, and no row is complete.
    """
    parts: list[tuple[tuple[float, ...], list[int]]] = []
    for page in pages:
        for table in page.tables:
            if not parts or not _are_same(parts[-1][0], table.grid.xs):
                parts.append((table.grid.xs, []))
            parts[-1][1].append(len(table.grid.ys))
    return any(
        rows == others and not _are_same(columns, other)
        for number, (columns, rows) in enumerate(parts)
        for other, others in parts[:number]
    )


def _are_same(columns: Sequence[float], others: Sequence[float]) -> bool:
    """Return whether columns have the positions of those on another page."""
    are_as_many = len(columns) == len(others)
    return are_as_many and all(abs(at - other) <= NEAR for at, other in zip(columns, others, strict=True))


def _is_one_word(before: Letter, letter: Letter) -> bool:
    near = _IN_A_WORD * letter.size
    return not letter.is_apart and abs(before.base - letter.base) < near and abs(letter.left - before.right) < near


class _Row(NamedTuple):
    """The cells of a row, those of rows above that span it, and those that span several columns."""

    cells: list[str]
    above: dict[int, str]
    wide: dict[int, int]

    def empty(self) -> set[int]:
        return {column for column, text in enumerate(self.cells) if not text and not self.above.get(column)}


def _is_said_of_each(text: str) -> bool:
    return sum(map(str.isalpha, text)) > sum(map(str.isdigit, text))


class _Known:
    """Properties of a table on its first page, for recognising it on the next ones."""

    def __init__(self, number: int, page: _Page, table: _Table, rows: Sequence[_Row]) -> None:
        self.number = number
        self.page = page.number
        self._xs = table.grid.xs
        self._head = [row.cells for row in rows]
        self._beside = {_without_figures(text) for _base, text in page.lines}
        self._filled = set(range(len(self._xs) - 1))
        self._compared = 0

    def goes_on(self, page: _Page, table: _Table) -> bool:
        """Return whether it continues: the same columns on the next page, with nothing new above."""
        above = (_without_figures(text) for base, text in page.lines if base < table.grid.ys[0])
        return page.number == self.page + 1 and _are_same(self._xs, table.grid.xs) and self._beside.issuperset(above)

    def repeated(self, rows: Sequence[_Row]) -> int:
        """Return how many rows repeat its first ones: its header is printed on each page."""
        same = takewhile(lambda pair: pair[0].cells == pair[1], zip(rows, self._head, strict=False))
        return sum(1 for _pair in same)

    def compare(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            self._filled -= row.empty()
            self._compared += 1

    def lacking(self, row: _Row) -> set[int]:
        """Return the columns that were never empty before and are now."""
        return row.empty() & self._filled if self._compared >= _ROWS_TO_COMPARE else set()


def _without_figures(text: Iterable[str]) -> str:
    return "".join(letter for letter in text if not letter.isdigit())


def _written(pages: Iterable[_Page]) -> Iterator[dict[str, Any]]:
    """
    Yield the lines of all tables; a part of a table only once the next part is known, because its last row may
    continue there.
    """
    known: _Known | None = None
    lines: list[dict[str, Any]] = []
    number = 0
    words: set[str] = set()
    without: list[int] = []
    for page in pages:
        count = 0
        without += [page.number][: not page.tables]
        for table in page.tables:
            words.update(table.words())
        for index, table in enumerate(page.tables):
            rows, first = table.rows(words), 0
            more: list[dict[str, Any]] = []
            if known is not None and index == 0 and known.goes_on(page, table):
                first = known.repeated(rows)
                if first < len(rows) and (lacking := known.lacking(rows[first])):
                    # Their content is on the previous page, if anywhere.
                    if last := lines[-1].get("row") or lines[-1].get("number"):
                        lines[-1] = {"broken": "page", "number": last}
                    for row in range(first, table.reach(first, lacking) + 1):
                        table.broken[row] = "page"
                known.page = page.number
            else:
                number += 1
                known = _Known(number, page, table, rows)
                if above := page.above(index):
                    more = [{"row": 0, "cells": above}]
            yield from lines
            known.compare(row for at, row in enumerate(rows) if at >= max(first, 1) and table.broken.get(at) != "page")
            lines = [{"sheet": f"page {page.number}", "table": number}, *more]
            lines += [_line(table, row, at, count) for at, row in enumerate(rows) if at >= first]
            count += len(rows)
    yield from lines
    if without:
        yield {"unread": "no_table", "pages": without[:MAX_SHOWN]}


def _line(table: _Table, row: _Row, at: int, before: int) -> dict[str, Any]:
    number = before + at + 1
    if at in table.broken:
        return {"broken": table.broken[at], "number": number}
    more = {"above": row.above, "wide": row.wide}
    return {"row": number, "cells": row.cells} | {name: value for name, value in more.items() if value}


def main() -> None:
    write_lines(lambda: read(sys.stdin.buffer.read()), at_once=False)


if __name__ == "__main__":
    main()
