"""How far figures look back from the date of the process that they are about; never from today."""

from datetime import datetime, timedelta

# Shares, and purchases before a larger one.
SPEND_WINDOW = timedelta(days=3 * 365)
# Purchases beside a direct one, on either side.
SPLITTING_WINDOW = timedelta(days=366)


def months(start: datetime, end: datetime) -> str:
    """Return a span of time in a form that reads alike in every language: ``2021-04 – 2024-04``."""
    return f"{start:%Y-%m} – {end:%Y-%m}"
