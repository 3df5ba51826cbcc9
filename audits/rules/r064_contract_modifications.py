"""
A contract was changed again and again.

## Why it matters

Each change may be sound. Many together can make of a tender's contract another one that nobody competed for.

## Method

Flag each contract with at least `minimum_amendments` amendments after its signature.

## Exclusions

Cancelled tenders and contracts. Procedures without competition: R054 asks about them, at the first change. Amendments
dated before the signature; those without a date are counted. A record that lists no amendments does not say whether
there were any: that is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R064. Three amendments: Prozorro's risk indicators.
"""

from collections.abc import Iterator

from audits.facts.amendments import amended_contracts, amendment_evidence, changes_after_signature
from audits.facts.stages import label_of, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Finding, NotApplicableError, Severity, Stage, rule
from contracts.ocds.codes import NON_COMPETITIVE


@rule(
    code="R064",
    title="Many contract modifications",
    stage=Stage.IMPLEMENTATION,
    severity=Severity.LOW,
    version=1,
    sentences={
        "default": "Contract {contract} was amended {count} times after its signature; the rule asks from {minimum}.",
    },
    reasons={
        "noncompetitive": "the procurement method is {method}: R054 asks about its contracts",
    },
)
def contract_modifications(dossier: Dossier, *, minimum_amendments: int = 3) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if tender.method in NON_COMPETITIVE:
        raise NotApplicableError("noncompetitive", method=tender.method)
    for contract in amended_contracts(dossier.process):
        changes = changes_after_signature(contract)
        if len(changes) >= max(minimum_amendments, 1):
            yield Finding(
                evidence=tuple(amendment_evidence(change) for change in changes),
                values={"contract": label_of(contract), "count": len(changes), "minimum": minimum_amendments},
                cites=(contract.id,),
            )
