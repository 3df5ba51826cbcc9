"""
Tenders failed repeatedly, and one firm was awarded directly.

## Why it matters

Laws allow a direct award where nobody bid. Terms that nobody could meet, or bids that were all turned down, lead
there too: the question is why each tender failed, and whether the firm was awarded on the same terms.

## Method

Count the earlier processes that the record names as failed (`relatedProcesses` of the relationship
`unsuccessfulProcess`), each identifier once. Flag the process if it names at least `failed_tenders`, its award was
direct or limited by code, name, reason or number, and one supplier was awarded.

## Exclusions

* Cancelled tenders.
* Awards to several suppliers.
* Records that name no related process are reported as insufficient data: whether tenders failed before is not told
  there.

## Sources

A question of this project, asked for by readers of real records. Relationship: OCDS codelist relatedProcess.csv.
"""

from collections.abc import Iterator

from audits.facts.procedures import is_competitive
from audits.facts.stages import method_of, name_of, standing_tender, suppliers_by_key
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import (
    Change,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

FAILED = "unsuccessfulProcess"


@rule(
    code="R083",
    title="Direct after failed tenders",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=2,
    changes={
        2: Change("2026-11-28", "Not asked of records whose ocid names no process."),
    },
    sentences={
        "default": "{count} earlier tenders failed ({identifiers}), and {supplier} was awarded without competition.",
    },
)
def direct_after_failed_tenders(dossier: Dossier, *, failed_tenders: int = 2) -> Iterator[Finding]:
    process = dossier.process
    tender = standing_tender(dossier)
    method = method_of(tender)
    if is_competitive(dossier):
        raise NotApplicableError("method_is", method=method)
    if not process.related_processes:
        raise InsufficientDataError("/relatedProcesses")
    suppliers = suppliers_by_key(process)
    if len(suppliers) > 1:
        raise NotApplicableError("several_suppliers")
    failed = {
        related.identifier: related
        for related in process.related_processes
        if FAILED in related.relationship and related.identifier
    }
    if len(failed) >= failed_tenders:
        ((key, supplier),) = suppliers.items()
        yield Finding(
            evidence=(
                *(Evidence(f"{related.path}/identifier", related.identifier) for related in failed.values()),
                Evidence(f"{tender.path}/procurementMethod", method),
            ),
            values={
                "count": len(failed),
                "identifiers": ", ".join(sorted(failed)),
                "supplier": name_of(process, supplier),
            },
            cites=tuple(sorted({key, *failed})),
        )
