"""What a contracting process is worth, and of what that is: its contracts, else its awards, else its tender."""

from decimal import Decimal, localcontext
from typing import NamedTuple

from contracts.models.process import AmountBasis
from contracts.ocds.codes import CANCELLED
from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES
from contracts.ocds.views import Award, Contract, Process


class ProcessValue(NamedTuple):
    """An amount with its currency, and of what it is; ``basis`` is empty where there is no amount."""

    amount: Decimal | None = None
    currency: str = ""
    basis: str = ""


def value_of(process: Process) -> ProcessValue:
    """
    Return the sum of the contracts of a process, else of its awards, else the tender's value.

    Amounts of several currencies are never added: it has none then, for an estimate is not what was signed.
    """
    stages: tuple[tuple[AmountBasis, tuple[Award | Contract, ...]], ...] = (
        (AmountBasis.CONTRACTS, process.contracts),
        (AmountBasis.AWARDS, process.awards),
    )
    for basis, stage in stages:
        values = [
            (entry.value.amount, entry.value.currency)
            for entry in stage
            if entry.status not in CANCELLED and entry.value and entry.value.amount is not None
        ]
        currencies = {currency for _, currency in values}
        if len(currencies - {""}) > 1:
            return ProcessValue()
        if len(currencies) == 1:
            with localcontext(prec=60):  # the default precision would round sums of large amounts
                total = sum((amount for amount, _ in values), Decimal(0))
            if total.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
                return ProcessValue(None, values[0][1])
            return ProcessValue(total, values[0][1], basis.value)
    value = process.tender.value
    if value is None:
        return ProcessValue()
    return ProcessValue(value.amount, value.currency, "" if value.amount is None else AmountBasis.TENDER.value)
