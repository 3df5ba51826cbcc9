"""Equal prices of rivals: where they are, what makes them ordinary, and where the question waits."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from audits.facts.competition.bids import Offer, ids_of
from audits.facts.competition.ordinary_prices import ordinary_equality
from audits.facts.money import Money
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from contracts.ocds.parsing.objects import OrganizationReference


class EqualBids(NamedTuple):
    """
    Bids of rivals that ask one price for a lot, and why that is ordinary, if it is.

    ``dearest`` is what the same rivals ask where their equal price is the highest that nothing makes ordinary, if that
    is for another lot: the question waits there.
    """

    bids: Sequence[Offer]
    context: Context | None
    dearest: Money | None = None

    @property
    def tenderers(self) -> list[OrganizationReference]:
        return [tenderer for offer in self.bids for tenderer in offer.bid.tenderers]


def equal_bids(dossier: Dossier, markets: Iterable[Sequence[Offer]]) -> list[EqualBids]:
    """Return the bids of rivals that ask one price, by market; ``markets`` hold prices that can be compared."""
    found = [
        EqualBids(bids, ordinary_equality(dossier, market, bids)) for market in markets for bids in _same_price(market)
    ]
    asked: dict[frozenset[str], EqualBids] = {}
    for equal in found:
        known = asked.get(ids_of(equal.tenderers))
        if equal.context is None and (known is None or equal.bids[0].amount > known.bids[0].amount):
            asked[ids_of(equal.tenderers)] = equal
    return [_beside(equal, asked.get(ids_of(equal.tenderers))) for equal in found]


def _beside(equal: EqualBids, asked: EqualBids | None) -> EqualBids:
    """Return the same with the price at which the question waits, if that is elsewhere."""
    if equal.context or asked is None or asked is equal:
        return equal
    return equal._replace(dearest=asked.bids[0].price)


def _same_price(market: Sequence[Offer]) -> list[list[Offer]]:
    """Return the groups of equal bids, of which each has a rival in its group."""
    by_amount: dict[float, list[Offer]] = {}
    for offer in market:
        if ids_of(offer.bid.tenderers):
            by_amount.setdefault(offer.amount, []).append(offer)
    groups = []
    for equal in by_amount.values():
        parties = [ids_of(offer.bid.tenderers) for offer in equal]
        rivals = [
            offer
            for offer, party in zip(equal, parties, strict=True)
            if any(party.isdisjoint(other) for other in parties)
        ]
        if rivals:
            groups.append(rivals)
    return groups
