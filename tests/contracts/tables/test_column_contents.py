"""Headers used for two things are read by what stands below them; amounts without a currency are counted."""

import pytest

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
