"""Members of a record as one line of text: no JSON, no codes, numbers and days in the reader's language."""

import pytest
from django.utils.translation import override

from audits.pages.records.members_in_words import member_in_words, setting_in_words


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("/title", None, "–"),
        ("/title", "", "–"),
        ("/title", {}, "–"),
        ("/title", [], "–"),
        ("/hasGuarantees", True, "sí"),
        ("/hasGuarantees", False, "no"),
        ("/procurementMethod", "direct", "contratación directa"),
        ("/value", {"amount": 96000000, "currency": "USD"}, "USD 96\xa0000\xa0000"),
        ("/value", {"amount": "a lot", "currency": "USD"}, "a lot · USD"),
        ("/margin", 0.5, "0,5"),
        ("/numberOfTenderers", 3, "3"),
        ("/roles", ["funder"], "financiador"),
        ("/roles", ["supplier", "tenderer"], "proveedor; oferente"),
        ("/years", [1, 2, 3, 4, 5], "1; 2; 3; +2"),
        ("/items", [{"id": "1", "description": "Cámaras", "quantity": 2}], "Cámaras"),
        ("/procuringEntity", {"id": "X", "name": "Municipio de Tula"}, "Municipio de Tula"),
        ("/address", {"locality": "Lima", "countryName": "Perú", "geo": {"x": 1}}, "Lima · Perú"),
        ("/identifier", {"id": "201", "legalName": "China Eximbank"}, "201 · China Eximbank"),
        (
            "/tenderPeriod",
            {"endDate": "2016-12-20T00:00:00Z", "startDate": "2016-12-13T00:00:00Z"},
            "13 de diciembre de 2016 – 20 de diciembre de 2016",
        ),
        (
            "/contractPeriod",
            {"durationInDays": 40, "endDate": "2016-12-20", "startDate": "2016-12-13"},
            "13 de diciembre de 2016 – 20 de diciembre de 2016 · 40 días",
        ),
        ("/contractPeriod", {"durationInDays": 1}, "1 día"),
        ("/durationInDays", 3600, "3600 días"),
        ("/other", {"deep": {"deeper": 1}}, "–"),
    ],
)
def test_a_member_is_written_in_one_line(path, value, text):
    with override("es"):
        assert member_in_words(path, value) == text


def test_a_long_value_is_shortened():
    assert len(member_in_words("/description", "x" * 10_000)) == 301


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"BOB": 70000, "MXN": 200000, "PEN": 40000, "USD": 0.5}, "BOB: 70000; MXN: 200000; PEN: 40000; USD: 0,5"),
        ({"PE": {"open": 20, "direct": None}, "BO": {}}, "PE: (open: 20; direct: –); BO: (–)"),
        ({"PE": ["open", "direct"]}, "PE: licitación abierta; contratación directa"),
        ([{"country": "PE", "days": 20}, {"country": "BO"}], "(country: PE; days: 20); (country: BO)"),
        (["open", "selective"], "licitación abierta; licitación selectiva"),
        ({}, "–"),
        ([], "–"),
        (None, "–"),
        (0.4, "0,4"),
    ],
)
def test_a_parameter_of_a_rule_keeps_the_keys_of_its_mappings(value, text):
    with override("es"):
        assert setting_in_words("bounds", value) == text
