"""What is taken of a simple contract with a warning, and what without."""

from datetime import date

import pytest

from contracts.ocds.written.simple import read_simple

PLAIN = {"title": "Nube", "buyer": {"name": "Tula", "country": "PE"}, "value": 5, "currency": "pen"}


@pytest.mark.parametrize("value", ["5 USD", "US$ 5", "5.000,00 soles"])
def test_an_amount_that_names_its_currency_lacks_none(value):
    warnings = read_simple(PLAIN | {"currency": None, "value": value}).warnings
    assert "currency_missing" not in [problem.code for problem in warnings]


def warned(change):
    found = read_simple(PLAIN | change, today=date(2024, 6, 1)).warnings
    assert all(problem.is_warning for problem in found)
    return [(problem.code, problem.pointer) for problem in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"currency": "MNX"}, [("currency_unknown", "/currency")]),
        ({"value": {"amount": 1, "currency": "conchas"}}, [("currency_unknown", "/value/currency")]),
        ({"value": {"amount": 1, "currency": "soles"}}, []),
        ({"date": "31/12/2042"}, [("date_far_ahead", "/date")]),
        ({"currency": "VEF"}, []),
        ({"method": "a dedo"}, [("method_unclear", "/method")]),
        ({"method": "Licitación pública"}, []),
        ({"category": "tecnología"}, [("category_unknown", "/category")]),
        ({"category": "Bienes"}, []),
        ({"language": "élfico"}, [("language_unknown", "/language")]),
        ({"language": "es-PE"}, []),
        ({"value": -5}, [("amount_negative", "/value")]),
        ({"value": {"amount": "-5.00"}}, [("amount_negative", "/value/amount")]),
        ({"value": None, "amount": -0.5}, [("amount_negative", "/amount")]),
        ({"value": 0}, []),
        ({"currency": ""}, [("currency_missing", "/value")]),
        ({"currency": None, "value": {"amount": "5"}}, [("currency_missing", "/value/amount")]),
        (
            {"currency": None, "value": None, "amount": "5.000,00"},
            [("currency_missing", "/amount"), ("amount_read", "/amount")],
        ),
        ({"currency": None, "value": None}, []),
        ({"currency": None, "value": {}}, []),
        ({"date": "2042-01-01"}, [("date_far_ahead", "/date")]),
        ({"date_signed": "2204-01-01"}, [("date_far_ahead", "/date_signed")]),
        ({"end_date": "2054-01-01", "date": "2025-01-01"}, []),
        ({"start_date": "2024-12-01", "end_date": "1 de mayo de 2024"}, [("period_reversed", "/end_date")]),
        ({"start_date": "01/12/2024", "end_date": "2024-05-01"}, [("period_reversed", "/end_date")]),
        ({"start_date": "2024-05-01", "end_date": "2024-05-01"}, []),
        ({"end_date": "9999-12-31"}, [("date_far_ahead", "/end_date")]),
    ],
)
def test_what_is_warned_of(change, expected):
    assert warned(change) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("português", "pt"),
        ("Español", "es"),
        ("English", "en"),
        ("ES", "es"),
        ("pt-BR", "pt-BR"),
        ("élfico", "élfico"),
    ],
)
def test_a_language_is_read_by_its_name(written, code):
    """Of "português" the first two letters were taken for a language."""
    assert read_simple(PLAIN | {"language": written}).release["language"] == code
