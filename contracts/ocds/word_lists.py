"""Lists of words that names are read with, from the reference data of this project."""

import csv
from functools import lru_cache
from pathlib import Path

_WORDS = Path(__file__).resolve().parents[2] / "fixtures" / "reference" / "words.csv"


@lru_cache
def words_listed(kind: str) -> tuple[str, ...]:
    """Return the words of a list that are in use, as they are written there."""
    with _WORDS.open(encoding="utf-8", newline="") as file:
        return tuple(row["word"] for row in csv.DictReader(file) if row["list"] == kind and row["enabled"] == "yes")
