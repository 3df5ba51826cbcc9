"""
Finds where documents state a record's values: names, register numbers, amounts and days. Pure.

A value that is not found may be spelt differently, or be on a page that was not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from itertools import islice, product
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from contracts.names.spelling import without_legal_form
from contracts.ocds.folding import folded
from contracts.ocds.merging.paths import Path
from contracts.ocds.written.amounts import UnclearAmountError, read_amount
from contracts.ocds.written.days import read_date

# Maximum number of pages searched while a person waits.
MAX_PAGES = 300
MAX_CHARACTERS = 1_000_000
_NAMES = frozenset({"name", "legalName"})
_DAYS = frozenset({"date", "dateSigned", "startDate", "endDate"})
_AMOUNT = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{1,2}[^0-9]{1,60}(?:[0-9]{1,2}[./-])?[0-9]{4}|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}")
# "a los quince días del mes de marzo del año dos mil veinte", folded.
_DAY_IN_WORDS = re.compile(r"(?:[a-z]{1,15} ){2,8}del?(?: ano)? do(?:s|is) mil(?: [a-z]{1,15}){0,4}")
_NUMBER = re.compile(r"[0-9]+")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Shorter names occur within other words: "oi" in "depois".
_MIN_LETTERS = 5
# Minimum similarity, 0 to 100: text recognition gets at worst one letter in ten wrong.
_ALIKE = 90


class Place(NamedTuple):
    """A page of a document."""

    sha256: str
    number: int

    @property
    def address(self) -> str:
        return f"/documents/{self.sha256}/pages/{self.number}"


class Lookup(NamedTuple):
    """The result of searching for a value: the first page that states it, if any."""

    place: Place | None


class _Page:
    def __init__(self, sha256: str, number: int, text: str, source: str) -> None:
        self.place = Place(sha256, number)
        self.text = text
        self.is_recognised = source == "ocr"

    @cached_property
    def words(self) -> str:
        return f" {folded(self.text)} "

    @cached_property
    def letters(self) -> str:
        return self.words.replace(" ", "")

    # Read once for all values.
    @cached_property
    def amounts(self) -> frozenset[Decimal]:
        return frozenset(number for found in _AMOUNT.findall(self.text) for number in _readings(found))

    @cached_property
    def days(self) -> frozenset[str | None]:
        # Try every number as a start: in "12 de 15 de março de 2021" the day begins with the second.
        found = (_DAY.match(self.text, number.start()) for number in _NUMBER.finditer(self.text))
        in_words = (day for words in _DAY_IN_WORDS.findall(self.words) for day in _days_in(words.split()))
        return frozenset((*(read_date(match[0]) for match in found if match), *in_words))

    def states(self, text: str) -> bool:
        """Return whether a folded text occurs, however its words are separated."""
        letters = text.replace(" ", "")
        return letters in self.letters if len(letters) >= _MIN_LETTERS else f" {text} " in self.words

    def states_alike(self, name: str) -> bool:
        """Return whether a folded name occurs, with up to one letter in ten misrecognised."""
        letters = name.replace(" ", "")
        return self.states(name) or (
            self.is_recognised
            and len(letters) >= _MIN_LETTERS
            and fuzz.partial_ratio(letters, self.letters, score_cutoff=_ALIKE) > 0
        )


def _days_in(words: list[str]) -> Iterator[str | None]:
    """Yield the days written in words, beginning and ending anywhere among these."""
    year = len(words) - words[::-1].index("mil")
    for start, end in product(range(year), range(year, len(words) + 1)):
        yield read_date(" ".join(words[start:end]))


def _readings(text: str) -> tuple[Decimal, ...]:
    try:
        read = read_amount(text)
    except UnclearAmountError as unclear:
        return unclear.readings
    return (read.number,) if read else ()


class Stated:
    """
    The pages of documents, to be searched for values of records.

    :param pages: for each the SHA-256 of its document, its number, its text, and how the text was read
    """

    def __init__(self, pages: Iterable[tuple[str, int, str, str]]) -> None:
        self._pages: list[_Page] = []
        left = MAX_CHARACTERS
        for sha256, number, text, source in islice(pages, MAX_PAGES):
            self._pages.append(_Page(sha256, number, text[:left], source))
            left -= len(text)
            if left <= 0:
                break

    def __bool__(self) -> bool:
        return bool(self._pages)

    def look_for(self, path: Path, value: Any) -> Lookup | None:
        """Search for a value of a release; ``None`` if values of its kind are not searched for."""
        states = _question(path, value)
        return Lookup(next((page.place for page in self._pages if states(page)), None)) if states else None


def _question(path: Path, value: Any) -> Callable[[_Page], bool] | None:
    """Return the test of a page that finds a value."""
    member, text = path[-1], folded(str(value))
    if member in _NAMES and text:
        name = without_legal_form(text)
        return lambda page: page.states_alike(name)
    # One digit more or less is somebody else's number.
    if path[-2:] == ("identifier", "id") and text:
        return lambda page: page.states(text)
    if member == "amount" and isinstance(value, int | Decimal):
        return lambda page: value in page.amounts
    if member in _DAYS and (match := _ISO_DAY.match(str(value))):
        day = match[0]
        return lambda page: day in page.days
    return None
