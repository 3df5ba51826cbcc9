"""
An unusually large part of the bids is disqualified.

## Why it matters

A buyer that rejects most bids may be making room for one. A tenderer that is disqualified again and again may bid only
to add to the number of bids.

## Method

Ratio = disqualified bids / submitted bids, over all processes of the organization. For a buyer or procuring entity the
bids of all bidders count, for a tenderer its own.

Flag a ratio at or above the upper fence, Q3 + 1.5 (Q3 - Q1), of the ratios of all organizations in the same role, if
that fence is above 0 and computed from at least `minimum_sample` organizations. If `threshold` is set, the ratio is
compared with it instead: 0.5 is half.

A buyer or procuring entity needs `minimum_processes` processes with bids, a tenderer `minimum_bids` bids.

Without `threshold`, the flag is **context** (needs no decision) if at least a quarter of the organizations have no
disqualified bid. Then the fence is near zero, and ratios above it are common.

## Exclusions

* Cancelled tenders.
* Bids without a status.
* Invited and withdrawn bids.

Organizations are compared within their role. Organizations with too few processes are not compared.

## Sources

Open Contracting Partnership, Red flags for integrity: R038. OCDS Cardinal, R038; here processes of a buyer are
counted, not bids, and a population whose ratios are all equal, or that is too small, gives no fence.
"""

from collections.abc import Iterable, Iterator

from audits.facts.comparisons.fences import limit_in
from audits.facts.comparisons.track_records import (
    counted_figures,
    judge_each,
    processes_counted,
    require_number,
    rounded_for_decision,
)
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import BidsDisqualified
from audits.judging.figures.processes import Fences
from audits.judging.rule.vocabulary import Context, Finding, NotApplicableError, Severity, Stage, Subject, rule
from contracts.ocds.codelists.codes import BUYER_ROLES

ROLES = (*BUYER_ROLES, "tenderer")


@rule(
    code="R038",
    title="Many disqualified bids",
    subject=Subject.ORGANIZATION,
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=2,
    reads=("bids_disqualified",),
    sentences={
        "buyer": "As a buyer, {organization} saw {disqualified} of {submitted} bids disqualified ({percent} %) in "
        "{processes:process|processes}; {limit} % or more is unusual among {n} organizations.",
        "procuringEntity": "As a procuring entity, {organization} saw {disqualified} of {submitted} bids disqualified "
        "({percent} %) in {processes:process|processes}; {limit} % or more is unusual among {n} organizations.",
        "tenderer": "As a tenderer, {organization} saw {disqualified} of {submitted} bids disqualified ({percent} %) "
        "in {processes:process|processes}; {limit} % or more is unusual among {n} organizations.",
        "buyer_threshold": "As a buyer, {organization} saw {disqualified} of {submitted} bids disqualified ({percent} "
        "%) in {processes:process|processes}; the rule asks from {limit} % on.",
        "procuringEntity_threshold": "As a procuring entity, {organization} saw {disqualified} of {submitted} bids "
        "disqualified ({percent} %) in {processes:process|processes}; the rule asks from {limit} % on.",
        "tenderer_threshold": "As a tenderer, {organization} saw {disqualified} of {submitted} bids disqualified "
        "({percent} %) in {processes:process|processes}; the rule asks from {limit} % on.",
    },
    reasons={
        "many_disqualify_none": "a quarter of the organizations has no bid disqualified: the fence lies near nothing",
    },
)
def excessive_disqualified_bids(
    dossier: OrganizationDossier,
    *,
    threshold: float | None = None,
    minimum_bids: int = 2,
    minimum_processes: int = 2,
    minimum_sample: int = 10,
) -> Iterable[Finding]:
    def judge(figures: BidsDisqualified) -> Iterator[Finding]:
        role, submitted = figures.role, figures.submitted
        sentence = role if threshold is None else f"{role}_threshold"
        if role == "tenderer":
            require_number("bids_disqualified", submitted, minimum_bids)
        else:
            require_number("bids_disqualified", figures.processes, minimum_processes)
        limit = limit_in(
            figures.fence, "bids_disqualified", "upper_fence", threshold=threshold, minimum_sample=minimum_sample
        )
        if limit.value <= 0:
            raise NotApplicableError("upper_fence_zero")
        ratio = figures.disqualified / submitted
        if ratio >= limit.value:
            yield Finding(
                evidence=processes_counted(figures.counted),
                values={
                    "organization": dossier.name,
                    "disqualified": figures.disqualified,
                    "submitted": submitted,
                    "processes": figures.processes,
                    "percent": f"{100 * ratio:.1f}",
                    "limit": f"{100 * limit.value:.1f}",
                    **limit.sample(),
                },
                sentence=sentence,
                cites=(role,),
                decision_basis=(sentence, *rounded_for_decision(ratio, submitted)),
                context=_many_none(figures.fence) if threshold is None else None,
            )

    return judge_each(counted_figures(dossier, ROLES, "bids_disqualified", "/bids/details/status"), judge)


def _many_none(fences: Fences) -> Context | None:
    """Return that a quarter of the organizations has no bid disqualified, as a context: what is above is no rarity."""
    return Context("many_disqualify_none", {}) if fences.q1 is not None and fences.q1 <= 0 else None
