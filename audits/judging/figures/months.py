"""Months as consecutive numbers, and in ISO 8601."""

from datetime import date

_MONTHS = 12


def month_of(day: date) -> int:
    """Return the consecutive number of the month of a day."""
    return day.year * _MONTHS + day.month - 1


def month_text(number: int) -> str:
    """Return a month in ISO 8601: ``2024-01``."""
    return f"{number // _MONTHS:04}-{number % _MONTHS + 1:02}"


def read_month(text: str) -> int:
    """Return the number of a month as written by ``month_text``."""
    year, _, month = text.partition("-")
    return int(year) * _MONTHS + int(month) - 1
