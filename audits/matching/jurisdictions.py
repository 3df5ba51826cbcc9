"""
Countries whose law, courts or arbitration a text names: "the laws of England", "tribunales de Nueva York", "CIETAC".

``fixtures/reference/jurisdictions.csv`` has places, centres of arbitration and adjectives, folded as in ``normalize``;
the names of countries are those of ISO 3166. An adjective counts beside a word for law alone: "English law" is a law,
"in the English language" is none.
"""

import re
from collections.abc import Iterator
from functools import cache

from audits.matching.normalize import fold
from contracts.ocds.codelists.codes import LANGUAGES
from contracts.ocds.codelists.countries import country_codes, country_name, listed_country_names
from contracts.ocds.fixture_tables import fixture_rows

ADJECTIVE = "adjective"
# Countries that share their name with people, towns, provinces or states elsewhere ("Georgia", "Jordan", "Granada").
_NAMESAKES = frozenset({"GD", "GE", "JE", "JO", "LC", "MF", "SM"})
_LAW = (
    r"(?:laws?|legislation|courts?|jurisdiction|ley|leyes|derecho|legislacion|justicia|tribunal|tribunales|cortes?|"
    r"lei|leis|direito|legislacao|justica|tribunais)"
)


def jurisdictions_in(folded: str) -> Iterator[str]:
    """Yield the codes (ISO 3166-1 alpha-2) of the countries that a folded text on law or disputes names, in order."""
    for match in _pattern().finditer(folded):
        yield _countries()[match["place"] or match["before"] or match["after"]]


@cache
def _countries() -> dict[str, str]:
    """Return the codes of countries by folded name, place or adjective."""
    names = {
        fold(country_name(code, language)).text: code
        for code in country_codes()
        for language in LANGUAGES
        if code not in _NAMESAKES
    }
    listed = {row["name"]: row["country"] for row in fixture_rows("reference/jurisdictions")}
    return names | listed_country_names() | listed


@cache
def _pattern() -> re.Pattern[str]:
    adjectives = {row["name"] for row in fixture_rows("reference/jurisdictions") if row["kind"] == ADJECTIVE}
    places = _any_of(_countries().keys() - adjectives)
    of_law = _any_of(adjectives)
    return re.compile(
        rf"\b(?:(?P<place>{places})|{_LAW} (?:\w+ ){{0,2}}?(?P<before>{of_law})|(?P<after>{of_law}) {_LAW})\b"
    )


def _any_of(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
