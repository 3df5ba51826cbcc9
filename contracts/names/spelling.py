"""Names and numbers of organizations in one normal spelling, and how alike two names are."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import words_listed
from contracts.ocds.folding import folded
from contracts.ocds.written.tax_numbers import own_number

_SINGLE_LETTERS = re.compile(r"\b(?:\w )+\w\b")


def compact(name: str) -> str:
    """Return a folded name in which spelled-out letters are one word: ``acme s a de c v`` is ``acme sa de cv``."""
    return _SINGLE_LETTERS.sub(lambda found: found[0].replace(" ", ""), name)


def distinctive_words(name: str) -> str:
    """Return the words of a compact name that are not short, to search for it; all of them if none is longer."""
    return " ".join(word for word in name.split() if len(word) > 3) or name


@remembered
def normal_number(number: str) -> str:
    """Return an identifier without its punctuation, in capitals."""
    return re.sub(r"[\s.\-/]", "", number).upper()


def numbers_in_keys(number: str) -> tuple[str, str]:
    """Return an identifier as keys may have it: without punctuation, and a NIT of Colombia without its last digit."""
    whole = normal_number(number)
    return whole, own_number(whole, "CO") or whole


# So many letters of a name are compared, which takes time by their square.
COMPARED_LETTERS = 1000
# What names lose that agree in all but their legal form: "Acme S.A." is not quite "Acme".
_OTHER_FORM = 0.97


@lru_cache(maxsize=1)
def _legal_forms() -> list[str]:
    """Return the legal forms, the longest first, so that all of "sa de cv" is removed, not only its end."""
    return sorted({compact(word) for word in words_listed("legal_form")}, key=len, reverse=True)


def without_legal_form(name: str) -> str:
    """Return a folded name without its legal forms, ``acme sa de cv`` as ``acme``; what is nothing else stays."""
    words = compact(name)
    for form in _legal_forms():
        words = words.removesuffix(f" {form}").removeprefix(f"{form} ")
    return words


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 100; 100 for names that differ in case, accents and punctuation."""
    first, second = folded(one[:COMPARED_LETTERS]), folded(other[:COMPARED_LETTERS])
    if not first or not second:
        return 0.0
    whole = fuzz.token_sort_ratio(compact(first), compact(second))
    bare = fuzz.token_sort_ratio(without_legal_form(first), without_legal_form(second))
    return round(max(whole, bare * _OTHER_FORM), 1)
