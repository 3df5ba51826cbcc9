"""
Cells whose texts a program spoilt on their way: each is read as what was meant, and one problem of each kind tells how
many there are and which is the first.
"""

from collections.abc import Iterable, Iterator

from msgspec import structs

from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.tables.encoded_twice import once
from contracts.tables.entities import without_entities
from contracts.tables.sheets import Cell, Row

# Code of the problem → what returns the text that was meant, or the text as it is.
_MENDERS = {"encoded_twice": once, "entities": without_entities}
_MAX_SHOWN = 60


def mended(rows: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Yield rows with what was meant by their cells, and at the end what was mended."""
    told: dict[str, Problem] = {}
    numbers = dict.fromkeys(_MENDERS, 0)
    for row in rows:
        if isinstance(row, Row):
            for code, mend in _MENDERS.items():
                cells = [mend(cell) if isinstance(cell, str) else cell for cell in row.cells]
                if changed := [pair for pair in zip(row.cells, cells, strict=True) if pair[0] != pair[1]]:
                    numbers[code] += len(changed)
                    told.setdefault(code, _problem(code, row, *changed[0]))
                above = {column: mend(text) for column, text in row.above.items()}  # counted where it stands
                if changed or above != row.above:
                    row = structs.replace(row, cells=cells, above=above)  # noqa: PLW2901
        yield row
    for code, problem in told.items():
        yield structs.replace(problem, values=problem.values | {"number": numbers[code]})


def _problem(code: str, row: Row, cell: Cell, meant: Cell) -> Problem:
    place = "".join(f"/{part}" for part in (escape(row.sheet), row.number) if part)
    values = {"text": str(cell)[:_MAX_SHOWN], "used": str(meant)[:_MAX_SHOWN]}
    return Problem(code, values=values, pointer=place, line=row.number)
