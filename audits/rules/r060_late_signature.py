"""
The contract was signed long after the award.

## Why it matters

A long time between award and signature leaves room for bargaining over what was decided, or shows that someone waited
for the winner to meet the terms.

## Method

Count the days from the date of the award to the signature of each of its contracts. Flag more than `maximum_days`.

## Exclusions

Cancelled tenders and contracts. A signature before the award is an error in the record: it is reported as insufficient
data.

## Sources

Open Contracting Partnership, Red flags for integrity: R060. The 60 days are a starting point of this project, not a
legal figure: set the country's own.
"""

from collections.abc import Iterator

from audits.facts.stages import contracts_by_award, label_of, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R060",
    title="Late contract signature",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=1,
    sentences={
        "default": "Contract {contract} was signed {days} days after its award; the rule allows {maximum}.",
    },
    reasons={
        "no_date_pair": "no contract and its award have both dates",
        "signed_before_award": "the contract is dated before its award",
    },
)
def late_signature(dossier: Dossier, *, maximum_days: int = 60) -> Iterator[Finding]:
    standing_tender(dossier)
    pairs = [(award, contract) for award, contracts in contracts_by_award(dossier.process) for contract in contracts]
    if all(award.date is None for award, _ in pairs):
        raise InsufficientDataError("/awards/date")
    if all(contract.date_signed is None for _, contract in pairs):
        raise InsufficientDataError("/contracts/dateSigned")
    waited = [
        (award.date, contract.date_signed, award, contract)
        for award, contract in pairs
        if award.date is not None and contract.date_signed is not None
    ]
    if not waited:
        raise InsufficientDataError("/contracts/dateSigned", "no_date_pair")
    in_order = [entry for entry in waited if entry[1].date() >= entry[0].date()]
    if not in_order:
        raise InsufficientDataError("/contracts/dateSigned", "signed_before_award")
    for awarded, signed, award, contract in in_order:
        days = (signed.date() - awarded.date()).days
        if days > maximum_days:
            yield Finding(
                evidence=(
                    Evidence(f"{award.path}/date", awarded.isoformat()),
                    Evidence(f"{contract.path}/dateSigned", signed.isoformat()),
                ),
                values={"contract": label_of(contract), "days": days, "maximum": maximum_days},
                cites=(contract.id,),
            )
