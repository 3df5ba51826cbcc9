"""How languages write days."""

from datetime import UTC, date, datetime

import pytest
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, override

from config.django_overrides import MONTHS

DAY, MOMENT = date(2026, 12, 1), datetime(2026, 12, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Dec. 1, 2026", "Dec. 1, 2026, 1:05 p.m. UTC"),
        ("es", "01/12/2026", "01/12/2026 13:05 UTC"),
        ("pt-br", "01/12/2026", "01/12/2026 13:05 UTC"),
        ("pt-pt", "01/12/2026", "01/12/2026 13:05 UTC"),
    ],
)
def test_nobody_takes_a_day_for_a_month(language, day, moment):
    """12/01/2026 is the 12th of January to most people who read records here."""
    with override(language):
        assert date_format(DAY, "SHORT_DATE_FORMAT") == day
        assert date_format(MOMENT, "SHORT_DATETIME_FORMAT") == moment


@pytest.mark.parametrize(
    ("language", "moment", "time"),
    [
        ("en", "Dec. 1, 2026, 1:05 p.m. UTC", "1:05 p.m. UTC"),
        ("es", "1 de diciembre de 2026 a las 13:05 UTC", "13:05 UTC"),
        ("pt-br", "1 de dezembro de 2026 às 13:05 UTC", "13:05 UTC"),
        ("pt-pt", "1 de dezembro de 2026 às 13:05 UTC", "13:05 UTC"),
    ],
)
def test_moments_name_their_time_zone(language, moment, time):
    with override(language):
        assert date_format(MOMENT, "DATETIME_FORMAT") == moment
        assert time_format(MOMENT, "TIME_FORMAT") == time


@pytest.mark.parametrize(
    ("language", "day"),
    [("es", "27 de noviembre de 2026"), ("pt-br", "27 de novembro de 2026"), ("pt-pt", "27 de novembro de 2026")],
)
def test_months_in_dates_are_written_in_lower_case(language, day):
    with override(language):
        assert date_format(date(2026, 11, 27), "DATE_FORMAT") == day
        assert [gettext(month) for month in MONTHS] == [
            date_format(date(2026, month, 1), "F") for month in range(1, 13)
        ]
        assert all(gettext(month).islower() for month in MONTHS)
