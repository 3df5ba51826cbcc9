"""
The text of a signed contract is not published.

Why it matters
--------------
Price, term, data, support and exit stand in the contract. Where it is not published nobody can compare what was
promised with what is done.

Method
------
For each contract in force or ended, look for a document of one of the ``document_types``, with the contract, its award
or the tender, or with the contract a document whose title says that it is the contract. Flag contracts without one. If
the statistic ``R063`` tells how often this publisher gives such a document, the rule asks only where the share is at
least ``minimum_share``; without it, the flag is context.

Exclusions
----------
Cancelled tenders; contracts that are pending or cancelled. Records without any document: they do not show that their
publisher publishes documents.

Sources
-------
Open Contracting Partnership, Red flags for integrity: R063. Types: the OCDS codelist of documents, and words that
publishers use instead.
"""

from collections.abc import Iterator, Sequence

from audits.dossier import Dossier
from audits.matching.fold import fold_phrase
from audits.rules.base import Evidence, Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule
from audits.rules.documents import type_of
from audits.rules.practice import severity_of_absence
from audits.rules.stages import label_of, standing_contracts, standing_tender
from contracts.ocds.views import Contract, Document, Process

CONTRACT_TYPES = ("contractSigned", "contractText", "contract", "contrato", "contratoFirmado", "contratoAssinado")
_WORDS = frozenset({"contract", "contrato", "convenio", "agreement"})


@rule(
    code="R063",
    title={
        "en": "Contract not published",
        "es": "Contrato no publicado",
        "pt": "Contrato não publicado",
    },
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=1,
    sentences={
        "default": {
            "en": "Among {count} published documents, the text of contract {contract} was not found.",
            "es": "Entre {count} documentos publicados no se encontró el texto del contrato {contract}.",
            "pt": "Entre {count} documentos publicados não se encontrou o texto do contrato {contract}.",
        },
    },
)
def contract_not_published(
    dossier: Dossier, *, document_types: Sequence[str] = CONTRACT_TYPES, minimum_share: float = 0.5
) -> Iterator[Finding]:
    standing_tender(dossier)
    process = dossier.process
    signed = [contract for contract in standing_contracts(process) if contract.status.lower() != "pending"]
    if not signed:
        raise NotApplicableError("every contract is pending")
    count = sum(1 for _ in process.documents())
    if not count:
        raise InsufficientDataError("/contracts/documents", "the record lists no document at all")
    kinds = {fold_phrase(kind) for kind in document_types}
    missing = [contract for contract in signed if not _is_published(process, contract, kinds)]
    if missing:
        severity = severity_of_absence(dossier, "R063", "/contracts/documents", minimum_share=minimum_share)
        for contract in missing:
            yield Finding(
                evidence=(
                    Evidence(f"{contract.path}/id" if contract.id else contract.path, contract.id),
                    *(Evidence(entry.path, entry.type or entry.title) for entry in contract.documents),
                ),
                values={"contract": label_of(contract), "count": count},
                severity=severity,
                cites=(contract.id,),
            )


def _is_published(process: Process, contract: Contract, kinds: set[str]) -> bool:
    elsewhere: list[Document] = list(process.tender.documents)
    for award in process.awards:
        if award.id == contract.award_id:
            elsewhere.extend(award.documents)
    if any(fold_phrase(type_of(entry)) in kinds for entry in (*contract.documents, *elsewhere)):
        return True
    return any(
        not type_of(entry) and _WORDS & set(fold_phrase(f"{entry.title} {entry.description}").split())
        for entry in contract.documents
    )
