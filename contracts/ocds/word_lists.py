"""Lists of words that names are read with, from the reference data of this project."""

from functools import cache

from contracts.ocds.fact_tables import fixture_rows


@cache
def words_listed(kind: str) -> tuple[str, ...]:
    """Return the words of a list that are in use, as they are written there."""
    rows = fixture_rows("reference/words")
    return tuple(row["word"] for row in rows if row["list"] == kind and row["enabled"] == "yes")
