"""Equal prices of rivals: where they occur, why they may be ordinary, and for which lot the question is asked."""

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
    Bids of rivals with one price for a lot, and the ordinary explanation, if there is one. ``dearest`` is the highest
    equal price of the same rivals without such an explanation, if that is for another lot: the question is asked
    there.
    """

    bids: Sequence[Offer]
    context: Context | None
    dearest: Money | None = None

    @property
    def tenderers(self) -> list[OrganizationReference]:
        return [tenderer for offer in self.bids for tenderer in offer.bid.tenderers]


def equal_bids(dossier: Dossier, markets: Iterable[Sequence[Offer]]) -> list[EqualBids]:
    """Return the bids of rivals with one price, by market; ``markets`` have comparable prices."""
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
    """Return the same with the price for which the question is asked, if that is another lot's."""
    if equal.context or asked is None or asked is equal:
        return equal
    return equal._replace(dearest=asked.bids[0].price)


def _same_price(market: Sequence[Offer]) -> list[list[Offer]]:
    """Return the groups of equal bids in which each bid has a rival."""
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
