"""Countries that a text names as the place of something: "servidores situados en Irlanda", "training in China"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from audits.matching.normalize import fold
from contracts.ocds.codelists.countries import country_codes, country_name, listed_country_names

# A preposition of a place and the words after it, of which the first ones may be a country: "en los Estados Unidos".
_IN = re.compile(
    r"\b(?:desde|em|en|from|in|n[ao]s?|to) (?:(?:the|el|l[ao]s?|os|as) )?"
    # Ahead: among the words behind one preposition may be the next, "in data centres in Ireland".
    r"(?=(?P<name>[a-z]{4,}(?: [a-z]{2,}){0,3}))"
)
# Countries whose names are those of towns, provinces and states elsewhere too ("Granada", "Georgia", "San Martín").
_NAMESAKES = frozenset({"GD", "GE", "JE", "LC", "MF"})


class Place(NamedTuple):
    """A country that a folded text names, and where."""

    code: str
    start: int
    end: int


def places_in(folded: str) -> Iterator[Place]:
    """Yield the countries of which a folded text says that something is there, goes there or comes from there."""
    for found in _IN.finditer(folded):
        words = found["name"].split(" ")
        for number in range(len(words), 0, -1):
            name = " ".join(words[:number])
            if code := _codes_by_name().get(name, ""):
                yield Place(code, found.start(), found.start("name") + len(name))
                break


@cache
def _codes_by_name() -> dict[str, str]:
    """Return the codes of countries by their usual names in English, Spanish and Portuguese, folded."""
    return listed_country_names() | {
        fold(country_name(code, language)).text: code
        for code in country_codes()
        for language in ("en", "es", "pt")
        if code not in _NAMESAKES
    }
