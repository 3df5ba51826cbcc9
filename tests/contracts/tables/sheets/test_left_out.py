"""Cells that the workbook reader returns as empty or omits are reported, and no other value is read instead."""

import random
import struct
import tempfile

import pytest
import xlsxwriter

from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import RefusedError
from contracts.tables.sheets.left_out.finding import left_out_of
from contracts.tables.sheets.left_out.ods import left_out as of_open_document
from contracts.tables.sheets.left_out.xls import left_out as left_out_of_old
from contracts.tables.sheets.rows import read_workbook
from tests.support.tables import parts_of_workbook
from tests.support.workbooks import ods, xls, xlsx

HEAD = ["Objeto", "Entidad", "Proveedor", "Monto"]
ROW = ["Cámaras", "Muni", "ACME", "5,5"]
TEXT = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
NOTE = "<office:annotation><text:p>una nota</text:p></office:annotation>"
OF_OLD_PROGRAMS = (
    '<table:table-cell table:formula="of:=X" office:value-type="float" office:value="0">'
    "<text:p>Err:502</text:p></table:table-cell>"
)
COVERED = "<table:covered-table-cell/>"


def read(content: bytes):
    releases, problems, _sheets = parts_of_workbook(content)
    return releases, problems


def cell(text: str, attributes: str = "") -> str:
    return TEXT.format(attributes, text)


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


FIRST = "".join(map(cell, ROW[:3]))


class TestErrors:
    @pytest.mark.parametrize(
        ("amount", "shown"),
        [
            (cell("#DIV/0!", ' table:formula="of:=1/0" office:string-value="" calcext:value-type="error"'), "#DIV/0!"),
            (OF_OLD_PROGRAMS, "Err:502"),
            ('<table:table-cell table:formula="of:=[.A1]*2"/>', "#FORMULA!"),
            (f'<table:table-cell table:formula="of:=[.A1]*2">{NOTE}</table:table-cell>', "#FORMULA!"),
        ],
    )
    def test_of_an_ods_are_told_and_no_amounts(self, amount, shown):
        """A zero stood there, or nothing, and nobody was told."""
        (release,), (problem,) = read(ods([HEAD], extra=row(FIRST, amount)))
        assert "value" not in release["awards"][0]
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "error", "/Hoja/2/Monto")
        assert problem.values == {"text": shown}

    def test_of_an_ods_are_found_behind_repeated_rows_and_columns(self):
        blank = row(
            '<table:table-cell table:number-columns-repeated="9"/>', attributes=' table:number-rows-repeated="4"'
        )
        wide = '<table:table-cell table:number-columns-repeated="3"/>'
        error = cell("#REF!", ' calcext:value-type="error" table:formula="of:=X" office:string-value=""')
        content = ods([HEAD, ROW], extra=blank + row(wide, error))
        assert left_out_of(content)("Hoja").cells == {7: {3: "#REF!"}}

    @pytest.mark.parametrize(
        ("record", "shown"),
        [
            ((0x0205, struct.pack("<HHHBB", 1, 3, 0, 0x07, 1)), "#DIV/0!"),
            ((0x0006, struct.pack("<HHHBBBBHHHI", 1, 3, 0, 2, 0, 0x2A, 0, 0, 0xFFFF, 0, 0) + b"\0\0"), "#N/A"),
        ],
    )
    def test_of_an_old_workbook_are_told(self, record, shown):
        (release,), (problem,) = read(xls([HEAD, ROW[:3]], extra=[record]))
        assert "value" not in release["awards"][0]
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "error", "/Hoja/2/Monto")
        assert problem.values == {"text": shown}

    def test_formulas_that_were_worked_out_and_empty_texts_are_none(self):
        worked_out = (
            '<table:table-cell table:formula="of:=2+3" office:value-type="float" office:value="5">'
            "<text:p>5</text:p></table:table-cell>"
        )
        empty = (
            '<table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""/>'
        )
        releases, problems = read(ods([HEAD], extra=row(FIRST, worked_out) + row(FIRST, empty)))
        assert ([str(release["awards"][0].get("value", {}).get("amount")) for release in releases], problems) == (
            ["5", "None"],
            [],
        )


def test_cells_of_an_ods_that_are_merged_over_rows_are_said_of_each():
    merged = cell("Muni", ' table:number-rows-spanned="3" table:number-columns-spanned="1"')
    rows = [row(cell("Cámaras"), merged, cell("ACME"))]
    rows += [row(cell(title), COVERED, cell("BETA")) for title in ("Fibra", "Nube")]
    releases, problems = read(ods([HEAD], extra="".join(rows) + row(cell("Radios"), cell(""), cell("GAMMA"))))
    assert [release.get("buyer", {}).get("name") for release in releases] == ["Muni", "Muni", "Muni", None]
    assert problems == []


def test_a_name_above_the_header_of_an_ods_goes_as_far_as_its_cell_is_merged():
    wide = ' table:number-columns-spanned="2"'
    above = row(cell("Comprador", wide), COVERED, cell("Proveedor", wide), COVERED, cell(""), cell(""))
    header = row(*map(cell, ("Nombre", "RUC", "Nombre", "RUC", "Nota", "Monto (S/)")))
    data = row(*map(cell, ("Muni", "20100070970", "ACME", "20131312955", "vista", "5")))
    (release,), problems = read(ods([], extra=above + header + data))
    assert problems == []
    assert release["buyer"] == {"id": "20100070970", "name": "Muni"}
    assert release["awards"][0]["suppliers"] == [{"id": "20131312955", "name": "ACME"}]
    assert str(release["awards"][0]["value"]["amount"]) == "5"


class TestHostile:
    def test_tables_of_an_old_workbook_that_lead_in_a_circle_end(self):
        """Sectors of four bytes hold the number of the next table alone: it was looked for until time ran out."""
        content = bytearray(xls([HEAD, ROW]))
        struct.pack_into("<H", content, 30, 2)
        struct.pack_into("<I", content, 68, 200)
        struct.pack_into("<I", content, (200 + 1) * 4, 200)
        with tempfile.TemporaryFile() as file:
            file.write(content)
            with pytest.raises(RefusedError) as refusal:
                list(read_workbook(file, ReaderLimits(cpu_seconds=3)))
        assert refusal.value.problem.variant == "damaged"

    def test_sheets_of_an_old_workbook_that_are_one_are_not_read_once_for_each_name(self):
        errors = [(0x0205, struct.pack("<HHHBB", number, 3, 0, 0x07, 1)) for number in range(1000)]
        sheets = left_out_of_old(xls([HEAD], *map(str, range(500)), extra=errors))
        assert len(sheets) == 500
        assert 1000 <= sum(len(sheet.cells) for sheet in sheets.values()) < 10_000


class TestHidden:
    def test_rows_of_an_xlsx_are_read_and_told(self, tmp_path):
        path = tmp_path / "hidden.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet, draft = book.add_worksheet("Contratos"), book.add_worksheet("Borrador")
            for page in (sheet, draft):
                for number, cells in enumerate((HEAD, ROW, ["Fibra", *ROW[1:]])):
                    page.write_row(number, 0, cells)
            sheet.set_row(2, None, None, {"hidden": True})
            sheet.set_row(40, None, None, {"hidden": True})
            draft.hide()
        releases, problems = read(path.read_bytes())
        assert [release["tender"]["title"] for release in releases] == ["Cámaras", "Fibra"] * 2
        assert [(problem.code, problem.variant, problem.values, problem.pointer) for problem in problems] == [
            ("hidden", "rows", {"number": 1}, "/Contratos"),
            ("hidden", "", {"number": 3}, "/Borrador"),
        ]
        assert all(problem.is_warning for problem in problems)

    def test_columns_that_hold_something_are_told_by_their_letters(self, tmp_path):
        """A sender who sees no column with a name of a source or a telephone does not know that it goes along."""
        path = tmp_path / "hidden.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Contratos")
            for number, cells in enumerate((HEAD, ROW)):
                sheet.write_row(number, 0, cells)
                sheet.write(number, 27, "Teléfono")
            sheet.set_column(1, 1, None, None, {"hidden": True})
            sheet.set_column(26, 40, None, None, {"hidden": True})
        (_release,), (problem,) = read(path.read_bytes())
        assert (problem.code, problem.variant, problem.values) == ("hidden", "columns", {"columns": "B, AB"})
        assert problem.is_warning

        shown, hidden = "<table:table-column/>", '<table:table-column table:visibility="collapse"/>'
        # Their first and last column, width, style and options.
        second = struct.pack("<HHHHHH", 1, 1, 2048, 15, 1, 0)
        seen = struct.pack("<HHHHHH", 0, 0, 2048, 15, 0, 0)
        for content in (
            ods([], extra=shown + hidden + row(*map(cell, HEAD)) + row(*map(cell, ROW))),
            xls([HEAD, ROW], extra=[(0x007D, seen), (0x007D, second)]),
        ):
            _releases, (problem,) = read(content)
            assert (problem.code, problem.variant, problem.values) == ("hidden", "columns", {"columns": "B"})

    def test_of_an_ods_and_an_old_workbook_too(self):
        hidden = struct.pack("<HHHHHHI", 1, 0, 4, 0, 0, 0, 0x20)
        contents = [
            ods([HEAD], extra=row(FIRST, attributes=' table:visibility="filter"')),
            xls([HEAD, ROW], extra=[(0x0208, hidden)]),
        ]
        for content in contents:
            _releases, (problem,) = read(content)
            assert (problem.code, problem.variant, problem.values) == ("hidden", "rows", {"number": 1})


@pytest.mark.parametrize(
    "make", [lambda: ods([HEAD, ROW], extra=row(FIRST)), lambda: xls([HEAD, ROW]), lambda: xlsx({"A": [ROW]})]
)
def test_what_is_damaged_tells_nothing_and_raises_nothing(make):
    content, chance = make(), random.Random(7)
    for _time in range(300):
        spoilt = bytearray(content[: chance.randrange(len(content))] if chance.random() < 0.5 else content)
        for _byte in range(chance.randrange(1, 40)):
            if spoilt:
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        assert left_out_of(bytes(spoilt))("Hoja").merged == []


def test_entities_of_an_ods_are_not_expanded():
    xml = b'<x xmlns:table="t"><table:table table:name="H"><table:table-row><table:table-cell table:formula="x"/>'
    assert of_open_document(xml)["H"].cells == {1: {0: "#FORMULA!"}}
    assert of_open_document(b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml) == {}
