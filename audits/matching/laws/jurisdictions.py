"""
Countries whose law, courts or arbitration a text names: "the laws of England", "tribunales de Nueva York", "CIETAC".

``fixtures/reference/jurisdictions.csv`` has places, centres of arbitration and adjectives, folded as in ``normalize``;
the names of countries are those of ISO 3166. An adjective counts beside a word for law alone: "English law" is a law,
"in the English language" is not. A centre counts unless only its rules are named, which do not determine the place.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.countries import country_names
from contracts.ocds.fixture_tables import fixture_rows

PLACE, ADJECTIVE, CENTRE = "place", "adjective", "centre"
# Countries that share their name with people, towns, provinces or states elsewhere ("Georgia", "Jordan", "Armenia").
_NAMESAKES = frozenset({"AM", "GD", "GE", "JE", "JO", "LC", "MF", "SM"})
# What follows an adjective that is part of a name: "British Columbia", "Indian River County".
_PART_OF_NAME = r"(?! (?:columbia|virgin|river|wells|islands?|ocean|antarctic))"
_STREET = r"(?<!calle )(?<!rua )(?<!avenida )(?<!av )(?<!av\. )"
_RULES_OF = "".join(
    rf"(?<!{words} )"
    for words in (
        *("rules of", "rules of the", "rules by the", "reglas de", "reglas de la", "reglas del", "reglamento de"),
        *("reglamento de la", "reglamento del", "regras da", "regras do", "regulamento da", "regulamento do"),
    )
)
_LAW = (
    r"(?:laws?|legislation|courts?|jurisdiction|ley|leyes|derecho|legislacion|justicia|tribunal|tribunales|cortes?|"
    r"lei|leis|direito|legislacao|justica|tribunais)"
)


def jurisdictions_in(folded: str) -> Iterator[str]:
    """Yield the codes (ISO 3166-1 alpha-2) of the countries that a folded text on law or disputes names, in order."""
    for match in _pattern().finditer(folded):
        yield _countries()[next(filter(None, match.groups()))]


@cache
def _listed() -> dict[str, dict[str, str]]:
    """Return the codes of countries by name, and these by kind: places, adjectives, centres."""
    names = {fold(name).text: code for name, code in country_names().items() if code not in _NAMESAKES}
    found: dict[str, dict[str, str]] = {PLACE: names, ADJECTIVE: {}, CENTRE: {}}
    for row in fixture_rows("reference/jurisdictions"):
        found[row["kind"]][row["name"]] = row["country"]
    return found


@cache
def _countries() -> dict[str, str]:
    listed = _listed()
    return listed[PLACE] | listed[ADJECTIVE] | listed[CENTRE]


@cache
def _pattern() -> re.Pattern[str]:
    listed = _listed()
    of_law, centres = _any_of(listed[ADJECTIVE]), _any_of(listed[CENTRE])
    places = _any_of(listed[PLACE])
    return re.compile(
        rf"(?<!\w)(?:{_STREET}(?P<place>{places})|{_RULES_OF}(?P<centre>{centres})(?! (?:arbitration )?rules)|"
        rf"{_LAW} (?:\w+ ){{0,2}}?(?P<before>{of_law}){_PART_OF_NAME}|(?P<after>{of_law}) {_LAW})(?!\w)"
    )


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
