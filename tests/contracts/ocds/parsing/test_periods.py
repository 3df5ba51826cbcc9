"""How long a period lasts, by its dates, else by its duration."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.ocds.parsing.objects import Period

JANUARY, MARCH = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("members", "days"),
    [
        ({"start": JANUARY, "end": MARCH}, 60),
        ({"start": JANUARY, "end": MARCH, "duration_days": 360}, 60),
        ({"start": JANUARY, "duration_days": 360}, 360),
        ({"end": MARCH, "duration_days": 360}, 360),
        ({"duration_days": 360}, 360),
        ({"duration_days": 36_525}, 36_525),
        ({"duration_days": 36_526}, None),
        ({"duration_days": 2**31 - 1}, None),
        ({"duration_days": 0}, None),
        ({"start": JANUARY}, None),
        ({}, None),
    ],
)
def test_a_period_without_both_dates_is_as_long_as_its_duration(members, days):
    assert Period(path="", **members).length == (None if days is None else timedelta(days=days))
