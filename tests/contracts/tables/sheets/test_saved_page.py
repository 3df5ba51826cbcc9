"""The tables of a web page → rows: what portals and office programs call XLS; other pages stay refused."""

import tempfile

import pytest

from contracts.files.kinds import FileKind
from contracts.models import Claim, ContractingProcess
from contracts.tables.sheets.rows import read_workbook
from tests.contracts.pages.sending import file, process_all, send
from tests.support.pages import text_of

HEADER = "<tr><th>Objeto</th><th>Proveedor</th><th>Monto</th><th>Moneda</th><th>Enlace</th></tr>"
ROW = (
    "<tr><td>Cámaras<br>para la&nbsp;plaza</td><td>ACME S.A.</td><td>1.250.000,50</td><td>PEN</td>"
    '<td><a href="https://portal.example/c/1">ver contrato</a></td></tr>'
)
PAGE = f"<html><body><h3>Municipalidad de Ejemplo</h3><table>{HEADER}{ROW}</table></body></html>"


def rows_of(page: str | bytes) -> list:
    with tempfile.TemporaryFile() as stored:
        stored.write(page.encode() if isinstance(page, str) else page)
        return list(read_workbook(stored, kind=FileKind.HTML))


def cells_of(page: str | bytes) -> list[list]:
    return [list(row.whole()) for row in rows_of(page)]


def test_each_table_is_a_sheet_and_what_stands_above_it_its_row_0():
    above = "<h1>Contratos</h1><p>Año <b>2024</b></p>"
    page = f"{above}<table><caption>En miles</caption>{HEADER}{ROW}</table><table><tr><td>Fin</table>"
    first, header, row, last = rows_of(page)
    assert (first.number, list(first.cells)) == (0, ["Contratos", "Año 2024", "En miles"])
    assert list(header.cells) == ["Objeto", "Proveedor", "Monto", "Moneda", "Enlace"]
    assert list(row.cells) == ["Cámaras\npara la plaza", "ACME S.A.", "1.250.000,50", "PEN", "ver contrato"]
    assert row.links == {4: "https://portal.example/c/1"}
    assert (last.sheet, list(last.cells)) == ("2", ["Fin"])


def test_merged_cells_are_those_of_a_workbook():
    head = '<tr><td rowspan=2>Objeto</td><td colspan="2">Contrato</td></tr><tr><td>Número</td><td>Monto</td></tr>'
    body = "<tr><td rowspan=2>Cámaras</td><td>1</td><td rowspan=2>5</td></tr><tr><td>2</td></tr>"
    rows = rows_of(f"<table>{head}{body}</table>")
    assert rows[0].wide == {1: 2}
    assert [list(row.whole()) for row in rows] == [
        ["Objeto", "Contrato", ""],
        ["Objeto", "Número", "Monto"],
        ["Cámaras", "1", "5"],
        ["Cámaras", "2", "5"],
    ]


@pytest.mark.parametrize("span", ["0", "-1", "99999", "x", "²"])
def test_a_page_may_say_any_span(span):
    assert cells_of(
        f'<table><tr><td colspan="{span}" rowspan="{span}">a</td><td>b</td></tr><tr><td>c</td></tr></table>'
    )


@pytest.mark.parametrize(
    ("charset", "encoding"), [("", "utf-8"), ("", "cp1252"), ("windows-1252", "cp1252"), ("utf-8", "utf-8")]
)
def test_letters_are_read_in_any_encoding(charset, encoding):
    named = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    page = f"<html><head>{named}</head><body><table><tr><td>Año</td><td>Ñuñoa</td></tr></table></body></html>"
    assert cells_of(page.encode(encoding)) == [["Año", "Ñuñoa"]]


def test_what_nobody_sees_and_what_arranges_is_left_out():
    hidden = "<script>var x = 'no';</script><style>td{}</style><!-- tampoco -->"
    page = (
        f"<body>{hidden}<table><tr><td><table><tr><td>a{hidden}</td><td>b</td></tr></table></td></tr></table></body>"
    )
    assert cells_of(page) == [["a", "b"]]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "no page",
        "<p>Sin tabla</p>",
        f"<p>{'Una noticia sobre contratos. ' * 50}</p><table>{HEADER}{ROW}</table>",
        "From: <Saved by a browser>\nMIME-Version: 1.0\n\n<table border=3D1><tr><td>a</td></tr></table>",
        "<table><tr><td></td></tr></table>",
    ],
)
def test_what_is_not_a_page_of_tables_gives_no_rows(page):
    assert rows_of(page) == []


@pytest.mark.django_db
def test_a_page_that_is_called_a_workbook_is_read_and_another_is_refused(client):
    send(client, files=[file(PAGE.encode(), "contratos.xls")])
    process_all()
    assert Claim.objects.count() == 1
    process = ContractingProcess.objects.get()
    assert (process.buyer_name, process.supplier_names, process.currency) == (
        "Municipalidad de Ejemplo",
        ["ACME S.A."],
        "PEN",
    )
    page = send(client, status=400, files=[file(b"<html><body><p>Una noticia.</p></body></html>", "nota.xls")])
    assert "The file is a web page" in text_of(page)
