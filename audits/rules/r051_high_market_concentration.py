"""
What a buyer spends on one class of goods or services goes to very few suppliers.

## Why it matters

A buyer whose purchases of one kind go to one or two suppliers depends on them; other suppliers stopped bidding or were
never admitted.

## Method

Take the buyer's purchases of one class of items in one currency, in the three years up to its latest purchase of that
class, and the Herfindahl-Hirschman index of its suppliers. The index is the sum of the squares of their shares, from 0
(many small ones) to 1 (only one).

Flag an index of `hhi` or more, if there are at least `processes` processes with at least `suppliers` suppliers, and
the largest supplier won awards in at least `awards` of them.

* Lots of one tender (same month, titles that differ only in numbers and short words) count as one process.
* A process above half of the buyer's purchases is left out, because it says nothing about the others.
* Classes of fewer than five processes are never reported.
* The source of most of the buyer's purchases must have records for `months` months without a gap up to its latest
  purchase, and the buyer must have bought in `own_months` of them.

The flag is **context** (needs no decision) if the largest supplier was awarded less than `small_multiple` of the
`trifles` in total (by currency, some fifty thousand euros), as in R040.

## Exclusions

* Classes that the buyer bought in few processes or from one supplier.
* Purchases of several classes at once.
* Values without amount or currency.
* Items without a CPV, UNSPSC or CUBSO code: other schemes are budget lines or a publisher's own.
* Items coded only by a CPV division or a UNSPSC family.

## Sources

Open Contracting Partnership, Red flags for integrity: R051. US Department of Justice and Federal Trade Commission,
Merger guidelines (2023): above 0.18 a market counts as highly concentrated. One buyer is less than a market, so the
limit here is higher; it is a starting point of this project.
"""

from collections.abc import Iterable, Iterator, Mapping

from audits.facts.comparisons.shares import small_sum
from audits.facts.comparisons.track_records import (
    counted_figures,
    judge_each,
    processes_counted,
    require_coverage_as,
    require_number,
    rounded_for_decision,
)
from audits.facts.methods.small_purchases import TRIFLES, multiples
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import MarketConcentration
from audits.judging.rule.vocabulary import Finding, Severity, Stage, Subject, rule
from contracts.ocds.codelists.codes import BUYER_ROLES


@rule(
    code="R051",
    title="High market concentration",
    subject=Subject.ORGANIZATION,
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=4,
    on_trial=True,
    reads=("market_concentration", "source_coverage"),
    sentences={
        # As version 1 told it, in flags that are not asked again yet.
        "default": "What {organization} bought of one class ({market:group}) went to {suppliers:supplier|suppliers} "
        "in {processes:process|processes}, with an HHI of {hhi:number}; the largest took {percent} %.",
        "awarded": "What {organization} bought of one class ({market:group}) went to "
        "{suppliers:supplier|suppliers} in {processes:process|processes}, with an HHI of {hhi:number}; the "
        "largest took {percent} % in {awards:process|processes}.",
    },
    reasons={
        "small_sum": "the largest supplier was awarded {spent} in all, less than {bound}",
    },
)
def high_market_concentration(
    dossier: OrganizationDossier,
    *,
    hhi: float = 0.5,
    processes: int = 10,
    suppliers: int = 2,
    awards: int = 3,
    months: int = 12,
    own_months: int = 6,
    trifles: Mapping[str, int] = TRIFLES,
    small_multiple: int = 5,
) -> Iterable[Finding]:
    bought = counted_figures(dossier, BUYER_ROLES, "market_concentration", "statistics/market_concentration")
    require_coverage_as(dossier, BUYER_ROLES, months=months, own_months=own_months)

    small = multiples(trifles, small_multiple)

    def judge(figures: MarketConcentration) -> Iterator[Finding]:
        require_number("market_concentration", figures.processes, processes)
        require_number("market_concentration", figures.suppliers, suppliers)
        require_number("market_concentration", figures.awards, awards)
        _, currency = figures.cites
        if figures.hhi >= hhi:
            yield Finding(
                evidence=processes_counted(figures.counted),
                values={
                    "organization": dossier.name,
                    "market": figures.market,
                    "suppliers": figures.suppliers,
                    "processes": figures.processes,
                    "hhi": f"{figures.hhi:.2f}",
                    "percent": f"{100 * figures.largest:.0f}",
                    "awards": figures.awards,
                },
                sentence="awarded",
                context=small_sum(figures.amount, currency, small),
                cites=("buyer", *figures.cites),
                decision_basis=(figures.year, *rounded_for_decision(figures.hhi, figures.processes)),
            )

    return judge_each(bought, judge)
