"""Columns of links whose cells lead to an address and say another thing: "ver contrato"."""

from collections.abc import Sequence

from contracts.ocds.links import is_address
from contracts.tables.mappings import LINKS, Recognised
from contracts.tables.sheets import Cell, Row


def with_addresses(row: Row, recognised: Recognised) -> Sequence[Cell]:
    """Return the cells of a row, in columns of links with the address in the place of a text that is none."""
    cells = row.whole()
    if not row.links:
        return cells
    columns = {
        column
        for fact, sources in recognised.sources.items()
        if fact in LINKS or fact.endswith("/url")
        for source in sources
        for column in source.columns
        if column in row.links
    }
    return [
        row.links[column] if column in columns and not is_address(str(cell)) else cell
        for column, cell in enumerate(cells)
    ]
