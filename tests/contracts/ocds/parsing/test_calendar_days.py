from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.ocds.parsing.calendar_days import day_of


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2017-01-25T00:00:00+02:00", "UTC", 25),
        ("2017-01-25T00:00:00+02:00", "America/Bogota", 25),
        ("2017-01-25T23:30:00-05:00", "UTC", 25),
        ("2017-01-24T22:00:00+00:00", "Europe/Kyiv", 25),
        ("2017-01-25T00:00:00+00:00", "America/Bogota", 25),
        ("2017-01-25T23:59:59.999000+00:00", "Europe/Madrid", 25),
        ("2017-01-26T04:00:00+00:00", "America/Bogota", 25),
    ],
)
def test_a_day_is_the_one_that_who_signed_would_name(written, zone, day):
    assert day_of(datetime.fromisoformat(written), ZoneInfo(zone)).day == day


def test_a_date_that_was_read_in_a_zone_stays():
    assert day_of(datetime(2017, 1, 25, tzinfo=ZoneInfo("Asia/Tokyo")), UTC).isoformat() == "2017-01-25"
