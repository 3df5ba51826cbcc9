"""The value of a contracting process, and its basis: contracts, or else awards, or else the tender."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import NamedTuple, TypeVar

from contracts.models.process import AmountBasis
from contracts.ocds.codelists.codes import CANCELLED
from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES
from contracts.ocds.parsing.objects import Award, Contract, Process, Value

_Stage = TypeVar("_Stage", Award, Contract)


class ProcessValue(NamedTuple):
    """An amount with its currency and basis; ``basis`` is empty without an amount."""

    amount: Decimal | None = None
    currency: str = ""
    basis: str = ""


class PairedContract(NamedTuple):
    """A contract with its award; ``value`` is its own, or else that of the award if it has no other valid contract."""

    contract: Contract
    award: Award | None
    value: Value | None


def paired_contracts(process: Process) -> list[PairedContract]:
    """
    Return the contracts of a process, each with its award: the one that it names, or the only one.

    With several awards, a contract that names none is paired with the award of its own id, or the only valid award
    with its very amount that no other contract names. A cancelled contract leaves the award to its replacement.
    """
    awards = {award.id: award for award in process.awards if award.id}
    lone = process.awards[0] if len(process.awards) == 1 else None
    named = {contract.award_id for contract in process.contracts if contract.award_id}
    unnamed = _by_amount(contract for contract in process.contracts if not contract.award_id and _stands(contract))
    by_amount = _by_amount(award for award in process.awards if award.id not in named and _stands(award))

    def award_of(contract: Contract) -> Award | None:
        if contract.award_id or lone:
            return awards.get(contract.award_id, lone)
        amount = _amount_of(contract)
        same = by_amount.get(amount, []) if amount and len(unnamed[amount]) < 2 else []
        return awards.get(contract.id) or (same[0] if len(same) == 1 else None)

    pairs = [(contract, award_of(contract)) for contract in process.contracts]
    standing = Counter(award.path for contract, award in pairs if award and _stands(contract))
    # An award has the value of its only contract, not of each of several.
    return [
        PairedContract(
            contract,
            award,
            contract.value
            if _has_amount(contract.value)
            or award is None
            or not _has_amount(award.value)
            or standing[award.path] != _stands(contract)
            else award.value,
        )
        for contract, award in pairs
    ]


def _by_amount(stages: Iterable[_Stage]) -> dict[tuple[Decimal, str] | None, list[_Stage]]:
    found = defaultdict(list)
    for stage in stages:
        found[_amount_of(stage)].append(stage)
    return found


def _amount_of(stage: Award | Contract) -> tuple[Decimal, str] | None:
    value = stage.value
    return (value.amount, value.currency) if value is not None and value.amount else None


def _stands(stage: Award | Contract) -> bool:
    return stage.status not in CANCELLED


def _has_amount(value: Value | None) -> bool:
    return value is not None and value.amount is not None


def value_of(process: Process, paired: Iterable[PairedContract]) -> ProcessValue:
    """
    Return the sum of the contracts of a process, or else of its awards, or else the tender's value.

    A contract without an amount counts with that of its award. Amounts in several currencies are never added: there is
    none then, because an estimate is not a signed amount. An unknown currency contradicts none, but then the awards
    count, not the contracts, and never an estimate.

    :param paired: its contracts, see ``paired_contracts``
    """
    contracts = [pair for pair in paired if _stands(pair.contract)]
    signed = [pair.value for pair in contracts] if any(_has_amount(pair.contract.value) for pair in contracts) else []
    awarded = [award.value for award in process.awards if _stands(award)]
    is_unclear = False
    for basis, found in ((AmountBasis.CONTRACTS, signed), (AmountBasis.AWARDS, awarded)):
        values = [value for value in found if value is not None and value.amount is not None]
        if not values:
            continue
        currencies = {value.currency for value in values}
        if len(currencies - {""}) > 1:
            return ProcessValue()
        is_unclear = len(currencies) > 1
        if is_unclear:
            continue
        with localcontext(prec=60):  # The default precision would round sums of large amounts.
            total = sum((value.amount for value in values if value.amount), Decimal(0))
        if total.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
            return ProcessValue(None, values[0].currency)
        return ProcessValue(total, values[0].currency, basis.value)
    value = process.tender.value
    if value is None or is_unclear:
        return ProcessValue()
    return ProcessValue(value.amount, value.currency, "" if value.amount is None else AmountBasis.TENDER.value)
