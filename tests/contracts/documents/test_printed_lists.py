"""A list of contracts that a PDF prints without lines between its cells: its sender is told to send it as a table."""

import tempfile

import pytest

from contracts.intake.documents.printed_lists import read_with_lists
from tests.contracts.pages.sending import file, process_all, send
from tests.support.pages import text_of, words_of
from tests.support.papers import docx_of
from tests.support.pdfs import pdf
from tests.support.printed import shown

LEFTS = (40, 90, 210, 330, 450)
HEADER = ["N.º", "Objeto del contrato", "Proveedor", "Entidad", "Monto"]
ROWS = [
    ["1", "Cámaras para la plaza", "ACME S.A.", "Municipalidad", "1.250.000"],
    ["2", "Servicio de nube", "Otra Ltda.", "Ministerio", "98.500"],
    ["3", "Enlaces de datos", "Redes S.A.", "Ministerio", "12.000"],
]


def page(rows, *, title="Contratos del primer trimestre", top=740):
    """Return what draws rows of texts, one below the other, without lines."""
    lines = [shown(title, 40, 780)] if title else []
    for number, row in enumerate(rows):
        lines += [shown(text, left, top - 14 * number) for left, text in zip(LEFTS, row, strict=False) if text]
    return b"".join(lines)


def pages_with_lists(*pages) -> list[int]:
    with tempfile.TemporaryFile() as written:
        written.write(pdf(*pages))
        problems = read_with_lists(written).problems
    return [number for problem in problems if problem.code == "list_printed" for number in problem.values["pages"]]


@pytest.mark.parametrize(
    "header",
    [
        [HEADER],
        [["N.º", "Objeto del", "Proveedor", "Entidad", "Monto"], ["", "contrato", "", "contratante", "(USD)"]],
        [["N.º", "Objeto da contratação", "Fornecedor", "Órgão", "Valor (R$)"]],
        [["No.", "Description", "Supplier", "Buyer", "Contract value"]],
    ],
)
def test_a_page_with_the_columns_of_contracts_and_rows_below_is_a_list(header):
    text = "Informe de la unidad de compras.\nSe adjunta el detalle."
    assert pages_with_lists(text, page([*header, *ROWS])) == [2]


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER],  # nothing below
        [["Ítem", "Descripción", "Cantidad", "Unidad", "Precio"], *ROWS],  # nobody who buys or supplies
        [["Entidad:", "Municipalidad", "Proveedor:", "ACME S.A."], ["Objeto:", "Cámaras", "Monto:", "1.250"]],
        ROWS,
    ],
)
def test_other_columns_are_not(rows):
    assert pages_with_lists(page(rows)) == []


@pytest.mark.parametrize(
    ("rows", "is_list"), [([HEADER, *ROWS], True), ([["Ítem", "Cantidad"], ["Cámara", "2"]], False)]
)
def test_a_table_of_a_docx_with_more_text_beside_is_told_too(rows, is_list):
    with tempfile.TemporaryFile() as written:
        written.write(docx_of("Informe de la unidad de compras. " * 40, rows))
        codes = [problem.code for problem in read_with_lists(written).problems]
    assert codes == ["list_printed"][:is_list]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "page 1: There seems to be a list of contracts here."),
        ("es", "página 1: Aquí parece haber una lista de contratos."),
        ("pt-br", "página 1: Parece haber aqui uma lista de contratos."),
    ],
)
@pytest.mark.usefixtures("nudged")
def test_the_sender_is_told_with_the_receipt(client, language, told):
    words = words_of(send(client, files=[file(pdf(page([HEADER, *ROWS])), "lista.pdf")]))
    process_all()
    shown_page = client.post(f"/submit/status/?lang={language}", {"receipt": words}).content.decode()
    assert told in text_of(shown_page).replace(" :", ":")
