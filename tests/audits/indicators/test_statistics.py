import math
import random

import numpy as np
import pytest

from audits.indicators import statistics


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 13, 50, 333])
@pytest.mark.parametrize("p", [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1])
def test_quantiles_are_median_unbiased(n, p):
    sample = sorted(random.Random(n).random() for _ in range(n))
    assert statistics.quantile(sample, p) == pytest.approx(np.quantile(sample, p, method="median_unbiased"))


@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_outside_a_hundred_percent_there_is_no_quantile(p):
    assert math.isnan(statistics.quantile([1.0, 2.0], p))


def test_an_empty_sample_has_no_fences():
    fences = statistics.fences([])
    assert fences.n == 0
    assert all(math.isnan(number) for number in fences[:4])


@pytest.mark.parametrize("n", [1, 2, 6])
def test_a_value_that_is_not_a_number_leaves_a_small_sample_without_fences(n):
    fences = statistics.fences([math.nan] + [1.0] * (n - 1))
    assert all(math.isnan(number) for number in fences[:4])


def test_in_a_larger_sample_it_is_left_out():
    values = [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]
    assert statistics.fences([math.nan, *values]) == statistics.fences(values)


def test_fences_are_rounded_once():
    q1, q3 = 0.9, 1.3
    assert q1 - 1.5 * (q3 - q1) == 0.29999999999999993
    assert statistics.fused(-1.5, q3 - q1, q1) == 0.3


def test_numbers_that_are_not_finite_stay_what_they_are():
    assert math.isnan(statistics.fused(-1.5, math.inf - math.inf, 1.0))
    assert statistics.fused(1.5, math.inf, 1.0) == math.inf
    assert statistics.fused(1.5, 1.7e308, 0.0) == math.inf


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.00005, 1.0001), (-1.00005, -1.0001), (2 / 3, 0.6667), (0.0, 0.0), (math.nan, None), (math.inf, None)],
)
def test_meta_is_rounded_to_four_decimals(value, shown):
    assert statistics.rounded(value) == shown
