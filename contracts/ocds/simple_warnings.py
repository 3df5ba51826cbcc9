"""
Warnings about simple contracts that are taken, and likely hold a mistake.

Members that nothing reads, unknown currencies, negative amounts, dates far ahead. None of them is refused: the source
may say so.
"""

import difflib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.ocds.corrections import escape, known_currencies
from contracts.ocds.problems import Problem
from contracts.ocds.simple import DATES, DOCUMENT_KNOWN, KNOWN, PARTY_KNOWN

Json = dict[str, Any]

# Concessions run for decades; dates of publication and signature lie in the past, give or take a day.
_YEARS_AHEAD = {"date": 1, "date_signed": 1, "start_date": 50, "end_date": 100}
_PARTIES = ("buyer", "supplier", "suppliers", "funder", "funders")
# More than a person corrects one by one.
MAX_WARNINGS = 100


def simple_warnings(contract: Any, *, today: date | None = None) -> list[Problem]:
    """
    Return warnings about a simple contract that was read, at most ``MAX_WARNINGS``.

    :param today: the day to compare dates with, by default the present one (UTC)
    """
    if not isinstance(contract, dict):
        return []
    found = _warnings(contract, today or datetime.now(UTC).date())
    return [problem for problem, _ in zip(found, range(MAX_WARNINGS), strict=False)]


def _warnings(contract: Json, today: date) -> Iterator[Problem]:
    yield from _unknown(contract, KNOWN, "")
    for name in _PARTIES:
        for at, entry in _objects(contract.get(name), f"/{name}"):
            yield from _unknown(entry, PARTY_KNOWN, at)
    if isinstance(contract.get("documents"), list):
        for at, entry in _objects(contract["documents"], "/documents"):
            yield from _unknown(entry, DOCUMENT_KNOWN, at)
    yield from _value(contract)
    yield from _dates(contract, today)


def _objects(value: Any, at: str) -> Iterator[tuple[str, Json]]:
    """Yield the objects of a list, or the object in its place, with their pointers."""
    entries = enumerate(value) if isinstance(value, list) else [("", value)]
    for index, entry in entries:
        if isinstance(entry, dict):
            yield f"{at}/{index}".rstrip("/"), entry


def _unknown(value: Json, known: Iterable[str], at: str) -> Iterator[Problem]:
    for name in value:
        if name not in known:
            pointer = f"{at}/{escape(name)}"
            near = _nearest(name, known)
            values = {"name": name[:60]} | ({"near": near} if near else {})
            yield Problem("field_unknown", "near" if near else "", values, pointer)


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is spelt most alike, or has the name as one of its words; ``""`` if there is none."""
    plain = name[:60].lower().replace("-", "_").replace(" ", "_")
    near = difflib.get_close_matches(plain, sorted(known), n=1, cutoff=0.7)
    near += [other for other in sorted(known) if plain in other.split("_")]
    return near[0] if near else ""


def _value(contract: Json) -> Iterator[Problem]:
    value = contract.get("value")
    inside = value if isinstance(value, dict) else {}
    yield from _unknown(inside, ("amount", "currency"), "/value")
    if inside.get("currency"):
        currency, at = inside["currency"], "/value/currency"
    else:
        currency, at = contract.get("currency"), "/currency"
    if isinstance(currency, str) and currency.strip() and currency.strip().upper() not in known_currencies():
        yield Problem("currency_unknown", values={"currency": currency.strip()[:16]}, pointer=at)
    if inside:
        amount, at = inside.get("amount"), "/value/amount"
    else:
        amount, at = (value, "/value") if value is not None else (contract.get("amount"), "/amount")
    if isinstance(amount, str):
        below = amount.strip().startswith("-")
    else:
        below = isinstance(amount, int | float | Decimal) and amount < 0
    if below:
        yield Problem("amount_negative", values={"amount": str(amount)[:40]}, pointer=at)


def _dates(contract: Json, today: date) -> Iterator[Problem]:
    inside = contract.get("dates") if isinstance(contract.get("dates"), dict) else {}
    for name in DATES:
        if contract.get(name) is not None:
            text, at = contract[name], f"/{name}"
        else:
            text, at = (inside or {}).get(name), f"/dates/{name}"
        year = text.strip()[:4] if isinstance(text, str) else ""
        if year.isascii() and year.isdigit() and int(year) > today.year + _YEARS_AHEAD[name]:
            values = {"date": text[:40], "years": _YEARS_AHEAD[name]}
            yield Problem("date_far_ahead", values=values, pointer=at)
