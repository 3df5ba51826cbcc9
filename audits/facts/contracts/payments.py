"""Payments for contracts, compared with the signed values."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from audits.facts.contracts.amendment_words import amendment_words
from audits.facts.contracts.amendments import sums_added
from audits.facts.contracts.contract_values import YEAR, contract_days
from audits.facts.money import Money, money
from audits.facts.stages import standing_contracts
from audits.facts.taxes import highest_tax
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, InsufficientDataError
from contracts.ocds.parsing.objects import Contract, Process, Transaction

# Payments of this many times the value are those of several terms, or one of the two is an error.
OTHER_SCALE = 4
# Maximum factor by which price indices raise payments over the years of a contract.
_BY_INDEX = Decimal("1.5")


class Paid(NamedTuple):
    """``paid`` is the sum of the payments, in the currency of the contract."""

    contract: Contract
    payments: tuple[Transaction, ...]
    signed: Money
    paid: Money

    @property
    def is_listed_again(self) -> bool:
        """
        Return whether each payment is listed equally often, and counted once they are the signed value, with or
        without tax.
        """
        times = Counter((payment.date, payment.value.amount) for payment in self.payments if payment.value)
        once = sum((amount for _date, amount in times if amount), Decimal(0))
        with_tax = 1 + highest_tax()
        is_signed = once / with_tax <= self.signed.amount <= once * with_tax
        return is_signed and len(set(times.values())) == 1 and len(times) < len(self.payments)


def paid_contracts(process: Process) -> list[Paid]:
    """
    Return the contracts with payments to compare with their value.

    :raises InsufficientDataError: if there are none
    :raises NotApplicableError: if all contracts are cancelled
    """
    contracts = standing_contracts(process)
    if all(money(contract.value) is None for contract in contracts):
        raise InsufficientDataError("/contracts/value/amount", "no_contract_value")
    found = [entry for entry in map(_paid, contracts) if entry is not None]
    if not found:
        raise InsufficientDataError("/contracts/implementation/transactions", "payments_not_listed")
    return found


def within_estimate(process: Process, paid: Paid) -> Context | None:
    """Return the context that no more was paid than the estimate of a tender with one contract."""
    estimate = money(process.tender.value)
    if len(process.contracts) != 1 or estimate is None or estimate.currency != paid.paid.currency:
        return None
    if paid.paid.amount > estimate.amount:
        return None
    return Context("paid_within_estimate", {"estimate": str(estimate)})


def within_changes(dossier: Dossier, paid: Paid, allowed: Decimal) -> Context | None:
    """
    Return the context that no more was paid than the value with amendments, and the share ``allowed`` for taxes.

    A service renewed without a sum costs the same per day as before.
    """
    tender = dossier.process.tender
    days = contract_days(tender, paid.contract) if tender.category == "services" else 0
    a_day = paid.signed.amount / days if days else None
    sums = sums_added(paid.contract, amendment_words(dossier.reference.words), a_day)
    whole = Money(paid.signed.amount + sum(sums), paid.signed.currency)
    if not sums or paid.paid.amount > whole.amount * (1 + allowed):
        return None
    return Context("paid_within_changes", {"whole": str(whole)})


def within_years(dossier: Dossier, paid: Paid, allowed: Decimal) -> Context | None:
    """
    Return the context that no more was paid than one and a half times the value for each year, and ``allowed`` for
    taxes.

    Some publishers give the value of one year, and laws then adjust prices to an index.
    """
    days = contract_days(dossier.process.tender, paid.contract)
    most = paid.signed.amount * round(days / 365) * _BY_INDEX * (1 + allowed)
    return Context("lasts_years", {"days": days}) if days >= YEAR.days and paid.paid.amount <= most else None


def _paid(contract: Contract) -> Paid | None:
    signed = money(contract.value)
    # Records of several releases list a transaction again, under its id.
    by_id = {payment.id or payment.path: payment for payment in contract.transactions}
    payments = tuple(payment for payment in by_id.values() if payment.value and payment.value.amount)
    values = [payment.value for payment in payments if payment.value]
    # A payment without a currency has that of its contract.
    if signed is None or any(value.currency not in {"", signed.currency} for value in values):
        return None
    amounts = [value.amount for value in values if value.amount]
    if _is_of_one_payment(signed, amounts):
        return None
    paid = sum(amounts, Decimal(0))
    return Paid(contract, payments, signed, Money(paid, signed.currency)) if paid > 0 else None


def _is_of_one_payment(signed: Money, amounts: Sequence[Decimal]) -> bool:
    """Return whether the value of a contract is that of one payment with its tax, while another is larger than it."""
    is_one = any(0 <= signed.amount - amount <= highest_tax() * amount for amount in amounts)
    return is_one and any(amount > signed.amount for amount in amounts)
