"""Codes of OCDS that code and SQL both test for."""

from collections.abc import Iterable

from contracts.ocds.folding import letters_and_digits
from contracts.ocds.remembering import remembered

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
def bid_status(written: str) -> str:
    """Return the code that the status of a bid means, in whatever case and with whatever signs; else it as written."""
    return _BID_STATUSES.get(letters_and_digits(written), written)
