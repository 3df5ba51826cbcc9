"""
Which bids compete with each other, who is one party, and how far the winner's price lies below the next one.

The reading of the ``veedor`` profile and of the rules alike; both hand in their own views of a release, of which a
missing text is ``None`` in one and empty in the other. Bids compete within their lots, and a consortium is one party.
Prices say who is cheaper only where all of a contest are in one currency, and such as one thing can cost.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from contracts.ocds.codelists.codes import CANCELLED

NOT_SUBMITTED = frozenset({"invited", "withdrawn"})
# The statuses of awards that do not change any more.
FINAL = frozenset({None, "active", *CANCELLED})

# Bids for one thing seldom lie tenfold apart: then one is the price of a part, of a unit, or a slip.
_FAR_APART = 10

_PRICE_ONLY = frozenset({"priceonly", "lowestcost"})  # lowestCost is OCDS 1.0's word for it


Party = tuple[str, ...]
"""The ids of organizations that bid or won together, in ascending order."""


class OrganizationReference(Protocol):
    @property
    def id(self) -> str | None: ...


class Item(Protocol):
    @property
    def related_lot(self) -> str | None: ...


class Award(Protocol):
    @property
    def related_lots(self) -> Iterable[str] | None: ...

    @property
    def items(self) -> Iterable[Item] | None: ...


class Bid(Protocol):
    @property
    def related_lots(self) -> Iterable[str] | None: ...


BidT = TypeVar("BidT", bound=Bid)
AwardT = TypeVar("AwardT", bound=Award)


def compete(bids: Sequence[BidT], awards: Sequence[AwardT], *, lots: int) -> list[tuple[list[BidT], list[AwardT]]]:
    """
    Return the bids that compete with each other, each group with the awards that were made among them.

    Without lots, or with only one, all bids compete, whether or not they name it. A bid for two lots has one price for
    both, so it competes only with bids for the same two. Where there are several lots, a bid that names none competes
    with nothing that is known: no group holds it.

    :param lots: how many lots the tender lists
    """
    named = {lot for bid in bids for lot in bid.related_lots or ()}.union(*map(lots_of, awards))
    if lots <= 1 and len(named) <= 1:
        return [(list(bids), list(awards))]
    by_lots: dict[frozenset[str], list[BidT]] = {}
    for bid in bids:
        if bid.related_lots:
            by_lots.setdefault(frozenset(bid.related_lots), []).append(bid)
    return [(group, [award for award in awards if lots_of(award) & own]) for own, group in by_lots.items()]


def lots_of(award: Award) -> frozenset[str]:
    """Return the lots that an award names, else those of its items."""
    if award.related_lots:
        return frozenset(award.related_lots)
    return frozenset(item.related_lot for item in award.items or () if item.related_lot)


def party_of(references: Iterable[OrganizationReference]) -> Party | None:
    """Return the ids of those who bid or won together, in order; ``None`` if one of them has none."""
    ids = {reference.id or "" for reference in references}
    return tuple(sorted(ids)) if ids and "" not in ids else None


def closest_prices(winner: Party, bids: Sequence[tuple[Party, float]]) -> tuple[int, int] | None:
    """
    Return where the lowest bid of the winner stands and where the lowest one of anybody else; of equal ones the first.

    A winner dearer than another bid won for other reasons than price: there is nothing to compare then.

    :param bids: (party, amount) in one currency
    """
    own = next_ = -1
    for place, (party, amount) in enumerate(bids):
        if party == winner:
            if own < 0 or amount < bids[own][1]:
                own = place
        elif next_ < 0 or amount < bids[next_][1]:
            next_ = place
    if own < 0 or next_ < 0 or bids[next_][1] < bids[own][1]:
        return None
    return own, next_


def lie_far_apart(amounts: Collection[float]) -> bool:
    """Return whether the prices of a contest are not those of one thing."""
    return max(amounts) > _FAR_APART * min(amounts)


def bid_both_ways(bids: Iterable[tuple[str | None, Party | None]]) -> bool:
    """
    Return whether somebody has both a valid and a disqualified bid: for which part each is, is not told then.

    :param bids: (status, who bids as far as that is known)
    """
    parties: dict[str | None, set[Party]] = {"valid": set(), "disqualified": set()}
    for status, party in bids:
        if status in parties and party is not None:
            parties[status].add(party)
    return not parties["valid"].isdisjoint(parties["disqualified"])


def lowest_price_wins(award_criteria: str | None) -> bool:
    """Return whether nothing but the price decides, or the tender does not say what does."""
    return not award_criteria or award_criteria.lower() in _PRICE_ONLY


def prices_compare(details: str | None, only: Collection[str], but: Collection[str]) -> bool:
    """
    Return whether prices may be compared under a procurement method.

    :param details: ``procurementMethodDetails``, ``None`` if the tender does not tell its method
    :param only: the values where prices may be compared; empty for all. It goes before ``but``
    :param but: the values where they may not
    """
    if only:
        return details in only
    return details is None or details not in but
