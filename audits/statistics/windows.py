"""Time windows of figures, counted back from the date of the process, never from today."""

from collections.abc import Collection
from datetime import datetime, timedelta

# Shares, and purchases before a larger one.
SPEND_WINDOW = timedelta(days=3 * 365)

# So many empty months in a row are not a gap: one for a source; for a body, which does not buy all the time, a
# quarter of a year.
GAP_OF_SOURCE = 1
GAP_OF_BODY = 3
# Months that coverage looks back, that of the process among them.
BACK_MONTHS = 37
# Months before a process on which its figures rest: those of the purchase before it look back from there.
REACH_MONTHS = 2 * BACK_MONTHS


def months(start: datetime, end: datetime) -> str:
    """Return a span of time in a form that reads alike in every language: ``2021-04 – 2024-04``."""
    return f"{start.year:04}-{start.month:02} – {end.year:04}-{end.month:02}"


def stretch(held: Collection[int], end: int, *, gap: int) -> tuple[int, int]:
    """
    Return the first month of the stretch without gap that ends with a month, and how many months of it are held.

    ``(end + 1, 0)`` where that month itself lies in a gap.

    :param held: numbers of months in which there is something
    :param gap: how many empty months in a row are no gap
    """
    first, found = end + 1, 0
    for month in sorted((month for month in held if month <= end), reverse=True):
        if first - month > gap + 1:
            break
        first, found = month, found + 1
    return first, found
