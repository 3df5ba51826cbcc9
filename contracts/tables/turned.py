"""
A transposed sheet, with labels on the left and contracts in columns beside them, turned into a table: "Objeto |
Cámaras", "Valor | 1.200,00".
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from contracts.ocds.codelists.currencies import UnclearCurrencyError
from contracts.ocds.problems import Problem
from contracts.ocds.written.amounts import UnclearAmountError, read_amount
from contracts.tables.headers.mappings import Mapping
from contracts.tables.headers.names import key
from contracts.tables.headers.recognition import Recognised, recognise
from contracts.tables.sheets.rows import Cell, Row, place_of

# Maximum numbers of lines and of contracts in such a sheet.
MAX_LINES = 60
MAX_CONTRACTS = 20
# A contract has two of these; a list of sums and counts ("Concepto | Cantidad", "Proveedores | 30") one at most.
_NAMES = ("title", "description", "buyer", "supplier")
_MIN_NAMES = 2
_LETTER = re.compile(r"[^\W\d_]")


def turned(rows: Sequence[Row], given: Mapping | None = None) -> list[Row | Problem]:
    """
    Return the header and rows of the transposed sheet; none if it is not such a sheet.

    Row numbers are those of its columns, A being 1. A description of columns ("Valor | number, two decimals") is not
    one: an amount must be a number. A used label that occurs twice, such as "NIT" of buyer and supplier, is ambiguous.
    Other cells beside or between the lines are problems.

    :param rows: all rows of the sheet
    :param given: the sender's mapping
    """
    lines = [row for row in rows if sum(cell != "" for cell in row.cells) > 1]
    columns = {next(at for at, cell in enumerate(row.cells) if cell != "") for row in lines}
    if not lines or len(lines) > MAX_LINES or len(columns) > 1:
        return []
    (left,) = columns
    header = Row(lines[0].sheet, left + 1, [str(row.cells[left]).strip() for row in lines])
    places = sorted({at for row in lines for at, cell in enumerate(row.cells) if at > left and cell != ""})
    beside = [_column(lines, at) for at in places[:MAX_CONTRACTS]]
    recognised = recognise([str(name) for name in header.cells], [row.cells for row in beside], given)
    if recognised is None or len(places) > MAX_CONTRACTS or _has_twice(recognised):
        return []
    contracts = [row for row in beside if _is_contract(row, recognised)]
    if not contracts:
        return []
    left_out = (_left_out(row, "beside") for row in beside if row not in contracts)
    return [header, *contracts, *left_out, *_between(rows, lines[0], left)]


def _has_twice(recognised: Recognised) -> bool:
    counts = Counter(key(name) for name in recognised.header)
    return any(counts[key(name)] > 1 for name in recognised.columns)


def _is_contract(row: Row, recognised: Recognised) -> bool:
    """Return whether a column has an amount with its object or parties; otherwise it holds notes, or the currency."""

    def cells(fact: str) -> Iterator[Cell]:
        return (row.cells[at] for source in recognised.sources.get(fact, ()) for at in source.columns)

    named = sum(any(_LETTER.search(str(cell)) for cell in cells(fact)) for fact in _NAMES)
    return any(map(_is_amount, cells("amount"))) and named >= _MIN_NAMES


def _between(rows: Sequence[Row], first: Row, left: int) -> Iterator[Problem]:
    """Yield problems for cells without a label, such as a second supplier below the first one, which are ambiguous."""
    for row in rows:
        filled = [at for at, cell in enumerate(row.cells) if cell != ""]
        if len(filled) == 1 and filled[0] > left and row.number > first.number:
            yield _left_out(row, "lone")


def _left_out(row: Row, variant: str) -> Problem:
    text = next(str(cell) for cell in row.cells if cell != "")
    return Problem("row_incomplete", variant, {"text": text[:60]}, place_of(row.sheet, row.number), row.number)


def _column(lines: Sequence[Row], at: int) -> Row:
    """Return a column as a row, with the notes on its cells."""
    return Row(
        lines[0].sheet,
        at + 1,
        [row.cells[at] if at < len(row.cells) else "" for row in lines],
        beside={place: row.beside[at] for place, row in enumerate(lines) if at in row.beside},
        links={place: row.links[at] for place, row in enumerate(lines) if at in row.links},
    )


def _is_amount(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return not isinstance(cell, bool)
    try:
        return read_amount(cell, needs_currency=False) is not None
    except (UnclearAmountError, UnclearCurrencyError):
        return True
