"""The currency of an amount may stand in a column beside it, under any header or none."""

import pytest

from tests.support.tables import parts_of_text

PEN = {"amount": 1250.5, "currency": "PEN"}
USD = {"amount": 300, "currency": "USD"}


def read(header: str, *rows: str):
    lines = [
        f"Objeto|Entidad|Proveedor|{header}|Fecha",
        *(f"Nube {at}|Muni|ACME|{row}|2023-01-02" for at, row in enumerate(rows)),
    ]
    releases, problems, (sheet,) = parts_of_text(*lines)
    assert problems == []
    return [release["awards"][0].get("value") for release in releases], sheet


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("Monto|", "S/|1250.50", "US$|300"),  # one header over both columns
        ("Monto|", "1250.50|soles", "300|dólares"),
        ("Mon.|Monto", "S/.|1250.50", "USD|300"),
        ("|Monto", "S/.|1250.50", "USD|300"),
        ("Monto|Unidad monetaria", "1250.50|PEN", "300|USD"),
    ],
)
def test_it_is_read_and_neither_is_lost(header, first, second):
    values, sheet = read(header, first, second)
    assert values == [PEN, USD]
    assert sheet.columns["Monto"] == "amount"


def test_that_of_an_estimate_is_the_same():
    (release,), _, _ = parts_of_text("Objeto;Entidad;Presupuesto;;Fecha", "Nube;Muni;S/;1250.50;2023-01-02")
    assert release["tender"]["value"] == PEN


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Presupuesto||Monto|", "1250.50|S/|300|US$"),
        ("|Presupuesto||Monto", "S/|1250.50|US$|300"),
        ("Monto||Presupuesto|", "300|USD|1250.50|PEN"),
        ("Monto||Presupuesto|", "USD|300|PEN|1250.50"),  # one header over both columns
    ],
)
def test_each_amount_is_in_the_currency_beside_it(header, row):
    lines = [f"Objeto|Entidad|Proveedor|{header}", *(f"Nube {at}|Muni|ACME|{row}" for at in range(2))]
    releases, _, _ = parts_of_text(*lines)
    assert [(each["tender"]["value"], each["awards"][0]["value"]) for each in releases] == [(PEN, USD)] * 2


def test_a_header_that_names_a_currency_knows_better():
    values, sheet = read("Monto (USD)|Nota", "300|PEN")
    assert (values, sheet.unused) == ([USD], ["Nota"])


@pytest.mark.parametrize(("header", "row"), [("Monto|Tipo", "1250.50|BIEN"), ("Monto|Nota", "1250.50|PEN y otros")])
def test_words_beside_an_amount_are_no_currency(header, row):
    values, _sheet = read(header, row)
    assert values == [{"amount": 1250.5}]


def test_a_column_that_tells_another_fact_is_not_taken():
    values, sheet = read("Moneda|Monto|", "PEN|1250.50|USD")
    assert (values, sheet.columns["Moneda"]) == ([PEN], "currency")
