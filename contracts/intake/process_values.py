"""What a contracting process is worth, and of what that is: its contracts, else its awards, else its tender."""

from collections import Counter
from decimal import Decimal, localcontext
from typing import NamedTuple

from contracts.models.process import AmountBasis
from contracts.ocds.codes import CANCELLED
from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES
from contracts.ocds.views import Award, Contract, Process, Value


class ProcessValue(NamedTuple):
    """An amount with its currency, and of what it is; ``basis`` is empty where there is no amount."""

    amount: Decimal | None = None
    currency: str = ""
    basis: str = ""


class PairedContract(NamedTuple):
    """A contract with its award; ``value`` is its own, else that of the award where it is the only one that stands."""

    contract: Contract
    award: Award | None
    value: Value | None


def paired_contracts(process: Process) -> list[PairedContract]:
    """Return the contracts of a process, each with its award: the one that it names, else the only one."""
    awards = {award.id: award for award in process.awards if award.id}
    lone = process.awards[0] if len(process.awards) == 1 else None
    pairs = [(contract, awards.get(contract.award_id, lone)) for contract in process.contracts]
    standing = Counter(award.path for contract, award in pairs if award and contract.status not in CANCELLED)
    # What was awarded is worth its one contract, and not each of several.
    return [
        PairedContract(
            contract,
            award,
            contract.value
            if _has_amount(contract.value)
            or award is None
            or not _has_amount(award.value)
            or standing[award.path] != (contract.status not in CANCELLED)
            else award.value,
        )
        for contract, award in pairs
    ]


def _has_amount(value: Value | None) -> bool:
    return value is not None and value.amount is not None


def value_of(process: Process) -> ProcessValue:
    """
    Return the sum of the contracts of a process, else of its awards, else the tender's value.

    A contract that names no amount counts as its award does, beside others that do. Amounts of several currencies, one
    that is not told among them, are never added: it has none then, for an estimate is not what was signed.
    """
    contracts = [pair for pair in paired_contracts(process) if pair.contract.status not in CANCELLED]
    signed = [pair.value for pair in contracts] if any(_has_amount(pair.contract.value) for pair in contracts) else []
    awarded = [award.value for award in process.awards if award.status not in CANCELLED]
    for basis, found in ((AmountBasis.CONTRACTS, signed), (AmountBasis.AWARDS, awarded)):
        values = [value for value in found if value is not None and value.amount is not None]
        if not values:
            continue
        if len({value.currency for value in values}) > 1:
            return ProcessValue()
        with localcontext(prec=60):  # the default precision would round sums of large amounts
            total = sum((value.amount for value in values if value.amount), Decimal(0))
        if total.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
            return ProcessValue(None, values[0].currency)
        return ProcessValue(total, values[0].currency, basis.value)
    value = process.tender.value
    if value is None:
        return ProcessValue()
    return ProcessValue(value.amount, value.currency, "" if value.amount is None else AmountBasis.TENDER.value)
