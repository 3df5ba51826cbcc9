"""
The tables of ``fixtures``: words, codes and amounts, and in ``fixtures/facts`` what people write instead of codes.

They are part of the program and never change while it runs, so callers cache what they derive from them.
"""

import csv
from functools import cache
from pathlib import Path

from contracts.ocds.folding import without_marks

_FOLDER = Path(__file__).resolve().parents[2] / "fixtures"


def fixture_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table: ``reading/placeholders`` is ``fixtures/reading/placeholders.csv``."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts_listed(name: str, of: str = "") -> dict[str, str]:
    """Return code → English text of a table of ``fixtures/wording``, or of one of its lists."""
    return {row["code"]: row["text"] for row in fixture_rows(f"wording/{name}") if row.get("list", "") == of}


def as_listed(text: str) -> str:
    """Return a text normalized as in the tables: without case, accents and superfluous spaces."""
    return " ".join(without_marks(text.casefold()).split())


@cache
def words_listed(kind: str) -> tuple[str, ...]:
    """Return the enabled words of a list, as written there."""
    rows = fixture_rows("reference/words")
    return tuple(row["word"] for row in rows if row["list"] == kind and row["enabled"] == "yes")
