"""
The contract was signed before its award, or before bids were due.

## Why it matters

A buyer who signs before the award, or while others may still bid, had already decided. Or a date was filled in late:
the case file shows which.

## Method

Compare the day of each contract's signature with the end of the tender period, if several could bid, and with the date
of its award. Flag the process if a signature is before one of them by more than `tolerance_days` and up to
`plausible_days`; the flag names the earliest signature.

The tolerance allows for time zones, which move a date by a day, and for papers dated on another day than their entry.

### Severity

* **high**: before bids were due.
* **medium**: before the award.
* **low**: before a direct award.
* **context** (needs no decision):
  * award and then signature, both before the end of the tender period: two dates contradict one, and some publishers
    fill in that end later;
  * the purchase, or what was signed too early of it, costs less than one of the `small_amounts` (by currency, at least
    about ten thousand euros).

## Exclusions

* Cancelled tenders.
* Contracts that are cancelled, or pending and not paid.
* A signature that is earlier by more than `plausible_days` or, if several could bid, before the start of the tender
  period (insufficient data): one of the dates is an error, such as a wrong year.
* An award dated as late as the record itself, or to the second: some publishers give the time of publication or entry.
* Records signed before their award, if over half of the records of their source are.
* Signatures dated New Year's Day, on which terms begin and nobody signs.
* Records that give the start of the contract as the day of signature, if over half of the records of their source do.

## Sources

A question of this project: in ten of 1,619 real records that people read, a contract was signed before its award or
before bids were due. R060 asks about late signatures.
"""

from collections.abc import Iterator, Mapping

from audits.facts.contracts.signatures import SMALL_CONTRACTS, signed_little, signing_orders
from audits.facts.methods.procedures import is_competitive
from audits.facts.stages import label_of, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import without_repeats
from audits.judging.rule.vocabulary import Context, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R081",
    title="Contract signed too early",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=8,
    reads=("source_habits.signed_at_start_of_term", "source_habits.signed_before_award"),
    sentences={
        "award": "Contract {contract:place} was signed on {signed:date}, {days:day|days} before its award of "
        "{other:date}; signed before their award or before bids were due: {number}.",
        "deadline": "Contract {contract:place} was signed on {signed:date}, {days:day|days} before bids were due on "
        "{other:date}; signed before their award or before bids were due: {number}.",
    },
    reasons={
        "deadline_doubtful": "award and signature follow each other before that date: it may be another",
        "dates_implausible": "the signature lies too far before the other dates to be told from an error",
        "signed_before_call": "the signature lies before the start of the time to bid: it may be a slip of the year",
    },
)
def signed_out_of_order(
    dossier: Dossier,
    *,
    tolerance_days: int = 2,
    plausible_days: int = 180,
    small_amounts: Mapping[str, int] = SMALL_CONTRACTS,
) -> Iterator[Finding]:
    standing_tender(dossier)
    several = is_competitive(dossier)
    process = dossier.process
    orders = [order for order in signing_orders(process, several=several) if order.days > tolerance_days]
    plausible = [order for order in orders if order.days <= plausible_days]
    if orders and not plausible:
        raise InsufficientDataError("/contracts/dateSigned", "dates_implausible")
    early = sorted(
        (order for order in plausible if not (several and order.signature.precedes_call(process))),
        key=lambda order: order.rank,
    )
    if plausible and not early:
        raise InsufficientDataError("/contracts/dateSigned", "signed_before_call")
    if early:
        first = early[0]
        contracts = sorted({order.signature.contract.id for order in early})
        signatures = {order.signature.contract.path: order.signature for order in early}.values()
        severity = Severity.MEDIUM if several else Severity.LOW
        yield Finding(
            evidence=without_repeats(place for order in early for place in order.evidence()),
            values={
                "contract": label_of(first.signature.contract),
                "signed": first.signature.signed.date().isoformat(),
                "other": first.other.date.date().isoformat(),
                "days": first.days,
                "number": len(signatures),
            },
            sentence=first.kind,
            context=Context("deadline_doubtful", {})
            if first.is_doubtful
            else signed_little(dossier, signatures, small_amounts),
            severity=severity if first.kind == "award" else Severity.HIGH,
            cites=tuple(contracts),
        )
