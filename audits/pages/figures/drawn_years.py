"""The years that a picture shows: all from the first to the last, except long gaps."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

# Longest gap that is drawn, in years. A mistyped year such as 1900 or 2099 would leave no room for the others.
MAX_EMPTY_YEARS = 10


def drawn_years(years: Iterable[int]) -> list[int]:
    """Return every year from the first to the last, without 0 and without the gaps of `left_out_years`."""
    known = sorted({*years} - {0})
    left_out = {year for first, last in _long_gaps(known) for year in range(first, last + 1)}
    return [year for year in range(known[0], known[-1] + 1) if year not in left_out] if known else []


def left_out_years(years: Iterable[int]) -> str:
    """Name the years that are not drawn because they lie in a long gap."""
    gaps = [f"{first}–{last}" for first, last in _long_gaps(sorted({*years} - {0}))]
    return _("Years without purchases that are not drawn: %(years)s.") % {"years": ", ".join(gaps)} if gaps else ""


def _long_gaps(known: list[int]) -> Iterator[tuple[int, int]]:
    return ((before + 1, after - 1) for before, after in pairwise(known) if after - before - 1 > MAX_EMPTY_YEARS)
