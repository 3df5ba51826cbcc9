"""Codes of OCDS that code and SQL both test for."""

from collections.abc import Iterable
from functools import cache

from contracts.ocds.caching import remembered
from contracts.ocds.codelists.code_words import CATEGORIES, CRITERIA, METHODS, ROLES, STATUSES
from contracts.ocds.folding import letters_and_digits

# Statuses of awards and contracts of which nothing came, or nothing yet.
CANCELLED = ("cancelled", "unsuccessful")
UNDECIDED = ("pending", *CANCELLED)

# Values of procurementMethod. A record that gives none is in neither.
OPEN = "open"
COMPETITIVE = (OPEN, "selective")
NON_COMPETITIVE = ("direct", "limited")
# Schemes that classify what is bought, from the general to the special; others are lines of a budget, or a publisher's
# own.
SCHEMES_OF_GOODS = ("CPV", "UNSPSC", "CUBSO")
# Armenia's statuses of bids, and the codes that they mean. ProZorro's "active" is not read: its bids are dated by the
# auction, after the deadline, and stay active when they are turned down.
_BID_STATUSES = {"notqualified": "disqualified", "qualified": "valid"}
# Members that hold codes → their lists, as far as rules and columns ask for them.
_LISTS = {
    "awardCriteria": CRITERIA,
    "mainProcurementCategory": CATEGORIES,
    "procurementMethod": METHODS,
    "roles": ROLES,
    "status": STATUSES,
}
_SPELLINGS = {"canceled": "cancelled"}
# What a release needs to be merged with others, whichever of its other members are taken.
MERGE_MEMBERS = frozenset({"ocid", "id", "date", "tag", "language", "initiationType"})
# A member of this name is ours, whatever a record says itself.
OUR_MEMBER = "veedor"

# Roles of a party: of those for whom something is bought.
BUYER_ROLES = ("buyer", "procuringEntity")
# A role of the extension for the European Union, which the profile for eForms has too.
LEAD_TENDERER = "leadTenderer"


def buys(roles: Iterable[str]) -> bool:
    """Tell whether one of these roles is that of a body for whom something is bought."""
    return any(role in BUYER_ROLES for role in roles)


@remembered
def code_of(written: str, member: str) -> str:
    """
    Return the code of a member's list that a text is, in whatever case and with whatever signs; else it as written.

    :param member: one of ``_LISTS``
    """
    return _codes(member).get(letters_and_digits(written), written)


@remembered
def bid_status(written: str) -> str:
    """Return the code that the status of a bid means, as ``code_of`` does."""
    return _BID_STATUSES.get(letters_and_digits(written)) or code_of(written, "status")


@cache
def _codes(member: str) -> dict[str, str]:
    codes = {letters_and_digits(code): code for code in _LISTS[member]}
    return {**codes, **_SPELLINGS} if member == "status" else codes
