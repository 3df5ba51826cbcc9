"""
A supplier wins contracts for unusually many kinds of goods and services.

## Why it matters

A company that sells everything may be a shell, or may sell access rather than goods.

## Method

Count the categories of what was awarded to the supplier: the distinct first two characters of the classification ids
of the items, within one classification scheme of goods and services (CPV, UNSPSC, CUBSO).

Flag a number at or above the upper fence, Q3 + 1.5 (Q3 - Q1), of the numbers of all suppliers with at least
`minimum_processes` processes, if there are at least `minimum_sample` of them, but never fewer than `least` categories:
neighbouring divisions (telephones, networks, computers, their repair) are one trade. If `threshold` is set, the number
is compared with it instead.

## Exclusions

* Cancelled tenders.
* Awards that are not active.
* Awards to several suppliers: nobody knows who supplied what.
* Items without classification.
* Suppliers with fewer processes.
* Other schemes (insufficient data): the first characters of their codes are not a division.

## Sources

Open Contracting Partnership, Red flags for integrity: R048. OCDS Cardinal, R048; here schemes are not mixed, and a
population whose numbers are all equal, or that is too small, gives no fence, and few categories are never unusual. The
least number is a starting point of this project.
"""

from collections.abc import Iterable, Iterator

from audits.facts.comparisons.fences import limit_in
from audits.facts.comparisons.track_records import (
    counted_figures,
    judge_each,
    processes_counted,
    require_number,
)
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import SuppliedCategories
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, Subject, rule
from contracts.ocds.codelists.codes import SCHEMES_OF_GOODS


@rule(
    code="R048",
    title="Heterogeneous supplier",
    subject=Subject.ORGANIZATION,
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=4,
    on_trial=True,
    reads=("supplied_categories",),
    sentences={
        "default": "{organization} supplied {categories} categories ({scheme:scheme}) in "
        "{processes:process|processes}; {limit} or more is unusual among {n:supplier|suppliers}.",
        "threshold": "{organization} supplied {categories} categories ({scheme:scheme}) in "
        "{processes:process|processes}; the rule asks from {limit} on.",
    },
    reasons={
        "no_divisions": "the first characters of codes of {scheme:scheme} name no division",
    },
)
def heterogeneous_supplier(
    dossier: OrganizationDossier,
    *,
    threshold: int | None = None,
    minimum_processes: int = 20,
    minimum_sample: int = 10,
    least: int = 8,
) -> Iterable[Finding]:
    def judge(figures: SuppliedCategories) -> Iterator[Finding]:
        if figures.scheme not in SCHEMES_OF_GOODS:
            raise InsufficientDataError(
                "/awards/items/classification/scheme", "no_divisions", scheme=figures.scheme or "?"
            )
        require_number("supplied_categories", figures.processes, minimum_processes)
        limit = limit_in(
            figures.fence, "supplied_categories", "upper_fence", threshold=threshold, minimum_sample=minimum_sample
        )
        number = len(figures.categories)
        bound = limit.value if threshold is not None else max(limit.value, least)
        if number >= bound:
            yield Finding(
                evidence=processes_counted(figures.counted),
                values={
                    "organization": dossier.name,
                    "categories": number,
                    "scheme": figures.scheme,
                    "processes": figures.processes,
                    "limit": f"{bound:g}",
                    **limit.sample(),
                },
                sentence=limit.sentence(),
                cites=("supplier", figures.scheme),
                decision_basis=(limit.sentence(), *figures.categories),
            )

    return judge_each(
        counted_figures(dossier, ("supplier",), "supplied_categories", "/awards/items/classification/id"), judge
    )
