"""Links behind the text of a cell ("ver contrato") are read as a column of addresses."""

import tempfile

import pytest
import xlsxwriter

from tests.support.tables import parts_of_workbook
from tests.support.workbooks import ods

HEAD = ["Objeto", "Entidad", "Proveedor", "Enlace", "Documento"]
ROW = ["Cámaras", "Muni", "ACME"]
ADDRESS = "https://example.org/contrato?id=1&año=2"


def read(content: bytes):
    """Return the addresses of each row, and what is told of them."""
    releases, problems, _sheets = parts_of_workbook(content)
    documents = [release["tender"].get("documents", []) for release in releases]
    told = [(problem.code, problem.variant) for problem in problems]
    return [[document["url"] for document in found] for found in documents], told


def book(write, *, header=HEAD) -> bytes:
    """Return a workbook of one row, whose links are written by a function of the sheet."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        with xlsxwriter.Workbook(file.name) as written:
            sheet = written.add_worksheet("Hoja")
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, ROW)
            write(sheet)
        return file.read()


def cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{attributes}><text:p>{text}</text:p></table:table-cell>'


def table(linked: str, attributes: str = "") -> bytes:
    words = "".join(map(cell, ROW))
    return ods([HEAD], extra=f"<table:table-row>{words}{cell(linked, attributes)}</table:table-row>")


def a(address: str, text: str = "ver") -> str:
    return f'<text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}">{text}</text:a>'


class TestXlsx:
    def test_links_of_cells_are_read_with_their_place_within_the_page(self):
        def write(sheet):
            sheet.write_url("D2", ADDRESS, string="ver contrato")
            sheet.write_url("E2", f"{ADDRESS}#pág", string="documento")

        assert read(book(write)) == ([[ADDRESS, f"{ADDRESS}#pág"]], [])

    def test_so_are_links_of_formulas(self):
        def write(sheet):
            sheet.write_formula("D2", f'=HYPERLINK("{ADDRESS}","ver contrato")', value="ver contrato")

        assert read(book(write)) == ([[ADDRESS]], [])

    @pytest.mark.parametrize("header", ["Ver contrato", "Link al contrato", "Contrato (PDF)"])
    def test_people_call_their_columns_so(self, header):
        def write(sheet):
            sheet.write_url("D2", ADDRESS, string="ver")

        assert read(book(write, header=[*HEAD[:3], header])) == ([[ADDRESS]], [])

    def test_what_is_typed_stays_where_it_is_an_address(self):
        def write(sheet):
            sheet.write_url("D2", ADDRESS, string="https://example.org/otro")

        assert read(book(write)) == ([["https://example.org/otro"]], [])

    @pytest.mark.parametrize(
        "target", ["mailto:a@example.org", "external:otro.xlsx", "internal:Hoja!A1", "ftp://example.org/x"]
    )
    def test_what_is_no_address_is_told_as_ever(self, target):
        def write(sheet):
            sheet.write_url("D2", target, string="ver contrato")

        assert read(book(write)) == ([[]], [("cell_unread", "url")])

    @pytest.mark.parametrize(
        "formula", ['HYPERLINK("https://example.org/"&A2,"ver")', 'HYPERLINK("javascript:x","y")']
    )
    def test_so_is_a_formula_that_names_none(self, formula):
        def write(sheet):
            sheet.write_formula("D2", f"={formula}", value="ver")

        assert read(book(write)) == ([[]], [("cell_unread", "url")])

    def test_of_other_columns_the_text_counts(self):
        def write(sheet):
            sheet.write_url("A2", ADDRESS, string="Cámaras")

        assert read(book(write)) == ([[]], [])


class TestOds:
    def test_links_of_cells_are_read(self):
        assert read(table(a(ADDRESS.replace("&", "&amp;")))) == ([[ADDRESS]], [])

    def test_so_are_links_of_formulas(self):
        formula = f' table:formula="of:=HYPERLINK(&quot;{ADDRESS.replace("&", "&amp;")}&quot;;&quot;ver&quot;)"'
        assert read(table("ver", attributes=formula)) == ([[ADDRESS]], [])

    @pytest.mark.parametrize(
        "target", ["javascript:x", "#Hoja.A1", "../otro.ods", "https://example.org/" + "x" * 2000]
    )
    def test_what_is_no_address_is_told_as_ever(self, target):
        assert read(table(a(target))) == ([[]], [("cell_unread", "url")])

    def test_a_note_beside_a_cell_links_nothing(self):
        note = f"<office:annotation><text:p>{a(ADDRESS)}</text:p></office:annotation>ver"
        assert read(table(note)) == ([[]], [("cell_unread", "url")])
