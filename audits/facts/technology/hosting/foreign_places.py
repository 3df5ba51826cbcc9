"""Find countries that a text names as a place: "servidores situados en Irlanda", "training in China"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.countries import country_names

# A preposition of place and the words after it, the first of which may be a country: "en los Estados Unidos".
_IN = re.compile(
    r"\b(?:desde|em|en|from|in|n[ao]s?|to) (?:(?:the|el|l[ao]s?|os|as) )??"
    # A lookahead, because the next preposition may be among these words: "in data centres in Ireland".
    r"(?=(?P<name>(?:[a-z]{4,}|el(?= salvador)|eua|new|san|sao|sri|uk)\b(?: [a-z]{2,}){0,3}))"
)
# Countries that share their name with towns, provinces or states elsewhere ("Granada", "Georgia", "San Martín").
_NAMESAKES = frozenset({"GD", "GE", "JE", "LC", "MF"})


class Place(NamedTuple):
    """A country in a folded text: its code and its offsets, from the preposition to the end of the name."""

    code: str
    start: int
    end: int


def places_in(folded: str) -> Iterator[Place]:
    """Yield the countries that a folded text names as a location, a destination or an origin."""
    codes, first_words = _codes_by_name(), _first_words()
    for found in _IN.finditer(folded):
        words = found["name"].split(" ")
        if words[0] not in first_words:
            continue
        for number in range(len(words), 0, -1):
            name = " ".join(words[:number])
            if code := codes.get(name, ""):
                yield Place(code, found.start(), found.start("name") + len(name))
                break


@cache
def _codes_by_name() -> dict[str, str]:
    """Return country codes by folded country name, in English, Spanish and Portuguese."""
    return {fold(name).text: code for name, code in country_names().items() if code not in _NAMESAKES}


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.partition(" ")[0] for name in _codes_by_name())
