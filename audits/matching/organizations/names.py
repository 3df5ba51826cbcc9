"""Normalized names of organizations: without legal forms, accents and words for a national branch."""

import re
from functools import lru_cache

from msgspec import Struct

from audits.matching.texts.normalize import fold_phrase
from audits.matching.texts.word_lists import Words
from contracts.ocds.caching import remembered

_POINTS = re.compile(r"[^\w\s+]+")
_SPACES = re.compile(r"\s+")
# Minimum length in letters of a single word that identifies a firm.
_DISTINCTIVE_LETTERS = 5


class NameForms(Struct, frozen=True, gc=False):
    """
    A name for comparison.

    ``whole`` is folded, without points; ``core`` also without legal form; ``local`` also without the country of a
    branch. ``distinctive``: the core at the start of a longer name still identifies the firm; ``common``: the core
    consists only of trade words.
    """

    whole: str
    core: str
    local: str
    consortium: bool
    distinctive: bool
    common: bool

    @property
    def length(self) -> int:
        """Return the number of words of the core."""
        return self.core.count(" ") + 1


class NameReader:
    """
    Parses names.

    :param words: its lists are legal forms without points, countries and regions of branches, words for a branch,
        words for a consortium, and trade words: a name that begins with one is not identified by it
    """

    def __init__(self, words: Words) -> None:
        self._legal = re.compile(rf"(?:^|(?<= )){words.any_of('legal_form')}(?= |$)")
        self._branch = re.compile(
            rf"(?:^|(?<= ))(?:{words.any_of('branch')}(?: (?:del?|do|da|en|no|em))?|"
            rf"(?:(?:del?|do|da|of|en|no|na) )?{words.any_of('country')})(?= |$)"
        )
        self._consortium = re.compile(rf"(?:^|(?<= )){words.any_of('consortium')}(?= |$)")
        self._trades = words.of("trade")
        self.forms = remembered(self._forms)

    def _forms(self, name: str) -> NameForms:
        """Return the forms of an organization's name."""
        points_out = fold_phrase(name).replace("'", "").replace("&", " y ")
        # "S.A.C." and "S. A. C." are the same; "C.E.I.E.C." is CEIEC.
        whole = _SPACES.sub(" ", _POINTS.sub(" ", points_out)).strip()
        bare = _trim(self._legal.sub("", whole))
        core = bare or whole
        local = _trim(self._branch.sub("", core)) or core
        words = core.split(" ")
        common = self._trades.issuperset(words)
        distinctive = (len(words) > 1 and not common) or (
            len(core) >= _DISTINCTIVE_LETTERS and core not in self._trades
        )
        return NameForms(whole, core, local, bool(self._consortium.search(whole)), distinctive, common)


def _trim(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def is_named_as_firm(name: str, words: Words) -> bool:
    """Return whether a name has a legal form, a word for a consortium or a trade word: "Geotecnia S.A.", "Grupo X"."""
    forms = name_reader(words).forms(name)
    trades = words.of("trade")
    return forms.core != forms.whole or forms.consortium or any(word in trades for word in forms.whole.split())


@lru_cache(maxsize=4)
def name_reader(words: Words) -> NameReader:
    """Return the name parser for the words of a reference."""
    return NameReader(words)
