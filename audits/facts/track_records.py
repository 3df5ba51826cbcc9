"""
Organizations as the R-rules read them: figures by role, and the processes that were counted.

The figures of a rule are a list, one mapping for each role that the organization was counted in::

    [{"role": "buyer", …, "fence": {"upper_fence": 0.5, "q1": 0.0, "q3": 0.2, "n": 41, "cohort": "*"},
      "counted": [{"ocid": "ocds-x-1", "path": "/bids/details", "value": {"submitted": 3, "disqualified": 2}}]}]

``counted`` names at most the first fifty processes, the most telling ones first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from audits.judging.organization_dossier import OrganizationDossier
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, NotApplicableError

BUYERS = ("buyer", "procuringEntity")

Figures = Mapping[str, Any]


def require_role(dossier: OrganizationDossier, roles: Sequence[str]) -> None:
    """
    Let pass organizations that have one of these roles in any process.

    :raises NotApplicableError: if it has none of them
    """
    if dossier.roles.isdisjoint(roles):
        raise NotApplicableError("not_in_role", roles=", ".join(roles))


def counted_figures(dossier: OrganizationDossier, code: str, field: str) -> list[Figures]:
    """
    Return the figures of a rule.

    :param field: the field without which nothing is counted
    :raises InsufficientDataError: if nothing was counted
    """
    figures: list[Figures] = list(dossier.statistic(code))
    if not figures:
        raise InsufficientDataError(field, "nothing_counted")
    return figures


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


def require_number(code: str, number: int, minimum: int) -> None:
    """
    Let pass what is counted often enough.

    :raises InsufficientDataError: if it is not
    """
    if number < minimum:
        raise InsufficientDataError(f"statistics/{code}", "too_few_counted", number=number, needed=minimum)


def processes_counted(figures: Figures) -> tuple[Evidence, ...]:
    """Return the processes that were counted, as evidence."""
    return tuple(
        Evidence(entry["path"], entry["value"], ocid=entry["ocid"], note=entry.get("title", ""))
        for entry in figures["counted"]
    )


def rounded_for_decision(share: float, number: int) -> tuple[int, int]:
    """
    Return a share in steps of ten percent, and in powers of two the number of what it was counted from.

    A decision stands until one of them moves so far: 8 of 10 is not what 800 of 1,000 is.
    """
    return round(10 * share), number.bit_length()
