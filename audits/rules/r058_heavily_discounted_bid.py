"""
The winning bid is unusually far below the next one.

## Why it matters

The others may have bid high on purpose, or the winner may expect change orders after signing. It may also simply be
the better offer.

## Method

Gap = (lowest valid bid of anyone else - lowest valid bid of the winner) / lowest valid bid of the winner. Bids are
compared within their lots.

Flag a gap at or above the upper fence, Q3 + 1.5 (Q3 - Q1), of the gaps of all processes, if that fence is above 0 and
it is computed from at least `minimum_sample` gaps. With `threshold` the gap is compared with that number instead: 0.5
is 50 percent.

The flag is **context** (needs no decision) if:

* the gap is below the upper fence of processes of the same country, procurement method and category: it is ordinary
  there;
* the gap is at the fence, and below `minimum_gap`;
* the winning bid is below one of the `small_prices` (by currency, or in dollars at the rate of the day: about two
  thousand euros, a bound of this project), or below two of them if there are several lots;
* several others bid, and all of them ask one price: it may be a ceiling, and no price to compete with;
* a disqualified bid fills the gap: one below the limit, or below the winner; or
* the estimate is in the gap: not unusually far above the winning bid, and below the next one.

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

Where the law rejects very low bids, switch the rule off.

## Sources

Open Contracting Partnership, Red flags for integrity: R058. OCDS Cardinal, R058, without its verdicts on cohorts whose
gaps are all equal, or that are too small.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.comparisons.fences import CohortLimit, price_gap_limit
from audits.facts.competition.bids import cites, ids_of, names
from audits.facts.competition.ordinary_prices import SMALL_PRICES, near_estimate, small_price
from audits.facts.competition.price_gaps import Gap, disqualified_near, others_at_one_price, price_gaps
from audits.facts.methods.small_purchases import multiples
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Finding, NotApplicableError, Severity, Stage, rule

# Of lots, as of food for schools, scores are bid for at once, and their prices are spread: none of seven flags that
# were that small in two readings was right.
_OF_LOTS = 2


@rule(
    code="R058",
    title="Heavily discounted bid",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=9,
    reads=("price_gap_fence",),
    sentences={
        "default": "The next bid is {percent} % above the winning bid of {winner}; {fence} % or more is unusual among "
        "{n:process|processes}.",
        "ordinary": "The next bid is {percent} % above the winning bid of {winner}; {fence} % or more is unusual "
        "among {n:process|processes}, but not among the {own_n} of the same kind ({cohort:group}).",
        "threshold": "The next bid is {percent} % above the winning bid of {winner}; the rule asks from {fence} % on.",
    },
    reasons={
        "small_gap": "the gap is rare among these records, but below {percent} percent",
        "near_estimate": "the winning bid is near the estimate, {estimate}, and the next one is above it",
        "others_at_one_price": "all {count} others ask one price, {price}: it may be a ceiling",
        "disqualified_near": "a bid of {price}, which was disqualified, is near the winning one or below it",
    },
)
def heavily_discounted_bid(
    dossier: Dossier,
    *,
    threshold: float | None = None,
    minimum_sample: int = 10,
    minimum_gap: float = 0.4,
    small_prices: Mapping[str, int] = SMALL_PRICES,
    price_comparison_methods: Sequence[str] = (),
    no_price_comparison_methods: Sequence[str] = (),
) -> Iterator[Finding]:
    gaps = price_gaps(dossier, only=price_comparison_methods, but=no_price_comparison_methods)
    limit = price_gap_limit(dossier, "upper_fence", threshold=threshold, minimum_sample=minimum_sample)
    if limit.value <= 0:
        raise NotApplicableError("upper_fence_zero")
    small = multiples(small_prices, _OF_LOTS) if len(dossier.process.tender.lots) > 1 else small_prices
    for gap in gaps:
        if gap.ratio >= limit.value:
            is_ordinary = limit.own is not None and gap.ratio < limit.own.value
            winner = gap.winner.bid.tenderers
            yield Finding(
                evidence=gap.evidence(),
                values={
                    "winner": names(dossier, winner),
                    "percent": f"{100 * gap.ratio:.1f}",
                    "fence": f"{100 * limit.value:.1f}",
                    **limit.sample(),
                },
                sentence=limit.sentence(is_ordinary=is_ordinary),
                severity=Severity.CONTEXT if is_ordinary else None,
                cites=cites(ids_of(winner), gap.winner.bid.related_lots),
                context=small_price(dossier.process, gap.winner.price, small)
                or others_at_one_price(gap)
                or disqualified_near(gap, limit.value)
                or near_estimate(dossier.process, gap.winner, gap.runner_up, limit.value)
                or _small_gap(gap, limit, minimum_gap),
            )


def _small_gap(gap: Gap, limit: CohortLimit, minimum: float) -> Context | None:
    """Return that a gap is rare and yet small, as a context; a threshold that somebody has set is asked as it is."""
    if limit.fence is None or gap.ratio >= minimum:
        return None
    return Context("small_gap", {"percent": f"{100 * minimum:.0f}"})
