"""
Two rivals asked exactly the same price.

## Why it matters

Prices calculated separately seldom agree to the cent. Equal prices may come from the same person, from an agreement,
or from a tariff or reference price that everybody copied.

## Method

Flag the process if two submitted bids of different tenderers, for the same lots, have the same amount in the same
currency.

The flag is **context** (needs no decision) for:

* Tenderers without identifiers whose names are almost the same, or one of which abbreviates the other.
* Tenderers who all won the lot at that price: partners of a consortium that are listed separately, or sellers who
  share it.
* Tenderers one of whom is a consortium by its name, because the others may be its members. Two consortia are rivals,
  and so are a consortium whose bid lists its members and all others.
* Prices that did not win and equal the estimate of the lot to the cent.
* Prices that are a whole percentage of the estimate, if chance hardly explains it: laws exclude bids below a share of
  it.
* Equal prices that are the highest, if others bid less and won: they may be a reference price.
* Lots whose price is less than 2 percent of the total awarded.
* Prices below some 2,000 euros (by currency, or in dollars at the rate of the day) in a tender of several lots: many
  are unit or list prices.
* Prices below a hundredth of the next higher one: they are placeholders for unit prices given elsewhere.
* A round sum (two digits and zeros, or three and four zeros or more) that all bid, if no estimate is given: the buyer
  may have set it.
* A price that at least five rivals, and half of all, bid to within a thousandth: wages or tariffs set by law may allow
  no other.
* Bids that are equal by chance, as below.
* Other lots of a tender where the same tenderers are asked about a higher price: it is one question.

### Equal by chance

Bids are equal by chance if they are rounded to the same step and so close together that two would be equal in one of
twenty such contests or more. The chance is the number of pairs of bids, divided by the steps between the lowest and
the highest (up to the estimate if all are equal).

Prices below a hundredth of the equal ones, and above twice of them, are left out: they are of other offers.

If the record counts more than twice as many tenderers as it lists bids for, the pairs are those of all tenderers
counted.

## Exclusions

* Cancelled tenders.
* The same tenderer twice, and consortia that share a member.
* Bids without a status, and invited or withdrawn bids.
* Amounts of 0 or less.

The `price_comparison_methods` and the `no_price_comparison_methods` are values of `procurementMethodDetails` for which
prices may, or may not, be compared; the first list takes precedence.

## Sources

Open Contracting Partnership, Red flags for integrity: R028. OCDS Cardinal, R028.
"""

from collections.abc import Iterator, Sequence

from audits.facts.competition.bids import (
    cites,
    comparable,
    contests,
    ids_of,
    names,
    require_comparable_prices,
    rival_markets,
)
from audits.facts.competition.equal_prices import equal_bids
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R028",
    title="Identical bid prices",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=13,
    sentences={
        "default": "{names} are different tenderers, and their {count} bids ask the same price: {price}.",
        "beside": "{names} are different tenderers, and their {count} bids ask the same price: {price}. The question "
        "waits at another lot, for which they ask {dearest}.",
    },
    reasons={
        "at_estimate": "none of them won, and their price is the estimate, {estimate}",
        "at_share_of_estimate": "their price is {percent} % of the estimate, {estimate}, to the cent: it may be "
        "the least that is allowed",
        "beside_consortium": "one of them is a consortium, {name}, and others may be its members, listed apart",
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
