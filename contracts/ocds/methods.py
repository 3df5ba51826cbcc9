"""Procurement methods and categories as laws and portals name them → OCDS."""

from functools import cache

from contracts.ocds.caching import remembered
from contracts.ocds.fact_tables import fact_rows, fold


@cache
def _phrases() -> tuple[tuple[str, dict[str, str]], ...]:
    """Return phrases, the longest first, each with country → method."""
    phrases: dict[str, dict[str, str]] = {}
    for row in fact_rows("methods"):
        phrases.setdefault(row["phrase"], {})[row["country"]] = row["method"]
    return tuple(sorted(phrases.items(), key=lambda entry: -len(entry[0])))


@remembered
def read_method(text: str, country: str = "") -> str:
    """
    Return OCDS's method (open, selective, limited, direct), ``""`` if the name of the method does not tell.

    :param country: ISO 3166-1: laws use one name for different methods
    """
    folded = fold(text)
    for phrase, methods in _phrases():
        if folded == phrase or folded.startswith(f"{phrase} "):
            return methods.get(country, methods.get("", ""))
    return ""


@cache
def _categories() -> dict[str, str]:
    return {row["phrase"]: row["category"] for row in fact_rows("categories")}


def read_category(text: str) -> str:
    """Return OCDS's main procurement category (goods, services, works), ``""`` if the text is none."""
    return _categories().get(fold(text), "")
