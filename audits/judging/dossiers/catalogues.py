"""Catalogues: long texts that list many things, of which only the first words say what is bought."""

import re
from functools import lru_cache

# Minimum length of a catalogue in characters and sentences; the object is within this many characters.
_LONG = 3_000
_MANY = 30
_FIRST_WORDS = 600
_ENDS = re.compile(r"[.;\n\uf0a7\u2022](?=\s)")


def is_mentioned_in_passing(value: str, start: int) -> bool:
    """Return whether a position in a text, in characters, is after the first words of a catalogue."""
    return start >= _FIRST_WORDS and len(value) >= _LONG and _lists_many(value)


@lru_cache(maxsize=64)
def _lists_many(value: str) -> bool:
    return sum(1 for _ in _ENDS.finditer(value)) >= _MANY
