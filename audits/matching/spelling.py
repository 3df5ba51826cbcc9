"""Spelling of product names: capitals inside a word or among small letters, and unusual letters."""

import re
from enum import StrEnum

from audits.matching.normalize import fold

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_LETTER = re.compile(r"[\W\d_]")
_INNER_CAPITAL = re.compile(r"[^\W\d_]{0,60}[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]\w*|[A-ZÀ-ÖØ-Þ]{2,60}[a-zß-öø-ÿ]{2,60}\w*")
# Kinds of things in English: "eGIS", "VMs".
_KIND_BY_CAPITALS = re.compile(r"[ei][A-Z]\w*|[A-Z]{2,10}s")
ROMAN = re.compile(r"[ivxlc]+")
# Spellings that no Spanish, Portuguese or English word has: no vowels, or such clusters or endings.
_FOREIGN = re.compile(
    r"(?:[^aeiouy]{3,40}|(?:s[ptkclm]|bd|pc|ts|tz|kh?|w|x[^aeiou]?)[a-z]{1,40}|"
    r"[a-z]{0,40}(?:y[bcdfghjklmnpqrstvwxz]|kt|k[a-z]|ww|"
    r"zk|xx|jj|vv|hh|bs[fs]|[dfghjkqtv]t|[bcdfghjkmpqtvx]k|[dgkt]p|[bcdghjkpqtvx]f)[a-z]{0,40}|"
    r"[a-z]{2,40}(?:[bcfgkpqtvwx]|ft|nt|rt|st|ng|nk))"
)
# Spanish words do not end so: "SIGEM", "SIPAFI".
_UNSPANISH_END = re.compile(r"[a-z]{3,40}[imju]")


class Case(StrEnum):
    """How a text is written."""

    SPOKEN = "small letters, capitals for names"
    TITLE = "a capital for every word"
    CAPITALS = "capitals alone"


def case_of(text: str) -> Case:
    """Tell how a text is written, by its longer words but the first."""
    words = _LONG_WORD.findall(text)
    if sum(map(str.isupper, words)) * 2 > len(words):
        return Case.CAPITALS
    later = words[1:]
    if len(later) < 2 or sum(word[0].isupper() for word in later) * 2 > len(later):
        return Case.TITLE
    return Case.SPOKEN


def is_spelt_as_name(word: str, case: Case, language: str, *, direct: bool) -> bool:
    """
    Tell whether a word is spelt as a name, in a text of such a case.

    :param direct: whether it follows what it names without "de"
    """
    letters = letters_of(word)
    if len(letters) < 2:
        return False
    if language == "en":
        return is_spelt_as_english_name(word)
    if _INNER_CAPITAL.fullmatch(word):
        return True
    if case is Case.SPOKEN:
        return letters.isupper() or (direct and letters[0].isupper())
    if case is Case.TITLE and letters.isupper():
        return True
    if not letters[0].isupper() or len(letters) <= 2:
        return False
    folded = fold(letters).text
    if ROMAN.fullmatch(folded):
        return False
    return bool(_FOREIGN.fullmatch(folded) or (language == "es" and direct and _UNSPANISH_END.fullmatch(folded)))


def has_inner_capital(word: str) -> bool:
    """Tell whether a word has capitals inside, and is not all of them: "TrustBroker"."""
    return bool(_INNER_CAPITAL.fullmatch(word)) and not word.isupper()


def is_spelt_as_english_name(word: str) -> bool:
    """Tell whether capitals inside an English word tell a name: "TruePlanning"; "eGIS" and "VMs" are kinds."""
    return has_inner_capital(word) and not _KIND_BY_CAPITALS.fullmatch(word)


def letters_of(word: str) -> str:
    """Return the letters of a word."""
    return _NO_LETTER.sub("", word)
