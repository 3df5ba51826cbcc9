"""
The contract was signed long after the award.

## Why it matters

A long time between award and signature leaves room for renegotiation, or shows that somebody waited until the winner
met the terms.

## Method

Count the days from the date of the award to the signature of each of its contracts. If the award has no date, count
from the publication of a document that announces it, by its type or its title in Spanish (award notice, "fallo", "acta
de adjudicación").

Flag more than `maximum_days`, or what is set for a country whose law gives a shorter term (`country_days`; the law of
Mexico gives 15). Contracts awarded on the same day and signed on the same day are flagged once.

The flag is **context** (needs no decision) if:

* the days are more than `plausible_days`: one of the two dates may be an error; or
* the award, or the estimate if no award amount is given, is below one of the `small_amounts` (by currency, at least
  about ten thousand euros): then the contract is a formality, and such an estimate is often a unit price. The same
  holds if the contracts that were signed late amount to less.

## Exclusions

* Cancelled tenders.
* Contracts that are cancelled or pending.
* Signatures before the award: R081 asks about them.
* Records that give the start of the bidding period as the award date, if over half of the records of their source do.

Some publishers fill in another date as the signature. A signature is reported as insufficient data if it:

* is the end of the contract's period;
* is later than the contract's start or first payment by more than 60 days;
* is later than the record itself; or
* is New Year's Day, on which terms begin and nobody signs.

An award dated before bids were opened, with a signature after that, is insufficient data too: its year may be a typing
error.

## Sources

Open Contracting Partnership, Red flags for integrity: R060. The 100, 60 and 365 days are a starting point of this
project, not a legal figure: set the country's own. Mexico: Ley de Adquisiciones, Arrendamientos y Servicios del Sector
Público, art. 46; Ley de Obras Públicas y Servicios Relacionados con las Mismas, art. 47.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from audits.facts.contracts.signatures import SMALL_CONTRACTS, Signature, signatures, signed_little
from audits.facts.stages import label_of, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule

# What is asked from on where the law gives 15 days. Elsewhere readers of real records found hardly anything worth
# a question below 100.
COUNTRY_DAYS: Mapping[str, int] = {"MX": 60}
# A signature so long after the contract began, or was paid, is another date.
_DOUBTFUL_DAYS = 60


@rule(
    code="R060",
    title="Late contract signature",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=12,
    reads=("source_habits.award_at_start_of_tender",),
    sentences={
        "default": "Contract {contract:place} was signed {days:day|days} after its award; the rule allows {maximum}.",
        "several": "{count} contracts, {contract:place} among them, were signed {days:day|days} after their award; "
        "the rule allows {maximum}.",
    },
    reasons={
        "award_before_opening": "the award is dated before bids were opened",
        "award_dated_late": "another contract of the award was signed before its date",
        "signed_after_payment": "the date of signature is long after the first payment",
        "signed_after_record": "the date of signature is later than the record",
        "signed_after_start": "the date of signature is long after the start of the contract",
        "signed_at_end": "the date of signature is the end of the contract",
        "signed_before_award": "the contract is dated before its award",
    },
)
def late_signature(
    dossier: Dossier,
    *,
    maximum_days: int = 100,
    country_days: Mapping[str, int] = COUNTRY_DAYS,
    plausible_days: int = 365,
    small_amounts: Mapping[str, int] = SMALL_CONTRACTS,
) -> Iterator[Finding]:
    standing_tender(dossier)
    maximum = country_days.get(dossier.process.country, maximum_days)
    pairs = signatures(dossier.process)
    in_order = [pair for pair in pairs if pair.days >= 0]
    if not in_order:
        raise InsufficientDataError("/contracts/dateSigned", "signed_before_award")
    early = {pair.award.path for pair in pairs if pair.days < 0}
    doubts = {
        pair.contract.path: "award_dated_late"
        if pair.award.path in early
        else pair.doubt(dossier.process, _DOUBTFUL_DAYS)
        for pair in in_order
    }
    if all(doubts.values()):
        raise InsufficientDataError("/contracts/dateSigned", next(iter(doubts.values())))
    late: dict[tuple[date, date], list[Signature]] = {}
    for pair in in_order:
        if pair.days > maximum and not doubts[pair.contract.path]:
            late.setdefault((pair.awarded.date.date(), pair.signed.date()), []).append(pair)
    for group in late.values():
        first, count = group[0], len(group)
        yield Finding(
            evidence=tuple(place for pair in group for place in _places(pair)),
            values={"contract": label_of(first.contract), "days": first.days, "maximum": maximum}
            | ({"count": count} if count > 1 else {}),
            sentence="several" if count > 1 else "default",
            severity=Severity.CONTEXT if first.days > plausible_days else None,
            context=signed_little(dossier, group, small_amounts),
            cites=tuple(sorted({pair.contract.id for pair in group})),
        )


def _places(pair: Signature) -> tuple[Evidence, Evidence]:
    return (
        Evidence(pair.awarded.path, pair.awarded.date.isoformat()),
        Evidence(f"{pair.contract.path}/dateSigned", pair.signed.isoformat()),
    )
