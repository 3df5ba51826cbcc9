"""The parameters of a rule on its page, as people read them."""

import pytest
from django.utils.translation import override

from audits.judging.rule.texts import LANGUAGES
from audits.methodology.parameters import NAMES, Value, shown_value
from audits.rules import RULES


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("years", 4, Value("4")),
        ("margin", 0, Value("0 %")),
        ("margin", 0.07, Value("7 %")),
        ("margin", 0.035, Value("3.5 %")),
        ("hhi", 0.5, Value("0.5")),
        ("tolerance_days", 1, Value("1 day")),
        ("minimum_days", 0, Value()),
        ("on_trial", False, Value("no")),
        ("threshold", None, Value()),
        ("methods", (), Value()),
        ("methods", "direct", Value("direct")),
        ("methods", ("open", "selective"), Value("open tender, selective tender")),
        ("document_types", ["procurementPlan"], Value("procurement plan")),
        ("minimum_days_by_method", {"Licitación": 15}, Value("Licitación: 15 days")),
        ("country_days", {"MX": 60}, Value("Mexico: 60 days")),
        ("petty", {"AUD": 1600}, Value(rows=((("", "1,600 AUD"),),))),
        ("petty", {"GHS until 2013": 1}, Value(rows=((("", "1 GHS until 2013"),),))),
        ("petty", {"MX USD": 1}, Value(rows=((("", "1 USD (Mexico)"),),))),
        ("petty", {"MXN works": 1}, Value(rows=((("", "1 MXN (works)"),),))),
        ("petty", {"MXN Otra": "x"}, Value(rows=((("", "MXN Otra: x"),),))),
        ("a name that is gone", 0.5, Value("0.5")),
        ("thresholds", [{"a": 1, "c": ""}, {"b": [2], "c": None}], Value(rows=((("a", "1"),), (("b", "[2]"),)))),
    ],
)
def test_a_value_is_shown_as_words(name, value, shown):
    assert shown_value(name, value) == shown


def test_each_parameter_of_a_rule_has_a_name_for_people_and_no_other_has():
    assert set(NAMES) == {name for rule in RULES.values() for name in rule.parameters}
    assert {row["form"] for row in NAMES.values()} == {
        *("amounts", "days", "documents", "limits", "methods", "number", "percent", "yes"),
    }
    assert [name for name, row in NAMES.items() if not all(row[language].strip() for language in LANGUAGES)] == []


def test_a_limit_of_a_law_is_shown_in_the_language_of_the_page():
    row = {
        "country": "BR",
        "kind": "competitive",
        "category": "goods | services",
        "procedure": "Convite | Carta Convite",
        "currency": "BRL",
        "amount": "80000.50",
        "valid_from": "1998-05-28",
        "valid_to": "",
        "source": "Lei 8.666/1993",
    }
    with override("es"):
        assert shown_value("thresholds", [row]).rows == (
            (
                ("país", "Brasil"),
                ("tope de", "procedimientos competitivos"),
                ("categoría", "bienes, servicios"),
                ("procedimiento", "Convite, Carta Convite"),
                ("monto", "80\xa0000,50 BRL"),
                ("desde", "28 de mayo de 1998"),
                ("fuente", "Lei 8.666/1993"),
            ),
        )
