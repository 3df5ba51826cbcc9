"""Spelling of product names: capitals within a word or in lower-case text, and unusual letter sequences."""

import re
from enum import StrEnum

from audits.matching.texts.normalize import fold

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_LETTER = re.compile(r"[\W\d_]")
_INNER_CAPITAL = re.compile(r"[^\W\d_]{0,60}[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]\w*|[A-ZÀ-ÖØ-Þ]{2,60}[a-zß-öø-ÿ]{2,60}\w*")
# Generic terms in English: "eGIS", "VMs".
_KIND_BY_CAPITALS = re.compile(r"[ei][A-Z]\w*|[A-Z]{2,10}s")
ROMAN = re.compile(r"[ivxlc]+")
# Impossible spellings in Spanish, Portuguese and English: without vowels, or with these clusters or endings.
_FOREIGN = re.compile(
    r"(?:[^aeiouy]{3,40}|(?:s[ptkclm]|bd|pc|ts|tz|kh?|w|x[^aeiou]?)[a-z]{1,40}|"
    r"[a-z]{0,40}(?:y[bcdfghjklmnpqrstvwxz]|kt|k[a-z]|ww|"
    r"zk|xx|jj|vv|hh|bs[fs]|[dfghjkqtv]t|[bcdfghjkmpqtvx]k|[dgkt]p|[bcdghjkpqtvx]f)[a-z]{0,40}|"
    r"[a-z]{2,40}(?:[bcfgkpqtvwx]|ft|nt|rt|st|ng|nk))"
)
# Spanish words do not end like this: "SIGEM", "SIPAFI".
_UNSPANISH_END = re.compile(r"[a-z]{3,40}[imju]")


class Case(StrEnum):
    """The letter case of a text."""

    SPOKEN = "small letters, capitals for names"
    TITLE = "a capital for every word"
    CAPITALS = "capitals alone"


def case_of(text: str) -> Case:
    """Return the letter case of a text, judged by its longer words except the first."""
    words = _LONG_WORD.findall(text)
    if sum(map(str.isupper, words)) * 2 > len(words):
        return Case.CAPITALS
    later = words[1:]
    if len(later) < 2 or sum(word[0].isupper() for word in later) * 2 > len(later):
        return Case.TITLE
    return Case.SPOKEN


def is_spelt_as_name(word: str, case: Case, language: str, *, direct: bool) -> bool:
    """
    Return whether a word is spelt like a name, in a text with a given letter case.

    :param direct: whether it directly follows the noun, without "de"
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
    """Return whether a word has some capitals within: "TrustBroker"."""
    return bool(_INNER_CAPITAL.fullmatch(word)) and not word.isupper()


def is_spelt_as_english_name(word: str) -> bool:
    """Return whether capitals within an English word indicate a name: "TruePlanning"; "eGIS" and "VMs" are generic."""
    return has_inner_capital(word) and not _KIND_BY_CAPITALS.fullmatch(word)


def letters_of(word: str) -> str:
    """Return only the letters of a word."""
    return _NO_LETTER.sub("", word)
