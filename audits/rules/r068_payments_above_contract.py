"""
The payments exceed the contract.

## Why it matters

A contract says what may be paid. Nobody competed for anything beyond that, and no amendment explains it.

## Method

Add up the payments of each contract (`implementation/transactions`) in its currency or without one, each transaction
once, minus refunds, and compare the sum with the value of the contract.

Flag the process if the payments exceed the value by more than tax may explain, because values are given with or
without it. The margin is the general value-added tax of the currency (else of the country) plus `rounding` of the
value, but never more than `allowance`, which alone applies if no tax is known.

The flag is **context** (needs no decision) if:

* the purchase lasts a year or more, by the dates or the duration of its period, and the payments do not exceed the
  value for each year by more than half, tax allowed for: some publishers give the value of one year, and laws adjust
  prices to an index after that;
* the payments are less than one of the `trifles` (by currency, about ten thousand euros);
* every payment is listed twice, or equally often, and one of each adds up to the contract: they may be listed again,
  or paid again;
* the payments do not exceed the estimate of the tender, and one contract was awarded: its value may be that of a part,
  of a year or of some months; or
* the payments do not exceed the value and the sums that changes since the signature add, tax allowed for: it was
  renewed, or more was bought. A sum that is taken away, or is the value of all, adds nothing. A service that is
  renewed for a time, without a sum, adds what as much time cost before, unless the change says that it costs nothing.

## Exclusions

* Cancelled tenders and contracts.
* Values of 0 or less, without a currency or in several.
* Values that amendments raised: R069 asks about them.

Reported as insufficient data:

* Payments of more than four times the value: they cover several terms, or one of them is an error.
* A value that equals one payment with its tax, while another payment is larger: it is not the value of the contract.
* The value of an amended contract whose period starts more than 90 days after its signature: it may be the value of
  the last term.

## Sources

Open Contracting Partnership, Red flags for integrity: R068. Rates: a public list of this project, with the law of
each. Allowance and rounding are starting points of this project; 0.25 covers the highest tax of the region.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from audits.facts.contracts.contract_values import is_of_a_term
from audits.facts.contracts.payments import (
    OTHER_SCALE,
    paid_contracts,
    within_changes,
    within_estimate,
    within_years,
)
from audits.facts.methods.small_purchases import TRIFLES, trifling
from audits.facts.money import percent
from audits.facts.stages import label_of, standing_tender, value_evidence
from audits.facts.taxes import general_tax
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R068",
    title="Payments above contract",
    stage=Stage.IMPLEMENTATION,
    severity=Severity.MEDIUM,
    version=15,
    on_trial=True,
    sentences={
        "default": "For contract {contract:place}, signed for {signed}, {paid} were paid in "
        "{payments:payment|payments}: {percent} % of its value.",
    },
    reasons={
        "lasts_years": "it lasts {days} days, and no more was paid than its value for each year and half of it",
        "paid_within_changes": "no more was paid than the contract and what its changes say that they add, {whole}",
        "paid_within_estimate": "no more was paid than the tender was estimated at, {estimate}",
        "other_scale": "the payments are {times} times the value of the contract",
        "payments_listed_twice": "each payment stands equally often, and once each they make what was signed",
        "value_of_a_term": "the contract was renewed, and its value may be that of the last term",
        "payments_not_listed": "no contract lists its payments with their values",
    },
)
def payments_above_contract(
    dossier: Dossier, *, allowance: float = 0.25, rounding: float = 0.03, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    standing_tender(dossier)
    found = [entry for entry in paid_contracts(dossier.process) if not is_of_a_term(entry.contract)]
    if not found:
        raise InsufficientDataError("/contracts/value/amount", "value_of_a_term")
    sound = [entry for entry in found if entry.paid.amount <= OTHER_SCALE * entry.signed.amount]
    if not sound:
        times = f"{found[0].paid.amount / found[0].signed.amount:.0f}"
        raise InsufficientDataError("/contracts/value/amount", "other_scale", times=times)
    for entry in sound:
        tax = general_tax(dossier.process.country, entry.signed.currency)
        most = Decimal(str(allowance))
        allowed = most if tax is None else min(most, tax + Decimal(str(rounding)))
        if entry.paid.amount > entry.signed.amount * (1 + allowed):
            yield Finding(
                evidence=(value_evidence(entry.contract), *(value_evidence(payment) for payment in entry.payments)),
                values={
                    "contract": label_of(entry.contract),
                    "signed": str(entry.signed),
                    "paid": str(entry.paid),
                    "payments": len(entry.payments),
                    "percent": percent(entry.paid.amount, entry.signed.amount),
                },
                context=Context("payments_listed_twice", {})
                if entry.is_listed_again
                else trifling(entry.paid, trifles)
                or within_estimate(dossier.process, entry)
                or within_changes(dossier, entry, allowed)
                or within_years(dossier, entry, allowed),
                cites=(entry.contract.id,),
            )
