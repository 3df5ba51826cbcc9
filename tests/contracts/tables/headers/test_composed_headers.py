"""Headers that no list names, made of words that leave no doubt, and what they say of taxes."""

import pytest

from contracts.tables.headers.composed import bare_name, composed_fact
from contracts.tables.headers.recognition import header_weight, recognise
from tests.contracts.tables.headers.test_amounts import read_rows, value

# Fact → headers as people write them.
WRITTEN = {
    "title": ["Objeto de la adquisición", "Objeto y descripción", "Nombre del servicio", "Objeto da aquisição"],
    "description": [
        "Descripción del bien o servicio",
        "Descripción de bienes y/o servicios",
        "Detalle de la compra",
        "Descrição resumida do objeto",
        "Description of goods or services",
    ],
    "buyer": [
        "Entidad pública",
        "Institución contratante",
        "Órgão público",
        "Public entity",
        "Compañía compradora",
        "Municipio contratante",
    ],
    "supplier": ["Nombre de la empresa", "Oferente ganador", "Contratista o proveedor", "Fornecedor vencedor"],
    "amount": ["Monto de la adjudicación", "Valor de la contratación", "Importe neto", "Monto de la compra"],
    "date_signed": ["Fecha de contratación", "Fecha de compra", "Data da contratação"],
    "method": ["Forma de adquisición", "Modo de contratación", "Forma de contratação"],
    "id": ["N° OC", "Clave del contrato", "Número de orden de compra"],
}
# A table that can be read without the fact.
OTHERS = {"title": "Objeto", "supplier": "Proveedor", "amount": "Monto", "date": "Fecha"}


def recognised(fact, header):
    others = [name for other, name in OTHERS.items() if other != fact and (fact, other) != ("description", "title")]
    return recognise([*others, header])


@pytest.mark.parametrize(("fact", "header"), [(fact, name) for fact, names in WRITTEN.items() for name in names])
def test_they_tell_a_fact(fact, header):
    assert recognised(fact, header).columns[header] == fact
    assert header_weight([header]) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Monto de la garantía",
        "Valor del anticipo",
        "Precio unitario",
        "Fecha de entrega",
        "Fecha de la licitación",
        "Empresa sancionada",
        "Empresa pública",
        "Representante del contratante",
        "Nombre del responsable",
        "Número de proveedor",
        "Descripción del daño",
        "Servicio",
        "Monto " + "de la compra " * 9,
    ],
)
def test_a_word_that_tells_something_else_leaves_them_unread(header):
    assert composed_fact(header) == ""
    assert header not in recognised("", header).columns


def test_one_that_is_named_goes_first_and_two_alike_are_not_chosen_from():
    assert recognise(["Objeto", "Monto", "Monto de la compra"]).columns == {"Objeto": "title", "Monto": "amount"}
    two = recognise(["Objeto", "Proveedor", "Monto de la compra", "Monto de la adjudicación"])
    assert two.unused == ["Monto de la compra", "Monto de la adjudicación"]


@pytest.mark.parametrize(
    ("header", "bare"),
    [
        ("Monto (c/IVA)", "monto"),
        ("Importe (IVA incluido)", "importe"),
        ("Precio + IVA", "precio"),
        ("Valor (incluye I.V.A.)", "valor"),
        ("Monto s/IVA", "monto"),
        ("Monto con IVA (MXN)", "monto"),
        ("Amount (VAT inclusive)", "amount"),
        ("Valor total com impostos", "valor total"),
        # The tax itself.
        ("Monto IVA", "Monto IVA"),
        ("Monto del IVA", "Monto del IVA"),
        ("IVA incluido", "IVA incluido"),
        ("Monto sin", "Monto sin"),
    ],
)
def test_what_a_header_says_of_taxes_is_left_out(header, bare):
    assert bare_name(header) == bare


def test_a_table_of_a_municipality_is_read():
    """It was refused row by row, as if its cells were empty."""
    header = ["No.", "Descripción del bien o servicio", "Proveedor adjudicado", "Monto (c/IVA)", "Fecha firma"]
    release, _problems, sheet = read_rows(header, ["1", "Cámaras", "ACME", "$1,250,000.00", "15/03/2024"])
    assert (release["tender"]["description"], value(release)["amount"]) == ("Cámaras", 1_250_000)
    assert (sheet.rows_read, sheet.unused) == (1, ["No."])


def test_a_table_whose_columns_tell_no_contract_is_asked_about():
    """A supplier and a day are two facts, and no row of them can be a contract."""
    assert recognise(["Requerimiento", "Proveedor", "Fecha de firma", "Modalidad"]) is None
