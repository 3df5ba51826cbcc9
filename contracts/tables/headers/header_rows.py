"""Find the header of a table among its rows, and join headers that span several rows."""

import itertools
import re
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence

from contracts.ocds.fixture_tables import as_listed
from contracts.tables.headers.mappings import Mapping
from contracts.tables.headers.recognition import header_weight
from contracts.tables.headers.units import NESTED
from contracts.tables.lines import numbers_columns
from contracts.tables.sheets.rows import MAX_COLUMNS, Row

# Maximum number of rows with titles and notes above a header.
MAX_ROWS_ABOVE = 40
MAX_HEADER_ROWS = 3
# Minimum number of column names in a header, and of names that headers of consecutive tables have in common.
MIN_SAME_NAMES = 3
# So many rows below a header show which of its columns are filled.
_ROWS_BELOW = 60
_MIN_ROWS_BELOW = 3
_WORD = re.compile(r"[^\W\d_]{2,}")


def find_header(rows: Sequence[Row], given: Mapping | None = None) -> tuple[int, list[str]]:
    """
    Return where the data begins, and the headers; ``0`` and none if no row looks like a header.

    If a header spans several rows, or is below names of groups, its cells are joined from above.
    """
    weights = [header_weight(row.cells, given) for row in rows[:MAX_ROWS_ABOVE]]
    if not weights or max(weights) < 1:
        return 0, []
    at = _first_header(rows, weights)
    if _stands_above(rows, weights, at):
        at += 1
    headers = _texts(rows[at])
    if at and _names_groups(rows[at - 1], headers) and rows[at].number == rows[at - 1].number + 1:
        headers = _joined(_texts(rows[at - 1]), headers, rows[at - 1].wide)
    following = at + 1
    while following < len(rows) and following <= at + MAX_HEADER_ROWS and _goes_on(headers, rows[following]):
        headers = _joined(headers, _texts(rows[following]), rows[following - 1].wide)
        following += 1
    if following < len(rows) and numbers_columns(_texts(rows[following])):
        following += 1
    return following, _above_their_cells(headers, rows[following : following + _ROWS_BELOW])


def _above_their_cells(headers: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """
    Return the headers, each above the cells that it is about: programs that write merged cells to CSV put the header
    into the first of its columns, and what is below it into another.

    A header moves over one column without a name, if nothing stands below it, and something below that column.
    """
    if len(rows) < _MIN_ROWS_BELOW:
        return list(headers)
    filled = {column for row in rows for column, cell in enumerate(row.cells) if cell != ""}
    moved = list(headers)
    for column, name in enumerate(headers):
        beside = [at for at in (column - 1, column + 1) if 0 <= at < len(moved) and not moved[at] and at in filled]
        if name and column not in filled and len(beside) == 1:
            moved[beside[0]], moved[column] = name, ""
    return moved


def widest_row(rows: Sequence[Row]) -> tuple[int, list[str]]:
    """Return where the data begins, and the header, for unknown headers: the first of the rows with the most names."""
    names = [
        len({as_listed(str(cell)) for cell in row.cells if _WORD.search(str(cell))}) for row in rows[:MAX_ROWS_ABOVE]
    ]
    if not names or max(names) < 2:
        return 0, []
    at = names.index(max(names))
    return at + 1, _texts(rows[at])


def _first_header(rows: Sequence[Row], weights: Sequence[int]) -> int:
    """Return the row with the most column names, or an earlier row of mostly column names that has data below it."""
    heaviest = weights.index(max(weights))
    for at, weight in enumerate(weights[:heaviest]):
        filled = sum(map(bool, _texts(rows[at])))
        if weight >= MIN_SAME_NAMES and (weight > filled / 2 or weight >= max(weights) / 2):
            between = zip(rows[at + 1 : heaviest], weights[at + 1 : heaviest], strict=True)
            if any(weight == 0 and sum(map(bool, _texts(row))) >= MIN_SAME_NAMES for row, weight in between):
                return at
    return heaviest


def _stands_above(rows: Sequence[Row], weights: Sequence[int], at: int) -> bool:
    """Return whether a row names groups of the columns that the row below it names."""
    if at + 1 >= len(weights) or not weights[at + 1] or rows[at + 1].number != rows[at].number + 1:
        return False
    below = _texts(rows[at + 1])
    return _names_groups(rows[at], below) and not any(letter.isdigit() for cell in below for letter in cell)


def _texts(row: Row) -> list[str]:
    return [str(cell).strip() for cell in row.cells]


def _names_groups(row: Row, headers: Sequence[str]) -> bool:
    """
    Return whether the row above a header names groups of its columns: only words, at least two, each over at least two
    columns or over an empty cell.

    A title is one cell, and facts about the table ("Entidad:", its name) are in neighbouring cells.
    """
    above = _texts(row)
    starts = [column for column, name in enumerate(above) if name]
    if any(letter.isdigit() for name in above for letter in name) or len(starts) < 2:
        return False
    widths = [
        sum(1 for name in headers[start : min(end, row.wide.get(start, end) + 1)] if name)
        for start, end in itertools.pairwise([*starts, max(len(headers), len(above))])
        if start < len(headers) and headers[start]
    ]
    return len(widths) >= 2 and min(widths) >= 2


def _goes_on(headers: Sequence[str], row: Row) -> bool:
    """
    Return whether a row belongs to the header above it: only words, none in the first column, one below an empty cell.

    A data row merged with the one above has digits, or nothing below an empty header.
    """
    cells = _texts(row)
    filled = [index for index, cell in enumerate(cells) if cell]
    return (
        bool(filled)
        and filled[0] > 0
        and not any(letter.isdigit() for cell in cells for letter in cell)
        and any(index >= len(headers) or not headers[index] for index in filled)
    )


def _joined(above: Sequence[str], below: Sequence[str], wide: AbstractMapping[int, int]) -> list[str]:
    """Join two rows of a header: a name above extends to the next one, or to the end of its merged cell (``wide``)."""
    joined, group, last = [], "", 0
    for column, (name, part) in enumerate(itertools.zip_longest(above, below, fillvalue="")):
        if name:
            group, last = name, wide.get(column, MAX_COLUMNS)
        elif column > last:
            group = ""
        joined.append(NESTED.join(filter(None, (name or (group if part else ""), part))))
    return joined
