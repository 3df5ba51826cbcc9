"""Amounts in US dollars at the rate of a day, from the table that comes with the program."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pycountry
import pytest

from contracts.ocds.codelists.exchange import in_dollars, rate_on, rates
from contracts.pages.display import source_in_words

OFFICIAL = {
    "AR": "ARS", "BO": "BOB", "BR": "BRL", "CL": "CLP", "CO": "COP", "CR": "CRC", "DO": "DOP", "EC": "USD",
    "GT": "GTQ", "HN": "HNL", "MX": "MXN", "NI": "NIO", "PA": "PAB", "PE": "PEN",
    "PY": "PYG", "SV": "USD", "UY": "UYU",
}  # fmt: skip


@pytest.mark.parametrize("country", OFFICIAL)
@pytest.mark.parametrize("year", [2000, 2012, 2024, 2025])
def test_each_currency_of_latin_america_has_a_rate(country, year):
    assert rate_on(OFFICIAL[country], date(year, 7, 1))


def test_the_table_can_be_read():
    for currency, known in rates().items():
        assert currency == "SVC" or pycountry.currencies.get(alpha_3=currency), currency
        for period, rate in known.items():
            assert re.fullmatch(r"(20[012]\d(-(0[1-9]|1[0-2]))?)?", period), (currency, period)
            assert rate.per_usd > 0
            assert source_in_words(rate.source)
            assert (rate.source == "parity") == (period == "")


@pytest.mark.parametrize("currency", sorted({*OFFICIAL.values()} - {"USD", "PAB"}))
def test_months_of_2025_follow_the_year_before(currency):
    months = [rate_on(currency, date(2025, month, 1)).per_usd for month in range(1, 13)]
    assert len({rate_on(currency, date(2025, month, 1)).period for month in range(1, 13)}) == 12
    assert Decimal("0.75") < months[0] / rate_on(currency, date(2024, 12, 1)).per_usd < Decimal("1.25")
    assert all(Decimal("0.8") < after / before < Decimal("1.2") for before, after in pairwise(months))


def test_the_month_is_taken_where_it_is_known_else_the_year():
    assert rate_on("BRL", date(2021, 3, 31)).period == "2021-03"
    assert rate_on("PEN", date(2021, 3, 31)).period == "2021"
    assert in_dollars(Decimal("388.06"), "PEN", date(2021, 3, 31)) == (Decimal("100.00"), "2021")


@pytest.mark.parametrize("currency", ["USD", "PAB"])
def test_dollars_stay_dollars_on_any_day_and_without_one(currency):
    assert in_dollars(Decimal("12.345"), currency, None) == (Decimal("12.35"), "")
    assert in_dollars(Decimal(12), currency, date(2035, 1, 1)) == (Decimal("12.00"), "")


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("PEN", None),
        ("PEN", date(1999, 12, 31)),
        ("PEN", date(2035, 1, 1)),
        ("VEF", date(2014, 1, 1)),
        ("", date(2020, 1, 1)),
    ]
    + [(unit, date(2020, 1, 1)) for unit in ("CLF", "COU", "UYI", "MXV", "CUP", "VES")],
)
def test_nothing_is_guessed_where_no_rate_is_known(currency, day):
    assert in_dollars(Decimal(1000), currency, day) == (None, "")


def test_the_largest_amount_that_is_read_can_be_stored():
    dollars, _period = in_dollars(Decimal("9" * 20 + "." + "9" * 10), "GBP", date(2007, 11, 1))
    assert dollars is not None
    assert len(dollars.as_tuple().digits) <= 30
