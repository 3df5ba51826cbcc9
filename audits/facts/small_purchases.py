"""
Direct awards that are small enough to be their own ground.

Laws let buyers award small purchases directly for their amount alone. Where the limit depends on the budget of the
entity no amount holds for all, and none is on record (``fixtures/reference/thresholds.csv``); what is small there is a
bound of this project, relative to a unit by which the country reckons, to be set by an override where the limit of an
entity is known.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from audits.facts.legal_limits import DIRECT, Operation, Thresholds, limits_in_force
from audits.facts.money import Money, money, total
from audits.facts.stages import decided_awards
from audits.judging.vocabulary import InsufficientDataError, NotApplicableError
from contracts.ocds.views import Process

# 5,000 times the UMA of 2017, 75.49 pesos (INEGI): the annexes of the budget decrees set limits by the budget of each
# entity, and none read by hand was small above it, nor one below it worth a question.
# From 200,000 hryvnias on the law of Ukraine applies (Law 922-VIII, art. 2); below it a purchase is only reported.
SMALL_AMOUNTS: Mapping[str, int] = {"MXN": 375_000, "UAH": 200_000}
# So much more may be signed than awarded where the award has no tax and the contract has; above it the amount grew.
_HARDLY_MORE = Decimal("1.25")


def bound_of(process: Process, small_amounts: Mapping[str, Any]) -> tuple[Money, Money] | None:
    """
    Return what was awarded in all and the bound up to which it is small, ``None`` where one of them is unknown.

    Where no award has an amount in a currency the estimate stands for it.
    """
    try:
        awarded = total(money(award.value) for award in decided_awards(process))
    except (InsufficientDataError, NotApplicableError):
        awarded = None
    spent = awarded or money(process.tender.value)
    if spent is None or spent.currency not in small_amounts:
        return None
    return spent, Money(Decimal(str(small_amounts[spent.currency])), spent.currency)


def require_more_than_small(process: Process, small_amounts: Mapping[str, Any]) -> bool:
    """
    Let pass what is not known to be small; return whether it is known to be more.

    :raises NotApplicableError: if what was awarded is small, and hardly more was signed
    """
    known = bound_of(process, small_amounts)
    if known is None:
        return False
    awarded, bound = known
    signed = total(money(contract.value) for contract in process.contracts) or awarded
    grew = signed.currency == awarded.currency and signed.amount > awarded.amount * _HARDLY_MORE
    if awarded.amount <= bound.amount and not grew:
        raise NotApplicableError("small_amount", awarded=str(awarded), bound=str(bound))
    return True


def require_larger_operation(
    process: Process, operation: Operation, thresholds: Thresholds, small_amounts: Mapping[str, Any]
) -> None:
    """
    Let pass what is not known to be small enough to be awarded directly, however it was awarded.

    :raises NotApplicableError: if it is: by the lowest limit for direct awards that the law set on its day, or by
        ``small_amounts``
    """
    currency = operation.money.currency
    limits = [
        Money(Decimal(str(entry["amount"])), currency)
        for entry in limits_in_force(thresholds, process, kind=DIRECT, currency=currency, on=operation.on)
    ]
    if limits and operation.money.amount <= min(limits).amount:
        raise NotApplicableError("small_amount", awarded=str(operation.money), bound=str(min(limits)))
    require_more_than_small(process, small_amounts)
