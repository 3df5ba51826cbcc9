"""
The text of a signed contract is not published.

## Why it matters

The contract sets price, term, data, support and exit. If it is not published, nobody can compare the promises with
what is done.

## Method

For each contract in force or ended, look for one of these documents:

* one of the `document_types`, with the contract, its award or the tender;
* one with the contract or its award that its type, title or file name calls the contract ("orden de compra", "pedido",
  `12_contrato.pdf`).

One flag names the contracts that have no such document but list other documents, all with their types.

If it is known how often this publisher gives the contract, the rule asks only if the share is at least
`minimum_share`, and then also about contracts without any document. Without it, the flag is **context** (needs no
decision).

## Exclusions

* Cancelled tenders.
* Contracts that are pending or cancelled.

## Sources

Open Contracting Partnership, Red flags for integrity: R063. Types: the OCDS codelist of documents, and words that
publishers use instead.
"""

from collections.abc import Iterator, Sequence

from audits.facts.contracts.published_contracts import signed_contracts, unpublished_contracts
from audits.facts.publisher_practice import context_of_absence
from audits.facts.stages import label_of, standing_tender
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

# Contracts that a sentence names; the evidence holds more.
MAX_NAMED = 5
CONTRACT_TYPES = ("contractSigned", "contractText", "contract", "contrato", "contratoFirmado", "contratoAssinado")


@rule(
    code="R063",
    title="Contract text not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=3,
    reads=("publisher_practice",),
    sentences={
        "default": "The text of contract {contract:place} was not found; documents listed with it: {count}.",
        "several": "The texts of {number} contracts were not found: {contracts}; documents listed with them: {count}.",
    },
)
def contract_not_published(
    dossier: Dossier, *, document_types: Sequence[str] = CONTRACT_TYPES, minimum_share: float = 0.5
) -> Iterator[Finding]:
    standing_tender(dossier)
    process = dossier.process
    if not signed_contracts(process):
        raise NotApplicableError("contracts_pending")
    missing = unpublished_contracts(dossier, tuple(document_types))
    if not missing:
        return
    context = context_of_absence(dossier, "R063", "/contracts/documents", minimum_share=minimum_share)
    asked = missing if context is None else [contract for contract in missing if contract.documents]
    if not asked:
        raise InsufficientDataError("/contracts/documents")
    typed = [contract for contract in asked if all(entry.type for entry in contract.documents)]
    if not typed:
        raise InsufficientDataError("/contracts/documents/documentType")
    documents = [entry for contract in typed for entry in contract.documents]
    yield Finding(
        evidence=(
            *(Evidence(f"{contract.path}/id" if contract.id else contract.path, contract.id) for contract in typed),
            *(Evidence(f"{entry.path}/documentType", entry.type) for entry in documents),
        ),
        sentence="several" if len(typed) > 1 else "default",
        values={"count": len(documents)}
        | (
            {"number": len(typed), "contracts": ", ".join(map(label_of, typed[:MAX_NAMED]))}
            if len(typed) > 1
            else {"contract": label_of(typed[0])}
        ),
        context=context,
        cites=tuple(sorted(contract.id for contract in typed)),
    )
