"""
A tenderer bids often and hardly ever wins.

## Why it matters

A company that keeps bidding without success may bid so that others win, or may be kept out.

## Method

Win ratio = processes won / processes with a valid bid of the tenderer, where all awards are final and exactly one is
active (lot by lot where there are lots).

Flag a ratio at or below the lower fence, Q1 - 1.5 (Q3 - Q1), of the ratios of all tenderers, if:

* the tenderer bid in at least as many processes as three quarters of all tenderers;
* the first quartile and the fence are above 0; and
* the fence is computed from at least `minimum_sample` tenderers.

If `threshold` is set, the ratio is compared with it instead.

## Exclusions

* Cancelled tenders.
* Awards that are not final.
* Several active awards in one lot.
* Bids that are not `valid`.

A consortium wins if its members are the suppliers of the award.

## Sources

Open Contracting Partnership, Red flags for integrity: R025. OCDS Cardinal, R025, without its verdicts on populations
whose ratios are all equal, or that are too small.
"""

from collections.abc import Iterable, Iterator

from audits.facts.comparisons.fences import limit_in
from audits.facts.comparisons.track_records import (
    counted_figures,
    judge_each,
    processes_counted,
    rounded_for_decision,
)
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import BidsWon
from audits.judging.rule.vocabulary import (
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    Subject,
    rule,
)


@rule(
    code="R025",
    title="Many unsuccessful bids",
    subject=Subject.ORGANIZATION,
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=1,
    reads=("bids_won",),
    sentences={
        "default": "{organization} won {won} of {competed:process|processes} in which it made a valid bid ({percent} "
        "%); {limit} % or less is unusual among {n} tenderers.",
        "threshold": "{organization} won {won} of {competed:process|processes} in which it made a valid bid "
        "({percent} %); the rule asks up to {limit} %.",
    },
    reasons={
        "many_win_nothing": "a quarter of the tenderers wins nothing: no ratio is unusually small",
    },
)
def excessive_unsuccessful_bids(
    dossier: OrganizationDossier, *, threshold: float | None = None, minimum_sample: int = 10
) -> Iterable[Finding]:
    def judge(figures: BidsWon) -> Iterator[Finding]:
        won, competed, population = figures.won, figures.competed, figures.fence
        limit = limit_in(population, "bids_won", "lower_fence", threshold=threshold, minimum_sample=minimum_sample)
        if limit.fence is not None and ((population.q1 or 0) <= 0 or limit.value <= 0):
            raise NotApplicableError("many_win_nothing")
        if population.many is None:
            raise InsufficientDataError("statistics/bids_won", "not_computed", name="bids_won")
        if competed >= population.many and won / competed <= limit.value:
            yield Finding(
                evidence=processes_counted(figures.counted),
                values={
                    "organization": dossier.name,
                    "won": won,
                    "competed": competed,
                    "percent": f"{100 * won / competed:.1f}",
                    "limit": f"{100 * limit.value:.1f}",
                    **limit.sample(),
                },
                sentence=limit.sentence(),
                cites=("tenderer",),
                decision_basis=(limit.sentence(), *rounded_for_decision(won / competed, competed)),
            )

    return judge_each(counted_figures(dossier, ("tenderer",), "bids_won", "/bids/details/status"), judge)
