"""Titles that do not say what is bought: many publishers give the number of the procedure as the title."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.folding import folded

# Shorter words beside a number are its letters, or joints: "LPN", "de", "no".
_SHORT = 3


def is_only_number(title: str) -> bool:
    """
    Return whether a title only numbers a procedure: "LP-0012-2024", "CONVOCATORIA 004".

    That may also be said of a few short titles that say a little, such as "Red 5G".
    """
    words = [word for part in title.split() if not any(map(str.isdigit, part)) for word in folded(part).split()]
    has_number = any(map(str.isdigit, title)) or any(word in _numbering() for word in words)
    return has_number and all(len(word) <= _SHORT or word in _numbering() for word in words)


def item_texts(release: dict[str, Any]) -> Iterator[str]:
    """Yield what the items of a release are, those of the tender first; values of other types are passed over."""
    stages = [[release.get("tender")], release.get("awards"), release.get("contracts")]
    for stage in (entry for entries in stages for entry in _objects(entries)):
        for item in _objects(stage.get("items")):
            if isinstance(text := item.get("description"), str):
                yield text


def _objects(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


@cache
def _numbering() -> frozenset[str]:
    return frozenset(row["word"] for row in fixture_rows("reading/numbering_words"))
