"""
A sheet that tells of a contract line by line, what each line is about on the left and what it says beside it, turned
into a table: "Objeto | Cámaras", "Valor | 1.200,00". Several contracts stand in columns beside each other.
"""

from collections.abc import Sequence

from contracts.ocds.codelists.currencies import UnclearCurrencyError
from contracts.ocds.written.amounts import UnclearAmountError, read_amount
from contracts.tables.mappings import Mapping, recognise
from contracts.tables.sheets import Cell, Row

# A person describes a contract in fewer lines, and puts fewer beside each other.
MAX_LINES = 60
MAX_CONTRACTS = 20


def turned(rows: Sequence[Row], given: Mapping | None = None) -> list[Row]:
    """
    Return the header and the rows of the table that a sheet is once it is turned; none if it is no such sheet.

    Their numbers are those of its columns, A being 1. What only describes columns ("Valor | number, two decimals") is
    none: an amount must be one.

    :param rows: all of the sheet
    :param given: the sender's mapping
    """
    lines = [row for row in rows if sum(cell != "" for cell in row.cells) > 1]
    columns = {_first(row) for row in lines}
    if not lines or len(lines) > MAX_LINES or len(columns) > 1:
        return []
    (left,) = columns
    header = Row(lines[0].sheet, left + 1, [str(row.cells[left]).strip() for row in lines])
    places = sorted({at for row in lines for at, cell in enumerate(row.cells) if at > left and cell != ""})
    contracts = [_column(lines, at) for at in places[:MAX_CONTRACTS]]
    recognised = recognise([str(name) for name in header.cells], [row.cells for row in contracts], given)
    amounts = recognised.sources.get("amount", ()) if recognised and len(places) <= MAX_CONTRACTS else ()
    if any(_is_amount(row.cells[source.columns[0]]) for row in contracts for source in amounts):
        return [header, *contracts]
    return []


def _first(row: Row) -> int:
    return next(at for at, cell in enumerate(row.cells) if cell != "")


def _column(lines: Sequence[Row], at: int) -> Row:
    """Return a column as a row, with what stands behind its cells."""
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
