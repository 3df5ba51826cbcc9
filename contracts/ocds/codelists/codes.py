"""Codes of OCDS that code and SQL test for, as records write them, and in people's words."""

from collections.abc import Iterable, Mapping
from functools import cache

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.folding import letters_and_digits
from contracts.ocds.portuguese import PORTUGAL, in_portugal

Words = Mapping[str, tuple[str, ...]]

# English, Spanish, Portuguese.
LANGUAGES = ("en", "es", "pt")


def _words(of: str) -> Words:
    """Return code → its words in ``LANGUAGES``, for a list of ``fixtures/wording/codes.csv``."""
    rows = fixture_rows("wording/codes")
    return {row["code"]: tuple(row[language] for language in LANGUAGES) for row in rows if row["list"] == of}


METHODS, CATEGORIES, CRITERIA, ROLES = (_words(of) for of in ("method", "category", "criterion", "role"))
# For tenders, awards, contracts and bids; the masculine agrees with "process".
STATUSES = _words("status")
CODES: Words = {**METHODS, **CATEGORIES, **CRITERIA, **ROLES, **STATUSES}
# Types of documents; separate, because some codes also occur in other lists with other words.
DOCUMENT_TYPES = _words("document")


def word_of(code: str, language: str, words: Words = CODES) -> str:
    """Return a code in words of ``language`` (``en``, ``es``, ``pt``, ``pt-pt``); an unknown text unchanged."""
    if code not in words:
        return code
    if language == PORTUGAL:
        return in_portugal(word_of(code, "pt", words))
    return words[code][LANGUAGES.index(language)]


def words_of(codes: str, language: str) -> str:
    """Return comma-separated codes in words."""
    return ", ".join(word_of(code, language) for code in codes.split(", "))


# Statuses of awards and contracts without effect, or without effect yet.
CANCELLED = ("cancelled", "unsuccessful")
UNDECIDED = ("pending", *CANCELLED)

# Values of procurementMethod. A record without a value is in neither.
OPEN = "open"
COMPETITIVE = (OPEN, "selective")
NON_COMPETITIVE = ("direct", "limited")
# Schemes that classify purchases, from general to specific; others are budget lines, or a publisher's own.
SCHEMES_OF_GOODS = ("CPV", "UNSPSC", "CUBSO")
# Armenian statuses of bids, and their codes. ProZorro's "active" is not used: its bids are dated by the auction, after
# the deadline, and stay active when rejected.
_BID_STATUSES = {"notqualified": "disqualified", "qualified": "valid"}
# Members that contain codes → their lists, as far as rules and columns use them.
_LISTS = {
    "awardCriteria": CRITERIA,
    "mainProcurementCategory": CATEGORIES,
    "procurementMethod": METHODS,
    "roles": ROLES,
    "status": STATUSES,
}
_SPELLINGS = {"canceled": "cancelled"}
# Members that a release needs to be merged with others, whichever of its other members are accepted.
MERGE_MEMBERS = frozenset({"ocid", "id", "date", "tag", "language", "initiationType"})
# A member of this name is ours, even if a record has one.
OUR_MEMBER = "veedor"

# Roles of parties for which something is bought.
BUYER_ROLES = ("buyer", "procuringEntity")
# A role of the extension for the European Union, also in the profile for eForms.
LEAD_TENDERER = "leadTenderer"


def buys(roles: Iterable[str]) -> bool:
    """Return whether one of these roles is that of a body for which something is bought."""
    return any(role in BUYER_ROLES for role in roles)


@remembered
def code_of(written: str, member: str) -> str:
    """
    Return the code of a member's list that a text means, ignoring case and punctuation; otherwise the text unchanged.

    :param member: one of ``_LISTS``
    """
    return _codes(member).get(letters_and_digits(written), written)


@remembered
def bid_status(written: str) -> str:
    """Return the code for the status of a bid, as ``code_of`` does."""
    return _BID_STATUSES.get(letters_and_digits(written)) or code_of(written, "status")


@cache
def _codes(member: str) -> dict[str, str]:
    codes = {letters_and_digits(code): code for code in _LISTS[member]}
    return {**codes, **_SPELLINGS} if member == "status" else codes
