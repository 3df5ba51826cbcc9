"""What is taken of a simple contract with a warning, and what without."""

from datetime import date

import pytest

from contracts.ocds.simple_warnings import MAX_WARNINGS, simple_warnings

PLAIN = {"title": "Nube", "buyer": {"name": "Tula", "country": "PE"}, "value": 5, "currency": "pen"}


def warned(change):
    found = simple_warnings(PLAIN | change, today=date(2024, 6, 1))
    assert all(problem.is_warning for problem in found)
    return [(problem.code, problem.pointer) for problem in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"suplier": "X"}, [("field_unknown", "/suplier")]),
        ({"supplier": [{"name": "X", "identifer": 1}]}, [("field_unknown", "/supplier/0/identifer")]),
        ({"buyer": {"name": "X", "a/b": 1}}, [("field_unknown", "/buyer/a~1b")]),
        ({"documents": ["https://a.b", {"title": "x", "link": 1}]}, [("field_unknown", "/documents/1/link")]),
        ({"value": {"amount": 1, "moneda": "PEN"}}, [("field_unknown", "/value/moneda")]),
        ({"currency": "MNX"}, [("currency_unknown", "/currency")]),
        ({"value": {"amount": 1, "currency": "soles"}}, [("currency_unknown", "/value/currency")]),
        ({"currency": "VEF"}, []),
        ({"value": -5}, [("amount_negative", "/value")]),
        ({"value": {"amount": "-5.00"}}, [("amount_negative", "/value/amount")]),
        ({"value": None, "amount": -0.5}, [("amount_negative", "/amount")]),
        ({"value": 0}, []),
        ({"date": "2042-01-01"}, [("date_far_ahead", "/date")]),
        ({"dates": {"date_signed": "2204-01-01"}}, [("date_far_ahead", "/dates/date_signed")]),
        ({"end_date": "2054-01-01", "date": "2025-01-01"}, []),
        ({"end_date": "9999-12-31"}, [("date_far_ahead", "/end_date")]),
    ],
)
def test_what_is_warned_of(change, expected):
    assert warned(change) == expected


@pytest.mark.parametrize(
    ("name", "near"),
    [("suplier", "supplier"), ("Buyer", "buyer"), ("url", "source_url"), ("date-signed", "date_signed")],
)
def test_the_nearest_known_name_is_told(name, near):
    (problem,) = simple_warnings(PLAIN | {name: "x"})
    assert problem.values["near"] == near


def test_a_name_that_is_near_to_none_names_none():
    (problem,) = simple_warnings(PLAIN | {"observaciones": "x"})
    assert "near" not in problem.values


def test_warnings_are_bounded():
    assert len(simple_warnings(PLAIN | {f"x{number}": 1 for number in range(1000)})) == MAX_WARNINGS
