"""
No planning document is published.

## Why it matters

A procurement plan, a needs assessment or a market study shows what was needed before a supplier was known. Without
one, nobody can compare the purchase with the need.

## Method

Flag the process if it lists documents with its tender, and none of all its documents:

* has one of the `document_types`;
* is in the planning section; or
* has a type, title or file name that calls it a study or plan ("estudio de mercado", "estudo técnico preliminar").

If it is known how often this publisher gives such a document, the rule asks only if the share is at least
`minimum_share`.

## Exclusions

* Cancelled tenders.
* Tenders that are only planned: their record itself is a planning document.
* Records without tender documents: the publisher may publish no documents from that stage.
* Records whose documents have no types.
* Sources where over half of the records list no planning document.
* Sources of fewer than ten records: nobody knows what they usually publish.

## Sources

Open Contracting Partnership, Red flags for integrity: R001. Types: the OCDS codelist of documents.
"""

from collections.abc import Iterator, Sequence

from audits.facts.publisher_practice import context_of_absence
from audits.facts.stages import document_type, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

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
# https://standard.open-contracting.org/1.1/en/schema/codelists/#tender-status
_PLANNED = frozenset({"planning", "planned"})


@rule(
    code="R001",
    title="Planning documents not found",
    stage=Stage.PLANNING,
    severity=Severity.LOW,
    version=5,
    reads=("publisher_practice", "source_habits.no_planning_documents"),
    sentences={
        "default": "Published documents: {count}. None belongs to the planning.",
    },
    reasons={
        "tender_planned": "the tender is only planned, and the record is a document of its planning",
        "no_documents": "the record lists no document of planning or tender",
    },
)
def planning_documents_missing(
    dossier: Dossier, *, document_types: Sequence[str] = PLANNING_TYPES, minimum_share: float = 0.5
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if tender.status in _PLANNED:
        raise NotApplicableError("tender_planned")
    process = dossier.process
    documents = tuple(process.documents())
    if dossier.has_planning_documents:
        return
    if not process.tender.documents:
        raise InsufficientDataError("/planning/documents", "no_documents")
    types = {document_type(entry): entry for entry in documents if entry.type}
    if not types:
        raise InsufficientDataError("/tender/documents/documentType")
    if not {kind.casefold() for kind in document_types} & set(types):
        context = context_of_absence(
            dossier, "R001", "/planning/documents", minimum_share=minimum_share, needs_sample=True
        )
        yield Finding(
            evidence=tuple(Evidence(f"{entry.path}/documentType", entry.type) for entry in types.values()),
            values={"count": len(documents)},
            context=context,
        )
