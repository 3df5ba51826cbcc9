"""
What names of procurement procedures say: that the purchase is small, that it is an order under a contract or an
agreement, that the award is direct, or nothing at all. The words are data, ``fixtures/reference/words.csv``.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from audits.matching.normalize import fold_phrase
from audits.matching.words import Words

SMALL_PROCEDURE = "small_procedure"
# These are always below the threshold of the law; the small ones above may have a tender.
BELOW_THRESHOLD = "below_threshold"
CALL_OFF = "call_off"
# A title that mentions a framework may be the framework itself; these words show an order under it.
CALL_OFF_TITLE = "call_off_title"
AGREEMENT = "agreement"
OUTSIDE_COMPETITION = "outside_competition"
NO_REASON = "no_reason"
# "mx ad": in Mexican procedure numbers AD stands for a direct award, ITP for an invitation of at least three.
DIRECT_NUMBER = "direct_number"
INVITED_NUMBER = "invited_number"

# "hn compra menor": methods that the law of a country reserves for trifling amounts.
TRIFLING_PROCEDURE = "trifling_procedure"
# "pe convenio": methods that sound like an agreement, but are orders from a catalogue.
CATALOGUE_PROCEDURE = "catalogue_procedure"
# "co regimen especial": regimes that are called special, but are the ordinary one of their buyers.
ORDINARY_REGIME = "ordinary_regime"

_NAMES = (SMALL_PROCEDURE, BELOW_THRESHOLD, CALL_OFF, CALL_OFF_TITLE, AGREEMENT, OUTSIDE_COMPETITION)
_PARTS = re.compile(r"\w+")


class ProcedureNames:
    """The words of procedures, compiled once for the words of a reference."""

    def __init__(self, words: Words) -> None:
        self._kinds = {name: words.pattern(name) for name in _NAMES}
        self._of_countries = {
            kind: [
                (country, re.compile(rf"\b{re.escape(name)}\b"))
                for country, _, name in (word.partition(" ") for word in sorted(words.of(kind)))
            ]
            for kind in (TRIFLING_PROCEDURE, CATALOGUE_PROCEDURE, ORDINARY_REGIME)
        }
        self._empty = words.of(NO_REASON)
        self._numbers: dict[tuple[str, str], set[str]] = {}
        for kind in (DIRECT_NUMBER, INVITED_NUMBER):
            for country, _, part in (word.partition(" ") for word in words.of(kind)):
                self._numbers.setdefault((kind, country), set()).add(part)

    def first(self, kind: str, names: Iterable[str]) -> str:
        """Return the first of the names that holds a word of a list, as written; ``""`` if none does."""
        pattern = self._kinds[kind]
        return next((name for name in names if pattern.search(fold_phrase(name))), "")

    def first_of_country(self, kind: str, names: Iterable[str], country: str) -> str:
        """Return the first of the names that holds a word of a country's list, as written; ``""`` if none does."""
        patterns = [pattern for of, pattern in self._of_countries[kind] if of == country.lower()]
        return next((name for name in names if any(pattern.search(fold_phrase(name)) for pattern in patterns)), "")

    def says_nothing(self, reason: str) -> bool:
        """Tell whether what stands in place of a reason is none: "Nacional", "N/A"."""
        return " ".join(_PARTS.findall(fold_phrase(reason))) in self._empty

    def first_number(self, kind: str, numbers: Iterable[str], country: str) -> str:
        """Return the first number with a part of a list: "SF/DRM/AD/013/2015" in Mexico; ``""`` if none has one."""
        parts = self._numbers.get((kind, country.lower()))
        if not parts:  # of nearly all countries
            return ""
        return next((number for number in numbers if not parts.isdisjoint(_PARTS.findall(fold_phrase(number)))), "")


@lru_cache(maxsize=4)
def procedure_names(words: Words) -> ProcedureNames:
    """Return the words of procedures of a reference."""
    return ProcedureNames(words)
