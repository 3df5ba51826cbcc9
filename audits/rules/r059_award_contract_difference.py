"""
The contract differs much from the award.

## Why it matters

What was signed should be what was awarded. A contract that is much dearer was not what the bidders competed for; one
that is much smaller may be one of several.

## Method

Compare each award with the sum of its contracts, in the same currency. Flag a difference of more than
`maximum_difference` of the award: 0.2 is 20 percent. Several contracts that make less than their award are not
flagged, since more may follow.

## Exclusions

Cancelled tenders and contracts; values of 0 or less. Contracts that list amendments: R069 asks about them.

## Sources

Open Contracting Partnership, Red flags for integrity: R059. The 20 percent are a starting point of this project, not a
legal figure: set the country's own.
"""

from collections.abc import Iterator
from decimal import Decimal

from audits.facts.contract_values import compared
from audits.facts.money import percent
from audits.facts.stages import contracts_by_award, label_of, standing_tender, value_evidence
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="R059",
    title="Contract differs from award",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": "Award {award} is of {awarded}, what was signed is {signed}: {percent} % of it.",
    },
    reasons={
        "amended": "the contracts were amended: R069 asks about them",
    },
)
def award_contract_difference(dossier: Dossier, *, maximum_difference: float = 0.2) -> Iterator[Finding]:
    standing_tender(dossier)
    pairs = [
        (award, contracts)
        for award, contracts in contracts_by_award(dossier.process)
        if not any(contract.amendments for contract in contracts)
    ]
    if not pairs:
        raise NotApplicableError("amended")
    for pair in compared(pairs):
        difference = pair.signed.amount - pair.awarded.amount
        if difference < 0 and len(pair.contracts) > 1:
            continue
        if abs(difference) > pair.awarded.amount * Decimal(str(maximum_difference)):
            yield Finding(
                evidence=(value_evidence(pair.award), *(value_evidence(contract) for contract in pair.contracts)),
                values={
                    "award": label_of(pair.award),
                    "awarded": str(pair.awarded),
                    "signed": str(pair.signed),
                    "percent": percent(pair.signed.amount, pair.awarded.amount),
                },
                cites=tuple(sorted({pair.award.id, *(contract.id for contract in pair.contracts)})),
            )
