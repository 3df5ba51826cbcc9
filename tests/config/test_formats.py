"""How languages write days."""

from datetime import UTC, date, datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

DAY, MOMENT = date(2026, 12, 1), datetime(2026, 12, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Dec. 1, 2026", "Dec. 1, 2026, 1:05 p.m."),
        ("es", "01/12/2026", "01/12/2026 13:05"),
        ("pt-br", "01/12/2026", "01/12/2026 13:05"),
        ("pt-pt", "01/12/2026", "01/12/2026 13:05"),
    ],
)
def test_nobody_takes_a_day_for_a_month(language, day, moment):
    """12/01/2026 is the 12th of January to most people who read records here."""
    with override(language):
        assert date_format(DAY, "SHORT_DATE_FORMAT") == day
        assert date_format(MOMENT, "SHORT_DATETIME_FORMAT") == moment
