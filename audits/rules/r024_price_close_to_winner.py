"""
The next bid is unusually close to the winning one.

## Why it matters

A bid slightly above the winner's may come from someone who knew the winner's price and only wanted it to look like
competition.

## Method

Gap = (lowest valid bid of anyone else - lowest valid bid of the winner) / lowest valid bid of the winner. Bids are
compared within their lots.

Flag a gap at or below the lower fence, Q1 - 1.5 (Q3 - Q1), of the gaps of all processes, if that fence is above 0 and
it is computed from at least `minimum_sample` gaps. With `threshold` the gap is compared with that number instead, as a
share: 1 percent is 0.01.

The flag is **context** (needs no decision) if:

* the gap is above the lower fence of processes of the same country, procurement method and category: it is ordinary
  there; or
* the winning bid of a lot is less than 2 percent of what was awarded.

## Exclusions

* Cancelled tenders.
* Awards that are not final.
* Several active awards in one lot.
* Winning bids that are higher than another bid.
* Award criteria other than the price.
* Bids without a status.
* Amounts of 0 or less.
* Valid bids for the same lots in different currencies, or with prices that differ by a factor of ten.

The `price_comparison_methods` and the `no_price_comparison_methods` are values of `procurementMethodDetails` for which
prices may, or may not, be compared; the first list takes precedence.

## Sources

Open Contracting Partnership, Red flags for integrity: R024. OCDS Cardinal, R024, without its verdicts on cohorts whose
gaps are all equal, or that are too small.
"""

from collections.abc import Iterator, Sequence

from audits.facts.comparisons.fences import price_gap_limit
from audits.facts.competition.bids import cites, ids_of, names
from audits.facts.competition.ordinary_prices import small_part
from audits.facts.competition.price_gaps import price_gaps
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="R024",
    title="Price close to winning bid",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=5,
    reads=("price_gap_fence",),
    sentences={
        "default": "The bid of {runner_up} is {percent} % above the winning bid of {winner}; {fence} % or less is "
        "unusual among {n:process|processes}.",
        "ordinary": "The bid of {runner_up} is {percent} % above the winning bid of {winner}; {fence} % or less is "
        "unusual among {n:process|processes}, but not among the {own_n} of the same kind ({cohort:group}).",
        "threshold": "The bid of {runner_up} is {percent} % above the winning bid of {winner}; the "
        "rule asks up to {fence} %.",
    },
    reasons={
        "no_small_gap": "the lower fence is not above 0: no gap is unusually small",
    },
)
def price_close_to_winner(
    dossier: Dossier,
    *,
    threshold: float | None = None,
    minimum_sample: int = 10,
    price_comparison_methods: Sequence[str] = (),
    no_price_comparison_methods: Sequence[str] = (),
) -> Iterator[Finding]:
    gaps = price_gaps(dossier, only=price_comparison_methods, but=no_price_comparison_methods)
    limit = price_gap_limit(dossier, "lower_fence", threshold=threshold, minimum_sample=minimum_sample)
    if limit.value <= 0:
        raise NotApplicableError("no_small_gap")
    for gap in gaps:
        if gap.ratio <= limit.value:
            is_ordinary = limit.own is not None and gap.ratio > limit.own.value
            winner, runner_up = gap.winner.bid.tenderers, gap.runner_up.bid.tenderers
            yield Finding(
                evidence=gap.evidence(),
                values={
                    "winner": names(dossier, winner),
                    "runner_up": names(dossier, runner_up),
                    "percent": f"{100 * gap.ratio:.2f}",
                    "fence": f"{100 * limit.value:.2f}",
                    **limit.sample(),
                },
                sentence=limit.sentence(is_ordinary=is_ordinary),
                severity=Severity.CONTEXT if is_ordinary else None,
                cites=cites(ids_of(winner), ids_of(runner_up), gap.winner.bid.related_lots),
                context=small_part(dossier.process, gap.winner.price),
            )
