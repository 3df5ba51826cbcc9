"""How similar two names of organizations are, apart from legal forms and the order of words."""

from functools import lru_cache

from rapidfuzz import fuzz

from contracts.names.spelling import compact
from contracts.ocds.fixture_tables import words_listed
from contracts.ocds.folding import folded

# So many letters of a name are compared, which takes time by their square.
COMPARED_LETTERS = 1000
# What names lose that agree in all but their legal form: "Acme S.A." is not quite "Acme".
_OTHER_FORM = 0.97


@lru_cache(maxsize=1)
def _legal_forms() -> list[str]:
    """Return the legal forms, the longest first: of "sa de cv" not the end alone is to go."""
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
