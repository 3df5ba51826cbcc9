"""The tables of a DOCX → rows, as those of a workbook; a DOCX that is mostly prose stays a document."""

import tempfile

import pytest

from contracts.files.kinds import FileKind
from contracts.models import Claim, ContractingProcess, Submission
from contracts.ocds.problems import RefusedError
from contracts.submitting import submit
from contracts.tables.sheets.rows import read_workbook
from tests.contracts.pages.sending import ask, file, process_all, send
from tests.support.pages import words_of
from tests.support.papers import docx_of
from tests.support.pdfs import pdf
from tests.support.printed import table

CONTRACTS = [
    ["Objeto", "Entidad", "Proveedor", "Monto", "Moneda"],
    ["Cámaras para la plaza", "Municipio Ficticio", "ACME S.A.", "1.250.000,50", "PEN"],
    ["Nube para el registro civil", "^", "Nubes S.A.", "98.000,00", "PEN"],
]
# Titles that fit into the columns of a page.
PRINTED = [CONTRACTS[0], *([title.split()[0], "Municipio", *rest] for title, _buyer, *rest in CONTRACTS[1:])]
LETTER = "Pedimos que se revise cada una de estas compras, hechas sin concurso y sin aviso. " * 20


def rows_of(content: bytes) -> list:
    with tempfile.TemporaryFile() as stored:
        stored.write(content)
        return list(read_workbook(stored, kind=FileKind.DOCX))


def test_each_table_is_a_sheet_and_the_lines_above_it_are_its_row_0():
    rows = rows_of(docx_of("Ignorado", "Entidad: Municipio", "Año 2024", "En miles", CONTRACTS, "Pie", [["a", "b"]]))
    assert [(row.sheet, row.number, list(row.whole())) for row in rows] == [
        ("1", 0, ["Entidad: Municipio", "Año 2024", "En miles"]),
        ("1", 1, CONTRACTS[0]),
        ("1", 2, CONTRACTS[1]),
        ("1", 3, ["Nube para el registro civil", "Municipio Ficticio", *CONTRACTS[2][2:]]),
        ("2", 0, ["Pie"]),
        ("2", 1, ["a", "b"]),
    ]


def test_cells_merged_over_columns_keep_the_others_in_their_columns():
    rows = rows_of(docx_of([["Contratos", "<", "Pagos"], ["Objeto", "Entidad", "Monto"], ["", "", ""]]))
    assert [list(row.cells) for row in rows] == [["Contratos", "", "Pagos"], ["Objeto", "Entidad", "Monto"]]
    assert rows[0].wide == {0: 1}


def test_what_is_not_a_docx_is_refused():
    with pytest.raises(RefusedError):
        rows_of(b"PK\x03\x04 and nothing else")


@pytest.mark.django_db
def test_a_table_of_contracts_that_somebody_wrote_in_a_docx_is_read_row_by_row(client):
    words = words_of(send(client, files=[file(docx_of("Contratos de 2024", CONTRACTS), "lista.docx")]))
    process_all()
    assert Submission.objects.get().kind == Submission.Kind.TABLE
    assert "<strong>Table</strong>" in ask(client, words)
    found = ContractingProcess.objects.order_by("amount").values_list("title", "buyer__name", "amount")
    assert [(title, buyer, float(amount)) for title, buyer, amount in found] == [
        ("Nube para el registro civil", "Municipio Ficticio", 98_000.0),
        ("Cámaras para la plaza", "Municipio Ficticio", 1_250_000.5),
    ]
    assert Claim.objects.held().count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "parts",
    [
        (LETTER, CONTRACTS),
        (LETTER,),
        ([["Objeto", "Cámaras"], ["Entidad", "Municipio Ficticio"]],),
        ([["N°", "Descripción", "Cantidad"], ["1", "Cámaras para la plaza", "12"]],),
    ],
    ids=["mostly prose", "no table", "a form", "a list of goods"],
)
def test_other_docx_are_documents(client, parts):
    send(client, files=[file(docx_of(*parts), "otro.docx")])
    process_all()
    assert Submission.objects.get().kind == Submission.Kind.DOCUMENT


@pytest.mark.django_db
@pytest.mark.parametrize("content", [docx_of(CONTRACTS), pdf(table(PRINTED))], ids=["docx", "pdf"])
def test_what_belongs_to_a_contract_is_a_document_whatever_it_holds(make_user, content):
    assert submit(iter([content]), channel="form", user=None).submission.kind == Submission.Kind.TABLE
    user = make_user("Submitters")
    about = submit(iter([b'{"title": "Nube", "buyer": "Municipio"}']), channel="api", user=user).submission
    taken = submit(iter([content]), channel="api", user=user, about=about)
    assert taken.submission.kind == Submission.Kind.DOCUMENT
    assert taken.submission.attachments.get().about == about


@pytest.mark.django_db
def test_a_docx_is_not_looked_into_when_the_time_of_its_sender_is_over():
    """Twenty made to take long would keep a worker of the site for minutes."""
    taken = submit(iter([docx_of(CONTRACTS)]), channel="form", user=None, looks=False)
    assert taken.submission.kind == Submission.Kind.DOCUMENT
