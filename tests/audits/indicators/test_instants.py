import pytest

from audits.indicators import instants


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T23:59:59Z",
        "2024-02-29t23:59:59z",
        "2024-02-29 23:59:59+00:00",
        "2024-02-29T23:59:59-00:00",
        "2024-02-29T23:59:59.123456789012+23:59",
        "2024-02-29T23:59:60-23:59",
        "0000-01-01T00:00:00Z",
    ],
)
def test_full_date_times_are_read(text):
    assert instants.strict(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        "2024-02-29T23:59:59",
        "2024-02-29T23:59Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T23:59:61Z",
        "2024-02-29T23:59:59+0500",
        "2024-02-29T23:59:59+05",
        "2024-02-29T23:59:59+24:00",
        "2024-02-29T23:59:59+05:60",
        "2024-02-29T23:59:59.Z",
        "2023-02-29T23:59:59Z",
        "2024-2-29T23:59:59Z",
        " 2024-02-29T23:59:59Z",
        "2024-02-29T23:59:59Z ",
        "2024-02-29_23:59:59Z",
        "20240229T235959Z",
        "٢٠٢٤-02-29T23:59:59Z",
        "",
    ],
)
def test_anything_else_is_no_rfc_3339(text):
    assert instants.strict(text) is None


@pytest.mark.parametrize(
    ("text", "zoned", "timed"),
    [
        ("2024-02-29", False, False),
        (" 2024-02-29 ", False, False),
        ("2024-02-29T10:00:00", False, True),
        ("2024-02-29  10:00", False, True),
        ("2024-02-29T10:00:00,5", False, True),
        ("2024-02-29T10:00:00 UTC", True, True),
        ("2024-02-29T10:00:00+0000", True, True),
        ("2024-02-29T10:00:00+00", True, True),
    ],
)
def test_usual_dates_are_read_leniently(text, zoned, timed):
    instant = instants.lenient(text)
    assert instant is not None
    assert (instant.zoned, instant.timed) == (zoned, timed)
    assert instant.second == (36_000 if timed else 0)


@pytest.mark.parametrize("text", ["29/02/2024", "2023-02-29", "2024-02-29T25:00", "soon", ""])
def test_what_is_not_a_date_is_not_read_leniently(text):
    assert instants.lenient(text) is None


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-16T00:00:00Z", 15),
        ("2024-01-01T00:00:00Z", "2024-01-15T23:59:59.999999999Z", 14),
        ("2024-01-01T00:00:00-05:00", "2024-01-02T00:00:00+05:00", 0),
        ("2024-01-02T00:00:00Z", "2024-01-01T00:00:01Z", 0),  # cut toward zero
        ("2024-01-03T00:00:00Z", "2024-01-01T00:00:00Z", -2),
        ("2023-12-31T23:59:60Z", "2024-01-01T23:59:59Z", 0),
        ("0000-03-01T00:00:00Z", "0001-03-01T00:00:00Z", 365),
        ("0000-02-28T00:00:00Z", "0000-03-01T00:00:00Z", 2),
    ],
)
def test_days_are_whole_days(start, end, days):
    since, until = instants.strict(start), instants.strict(end)
    assert since is not None
    assert until is not None
    assert instants.whole_days_between(since, until) == days


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-02-27T13:47:00-06:00", "2024-03-13T08:00:00-06:00", 15),
        ("2024-01-01T00:00:00Z", "2024-01-15T23:59:59.999999999Z", 14),
        ("2024-01-01T23:00:00-05:00", "2024-01-02T06:00:00Z", 1),  # one in the morning where it began
        ("2024-01-01T23:00:00-05:00", "2024-01-02T04:30:00Z", 0),
        ("2024-01-01T01:00:00+05:00", "2024-01-01T20:00:00Z", 1),
    ],
)
def test_days_of_the_calendar_are_those_where_it_began(start, end, days):
    since, until = instants.strict(start), instants.strict(end)
    assert since is not None
    assert until is not None
    assert instants.calendar_days_between(since, until) == days


def test_a_leap_second_lasts_while_one_of_two_moments_falls_into_it():
    leap = instants.strict("2016-12-31T23:59:60Z")
    before = instants.strict("2016-12-31T23:59:59Z")
    next_day = instants.strict("2017-01-01T00:00:00Z")
    assert instants.nanoseconds_between(before, leap) == 1_000_000_000
    assert instants.nanoseconds_between(leap, next_day) == 0
    assert instants.nanoseconds_between(instants.strict("2016-12-31T10:00:60Z"), leap) == 50_341 * 10**9
