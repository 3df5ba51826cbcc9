"""Purchases of one subject from one supplier within a short time, and which of them a rule flags."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from audits.facts.methods.legal_limits import Operation
from audits.facts.money import Money
from audits.judging.figures.processes import SupplierPurchase
from audits.judging.rule.vocabulary import Context
from contracts.ocds.parsing.objects import Process


class Bought(NamedTuple):
    """A purchase in a process: its day and amount."""

    on: date
    money: Money


def bought_on(process: Process, operation: Operation) -> date:
    """Return the day that the statistic uses for a purchase: of its award, signature or record."""
    if any(award.date for award in process.awards):
        return operation.on
    signed = (contract.date_signed.date() for contract in process.contracts if contract.date_signed)
    return min(signed, default=operation.on)


def bought_beside(
    process: Process, own: Bought, purchases: Iterable[SupplierPurchase], limit: Money, window_days: int
) -> dict[str, Bought]:
    """Return ocid → the other purchases near in time and within the limit, in the order of their dates."""
    found = sorted(
        (entry.date, entry.ocid, Money(entry.amount, entry.currency))
        for entry in purchases
        if entry.ocid != process.ocid
    )
    return {
        ocid: Bought(on, money)
        for on, ocid, money in found
        if abs((on - own.on).days) <= window_days and money.currency == limit.currency and money.amount <= limit.amount
    }


def asked_of_later(
    process: Process, own: Bought, others: Mapping[str, Bought], limit: Money, asked: tuple[int, int]
) -> Context | None:
    """Return the context that a later purchase exceeds the limit too; ``asked``: days, and minimum of purchases."""
    window_days, minimum_purchases = asked
    known = (own, *others.values())
    for ocid, later in reversed(list(others.items())):
        if (later.on, ocid) <= (own.on, process.ocid):
            return None
        beside = [bought.money.amount for bought in known if abs((bought.on - later.on).days) <= window_days]
        if len(beside) >= minimum_purchases and sum(beside) > limit.amount:
            return Context("asked_of_later", {"ocid": ocid})
    return None
