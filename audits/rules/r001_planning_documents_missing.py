"""
No planning document is published.

## Why it matters

A procurement plan, a needs assessment or a market study shows what was wanted before a supplier was known. Without one
nobody can compare what was bought with what was needed.

## Method

Flag the process if it lists documents with its tender, and none of all its documents is of one of the
`document_types` or stands in the planning section. If the statistic `R001` tells how often this publisher gives
such a document, the rule asks only where the share is at least `minimum_share`; without it, the flag is context.

## Exclusions

Cancelled tenders. Records without documents of the tender: they do not show that their publisher publishes documents
of that time. Records whose documents have no types.

## Sources

Open Contracting Partnership, Red flags for integrity: R001. Types: the OCDS codelist of documents.
"""

from collections.abc import Iterator, Sequence

from audits.facts.publisher_practice import severity_of_absence
from audits.facts.stages import document_type, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule

PLANNING_TYPES = (
    "procurementPlan",
    "projectPlan",
    "needsAssessment",
    "marketStudies",
    "feasibilityStudy",
    "environmentalImpact",
    "assetAndLiabilityAssessment",
    "riskProvisions",
    "plannedProcurementNotice",
)


@rule(
    code="R001",
    title="Planning documents missing",
    stage=Stage.PLANNING,
    severity=Severity.LOW,
    version=1,
    reads=("publisher_practice",),
    sentences={
        "default": "Published documents: {count}. None belongs to the planning.",
    },
    reasons={
        "no_documents": "the record lists no document of planning or tender",
    },
)
def planning_documents_missing(
    dossier: Dossier, *, document_types: Sequence[str] = PLANNING_TYPES, minimum_share: float = 0.5
) -> Iterator[Finding]:
    standing_tender(dossier)
    process = dossier.process
    if process.planning.documents:
        return
    documents = tuple(process.documents())
    if not process.tender.documents:
        raise InsufficientDataError("/planning/documents", "no_documents")
    types = {document_type(entry): entry for entry in documents if entry.type}
    if not types:
        raise InsufficientDataError("/tender/documents/documentType")
    if not {kind.casefold() for kind in document_types} & set(types):
        severity = severity_of_absence(dossier, "R001", "/planning/documents", minimum_share=minimum_share)
        yield Finding(
            evidence=tuple(Evidence(f"{entry.path}/documentType", entry.type) for entry in types.values()),
            values={"count": len(documents)},
            severity=severity,
        )
