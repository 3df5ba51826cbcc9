"""Value-added taxes of the region: rates, the highest rate, and amounts that are net of one."""

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from audits.facts.money import Money, has_cents
from contracts.ocds.fixture_tables import fixture_rows

# Amounts with tax are whole numbers of so many units, to a cent of rounding.
_ROUND = Decimal(100)
_CENT = Decimal("0.01")


class Taxed(NamedTuple):
    """``gross`` is an amount with its tax, of so many percent."""

    percent: str
    gross: Money


def taxed(amount: Money) -> Taxed | None:
    """Return an amount with the tax of the country of its currency; ``None`` if the tax is unknown."""
    rate = _of_currencies().get(amount.currency)
    if rate is None:
        return None
    return Taxed(f"{rate.normalize():f}", Money(amount.amount * (100 + rate) / 100, amount.currency))


def with_tax(net: Money) -> Taxed | None:
    """Return an amount with cents plus the tax that makes it round; ``None`` for any other."""
    known = taxed(net)
    if known is None or not has_cents(net):
        return None
    whole = (known.gross.amount / _ROUND).to_integral_value() * _ROUND
    if not whole or abs(known.gross.amount - whole) > _CENT:
        return None
    return Taxed(known.percent, Money(whole, net.currency))


@cache
def highest_tax() -> Decimal:
    """Return the highest tax, as a share of the net amount."""
    return max(_of_countries().values()) / 100


def general_tax(country: str, currency: str) -> Decimal | None:
    """Return the general tax of a currency, or else a country, as a share of the net amount; ``None`` if unknown."""
    rate = _of_currencies().get(currency) or _of_countries().get(country)
    return rate / 100 if rate else None


@cache
def _of_currencies() -> dict[str, Decimal]:
    return {
        row["currency"]: Decimal(row["percent"]) for row in fixture_rows("facts/value_added_tax") if row["currency"]
    }


@cache
def _of_countries() -> dict[str, Decimal]:
    return {row["country"]: Decimal(row["percent"]) for row in fixture_rows("facts/value_added_tax")}
