"""
A supplier takes most of what the buyers of a country spend on one class of goods or services.

## Why it matters

A market with one large supplier has lost its competition, or never had it; that affects prices and terms.

## Method

A market is what the buyers of one country bought of one class of items in one currency within three calendar years.
Take the share of the supplier in the value of each market, in the latest year in which it sold there.

Flag a share of `share` or more, if the market has at least `processes` processes, and the supplier sold in `purchases`
of them.

* Lots of one tender (same buyer, same month, titles that differ only in numbers and short words) count once.
* The source of most of the supplier's sales must have records for `months` months without a gap up to its latest sale.
* The value of a consortium is divided equally among its members.

The flag is **context** (needs no decision) if the supplier sold to one buyer alone, which R040 and R051 ask about, or
sold for less than `small_multiple` of the `trifles` in the market (by currency, some hundred thousand euros).

## Exclusions

* Suppliers with one purchase above half of their sales: the share is due to that purchase.
* Items coded only by a CPV division or a UNSPSC family, which are not markets.
* Markets of fewer than 20 processes or 3 buyers.
* Purchases of several classes at once.
* Values without amount or currency.
* Items without a classification code.

## Sources

Open Contracting Partnership, Red flags for integrity: R050. The share is a starting point of this project.
"""

from collections.abc import Iterable, Iterator, Mapping

from audits.facts.comparisons.shares import HALF, small_sum
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
from audits.judging.figures.organizations import MarketShare
from audits.judging.rule.vocabulary import Context, Finding, InsufficientDataError, Severity, Stage, Subject, rule


@rule(
    code="R050",
    title="High market share",
    subject=Subject.ORGANIZATION,
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=4,
    on_trial=True,
    reads=("market_shares", "source_coverage"),
    sentences={
        "default": "{organization} takes {percent} % of the value of a market: {market:group} "
        "({processes:process|processes}, HHI {hhi:number}).",
    },
    reasons={
        "few_purchases": "the supplier sold in {number:process|processes}; {needed} are needed",
        "one_buyer": "all of it was sold to one buyer",
        "small_sum": "the supplier was awarded {spent} in all, less than {bound}",
        "one_purchase": "one purchase is {percent} % of what the supplier sold",
    },
)
def high_market_share(
    dossier: OrganizationDossier,
    *,
    share: float = 0.5,
    processes: int = 20,
    purchases: int = 3,
    months: int = 12,
    trifles: Mapping[str, int] = TRIFLES,
    small_multiple: int = 10,
) -> Iterable[Finding]:
    shares = counted_figures(dossier, ("supplier",), "market_shares", "statistics/market_shares")
    require_coverage_as(dossier, ("supplier",), months=months)

    small = multiples(trifles, small_multiple)

    def judge(figures: MarketShare) -> Iterator[Finding]:
        require_number("market_shares", figures.processes, processes)
        if figures.share >= share:
            _require_several(figures, purchases)
            yield Finding(
                evidence=processes_counted(figures.counted),
                values={
                    "organization": dossier.name,
                    "percent": f"{100 * figures.share:.0f}",
                    "market": figures.market,
                    "processes": figures.processes,
                    "hhi": f"{figures.hhi:.2f}",
                },
                context=_of_one_buyer(figures) or small_sum(figures.amount, figures.cites[-1], small),
                cites=("supplier", *figures.cites),
                decision_basis=(figures.year, *rounded_for_decision(figures.share, figures.processes)),
            )

    return judge_each(shares, judge)


def _of_one_buyer(figures: MarketShare) -> Context | None:
    """Return that one buyer bought all of it, as a context: whom a buyer prefers is no question of a market."""
    return None if figures.buyers > 1 else Context("one_buyer", {})


def _require_several(figures: MarketShare, least: int) -> None:
    """
    Let pass sales of which no single one makes the share.

    :raises InsufficientDataError: if they are few, or one is more than half of them
    """
    field = "statistics/market_shares"
    if figures.purchases < least:
        raise InsufficientDataError(field, "few_purchases", number=figures.purchases, needed=least)
    if figures.largest > HALF:
        raise InsufficientDataError(field, "one_purchase", percent=f"{100 * figures.largest:.0f}")
