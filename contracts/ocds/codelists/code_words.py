"""Codes of OCDS's code lists in words, as records hold them and people read them."""

from collections.abc import Mapping

from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.portuguese import PORTUGAL, in_portugal

Words = Mapping[str, tuple[str, ...]]

# English, Spanish, Portuguese.
LANGUAGES = ("en", "es", "pt")


def _words(of: str) -> Words:
    """Return code → its words in ``LANGUAGES``, of a list of ``fixtures/wording/codes.csv``."""
    rows = fixture_rows("wording/codes")
    return {row["code"]: tuple(row[language] for language in LANGUAGES) for row in rows if row["list"] == of}


METHODS, CATEGORIES, CRITERIA, ROLES = (_words(of) for of in ("method", "category", "criterion", "role"))
# Of tenders, awards, contracts and bids; the masculine agrees with "process".
STATUSES = _words("status")
CODES: Words = {**METHODS, **CATEGORIES, **CRITERIA, **ROLES, **STATUSES}
# What a document is; codes of documents stay apart, for some are words of other lists too.
DOCUMENT_TYPES = _words("document")


def word_of(code: str, language: str, words: Words = CODES) -> str:
    """Return a code in words of ``language`` (``en``, ``es``, ``pt``, ``pt-pt``); a text that is no code as it is."""
    if code not in words:
        return code
    if language == PORTUGAL:
        return in_portugal(word_of(code, "pt", words))
    return words[code][LANGUAGES.index(language)]


def words_of(codes: str, language: str) -> str:
    """Return codes that stand in one text with commas between, in words."""
    return ", ".join(word_of(code, language) for code in codes.split(", "))
