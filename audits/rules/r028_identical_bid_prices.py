"""
Two rivals asked exactly the same price.

## Why it matters

Prices that were worked out apart seldom agree to the cent. Equal ones may come from one desk, from an agreement, or
from a tariff or reference price that everybody copied.

## Method

Flag the process if two submitted bids of different tenderers, for the same lots, have the same amount in the same
currency.

## Exclusions

Cancelled tenders. The same tenderer twice, and consortia that share a member. Bids without a status, invited and
withdrawn ones; amounts of 0 or less. `price_comparison_methods` and `no_price_comparison_methods` list values of
`procurementMethodDetails` where prices may, or may not, be compared; the first goes before the second.

## Sources

Open Contracting Partnership, Red flags for integrity: R028. OCDS Cardinal, R028.
"""

from collections.abc import Iterator, Sequence

from audits.facts.bids import (
    Offer,
    cites,
    comparable,
    contests,
    ids_of,
    names,
    require_comparable_prices,
    rival_markets,
)
from audits.facts.stages import standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R028",
    title="Identical bid prices",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=3,
    changes={
        2: Change("2026-11-25", "Where there is one lot, all bids compete, whether they name it or not."),
        3: Change("2026-11-28", "Not asked of records whose ocid names no process."),
    },
    sentences={
        "default": "{names} are different tenderers, and their {count} bids ask the same price: {price}.",
    },
)
def identical_bid_prices(
    dossier: Dossier,
    *,
    price_comparison_methods: Sequence[str] = (),
    no_price_comparison_methods: Sequence[str] = (),
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    require_comparable_prices(tender, price_comparison_methods, no_price_comparison_methods)
    priced = rival_markets(contests(dossier.process))
    if not any(ids_of(offer.bid.tenderers) for market in priced for offer in market):
        raise InsufficientDataError("/bids/details/tenderers/id")
    for market in comparable(priced):
        for bids in _same_price(market):
            tenderers = [tenderer for offer in bids for tenderer in offer.bid.tenderers]
            yield Finding(
                evidence=tuple(offer.evidence() for offer in bids),
                values={"count": len(bids), "price": str(bids[0].price), "names": names(dossier, tenderers)},
                cites=cites(ids_of(tenderers), bids[0].bid.related_lots),
            )


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
