"""
Word lists, as data: ``fixtures/reference/words.csv``, folded as in ``normalize``, and ``ordinary_words.txt``.

``word_lists.csv`` says what the words of each list are; code asks for lists by the names there.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Word(Struct, frozen=True, gc=False):
    """A word or phrase of a list."""

    list: str
    word: str
    note: str = ""
    source: str = ""


class Words:
    """
    The words of each list, the longest first; a list without rows is empty.

    Equality is identity, so compiled patterns can be cached by it. All methods raise KeyError for an unknown list.
    """

    def __init__(self, rows: Iterable[Word] = ()) -> None:
        self.rows = tuple(sorted(set(rows), key=lambda row: (row.list, -len(row.word), row.word)))
        self._lists: dict[str, dict[str, None]] = {}
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._of_countries: dict[tuple[str, str], re.Pattern[str] | None] = {}
        for row in self.rows:
            self._lists.setdefault(row.list, {})[row.word] = None

    def of(self, name: str) -> frozenset[str]:
        """Return the words of a list."""
        return frozenset(self._words(name))

    def any_of(self, *names: str) -> str:
        """
        Return a regular expression group for any word of lists; one that never matches if they are empty.

        In a word, ``*`` stands for any letters, ``+`` for one or more: "escuela*" matches "escuela" and "escuelas";
        "amplia+" matches "ampliar", not "amplia". Words are grouped by first letter, because a search tries
        alternatives one by one.
        """
        return any_of(word for name in names for word in self._words(name))

    def pattern(self, *names: str) -> re.Pattern[str]:
        """Return a cached pattern that finds any word of lists as a whole word of a folded text."""
        if names not in self._patterns:
            self._patterns[names] = re.compile(rf"\b{self.any_of(*names)}\b")
        return self._patterns[names]

    def pattern_of_country(self, name: str, country: str) -> re.Pattern[str] | None:
        """
        Return a cached pattern for a country's words in a list whose words begin with a country: "mx ad".

        :param country: ISO 3166-1 alpha-2
        :returns: ``None`` if the list has no words for the country
        """
        key = (name, country)
        if key not in self._of_countries:
            prefix = f"{country.lower()} "
            words = [word.removeprefix(prefix) for word in self._words(name) if word.startswith(prefix)]
            self._of_countries[key] = re.compile(rf"\b{any_of(words)}\b") if words else None
        return self._of_countries[key]

    def _words(self, name: str) -> Collection[str]:
        if name not in self._lists and name not in list_names():
            raise KeyError(name)
        return self._lists.get(name, ())


@cache
def list_names() -> frozenset[str]:
    """Return the names of all lists."""
    return frozenset(row["list"] for row in fixture_rows("reference/word_lists"))


def read_ordinary_words(path: Path) -> list[Word]:
    """
    Read the words that are not product names, one per line.

    At least three buyers of notices in Spanish and Portuguese write each of them in lower case; ``manage.py
    ordinarywords`` collected them in November 2026 from 139,000 notices of public repositories.
    """
    source = "written in small letters by three buyers or more"
    return [Word("ordinary_word", word, source=source) for word in path.read_text(encoding="utf-8").split()]


def any_of(words: Iterable[str]) -> str:
    """Return a group for any of some words, see ``Words.any_of``; of two that begin alike, the longer one first."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(_expression(word[1:]))
    groups = (f"{_expression(first)}(?:{'|'.join(found)})" for first, found in rests.items())
    return f"(?:{'|'.join(groups) or '(?!)'})"


def _expression(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\+", r"\w+")
