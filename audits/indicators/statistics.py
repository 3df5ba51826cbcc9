"""
Quartiles and fences of a sample.

Quantiles are Hyndman and Fan's type 8 ("Sample Quantiles in Statistical Packages", The American Statistician 50,
1996): h = (n + 1/3) p + 1/3, between the two order statistics around h. Fences are Tukey's, 1.5 interquartile ranges
outside the quartiles, computed with one rounding, because a value equal to its fence counts.
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple


class Fences(NamedTuple):
    """`q1`, `q3`, and the fences below and above; all are not-a-number for an empty sample. `n` is its size."""

    q1: float
    q3: float
    lower: float
    upper: float
    n: int


def quantile(ordered: Sequence[float], p: float) -> float:
    """The `p` quantile of values in ascending order; not-a-number if there are none or `p` is outside [0, 1]."""
    n = len(ordered)
    if not n or not 0 <= p <= 1:
        return math.nan
    h = (n + 1 / 3) * p + 1 / 3
    k = int(h)
    if k <= 0 or p == 0:
        return ordered[0]
    if k >= n or p == 1:
        return ordered[-1]
    below, above = ordered[k - 1], ordered[k]
    return below + (h - k) * (above - below)


def fences(sample: Iterable[float]) -> Fences:
    """
    The fences of a sample in any order.

    A value that is not a number has no place in an order. Among up to 6 values Cardinal then has no first quartile,
    and so no fences; among more it stops, or gives what the order of its hash table makes of it. Here the value is
    left out then.
    """
    values = [*sample]
    ordered = sorted(value for value in values if not math.isnan(value))
    if len(ordered) < len(values) <= 6:
        return Fences(math.nan, math.nan, math.nan, math.nan, len(values))
    q1, q3 = quantile(ordered, 0.25), quantile(ordered, 0.75)
    spread = q3 - q1
    return Fences(q1, q3, fused(-1.5, spread, q1), fused(1.5, spread, q3), len(ordered))


def fused(a: float, b: float, c: float) -> float:
    """The sum a * b + c, rounded once (`math.fma` does this from Python 3.13 on)."""
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return a * b + c
    try:
        return float(Fraction(a) * Fraction(b) + Fraction(c))
    except OverflowError:
        return math.copysign(math.inf, a * b)


def rounded(value: float) -> float | None:
    """`value` to 4 decimals, halves away from zero; None if it is no finite number."""
    scaled = value * 10_000
    if not math.isfinite(scaled):
        return None
    return math.copysign(math.floor(abs(scaled) + 0.5), value) / 10_000
