"""
Small purchases, which laws let buyers award directly for their amount alone.

If the legal limit depends on the budget of the buyer, none is on record (``fixtures/reference/thresholds.csv``). The
bounds here are then those of this project; an override sets them where the limit of a buyer is known.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from audits.facts.methods.legal_limits import DIRECT, Operation, Thresholds, limits_in_force
from audits.facts.methods.procedures import trifling_by_name
from audits.facts.money import Money, bound_above, bounds_listed, money, total
from audits.facts.stages import contracts_by_award, decided_awards, standing_contracts
from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, InsufficientDataError, NotApplicableError
from contracts.ocds.codelists.exchange import DOLLAR, rate_on
from contracts.ocds.parsing.objects import Contract, Item, Process

SMALL_AMOUNTS: Mapping[str, int] = bounds_listed("small")
TRIFLES: Mapping[str, int] = bounds_listed("trifle")
# A tenth of a trifle hardly matters, whoever the seller is.
PETTY: Mapping[str, int] = {key: amount // 10 for key, amount in TRIFLES.items()}
TRIFLES_BY_CONTRACT: Mapping[str, int] = {**TRIFLES, **bounds_listed("trifle by contract")}
# Currencies that used to be worth several times as much, and the last year of that.
_DEARER_UNTIL: Mapping[str, int] = {"GHS": 2013}
# Maximum ratio of what was signed to what was awarded if one is gross and the other net; more is an increase.
_HARDLY_MORE = Decimal("1.25")
# A sum this many times below a trifle (some hundred euros) is a unit price or a placeholder.
_UNIT = 100


def bound_of(process: Process, small_amounts: Mapping[str, Any]) -> tuple[Money, Money] | None:
    """
    Return the total awarded, and the bound up to which it is small; ``None`` if one of them is unknown.

    The cost of an award is its value, or else that of its items. If it is unknown for any award, the sum of the
    contracts of all decided awards counts, or else the estimate.

    :param small_amounts: bounds by currency, or by currency and category (``MXN works``), by country and a foreign
        currency (``MX USD``), or for years when a currency was worth more (``GHS until 2013``); without any of these
        (``ARS`` has none because of its inflation), the bound in ``USD``, converted at the rate of the day
    """
    spent = _spent(process)
    bound = bound_in(process, spent.currency, small_amounts) if spent else None
    return (spent, bound) if spent and bound else None


def bound_in(process: Process, currency: str, amounts: Mapping[str, Any]) -> Money | None:
    """Return the bound for a process in a currency, from ``amounts`` as in ``bound_of``; ``None`` if it is unknown."""
    keys = [f"{currency} {process.tender.category}", f"{process.country} {currency}", currency]
    when, last = _day(process), _DEARER_UNTIL.get(currency)
    if when and last and when.year <= last:
        keys.insert(0, f"{currency} until {last}")
    bound = next((Decimal(str(amounts[key])) for key in keys if key in amounts), None)
    if bound is None:
        bound = _of_dollars(process, amounts, currency)
    return Money(bound, currency) if bound is not None else None


def _of_dollars(process: Process, small_amounts: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return the bound in dollars at the rate of the day; ``None`` if bound or rate are unknown."""
    when = _day(process)
    rate = rate_on(currency, when.date() if when else None)
    if rate is None or DOLLAR not in small_amounts:
        return None
    return (Decimal(str(small_amounts[DOLLAR])) * rate.per_usd).quantize(Decimal(1))


@fact_of_process
def _day(process: Process) -> datetime | None:
    """Return when the first award was made or the first contract signed, else the date of the record."""
    known = [award.date for award in process.awards if award.date]
    known += [contract.date_signed for contract in process.contracts if contract.date_signed]
    return min(known, default=process.date)


@fact_of_process
def _spent(process: Process) -> Money | None:
    try:
        awarded = total(money(award.value) or _cost(award.items) for award in decided_awards(process))
    except (InsufficientDataError, NotApplicableError):
        awarded = None
    return awarded or _signed(process) or money(process.tender.value)


def _signed(process: Process) -> Money | None:
    """Return the sum of the valid contracts; ``None`` if a decided award has none of them."""
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
    """Return what items cost in total; ``None`` unless each has a price and a quantity."""
    return total(
        Money(price.amount * item.quantity, price.currency)
        if (price := money(item.unit_value)) and item.quantity
        else None
        for item in items
    )


def require_more_than_small(process: Process, small_amounts: Mapping[str, Any]) -> bool:
    """Return whether a purchase is known to be more than small; raises NotApplicableError if it is small."""
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
    """Return whether what was awarded is known to reach ``multiple`` times the bound of small purchases."""
    known = bound_of(process, small_amounts)
    return known is not None and known[0].amount >= known[1].amount * multiple


def costs_trifles(process: Process, trifles: int = 1) -> bool:
    """Return whether award and estimate are below this many trifles; without any amount, they are."""
    known = bound_of(process, TRIFLES)
    if known is None:
        return _spent(process) is None
    spent, bound = known
    return _stay_below(process, spent, Money(bound.amount * trifles, bound.currency))


def trifle(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """
    Return the context that the awards, or else the estimate, are known to be small; or ``None``.

    A higher estimate or contract shows that the amount of an award is a unit price or nominal. Without any amount, the
    name of a method that is reserved for trifling amounts is enough.
    """
    known = bound_of(dossier.process, trifles)
    if known is not None:
        return _below("trifle", dossier.process, *known)
    return _method_of_trifles(dossier) if trifles and _spent(dossier.process) is None else None


def _method_of_trifles(dossier: Dossier) -> Context | None:
    method = trifling_by_name(dossier)
    return Context("trifling_by_name", {"method": method}) if method else None


def multiples(trifles: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return bounds, by currency, of this many trifles."""
    return {currency: number * amount for currency, amount in trifles.items()}


def cheap(dossier: Dossier, trifles: Mapping[str, Any], multiple: int) -> Context | None:
    """Return the context of ``trifle`` for this many; by the name of the method if a sum may be a unit price."""
    known = bound_of(dossier.process, trifles)
    if known is not None and known[0].amount * _UNIT < known[1].amount:
        return _method_of_trifles(dossier)
    return trifle(dossier, multiples(trifles, multiple))


def modest(process: Process, trifles: Mapping[str, int], multiple: int) -> Context | None:
    """Return the context that the awards, or else the estimate, are known to be below ``multiple`` trifles."""
    known = bound_of(process, multiples(trifles, multiple))
    return _below("modest", process, *known) if known else None


def trifling_contract(contract: Contract, trifles: Mapping[str, int]) -> Context | None:
    """Return the context that one contract of a purchase is known to be below a trifle; or ``None``."""
    value = money(contract.value)
    return trifling(value, trifles) if value else None


def trifling(spent: Money, trifles: Mapping[str, int]) -> Context | None:
    """Return the context that a sum is below a trifle of its currency; or ``None``."""
    bound = bound_above(spent, trifles)
    return Context("trifle", {"spent": str(spent), "bound": str(bound)}) if bound else None


def _below(reason: str, process: Process, spent: Money, bound: Money) -> Context | None:
    return Context(reason, {"spent": str(spent), "bound": str(bound)}) if _stay_below(process, spent, bound) else None


def _stay_below(process: Process, spent: Money, bound: Money) -> bool:
    """Return whether what was spent, and estimate and contracts in its currency, are below a bound."""
    values = (money(value) for value in (process.tender.value, *(contract.value for contract in process.contracts)))
    return spent.amount < bound.amount and not any(
        known and known.currency == bound.currency and known.amount >= bound.amount for known in values
    )


def require_more_than_trifle(dossier: Dossier, trifles: Mapping[str, Any]) -> None:
    """Raise NotApplicableError if what was awarded, else the estimate, is a trifle."""
    if small := trifle(dossier, trifles):
        raise NotApplicableError(small.reason, **small.values)


def require_larger_operation(
    process: Process, operation: Operation, thresholds: Thresholds, small_amounts: Mapping[str, Any]
) -> None:
    """Raise NotApplicableError if a purchase is below ``small_amounts``, or the lowest limit for direct awards."""
    currency = operation.money.currency
    limits = [
        Money(Decimal(str(entry["amount"])), currency)
        for entry in limits_in_force(thresholds, process, kind=DIRECT, currency=currency, on=operation.on)
    ]
    if limits and operation.money.amount <= min(limits).amount:
        raise NotApplicableError("small_amount", awarded=str(operation.money), bound=str(min(limits)))
    require_more_than_small(process, small_amounts)
