"""
What in a simple contract is taken, and is likely not what its sender meant.

Members that nothing reads, currencies that do not exist, negative amounts, dates far ahead. None of it is refused: it
may be what the source says.
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

# Concessions run for decades; what was published or signed lies in the past, but for a day or two.
_YEARS_AHEAD = {"date": 1, "date_signed": 1, "start_date": 50, "end_date": 100}
_PARTIES = ("buyer", "supplier", "suppliers", "funder", "funders")
# More than a person mends one by one.
MAX_WARNINGS = 100


def simple_warnings(contract: Any, *, today: date | None = None) -> list[Problem]:
    """
    Return what to warn of in a simple contract that was read, up to ``MAX_WARNINGS``.

    :param today: what dates are compared with; the present day (UTC) if it is left out
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
    """Yield the objects of a list, or the object that stands in its place, with their pointers."""
    entries = enumerate(value) if isinstance(value, list) else [("", value)]
    for index, entry in entries:
        if isinstance(entry, dict):
            yield f"{at}/{index}".rstrip("/"), entry


def _unknown(value: Json, known: Iterable[str], at: str) -> Iterator[Problem]:
    for name in value:
        if name not in known:
            pointer = f"{at}/{escape(name)}"
            if near := _nearest(name, known):
                detail = f"The field {name[:60]!r} is not known: it is kept, and nothing reads it. Is it {near!r}?"
            else:
                detail = f"The field {name[:60]!r} is not known: it is kept, and nothing reads it."
            yield Problem("field_unknown", detail, pointer)


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is spelt most alike, or that has the name as one of its words; "" if none is near."""
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
        detail = f"The currency {currency.strip()[:16]!r} is not in ISO 4217."
        yield Problem("currency_unknown", detail, at)
    if inside:
        amount, at = inside.get("amount"), "/value/amount"
    else:
        amount, at = (value, "/value") if value is not None else (contract.get("amount"), "/amount")
    if isinstance(amount, str):
        below = amount.strip().startswith("-")
    else:
        below = isinstance(amount, int | float | Decimal) and amount < 0
    if below:
        yield Problem("amount_negative", f"The amount {str(amount)[:40]} is below 0.", at)


def _dates(contract: Json, today: date) -> Iterator[Problem]:
    inside = contract.get("dates") if isinstance(contract.get("dates"), dict) else {}
    for name in DATES:
        if contract.get(name) is not None:
            text, at = contract[name], f"/{name}"
        else:
            text, at = (inside or {}).get(name), f"/dates/{name}"
        year = text.strip()[:4] if isinstance(text, str) else ""
        if year.isascii() and year.isdigit() and int(year) > today.year + _YEARS_AHEAD[name]:
            yield Problem("date_far_ahead", f"The date {text[:40]} is more than {_YEARS_AHEAD[name]} years ahead.", at)
