"""Time windows of figures, counted back from the date of the process, never from today."""

from collections.abc import Collection
from datetime import datetime, timedelta

# Window of shares, and of purchases before a larger one.
SPEND_WINDOW = timedelta(days=3 * 365)

# Number of consecutive empty months that are not yet a gap: one for a source; three for a body, which does not buy all
# the time.
GAP_OF_SOURCE = 1
GAP_OF_BODY = 3
# Months that coverage looks back, including that of the process.
BACK_MONTHS = 37
# Months before a process that its figures depend on: those of an earlier purchase look back from that purchase.
REACH_MONTHS = 2 * BACK_MONTHS


def months(start: datetime, end: datetime) -> str:
    """Return a time span in a form that is the same in every language: ``2021-04 – 2024-04``."""
    return f"{start.year:04}-{start.month:02} – {end.year:04}-{end.month:02}"


def stretch(held: Collection[int], end: int, *, gap: int) -> tuple[int, int]:
    """
    Return the first month of the stretch without gap that ends with a month, and the number of its months with
    records. ``(end + 1, 0)`` if that month itself is in a gap.

    :param held: numbers of months with records
    :param gap: number of consecutive empty months that are not a gap
    """
    first, found = end + 1, 0
    for month in sorted((month for month in held if month <= end), reverse=True):
        if first - month > gap + 1:
            break
        first, found = month, found + 1
    return first, found
