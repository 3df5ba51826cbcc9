"""
Warnings about simple contracts that are taken, and likely hold a mistake.

Currencies that are unknown or missing, negative amounts, amounts that were read from a text, dates far ahead, an end
before the start. None of them is refused: the source may say so.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.ocds.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.days import UnclearDateError, read_date
from contracts.ocds.facts import Understood
from contracts.ocds.problems import Problem
from contracts.ocds.simple import DATES

Json = dict[str, Any]

_AMOUNTS = ("/value", "/value/amount", "/amount")
# Concessions run for decades; dates of publication and signature lie in the past, give or take a day.
_YEARS_AHEAD = {"date": 1, "date_signed": 1, "start_date": 50, "end_date": 100}


def simple_warnings(
    contract: Any, understood: Iterable[Understood] = (), *, today: date | None = None
) -> list[Problem]:
    """
    Return warnings about a simple contract that was read.

    :param understood: what was read otherwise than it is written
    :param today: the day to compare dates with, by default the present one (UTC)
    """
    if not isinstance(contract, dict):
        return []
    understood = list(understood)
    read = [
        Problem("amount_read", values={"text": entry.found[:60], "amount": entry.used}, pointer=entry.pointer)
        for entry in understood
        if entry.pointer in _AMOUNTS
    ]
    return [*_warnings(contract, understood, today or datetime.now(UTC).date()), *read]


def _warnings(contract: Json, understood: Iterable[Understood], today: date) -> Iterator[Problem]:
    yield from _value(contract, {entry.pointer: entry.used for entry in understood})
    yield from _dates(contract, today)


def _value(contract: Json, used: Mapping[str, str]) -> Iterator[Problem]:
    value = contract.get("value")
    inside = value if isinstance(value, dict) else {}
    if inside.get("currency"):
        currency, at = inside["currency"], "/value/currency"
    else:
        currency, at = contract.get("currency"), "/currency"
    is_named = isinstance(currency, str) and bool(currency.strip())
    if is_named and not _is_currency(currency):
        yield Problem("currency_unknown", values={"currency": currency.strip()[:16]}, pointer=at)
    if inside:
        amount, at = inside.get("amount"), "/value/amount"
    else:
        amount, at = (value, "/value") if value is not None else (contract.get("amount"), "/amount")
    # "USD 5" is read as "5 USD".
    if amount not in (None, "", {}) and not is_named and " " not in str(used.get(at, amount)):
        yield Problem("currency_missing", pointer=at)
    if isinstance(amount, str):
        below = amount.strip().startswith("-")
    else:
        below = isinstance(amount, int | float | Decimal) and amount < 0
    if below:
        yield Problem("amount_negative", values={"amount": str(amount)[:40]}, pointer=at)


def _is_currency(text: str) -> bool:
    try:
        return bool(read_currency(text))
    except UnclearCurrencyError:
        return True


def _day(text: str) -> str:
    try:
        return (read_date(text) or "")[:10]
    except UnclearDateError:
        return ""


def _dates(contract: Json, today: date) -> Iterator[Problem]:
    inside = contract.get("dates") if isinstance(contract.get("dates"), dict) else {}
    days: dict[str, str] = {}
    for name in DATES:
        if contract.get(name) is not None:
            text, at = contract[name], f"/{name}"
        else:
            text, at = (inside or {}).get(name), f"/dates/{name}"
        days[name] = _day(text) if isinstance(text, str) else ""
        if int(days[name][:4] or 0) > today.year + _YEARS_AHEAD[name]:
            values = {"date": text[:40], "years": _YEARS_AHEAD[name]}
            yield Problem("date_far_ahead", values=values, pointer=at)
        if name == "end_date" and days[name] and days[name] < days["start_date"]:
            yield Problem("period_reversed", values={"start": days["start_date"], "end": days[name]}, pointer=at)
