"""
The lowest bid was disqualified.

## Why it matters

If only the price counts, rejecting the cheapest bid costs the public the difference. There may be good reasons; they
should be documented.

## Method

Flag the process if the lowest submitted bid, for its lots, is disqualified, though at least one award is active and at
least one valid bid has a price. If several are lowest, the first one listed decides.

The flag is **context** (needs no decision) if:

* the lowest valid bid of a lot is less than 2 percent of the total awarded;
* the lowest valid bid is less than 1 percent above the disqualified bid; or
* all disqualified bids are below the valid ones, as in over half of the records of its source: a minimum price may
  exclude them there.

## Exclusions

* Cancelled tenders.
* Award criteria other than the price; a record that gives none is read as price only.
* Bids without a status, and invited or withdrawn bids.
* Amounts of 0 or less.
* Bids for the same lots in different currencies, or with prices that differ by a factor of ten.
* Bids for the same lots if a tenderer has both a valid and a disqualified bid: they may be for different parts.

The `price_comparison_methods` and the `no_price_comparison_methods` are values of `procurementMethodDetails` for which
prices may, or may not, be compared; the first list takes precedence.

## Sources

Open Contracting Partnership, Red flags for integrity: R036. OCDS Cardinal, R036, which does not read the criteria.
"""

from collections.abc import Iterator, Sequence

from audits.facts.competition.bids import (
    Contest,
    cites,
    contests,
    ids_of,
    names,
    ranked_markets,
    require_award_status,
    require_comparable_prices,
    require_lowest_price,
    status_evidence,
)
from audits.facts.competition.ordinary_prices import little_dearer, small_part
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="R036",
    title="Lowest bid disqualified",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=5,
    reads=("source_habits.disqualified_bids_lowest",),
    sentences={
        "default": "The lowest bid, {lowest} of {names}, was disqualified; the lowest valid one is {valid}.",
    },
    reasons={
        "little_dearer": "the lowest valid bid is less than {percent} percent above",
    },
)
def lowest_bid_disqualified(
    dossier: Dossier,
    *,
    price_comparison_methods: Sequence[str] = (),
    no_price_comparison_methods: Sequence[str] = (),
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    require_comparable_prices(tender, price_comparison_methods, no_price_comparison_methods)
    require_lowest_price(tender)
    for market in ranked_markets(_awarded(dossier)):
        lowest = min(market, key=lambda offer: offer.amount)
        valid = [offer for offer in market if offer.bid.status == "valid"]
        if lowest.bid.status == "disqualified" and valid:
            next_one = min(valid, key=lambda offer: offer.amount)
            yield Finding(
                evidence=(lowest.evidence(), status_evidence(lowest.bid), next_one.evidence("valid")),
                values={
                    "lowest": str(lowest.price),
                    "valid": str(next_one.price),
                    "names": names(dossier, lowest.bid.tenderers),
                },
                cites=cites(ids_of(lowest.bid.tenderers), lowest.bid.related_lots, [lowest.bid.id]),
                context=small_part(dossier.process, next_one.price) or little_dearer(lowest.price, next_one.price),
            )


def _awarded(dossier: Dossier) -> list[Contest]:
    """Return the contests with an active award: another award of theirs may still change."""
    found = contests(dossier.process)
    require_award_status(dossier.process)
    awarded = [contest for contest in found if contest.active]
    if not awarded:
        raise NotApplicableError("no_active_award")
    return awarded
