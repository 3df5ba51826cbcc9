"""
Headers that no mapping contains, composed of unambiguous words: "Descripción del bien o servicio", "Monto (c/IVA)".

The words are in ``fixtures/tables/general.toml``: for each fact those that identify it, and those that may accompany
them.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache

from msgspec import Struct

from contracts.ocds.fixture_tables import as_listed
from contracts.tables.headers.names import GENERAL, MAX_LENGTH, read_names, words_apart
from contracts.tables.headers.units import with_unit

_NOT_SIGNIFICANT = re.compile(r"[\W_]+")
# How days are written in a column, the letter of a sum, and the language of a text: "Date signed (mm/dd/yyyy)", "Valor
# total (A)", "(C=A-B)", "tender_name_en".
_NOTE = re.compile(
    r"(?i)(?<![ _])[ _]*+\((?:[dmya]{1,4}(?:[/.-][dmya]{1,4}){2}|[a-z] ?(?:=[a-z0-9 +*/-]{1,20})?)\)$"
    r"|(?<=\w)_(?:en|es|pt)$"
)
# "I.V.A."
_WITH_POINTS = re.compile(r"\b(?:[a-z]\.){2,}")


class _Composed(Struct, frozen=True):
    """The words of a fact: a header must contain one of ``telling``, and no words except those in ``beside``."""

    fact: str
    telling: frozenset[str]
    beside: frozenset[str]


@lru_cache(maxsize=512)  # called for each row that may be a header
def bare_name(header: str) -> str:
    """Return a header without its unit and its words about taxes: "Monto (c/IVA) MXN" is "monto"."""
    name = _NOTE.sub("", with_unit(header)[0])
    words = _words(name)
    taxes, beside = _of_taxes()
    last = len(words)
    while last and words[last - 1] in taxes | beside:
        last -= 1
    about = set(words[last:])
    # "Monto IVA" is the tax itself.
    return " ".join(words[:last]) if last and about & taxes and about & beside else name


@lru_cache(maxsize=512)
def composed_fact(header: str) -> str:
    """
    Return the fact that the words of a header identify; ``""`` for a single word, or if one of them means something
    else.
    """
    words = set(_words(bare_name(header))) - _linking() if len(header) <= MAX_LENGTH else set()
    if len(words) < 2:
        return ""
    found = (known.fact for known in _composed() if words & known.telling and words <= known.telling | known.beside)
    return next(found, "")


def composed_columns(names: Sequence[str], taken: Collection[int], facts: Collection[str]) -> dict[str, int]:
    """Return fact → column, for facts that such words identify in exactly one column."""
    columns: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        if name and column not in taken:
            columns.setdefault(composed_fact(name), []).append(column)
    return {fact: found[0] for fact, found in columns.items() if fact in facts and len(found) == 1}


def _words(name: str) -> list[str]:
    apart = as_listed(words_apart(name)).replace("+", " mas ")
    folded = _WITH_POINTS.sub(lambda found: found[0].replace(".", ""), apart)
    return [word for word in _NOT_SIGNIFICANT.split(folded) if word]


@cache
def _of_taxes() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of taxes, and the words beside them that say whether an amount includes them."""
    words = read_names(GENERAL)["taxes"]
    return frozenset(words["names"]), frozenset(words["beside"])


@cache
def _composed() -> tuple[_Composed, ...]:
    found = read_names(GENERAL)["composed"]
    return tuple(
        _Composed(fact, *(frozenset(map(as_listed, words[name])) for name in ("telling", "beside")))
        for fact, words in found.items()
    )


@cache
def _linking() -> frozenset[str]:
    return frozenset(read_names(GENERAL)["linking"])
