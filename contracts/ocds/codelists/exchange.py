"""
Amounts in another currency, at the rate of a day: ``fixtures/facts/exchange_rates.csv``.

A rate is the average of the month, if published, or else of the year, or else fixed by law. If the table has no rate
for a currency and day, nothing is converted: rates of other years are not used.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from msgspec import Struct
from msgspec.json import encode

from contracts.ocds.fixture_tables import fixture_rows

DOLLAR = "USD"
_CENT = Decimal("0.01")
# Wide enough for the largest amount in the weakest currency.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Rate(Struct, frozen=True):
    """
    Units of a currency per US dollar.

    ``period`` is ``2021-03`` or ``2021`` for an average, or empty for a fixed rate. ``source`` is a code of the table:
    ``imf``, ``fed``, ``hmrc`` or ``parity``.
    """

    currency: str
    period: str
    per_usd: Decimal
    source: str


@cache
def rates() -> Mapping[str, Mapping[str, Rate]]:
    """Return currency → period → rate."""
    found: dict[str, dict[str, Rate]] = {}
    for row in fixture_rows("facts/exchange_rates"):
        rate = Rate(row["currency"], row["period"], Decimal(row["per_usd"]), row["source"])
        found.setdefault(rate.currency, {})[rate.period] = rate
    return found


@cache
def rates_digest() -> str:
    """Return the SHA-256 of all rates, in hexadecimal: a new rate causes new audits."""
    return hashlib.sha256(encode(sorted(fixture_rows("facts/exchange_rates"), key=str))).hexdigest()


def rate_on(currency: str, day: date | None) -> Rate | None:
    """Return the rate of a currency on a day; without a day only a fixed one."""
    known = rates().get(currency, {})
    periods = (day.isoformat()[:7], day.isoformat()[:4], "") if day else ("",)
    return next((known[period] for period in periods if period in known), None)


def in_dollars(amount: Decimal | None, currency: str, day: date | None) -> tuple[Decimal | None, str]:
    """Return an amount in US dollars, to the cent, and the period of its rate; ``(None, "")`` without a rate."""
    rate = rate_on(currency, day)
    if amount is None or rate is None:
        return None, ""
    return _EXACT.quantize(_EXACT.divide(amount, rate.per_usd), _CENT), rate.period
