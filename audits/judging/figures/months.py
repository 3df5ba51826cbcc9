"""Months as consecutive numbers, and in ISO 8601."""

_MONTHS = 12


def month_of(year: int, month: int) -> int:
    """Return the consecutive number of a month."""
    return year * _MONTHS + month - 1


def month_text(number: int) -> str:
    """Return a month in ISO 8601: ``2024-01``."""
    return f"{number // _MONTHS:04}-{number % _MONTHS + 1:02}"


def read_month(text: str) -> int:
    """Return the number of a month as written by ``month_text``."""
    year, _, month = text.partition("-")
    return month_of(int(year), int(month))
