"""A title above a table, or a row alone in it, may name the buyer of the rows below, where no column does."""

import pytest

from contracts.tables.headers.title_buyers import body_named, buyers_named
from tests.support.tables import cells, parts

HEADER = ["Objeto", "Contratista", "Valor"]
ROWS = [["Cámaras", "A", 5], ["Radios", "B", 7]]


def read(*rows, sheet="Hoja1"):
    releases, problems, (table,) = parts(cells(*rows, sheet=sheet))
    return [release.get("buyer", {}).get("name") for release in releases], problems, table


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("ALCALDÍA MUNICIPAL DE SOACHA", "ALCALDÍA MUNICIPAL DE SOACHA"),
        ("Relación de contratos de la Alcaldía de Cali - 2023", "Alcaldía de Cali"),
        ("Contratos de la Municipalidad de San Isidro vigencia 2023", "Municipalidad de San Isidro"),
        ("Contratos do Município de Olinda em 2024", "Município de Olinda"),
        ("PREFEITURA DE SANTOS, CONTRATOS DE 2022", "PREFEITURA DE SANTOS"),
        ("MINISTERIO DE SALUD CONTRATOS 2022 (corte a marzo)", "MINISTERIO DE SALUD"),
        ("Ministry of Health | Contracts", "Ministry of Health"),
        ("Alcaldía de Cali \u200b", "Alcaldía de Cali"),
        ("Alcaldía de Cali \xad 2023", "Alcaldía de Cali"),
    ],
)
def test_a_title_names_a_body(title, name):
    assert body_named(title) == name


@pytest.mark.parametrize(
    "title",
    [
        "Contratos 2023",
        "Secretaría",
        "Fuente: Secretaría de Hacienda",
        "Municipio: Soacha",
        "Instituto Igarapé",
        "Alcaldía de Cali - Secretaría de Salud",
        "Alcaldía de Cali y Alcaldía de Palmira",
        "Municipios del norte",
        "Hospital ´",
        "Elaborado por la Secretaría de Hacienda",
        "Contratos de Gobierno Digital 2023",
        "Governo eletrônico",
        "Hospital equipment",
        "x" * 300 + " Alcaldía de Cali",
    ],
)
def test_another_names_none(title):
    assert body_named(title) == ""


def test_a_label_says_more_than_a_title():
    assert buyers_named([["Gobierno del Perú"], ["Entidad:", "SEDAPAL"]]) == ["SEDAPAL"]
    assert buyers_named([["Gobierno del Perú"], ["Entidad: SEDAPAL"]]) == ["SEDAPAL"]
    assert buyers_named([["Entidad:", "Fecha: 2023"], ["Entidad", "Monto"]]) == []
    assert buyers_named([["Entidad", "Objeto", "Monto"], ["Entidad:"], ["Año", "2023"]]) == []


def test_it_is_the_buyer_of_all_rows_and_told():
    buyers, (problem,), table = read(["ALCALDÍA DE SOACHA"], ["Contratos 2023"], HEADER, *ROWS)
    assert buyers == ["ALCALDÍA DE SOACHA"] * 2
    assert (problem.code, problem.values, problem.pointer) == ("buyer_above", {"text": buyers[0]}, "/Hoja1/3")
    assert table.columns[buyers[0]] == "buyer"


def test_the_name_of_a_sheet_is_a_title():
    assert read(HEADER, *ROWS, sheet="Alcaldía de Pasto")[0] == ["Alcaldía de Pasto"] * 2
    assert read(HEADER, *ROWS, sheet="Alcaldía de San Juan de Pasto -")[0] == [None] * 2


def test_of_several_none_is_taken():
    buyers, (problem,), _table = read(["ALCALDÍA DE CALI"], ["SECRETARÍA DE SALUD"], HEADER, *ROWS)
    assert buyers == [None, None]
    assert (problem.code, problem.variant) == ("buyer_above", "several")


def test_a_column_of_buyers_alone_says_who_buys():
    buyers, problems, _table = read(["ALCALDÍA DE CALI"], [*HEADER, "Entidad"], ["Cámaras", "A", 5, ""])
    assert (buyers, problems) == ([None], [])


def test_a_row_alone_begins_the_contracts_of_the_next_buyer():
    """It was taken for a contract of this title."""
    rows = [HEADER, ["MUNICIPIO DE CALI", "", ""], ROWS[0], ["MUNICIPIO DE TULUÁ", "", ""], ROWS[1]]
    buyers, problems, table = read(*rows)
    assert buyers == ["MUNICIPIO DE CALI", "MUNICIPIO DE TULUÁ"]
    assert [(problem.code, problem.line) for problem in problems] == [("buyer_above", 2), ("buyer_above", 4)]
    assert (table.rows, table.rows_read) == (4, 2)


def test_so_does_one_above_the_same_header_again():
    rows = [["PREFEITURA DE OLINDA"], HEADER, ROWS[0], ["PREFEITURA DE RECIFE"], HEADER, ROWS[1]]
    assert read(*rows)[0] == ["PREFEITURA DE OLINDA", "PREFEITURA DE RECIFE"]


@pytest.mark.parametrize(
    "title",
    ["Hospital de campaña: 20 cámaras", "Gobierno electrónico para trámites", "Elaboración del expediente técnico"],
)
def test_a_contract_alone_in_its_row_stays_one(title):
    buyers, problems, _table = read(HEADER, [title, "", ""], ROWS[0])
    assert (len(buyers), problems) == (2, [])


@pytest.mark.parametrize(
    ("title", "office", "buyer", "entity"),
    [
        ("MUNICIPALIDAD DE MIXCO - COMPRAS 2023", "Informática", "MUNICIPALIDAD DE MIXCO", "Informática"),
        # What names a body itself is one.
        ("Contratos del Gobierno de Prueba", "Municipalidad de Mixco", "Municipalidad de Mixco", None),
        ("Compras de seguridad 2023", "Informática", "Informática", None),
        ("Municipalidad de Mixco y Municipalidad de Cobán", "Informática", "Informática", None),
    ],
)
def test_an_office_buys_for_the_body_that_the_title_names(title, office, buyer, entity):
    """Records had "Informática" for a buyer, and the municipality in the title was lost."""
    rows = [[title], ["Objeto", "Unidad compradora", "Proveedor"], ["Cámaras", office, "ACME"]]
    (release,), problems, _sheets = parts(cells(*rows, sheet="Hoja1"))
    assert release["buyer"]["name"] == buyer
    assert release["tender"].get("procuringEntity", {}).get("name") == entity
    told = [problem.values["text"] for problem in problems if problem.code == "buyer_above"]
    assert told == ([buyer] if entity else [])
