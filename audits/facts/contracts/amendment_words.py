"""Words in texts of amendments, from lists of ``fixtures/reference/words.csv``."""

import re
from decimal import Decimal
from functools import lru_cache

from audits.matching.texts.word_lists import Words

_ARTICLE = r"(?:(?:a|o|as|os|el|la|los|las|un|una|uma|um) )?"
_OF = r"[dn](?:el|e|o|a|os|as)(?: l[ao]s?)?"
_WORD = re.compile(r"[a-z]{3}")
# "De 60 dias".
_UNITS = "days?|dias?|mese?s?|months?|mois|anos?|years?"
_DAYS = rf"(?: (?:de|em|en|of) \d{{1,4}} (?:{_UNITS}))?"
# "Plazo: 12 meses", "por mais 12 (doze) meses".
_TIME = re.compile(rf"\b(\d{{1,4}})(?: \(\w{{3,20}}(?: \w{{1,20}}){{0,3}}\))? ({_UNITS})\b")
# Days per unit, by its first letter, as in contracts: twelve months of thirty days are a year.
_DAYS_OF = {"d": 1, "m": 30, "a": 365, "y": 365}


class AmendmentWords:
    """Patterns for folded texts of amendments, compiled once per reference."""

    def __init__(self, words: Words) -> None:
        clause = rf"{words.any_of('amendment_puts_in')} {_ARTICLE}{words.any_of('contract_clause')}"
        price = rf"{words.any_of('amendment_raises')} {_OF} {words.any_of('contract_price')}"
        not_more = rf"(?!{clause}\b)(?!{price}\b)(?!{words.any_of('amendment_not_more')}\b)"
        self._more = re.compile(rf"\b{not_more}{words.any_of('amendment_more')}\b")
        self._in_all = re.compile(
            rf"\b{words.any_of('amendment_in_all')}\b[^%]{{0,60}}?(?<![\d.,])(\d{{1,3}}(?:[.,]\d{{1,4}})?) ?%"
        )
        more, term = words.any_of("amendment_more"), words.any_of("amendment_term")
        # "Ampliación del plazo", but not "ampliación de plazo, monto y cantidad"; "cambio de plazo. Ampliación.", but
        # not "prórroga de plazo. Ampliación de monto".
        self._time = re.compile(
            rf"\b(?:{more}(?:\W+\w{{1,3}}){{0,2}}\W+{term}|{words.any_of('amendment_time')})\b"
            rf"(?! (?:y|e|and|&) )(?![^.;]{{0,60}}\b{words.any_of('amendment_object')}\b)"
            rf"|\b{term}\W+{more}\b{_DAYS}\W*(?:[.;]|\Z)"
        )
        self._renews = words.pattern("amendment_renews")
        self._framework = re.compile(rf"\A(?:licita\w+ )?{words.any_of('framework')}\b")
        self._no_addition = words.pattern("amendment_less", "amendment_whole")
        self._no_cost = words.pattern("amendment_no_cost")
        self._note = re.compile(rf"\A(?:\w+ )?{words.any_of('amendment_note')}\b")
        self._name = words.pattern("amendment_name")
        self._insurer = words.pattern("insurer")

    def is_note(self, text: str) -> bool:
        """Return whether a text begins like a note to a contract."""
        return bool(self._note.match(text))

    def buys_more(self, text: str, *, works: bool) -> bool:
        """Return whether a text says that more, or something else, is bought; of ``works`` more time may count."""
        return bool(self._more.search(text if works else self._time.sub("", text)))

    def may_add(self, text: str) -> bool:
        """Return whether a sum in a text may be an addition to a contract: not a reduction, and not the total."""
        return not self._no_addition.search(text)

    def days_renewed(self, text: str) -> int:
        """Return by how many days a service is extended; 0 if by none, by several, or if the time costs nothing."""
        if self._no_cost.search(text) or not (self._renews.search(text) or self._time.search(text)):
            return 0
        found = {int(number) * _DAYS_OF[unit[0]] for number, unit in _TIME.findall(text)}
        return found.pop() if len(found) == 1 else 0

    def framework_named(self, text: str) -> str:
        """Return the words of a text that name a framework agreement; empty if there are none."""
        found = self._framework.search(text)
        return found[0] if found else ""

    def added_in_all(self, text: str) -> Decimal | None:
        """Return the percentage of the contract added in total according to a text; ``None`` if there is none."""
        percents = self._in_all.findall(text)
        return Decimal(percents[-1].replace(",", ".")) if percents else None

    def costs_nothing(self, text: str) -> bool:
        """Return whether a text says that the amount does not change."""
        return bool(self._no_cost.search(text))

    def is_informative(self, text: str) -> bool:
        """Return whether a text says more than that there is an amendment."""
        return bool(_WORD.search(self._name.sub("", text)))

    def is_insurer(self, name: str) -> bool:
        """Return whether a supplier has the name of an insurer."""
        return bool(self._insurer.search(name))


@lru_cache(maxsize=4)
def amendment_words(words: Words) -> AmendmentWords:
    """Return the words of amendments of a reference."""
    return AmendmentWords(words)
