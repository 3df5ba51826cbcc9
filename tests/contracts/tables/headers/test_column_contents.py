"""Headers used for two things are read by what stands below them; amounts without a currency are counted."""

import pytest

from contracts.tables.headers.recognition import recognise
from tests.support.tables import parts_of_text


def read(*lines):
    releases, _problems, (sheet,) = parts_of_text(*lines)
    return releases, sheet


def test_goods_and_services_are_no_titles():
    """All contracts of a table of Peru were called "Servicio"."""
    (first, _second), sheet = read(
        "Objeto;Descripción;Entidad;Monto", "Servicio;Limpieza de oficinas;Muni;5", "Bien;Cámaras;Muni;6"
    )
    assert sheet.columns["Objeto"] == "category"
    assert (first["tender"].get("title"), first["tender"]["description"]) == (None, "Limpieza de oficinas")
    assert first["tender"]["mainProcurementCategory"] == "services"


def test_they_are_where_most_say_what_was_bought():
    _releases, sheet = read("Objeto;Entidad;Monto", "Servicio;Muni;5", "Cámaras;Muni;6", "Radios;Muni;7")
    assert sheet.columns["Objeto"] == "title"


def test_a_column_of_categories_beside_titles_stays():
    _releases, sheet = read("Objeto;Título;Tipo de contrato;Monto", "Bien;Cámaras;Bien;5", "Bien;Radios;Bien;6")
    assert (sheet.columns["Título"], sheet.columns["Tipo de contrato"]) == ("title", "category")


@pytest.mark.parametrize(("cells", "fact"), [(("SP", "MG"), None), (("Vigente", "MG"), "tender/statusDetails")])
def test_codes_of_states_are_no_status(cells, fact):
    _releases, sheet = read("Objeto;Fornecedor;Estado", *(f"Nube {cell};ACME;{cell}" for cell in cells))
    assert sheet.columns.get("Estado") == fact


def test_amounts_without_a_currency_are_counted():
    rows = ("Nube;ACME;5", "Radios;ACME;S/ 6", "Cámaras;ACME;")
    assert read("Objeto;Proveedor;Monto", *rows)[1].without_currency == 1
    assert read("Objeto;Entidad;Presupuesto", *rows)[1].without_currency == 1
    assert read("Objeto;Proveedor;Monto (USD)", *rows[:1])[1].without_currency == 0


def test_rows_of_which_nothing_tells_the_country_are_counted():
    rows = ("Cámaras;Municipio de Prueba;Perú", "Nube;Municipio de Prueba;")
    assert read("Objeto;Entidad;País", *rows)[1].without_country == 1
    assert read("ocid;Objeto;Entidad", "ocds-x-1;Cámaras;Municipio de Prueba")[1].without_country == 0


@pytest.mark.parametrize("header", ["Servicio", "Requerimiento", "Serviço", "Goods"])
def test_a_column_of_words_says_what_was_bought_where_no_other_does(header):
    """Rows were read without it, so that no rule could know what was bought."""
    rows = [["ACME", "Monitoreo por cámaras", "5"], ["Beta", "Red de 12 radios para la policía", "6"]]
    columns = recognise(["Proveedor", header, "Monto"], rows).columns
    assert columns[header] == "title"
    assert header not in recognise(["Proveedor", header, "Monto", "Objeto"], [[*row, "Nube"] for row in rows]).columns
    numbers = [["ACME", "S-1", "5"], ["Beta", "S-2", "6"]]
    assert recognise(["Proveedor", header, "Monto"], numbers) is None


@pytest.mark.parametrize(
    ("cells", "fact"),
    [
        (["Compra de 25 cámaras para el mercado", "Mantenimiento anual de fibra"], "title"),
        (["Contrato de obra pública 12-2023", "Contrato de Servicios 123 de 2020"], "id"),
    ],
)
def test_figures_within_words_are_no_number_of_a_contract(cells, fact):
    columns = recognise(["Empresa", "Contrato", "Total"], [["ACME", cell, "5"] for cell in cells]).columns
    assert columns["Contrato"] == fact
