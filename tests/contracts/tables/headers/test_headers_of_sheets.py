"""The header of each sheet: titles and groups above it, and sheets of other headers."""

from decimal import Decimal

import pytest

from contracts.translating import problem_place
from tests.support.tables import cells, parts


def test_titles_above_the_header_and_a_header_of_three_rows():
    rows = cells(
        ["", "PROCURADURÍA"],
        ["", "CUARTO TRIMESTRE"],
        [],
        [
            "EJERCICIO",
            "OBJETO DEL CONTRATO",
            "NOMBRE O RAZÓN SOCIAL DE LA PERSONA ADJUDICADA",
            "",
            "MONTO",
            "PLAZO",
            "",
        ],
        ["", "", "", "", "", "", "FECHAS"],
        ["", "", "NOMBRE (S)", "APELLIDO PATERNO", "", "FECHA DE INICIO", "FECHA DE TÉRMINO"],
        ["2014", "Cámaras", "PATRICIA", "RESENDIZ", "$3,041.50", "01 DE ENERO DE 2014", "31 DE DICIEMBRE DE 2014"],
        ["", "", "OTRA", "MÁS", "", "", ""],
    )
    (release,), (problem,), (summary,) = parts(rows)
    assert summary.header_row == 6
    assert release["awards"][0]["suppliers"][0]["name"] == "PATRICIA RESENDIZ"
    assert release["contracts"][0]["period"] == {"startDate": "2014-01-01", "endDate": "2014-12-31"}
    assert release["awards"][0]["value"] == {"amount": Decimal("3041.50"), "currency": "MXN"}
    assert (problem.code, problem.pointer) == ("row_incomplete", "/Hoja/8")


def test_groups_above_a_header_tell_whose_name_and_number_a_column_holds():
    """By its last row alone the buyer's number is the supplier's, and a "Nombre" nobody's."""
    releases, problems, (read,) = parts(
        cells(
            ["Contratos de la Alcaldía", *[""] * 8],
            ["Entidad", "", "Proceso", "", "Contratista", "", "", "Fechas", ""],
            ["Nombre", "NIT", "No.", "Objeto", "NIT", "Nombre", "Monto", "Firma", "Fin"],
            ["Alcaldía", "800.1", "7", "Cámaras", "900.1", "ACME", "1.250,50", "31/12/2025", "30/11/2026"],
        )
    )
    assert (problems, read.header_row) == ([], 3)
    assert read.columns == {
        "Entidad / Nombre": "buyer",
        "Entidad / NIT": "buyer_id",
        "Proceso / No.": "id",
        "Proceso / Objeto": "title",
        "Contratista / NIT": "supplier_id",
        "Contratista / Nombre": "supplier",
        "Contratista / Monto": "amount",
        "Fechas / Firma": "date_signed",
        "Fechas / Fin": "end_date",
    }
    (award,) = releases[0]["awards"]
    assert award["suppliers"] == [{"id": "900.1", "name": "ACME"}]
    assert releases[0]["buyer"] == {"id": "800.1", "name": "Alcaldía"}


@pytest.mark.parametrize(
    ("name", "number", "given"),
    [
        ("EMPRESA CONTRATADA", "CNPJ DA EMPRESA", "11.222.333/0001-81"),
        ("Empresa", "RUC de la empresa", "20131312955"),
        ("Empresa adjudicada", "NIT empresa", "900.1"),
    ],
)
def test_a_firm_is_the_supplier_and_so_is_its_number(name, number, given):
    (release,), problems, (read,) = parts(
        cells(["Objeto", "Entidad", name, number], ["Cámaras", "Muni", "ACME", given])
    )
    assert (problems, read.unused) == ([], [])
    assert release["awards"][0]["suppliers"] == [{"id": given, "name": "ACME"}]


def test_a_group_header_leaves_a_column_the_meaning_of_its_last_header_row():
    """Colombia's "Valor del Contrato" and Mexico's "RFC proveedor" are headers of theirs alone."""
    (_release,), problems, (read,) = parts(
        cells(
            ["Contrato", "", "", "Proveedor", ""],
            ["Objeto", "Valor", "Entidad", "Razón social", "RFC"],
            ["Cámaras", "1.250,50", "Alcaldía", "ACME", "900.1"],
        )
    )
    assert problems == []
    assert read.columns == {
        "Contrato / Objeto": "title",
        "Contrato / Valor": "amount",
        "Contrato / Entidad": "buyer",
        "Proveedor / Razón social": "supplier",
        "Proveedor / RFC": "supplier_id",
    }


def test_a_unit_in_the_last_row_of_a_header_hides_not_what_it_tells():
    """A column of a text file reaches on to the next name above it: the amount was taken for the supplier."""
    (release,), problems, (read,) = parts(
        cells(
            ["Comprador", "", "Proveedor", "", ""],
            ["Nombre", "RUC", "Razón", "RUC", "Monto (S/)"],
            ["Muni", "20100070970", "ACME", "20131312955", "5"],
        )
    )
    assert (problems, read.unused) == ([], [])
    assert read.columns["Proveedor / Monto (S/)"] == "amount"
    assert read.columns["Comprador / Nombre"] == "buyer"
    assert release["awards"][0]["suppliers"] == [{"id": "20131312955", "name": "ACME"}]


@pytest.mark.parametrize(
    "above",
    [
        ["Entidad", "Alcaldía de Prueba", "", ""],
        ["Contratos", "", "", ""],
        ["Año 2024", "", "Año 2025", ""],
        ["", "", "", ""],
    ],
)
def test_what_is_reported_of_a_table_above_its_header_names_no_groups(above):
    header, row = ["Objeto", "Comprador", "NIT", "Monto"], ["Cámaras", "Muni", "900.1", "5"]
    (_release,), problems, (read,) = parts(cells(above, header, row))
    assert (problems, read.columns.keys()) == ([], {"Objeto", "Comprador", "NIT", "Monto"})


def test_each_sheet_has_its_own_header_and_one_that_is_not_known_loses_no_other():
    rows = [
        *cells(["Notas"], sheet="Portada"),
        *cells(["a", "b"], ["1", "2"], ["3", "4"], sheet="Otra"),
        *cells(["title", "buyer"], ["Nube", "Muni"], sheet="Contratos / 2024"),
    ]
    releases, (problem, left_out), summaries = parts(rows)
    assert [release["tender"]["title"] for release in releases] == ["Nube"]
    assert (left_out.code, left_out.pointer, left_out.is_warning) == ("sheet_left_out", "/Portada", True)
    assert (problem.code, problem.pointer, problem.values) == (
        "table_not_recognised",
        "/Otra",
        {"headers": ["a", "b"]},
    )
    assert [(entry.sheet, entry.mapping, entry.rows) for entry in summaries] == [
        ("Otra", "", 2),
        ("Contratos / 2024", "general", 1),
    ]


@pytest.mark.parametrize("second", [["Beta S.A.", "1029384756"], None], ids=["two rows", "one row"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_small_sheet_of_other_headers_is_named_as_left_out(second, is_first):
    known = cells(["title", "buyer"], ["Nube", "Muni"], sheet="2024")
    small = cells(["Razón social", "Contacto"], *filter(None, [second]), sheet="Notas / 1")
    releases, (problem,), summaries = parts([*small, *known] if is_first else [*known, *small])
    assert (len(releases), [entry.sheet for entry in summaries]) == (1, ["2024"])
    assert (problem.code, problem.pointer) == ("sheet_left_out", "/Notas ~1 1")
    assert problem_place(problem) == "sheet Notas / 1"


def test_of_small_sheets_the_first_with_a_row_is_asked_about_and_the_others_are_named():
    rows = [*cells(["Notas"], sheet="1"), *cells(["a", "b"], ["c", "d"], sheet="2"), *cells(["e"], ["f"], sheet="3")]
    _releases, problems, (asked,) = parts(rows)
    assert (asked.sheet, asked.mapping) == ("2", "")
    assert [(problem.code, problem.pointer) for problem in problems] == [
        ("table_not_recognised", "/2"),
        ("sheet_left_out", "/1"),
        ("sheet_left_out", "/3"),
    ]
    _, (problem,), _ = parts(cells(["Notas"], sheet="1"))
    assert problem.code == "no_records"


def test_the_header_on_each_printed_page_is_not_a_row():
    rows = cells(["title", "buyer"], ["A", "x"], ["title", "buyer"], ["B", "x"])
    _, problems, (summary,) = parts(rows)
    assert (summary.rows, problems) == (2, [])


def test_numbers_of_a_workbook_are_numbers():
    (release,), _, _ = parts(cells(["title", "buyer", "supplier", "amount"], ["A", "x", 5, 1234.5]))
    assert release["awards"][0]["value"]["amount"] == Decimal("1234.5")
    assert release["awards"][0]["suppliers"][0]["name"] == "5"
