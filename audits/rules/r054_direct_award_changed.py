"""
A contract awarded without competition was changed afterwards.

## Why it matters

What nobody competed for can grow without anybody else being asked: first a small direct award, then change orders.

## Method

The procurement method is one of `methods`. Flag each contract with at least `minimum_amendments` amendments after
its signature.

## Exclusions

Cancelled tenders and contracts. Amendments dated before the signature; those without a date are counted. A record that
lists no amendments does not say whether there were any: that is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R054.
"""

from collections.abc import Iterator, Sequence

from audits.facts.amendments import amended_contracts, amendment_evidence, changes_after_signature
from audits.facts.stages import label_of, require_method, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Finding, Severity, Stage, rule
from contracts.ocds.codes import NON_COMPETITIVE


@rule(
    code="R054",
    title="Direct award changed afterwards",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": "Contract {contract}, awarded by the method “{method}”, was amended after its signature; "
        "amendments: {count}.",
    },
)
def direct_award_changed(
    dossier: Dossier, *, methods: Sequence[str] = NON_COMPETITIVE, minimum_amendments: int = 1
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    method = require_method(tender, methods)
    for contract in amended_contracts(dossier.process):
        changes = changes_after_signature(contract)
        if len(changes) >= max(minimum_amendments, 1):
            yield Finding(
                evidence=(method, *(amendment_evidence(change) for change in changes)),
                values={
                    "contract": label_of(contract),
                    "method": tender.method_details or tender.method,
                    "count": len(changes),
                },
                cites=(contract.id,),
            )
