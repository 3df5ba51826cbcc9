"""
Direct awards that are small enough to be their own ground.

Laws let buyers award small purchases directly for their amount alone. Where the limit depends on the budget of the
entity no amount holds for all, and none is on record (``fixtures/reference/thresholds.csv``); what is small there is a
bound of this project, relative to a unit by which the country reckons, to be set by an override where the limit of an
entity is known.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from audits.facts.procurement.legal_limits import DIRECT, Operation, Thresholds, limits_in_force
from audits.facts.procurement.money import Money, bounds_listed, money, total
from audits.facts.procurement.procedures import trifling_by_name
from audits.facts.procurement.stages import contracts_by_award, decided_awards, standing_contracts
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, InsufficientDataError, NotApplicableError
from contracts.ocds.codelists.exchange import DOLLAR, rate_on
from contracts.ocds.parsing.objects import Contract, Item, Process

SMALL_AMOUNTS: Mapping[str, int] = bounds_listed("small")
TRIFLES: Mapping[str, int] = bounds_listed("trifle")
# What hardly matters whoever sells it: a tenth of a trifle.
PETTY: Mapping[str, int] = {key: amount // 10 for key, amount in TRIFLES.items()}
TRIFLES_BY_CONTRACT: Mapping[str, int] = {**TRIFLES, **bounds_listed("trifle by contract")}
# Currencies that were worth several times as much, and the last year of that.
_DEARER_UNTIL: Mapping[str, int] = {"GHS": 2013}
# Where the award is net and the contract gross, so much more is signed than awarded; if even more, the amount grew.
_HARDLY_MORE = Decimal("1.25")
# A sum of less than a trifle by so many times, some hundred euros, is the price of one unit, or a placeholder.
_UNIT = 100


def bound_of(process: Process, small_amounts: Mapping[str, Any]) -> tuple[Money, Money] | None:
    """
    Return what was awarded in all and the bound up to which it is small, ``None`` where one of them is unknown.

    What an award costs is its value, else what its items do. Where that is not known of each award, what was signed
    stands for it, of all awards that were decided, else the estimate.

    :param small_amounts: bounds by currency, where another one holds with the category after it (``MXN works``) or,
        for what a country pays in a currency that is not its own, with the country before it (``MX USD``); what was
        bought while a currency was worth more has a bound of its own (``GHS until 2013``); where there is none, as
        for ``ARS``, which loses so fast that no amount holds, that in ``USD`` is converted at the rate of the day
    """
    spent = _spent(process)
    if spent is None:
        return None
    keys = [f"{spent.currency} {process.tender.category}", f"{process.country} {spent.currency}", spent.currency]
    if (last := _DEARER_UNTIL.get(spent.currency)) and _year(process) <= last:
        keys.insert(0, f"{spent.currency} until {last}")
    bound = next((Decimal(str(small_amounts[key])) for key in keys if key in small_amounts), None)
    if bound is None:
        bound = _of_dollars(process, small_amounts, spent.currency)
    return (spent, Money(bound, spent.currency)) if bound is not None else None


def _of_dollars(process: Process, small_amounts: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return the bound in dollars at the rate of the day; ``None`` where the bound or the rate is not known."""
    when = _day(process)
    rate = rate_on(currency, when.date() if when else None)
    if rate is None or DOLLAR not in small_amounts:
        return None
    return (Decimal(str(small_amounts[DOLLAR])) * rate.per_usd).quantize(Decimal(1))


def _year(process: Process) -> int:
    when = _day(process)
    return when.year if when else 9999


def _day(process: Process) -> datetime | None:
    """Return when the first award was made or the first contract signed, else the date of the record."""
    known = [award.date for award in process.awards if award.date]
    known += [contract.date_signed for contract in process.contracts if contract.date_signed]
    return min(known, default=process.date)


def _spent(process: Process) -> Money | None:
    try:
        awarded = total(money(award.value) or _cost(award.items) for award in decided_awards(process))
    except (InsufficientDataError, NotApplicableError):
        awarded = None
    return awarded or _signed(process) or money(process.tender.value)


def _signed(process: Process) -> Money | None:
    """Return the sum of the contracts that stand; ``None`` where an award that was decided has none of them."""
    try:
        contracts = standing_contracts(process)
        if process.awards:
            pairs = contracts_by_award(process)
            if len(pairs) < len(decided_awards(process)):
                return None
            contracts = tuple(contract for _, own in pairs for contract in own)
    except (InsufficientDataError, NotApplicableError):
        return None
    return total(money(contract.value) for contract in contracts)


def _cost(items: Iterable[Item]) -> Money | None:
    """Return what items cost in all; ``None`` unless each has a price and a quantity."""
    return total(
        Money(price.amount * item.quantity, price.currency)
        if (price := money(item.unit_value)) and item.quantity
        else None
        for item in items
    )


def require_more_than_small(process: Process, small_amounts: Mapping[str, Any]) -> bool:
    """
    Require a purchase that is not known to be small; return whether it is known to be larger.

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


def is_small_amount(process: Process) -> bool:
    """Return whether what was awarded is known to be small by the bounds of this project."""
    known = bound_of(process, SMALL_AMOUNTS)
    return known is not None and known[0].amount <= known[1].amount


def is_more_than(process: Process, small_amounts: Mapping[str, Any], multiple: int) -> bool:
    """Return whether what was awarded is known to reach so many times the bound up to which it is small."""
    known = bound_of(process, small_amounts)
    return known is not None and known[0].amount >= known[1].amount * multiple


def costs_trifles(process: Process, trifles: int = 1) -> bool:
    """
    Return whether what was awarded, and the estimate, stay below what so many trifles cost.

    They do where no amount is told, and do not where one is told in a currency that has no bound.
    """
    known = bound_of(process, TRIFLES)
    if known is None:
        return _spent(process) is None
    spent, bound = known
    return _stay_below(process, spent, Money(bound.amount * trifles, bound.currency))


def trifle(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """
    Return that the awards, or else the estimate, are known to be small; ``None`` if they are not.

    An estimate or a contract that is higher tells that the price of an award is not that of all: of one unit, or in
    name only.
    Where no amount is told the name of a method that is kept for what costs little tells it.
    """
    known = bound_of(dossier.process, trifles)
    if known is not None:
        spent, bound = known
        if not _stay_below(dossier.process, spent, bound):
            return None
        return Context("trifle", {"spent": str(spent), "bound": str(bound)})
    if trifles and _spent(dossier.process) is None and (method := trifling_by_name(dossier)):
        return Context("trifling_by_name", {"method": method})
    return None


def cheap(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """Return that a whole purchase is known to be a trifle; a sum that may be a unit price is ignored."""
    known = bound_of(dossier.process, trifles)
    if known is not None and known[0].amount * _UNIT < known[1].amount:
        return None
    return trifle(dossier, trifles)


def modest(process: Process, trifles: Mapping[str, int], multiple: int) -> Context | None:
    """Return that the awards, or else the estimate, are known to cost less than a number of trifles."""
    known = bound_of(process, {key: multiple * amount for key, amount in trifles.items()})
    if known is None or not _stay_below(process, *known):
        return None
    spent, bound = known
    return Context("modest", {"spent": str(spent), "bound": str(bound)})


def trifling_contract(contract: Contract, trifles: Mapping[str, int]) -> Context | None:
    """Return that one contract of a purchase is known to cost little; ``None`` if it is not."""
    value = money(contract.value)
    if value is None or value.amount >= trifles.get(value.currency, 0):
        return None
    return Context(
        "trifle", {"spent": str(value), "bound": str(Money(Decimal(trifles[value.currency]), value.currency))}
    )


def _stay_below(process: Process, spent: Money, bound: Money) -> bool:
    """Return whether what was spent, and the estimate and each contract in the same currency, are below a bound."""
    values = (money(value) for value in (process.tender.value, *(contract.value for contract in process.contracts)))
    return spent.amount < bound.amount and not any(
        known and known.currency == bound.currency and known.amount >= bound.amount for known in values
    )


def require_more_than_trifle(dossier: Dossier, trifles: Mapping[str, Any]) -> None:
    """
    Require a purchase that is not known to cost little.

    :raises NotApplicableError: if what was awarded, else the estimate, is a trifle
    """
    if small := trifle(dossier, trifles):
        raise NotApplicableError(small.reason, **small.values)


def require_larger_operation(
    process: Process, operation: Operation, thresholds: Thresholds, small_amounts: Mapping[str, Any]
) -> None:
    """
    Require a purchase that is not known to be small enough for a direct award, however it was awarded.

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
