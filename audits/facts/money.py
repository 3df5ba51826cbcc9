"""Money as rules compare it: a positive amount with a currency."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.parsing.objects import Value

_NARROW_SPACE = "\u202f"


class Money(NamedTuple):
    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Return a text that is the same in every language of the product: ``COP 12 326 533.50``."""
        places = 2 if has_cents(self) else 0
        return f"{self.currency} {self.amount:,.{places}f}".replace(",", _NARROW_SPACE)


def has_cents(value: Money) -> bool:
    return value.amount != value.amount.to_integral_value()


def money(value: Value | None) -> Money | None:
    """Return the money of a value; ``None`` without a currency, or for placeholders: amounts of 0 or less."""
    if value is None or value.amount is None or value.amount <= 0 or not value.currency:
        return None
    return Money(value.amount, value.currency)


def bounds_listed(kind: str) -> dict[str, int]:
    """Return the limits in a list of ``fixtures/facts/small_amounts.csv``, by what they apply to."""
    return {row["what"]: int(row["amount"]) for row in fixture_rows("facts/small_amounts") if row["list"] == kind}


def bound_above(amount: Money, bounds: Mapping[str, int]) -> Money | None:
    """Return the bound of a currency if an amount is below it; ``None`` if it is not, or has no bound."""
    bound = bounds.get(amount.currency, 0)
    return Money(Decimal(str(bound)), amount.currency) if amount.amount < bound else None


def total(amounts: Iterable[Money | None]) -> Money | None:
    """Return the sum; ``None`` if one is unknown, if currencies differ, or if there is nothing to add up."""
    known = list(amounts)
    complete = [entry for entry in known if entry is not None]
    if not complete or len(complete) < len(known) or len({entry.currency for entry in complete}) > 1:
        return None
    return Money(sum((entry.amount for entry in complete), Decimal(0)), complete[0].currency)


def percent(part: Decimal, whole: Decimal) -> str:
    """Return a share in percent with one decimal: ``103.5``; ``100.0`` only for the whole."""
    percent = f"{100 * part / whole:.1f}"
    if percent == "100.0" and part != whole:
        return "99.9" if part < whole else "100.1"
    return percent
