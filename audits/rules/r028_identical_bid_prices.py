"""
Two rivals asked exactly the same price.

## Why it matters

Prices that were worked out apart seldom agree to the cent. Equal ones may come from one desk, from an agreement, or
from a tariff or reference price that everybody copied.

## Method

Flag the process if two submitted bids of different tenderers, for the same lots, have the same amount in the same
currency.

The flag is **context** (waits for no decision) for:

* Tenderers without identifiers whose names are nearly one, or one of which is the other's short form or initials.
* Those who all won the lot at that price: partners of a consortium, listed apart, or sellers who share it.
* Prices of which none won, and that are what the lot was estimated at to the cent.
* Prices of a whole percentage of the estimate, where that is hardly by chance: laws turn down what is below a share
  of it.
* Equal prices that are the highest, where others asked less and won: they may be a reference price.
* Lots whose price is less than 2 percent of what was awarded.
* Prices below some 2,000 euros (by currency), where a tender has several lots: many are those of a unit or a list.
* Prices of less than a hundredth of the next dearer one: they stand for prices told elsewhere, by unit.
* One round sum (two digits and zeros, or three and four zeros or more) that all ask, where no estimate is told: the
  buyer may have set it.
* A price that five rivals or more, and half of all, ask within a thousandth: wages or tariffs set by law may leave it.
* Bids that are equal by chance, as below.
* Other lots of a tender in which the same ones are asked about a dearer price: it is one question.

### What is equal by chance

Bids that are rounded to one step, and lie so near each other that two are equal by chance in one of twenty such
contests or more. That is pairs of bids, divided by the steps between the lowest and the highest, or the estimate
where all are equal. Prices of less than a hundredth of those that are equal are left out.

Where the record counts more than twice the tenderers whose bids it lists, the pairs are those of all that it counts.

## Exclusions

* Cancelled tenders.
* The same tenderer twice, and consortia that share a member.
* Bids without a status, invited and withdrawn ones.
* Amounts of 0 or less.

`price_comparison_methods` and `no_price_comparison_methods` list values of `procurementMethodDetails` where prices
may, or may not, be compared; the first goes before the second.

## Sources

Open Contracting Partnership, Red flags for integrity: R028. OCDS Cardinal, R028.
"""

from collections.abc import Iterator, Sequence

from audits.facts.procurement.bids import (
    cites,
    comparable,
    contests,
    ids_of,
    names,
    require_comparable_prices,
    rival_markets,
)
from audits.facts.procurement.equal_prices import equal_bids
from audits.facts.procurement.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R028",
    title="Identical bid prices",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=10,
    sentences={
        "default": "{names} are different tenderers, and their {count} bids ask the same price: {price}.",
        "beside": "{names} are different tenderers, and their {count} bids ask the same price: {price}. The question "
        "waits at another lot, for which they ask {dearest}.",
    },
    reasons={
        "at_estimate": "none of them won, and their price is the estimate, {estimate}",
        "at_share_of_estimate": "their price is {percent} % of the estimate, {estimate}, to the cent: it may be "
        "the least that is allowed",
        "award_shared": "all of them won at that price: they may have bid together, or share what is bought",
        "many_alike": "{near} of {count} bids are within a thousandth of it: a law or a tariff may leave that price",
        "named_alike": "their names are nearly one, and they may be one",
        "nobody_dearer": "they lost, and nobody asked more: it may be a reference price that all know",
        "rounded_alike": "of {count} bids, rounded to {step} and near each other, some may well be equal",
        "sum_set": "all {count} bids ask one round sum, and no estimate is told: the buyer may have set it",
        "token_price": "the next price, {next}, is over a hundred times as much: they stand for prices told elsewhere",
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
    for equal in equal_bids(dossier, comparable(priced)):
        bids, tenderers = equal.bids, equal.tenderers
        values = {"count": len(bids), "price": str(bids[0].price), "names": names(dossier, tenderers)}
        yield Finding(
            evidence=tuple(offer.evidence() for offer in bids),
            values={**values, "dearest": str(equal.dearest)} if equal.dearest else values,
            sentence="beside" if equal.dearest else "default",
            cites=cites(ids_of(tenderers), bids[0].bid.related_lots),
            severity=Severity.CONTEXT if equal.dearest else None,
            context=equal.context,
        )
