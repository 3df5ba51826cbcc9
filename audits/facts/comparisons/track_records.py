"""Figures about organizations for the R-rules: lists with one entry for each role or market."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from audits.facts.comparisons.coverage import require_coverage
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import CountedProcess
from audits.judging.figures.processes import SourceCoverage
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, NotApplicableError

Figures = TypeVar("Figures")


def counted_figures(dossier: OrganizationDossier, roles: Sequence[str], name: str, field: str) -> Sequence[Any]:
    """
    Return the figures of one name about an organization.

    :raises NotApplicableError: if it has none of these roles in any process
    :raises InsufficientDataError: about ``field`` if nothing was counted
    """
    if dossier.roles.isdisjoint(roles):
        raise NotApplicableError("not_in_role", roles=", ".join(roles))
    figures: Sequence[Any] = dossier.statistic(name)
    if not figures:
        raise InsufficientDataError(field, "nothing_counted")
    return figures


def require_coverage_as(
    dossier: OrganizationDossier, roles: Sequence[str], *, months: int, own_months: int = 0
) -> None:
    """Raise InsufficientDataError unless organization and source are on record for this many months in a role."""
    found: Sequence[SourceCoverage] = dossier.statistic("source_coverage")
    coverage = next((entry for entry in found if entry.role in roles), None)
    if coverage is None:
        raise InsufficientDataError("statistics/source_coverage", "nothing_counted")
    require_coverage(coverage, months=months, own_months=own_months)


def judge_each(figures: Iterable[Figures], judge: Callable[[Figures], Iterator[Finding]]) -> list[Finding]:
    """
    Return the findings in all roles.

    :raises InsufficientDataError, NotApplicableError: if it could be judged in none of them; the reason of the first
    """
    findings: list[Finding] = []
    refused: list[InsufficientDataError | NotApplicableError] = []
    judged = 0
    for entry in figures:
        try:
            findings.extend(judge(entry))
            judged += 1
        except (InsufficientDataError, NotApplicableError) as reason:
            refused.append(reason)
    if refused and not judged:
        raise refused[0]
    return findings


def require_number(name: str, number: int, minimum: int) -> None:
    """Raise InsufficientDataError if the number in a figure is below a minimum."""
    if number < minimum:
        raise InsufficientDataError(f"statistics/{name}", "too_few_counted", number=number, needed=minimum)


def processes_counted(counted: Iterable[CountedProcess]) -> tuple[Evidence, ...]:
    """Return the processes that were counted, as evidence."""
    return tuple(Evidence(entry.path, entry.value, ocid=entry.ocid, note=entry.title) for entry in counted)


def rounded_for_decision(share: float, number: int) -> tuple[int, int]:
    """
    Return a share in steps of ten percent, and its sample size in powers of two. A decision stands until one of them
    changes by a step: 8 of 10 is less certain than 800 of 1,000.
    """
    return round(10 * share), number.bit_length()
