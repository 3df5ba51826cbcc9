"""The value-added taxes of the region: which amounts are net of one, and the highest."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from audits.facts.money import Money, has_cents

_FILE = Path(__file__).parents[2] / "fixtures" / "facts" / "value_added_tax.csv"
# Amounts with tax are whole numbers of so many units, to a cent of rounding.
_ROUND = Decimal(100)
_CENT = Decimal("0.01")


class Taxed(NamedTuple):
    """``gross`` is an amount with its tax, of so many percent."""

    percent: str
    gross: Money


def with_tax(net: Money) -> Taxed | None:
    """Return an amount to odd cents with the tax that makes it a round one; ``None`` for any other."""
    rate = _rates().get(net.currency)
    if rate is None or not has_cents(net):
        return None
    gross = net.amount * (100 + rate) / 100
    whole = (gross / _ROUND).to_integral_value() * _ROUND
    if not whole or abs(gross - whole) > _CENT:
        return None
    return Taxed(f"{rate.normalize():f}", Money(whole, net.currency))


@cache
def highest_tax() -> Decimal:
    """Return the highest of the taxes, as a share of the net amount."""
    return max(_rates().values()) / 100


@cache
def _rates() -> dict[str, Decimal]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["currency"]: Decimal(row["percent"]) for row in csv.DictReader(file)}
