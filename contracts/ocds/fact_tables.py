"""
The tables of ``fixtures/facts``: what people write in place of a code.

They are part of the program, as code is: read once, never edited while it runs.
"""

import csv
from functools import cache
from pathlib import Path

from contracts.ocds.folding import without_marks

_FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "facts"


@cache
def fact_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def fold(text: str) -> str:
    """Return a text as the tables write it: without case, accents and superfluous space."""
    return " ".join(without_marks(text.casefold()).split())
