"""
Where documents state what a record says of a contract: its names, numbers of registers, amounts and days. Pure.

What is not found may be told in other words, or stand on a page that could not be read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from contracts.documents.texts import ReadDocument
from contracts.names.likeness import without_legal_form
from contracts.ocds.amounts import UnclearAmountError, read_amount
from contracts.ocds.days import read_date
from contracts.ocds.folding import folded, letters_and_digits
from contracts.ocds.paths import Path

# More pages are not looked through while a person waits.
MAX_PAGES = 300
_NAMES = frozenset({"name", "legalName"})
_DAYS = frozenset({"date", "dateSigned", "startDate", "endDate"})
_AMOUNT = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{1,2}[^0-9]{1,60}(?:[0-9]{1,2}[./-])?[0-9]{4}|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}")
# "a los quince días del mes de marzo del año dos mil veinte", folded.
_DAY_IN_WORDS = re.compile(r"(?:[a-z]{1,15} ){2,8}del?(?: ano)? do(?:s|is) mil(?: [a-z]{1,15}){0,4}")
_NUMBER = re.compile(r"[0-9]+")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Shorter names are words of others: "oi" stands in "depois".
_LEAST_LETTERS = 5
# Recognition of letters errs in one of ten, at worst.
_ALIKE = 90


class Place(NamedTuple):
    """A page of a document."""

    sha256: str
    number: int

    @property
    def address(self) -> str:
        return f"/documents/{self.sha256}/pages/{self.number}"


class Looked(NamedTuple):
    """What came of looking for a value: the first page that states it, if one does."""

    place: Place | None


class _Page:
    def __init__(self, place: Place, text: str, *, is_recognised: bool) -> None:
        self.place = place
        self.text = text
        self.is_recognised = is_recognised

    @cached_property
    def words(self) -> str:
        return f" {folded(self.text)} "

    @cached_property
    def letters(self) -> str:
        return self.words.replace(" ", "")

    def states_name(self, name: str) -> bool:
        letters = name.replace(" ", "")
        if len(letters) < _LEAST_LETTERS:
            return f" {name} " in self.words
        if letters in self.letters:
            return True
        return self.is_recognised and fuzz.partial_ratio(letters, self.letters, score_cutoff=_ALIKE) > 0

    def states_amount(self, amount: Decimal) -> bool:
        whole = f"{int(amount)}"
        return any(
            letters_and_digits(found).startswith(whole) and amount in _readings(found)
            for found in _AMOUNT.findall(self.text)
        )

    def states_day(self, day: str) -> bool:
        if day[:4] in self.text:
            # From each number on: of "12 de 15 de março de 2021" the second begins the day.
            found = (_DAY.match(self.text, number.start()) for number in _NUMBER.finditer(self.text))
            if any(match and read_date(match[0]) == day for match in found):
                return True
        return any(day in _days_in(words.split()) for words in _DAY_IN_WORDS.findall(self.words))


def _days_in(words: list[str]) -> Iterator[str | None]:
    """Yield the days that words say which begin and end somewhere among these."""
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
    """The pages of documents, to look for what records say."""

    def __init__(self, documents: Iterable[ReadDocument]) -> None:
        pages = (
            _Page(Place(document.sha256, page.number), page.text, is_recognised=page.source == "ocr")
            for document in documents
            for page in document.pages
        )
        self._pages = [page for page, _number in zip(pages, range(MAX_PAGES), strict=False)]

    def look_for(self, path: Path, value: Any) -> Looked | None:
        """Look for a value of a release; ``None`` if those of its kind are not looked for."""
        states = _question(path, value)
        return Looked(next((page.place for page in self._pages if states(page)), None)) if states else None


def _question(path: Path, value: Any) -> Callable[[_Page], bool] | None:
    """Return what is asked of each page to find a value."""
    member = path[-1]
    if member in _NAMES or path[-2:] == ("identifier", "id"):
        name = without_legal_form(folded(str(value)))
        return lambda page: page.states_name(name)
    if member == "amount" and isinstance(value, int | Decimal):
        return lambda page: page.states_amount(Decimal(value))
    if member in _DAYS and (match := _ISO_DAY.match(str(value))):
        day = match[0]
        return lambda page: page.states_day(day)
    return None
