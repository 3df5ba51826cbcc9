"""Bytes → rows: any delimiter, any sheet, and a broken row that spoils no other."""

import tempfile
from types import SimpleNamespace

import pytest
from python_calamine import SheetVisibleEnum

from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.sheets import rows as sheets
from contracts.tables.sheets import workbook
from contracts.tables.sheets.rows import Row, detect_delimiter, looks_like_csv, read_csv, read_workbook
from tests.support.workbooks import ods, xls, xlsx


def cells_of(content: bytes) -> list:
    return [list(row.cells) for row in read_csv([content]) if isinstance(row, Row)]


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
    def test_the_delimiter_is_detected(self, delimiter):
        text = delimiter.join(["título", "monto", "fecha"]) + "\n" + delimiter.join(["Nube", '"1.234,50"', "x"])
        assert cells_of(text.encode()) == [["título", "monto", "fecha"], ["Nube", "1.234,50", "x"]]

    def test_a_whole_notice_in_a_cell_is_no_quote_that_is_open(self):
        notice = "\n".join(f"Line {number}" for number in range(250))
        text = f'title,description,amount\nNube,"{notice}",5\nCables,"x",6\n'
        assert cells_of(text.encode())[1:] == [["Nube", notice, "5"], ["Cables", "x", "6"]]

    def test_a_quote_that_is_open_takes_no_more_rows_with_it_where_their_cells_are_too_many(self):
        rows = "".join(f"Compra {number},x,5\n" for number in range(250))
        text = f'title,description,amount\nNube,"x,5\n{rows}Cables,y"\n'
        assert len(cells_of(text.encode())) == 253

    def test_commas_inside_of_texts_part_nothing(self):
        assert detect_delimiter(["a;b", "1,2,3;x", "1,2,3;y", "4,5,6;z"]) == ";"

    @pytest.mark.parametrize(
        "text",
        [
            "Buenos días, cuento lo que sé, que es poco.\nFue en febrero, sin licitación.\nCostó mucho, y más.\n",
            "El Ministerio compró cámaras en febrero, por Q 1,250,000.00.\nVer el NOG 18765432.\n",
            "Compró cámaras; no las usa.\nPagó dos veces; una en marzo; otra en mayo.\nNada más.\n",
        ],
    )
    def test_sentences_are_no_cells(self, text):
        assert not looks_like_csv(text.encode())

    @pytest.mark.parametrize(
        "text",
        [
            "Comprador, Objeto, Monto\nMuni, Nube, 5\nMuni, Radio, 1,250,000.00\n",
            "Compras de 2024\nComprador, Objeto\nMuni, Nube\n",
            # As Excel saves a sheet with a title.
            "Compras de 2024;;\n;;\nComprador;Objeto;Monto\nMuni;Nube;5\n",
            'Comprador,Objeto\nMuni,"Nube, radio, y más"\nMuni,Radio\n',
            "Comprador;Objeto\nMuni;Nube; radio\n",
        ],
    )
    def test_cells_are_though_a_person_put_spaces_between_them(self, text):
        assert looks_like_csv(text.encode())

    def test_office_programs_name_it_in_the_first_line(self):
        assert cells_of(b"sep=|\na|b\n1,1|2,2") == [["a", "b"], ["1,1", "2,2"]]

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_line_ends_and_marks_of_byte_order_and_empty_rows(self, end):
        assert cells_of(b"\xef\xbb\xbf" + end.join([b"a,b", b",", b"", b"1,2"])) == [["a", "b"], ["1", "2"]]

    def test_a_cell_goes_on_over_lines_and_rows_keep_their_numbers(self):
        rows = list(read_csv([b'a,b\n1,"x\ny ""z"""\n2,w\n']))
        assert [(row.number, list(row.cells)) for row in rows] == [
            (1, ["a", "b"]),
            (2, ["1", 'x\ny "z"']),
            (4, ["2", "w"]),
        ]

    def test_a_quote_that_nobody_closes_spoils_one_row(self):
        lines = b"a,b\n" + b'1,"open\n' + b"".join(b"%d,x\n" % number for number in range(200))
        found = list(read_csv([lines]))
        (problem,) = [entry for entry in found if isinstance(entry, Problem)]
        assert (problem.code, problem.variant, problem.line) == ("row_broken", "quote", 2)
        assert len(found) == 1 + 202

    def test_a_line_without_end_is_reported_and_the_next_is_read(self, monkeypatch):
        monkeypatch.setattr(sheets, "MAX_LINE", 1000)
        found = list(read_csv([b"a,b\n" + b"x" * 1500 + b",y\n1,2\n"]))
        assert [entry.variant for entry in found if isinstance(entry, Problem)] == ["line"]
        assert list(found[-1].cells) == ["1", "2"]

    def test_nul_is_removed_and_bytes_may_come_in_any_parts(self):
        content = "a,b\n1\x00,ñ\n".encode()
        assert [list(row.cells) for row in read_csv([bytes([byte]) for byte in content])] == [["a", "b"], ["1", "ñ"]]


def workbook_rows(content: bytes, **options) -> list:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return list(read_workbook(file, **options))


class TestWorkbooks:
    def test_sheets_rows_and_numbers_are_those_of_the_office_program(self):
        content = xlsx({"Uno": [["a", "b"], [], ["x", 1.5]], "Dos": [[], ["", "c"], [7]]})
        assert [(row.sheet, row.number, list(row.cells)) for row in workbook_rows(content)] == [
            ("Uno", 1, ["a", "b"]),
            ("Uno", 3, ["x", 1.5]),
            ("Dos", 2, ["", "c"]),
            ("Dos", 3, [7, ""]),
        ]

    @pytest.mark.parametrize("make", [ods, xls])
    def test_ods_and_xls_too(self, make):
        rows = [["a", "b"], *([str(number), "ñ"] for number in range(300))]
        assert [list(row.cells) for row in workbook_rows(make(rows))] == rows

    def test_numbers_of_an_old_workbook_are_numbers(self):
        assert [list(row.cells) for row in workbook_rows(xls([["a", 2.5], [7, "b"]]))] == [["a", 2.5], [7, "b"]]

    @pytest.mark.parametrize("content", [b"PK\x03\x04 none", xlsx({"A": [["x"]]})[:300]])
    def test_what_is_damaged_is_refused(self, content):
        with pytest.raises(RefusedError) as refused:
            workbook_rows(content)
        assert (refused.value.problem.code, refused.value.problem.variant) == ("file_refused", "damaged")

    def test_so_is_a_workbook_whose_list_of_sheets_is_damaged(self):
        content = bytearray(xlsx({"A": [["x"]]}))
        part = b"xl/workbook.xml"
        begin = content.index(part) + len(part)
        content[begin + 20 : begin + 50] = b"\xff" * 30
        with pytest.raises(RefusedError) as refused:
            workbook_rows(bytes(content))
        assert (refused.value.problem.code, refused.value.problem.variant) == ("file_refused", "damaged")

    def test_entities_are_not_expanded(self):
        evil = (
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
        )
        content = xlsx({"A": [["x"]]}, extra={"xl/worksheets/sheet1.xml": evil})
        try:
            rows = workbook_rows(content)
        except RefusedError:
            rows = []
        assert "aaaa" not in str(rows)

    def test_a_sheet_that_is_wider_than_the_memory_is_refused_and_nobody_dies(self):
        cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        sheet = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1"><v>1</v></c></row>' + cell + b"</sheetData></worksheet>"
        )
        wide = xlsx({"A": [["x"]]}, extra={"xl/worksheets/sheet1.xml": sheet})
        with pytest.raises(RefusedError) as refused:
            workbook_rows(wide, limits=ReaderLimits(wall_seconds=30))
        assert refused.value.problem.code in {"reading_ended", "file_refused"}

    def test_formulas_are_not_run_and_their_texts_stay_texts(self):
        (row,) = workbook_rows(xlsx({"A": [["=HYPERLINK(1)", "+1"]]}))
        assert list(row.cells) == ["=HYPERLINK(1)", "+1"]

    def test_letters_that_a_nul_follows_are_letters(self, monkeypatch):
        """Some programs write each letter of an old XLS in two bytes and say that it is one."""
        sheet = SimpleNamespace(
            start=(0, 0), merged_cell_ranges=None, to_python=lambda **_options: [["O\0b\0j\0e\0t\0o\0", 5.0]]
        )
        book = SimpleNamespace(
            sheets_metadata=[SimpleNamespace(name="A", visible=SheetVisibleEnum.Visible)],
            get_sheet_by_name=lambda _name: sheet,
        )
        monkeypatch.setattr("python_calamine.CalamineWorkbook", SimpleNamespace(from_filelike=lambda _file: book))
        assert list(workbook.read(b"")) == [{"sheet": "A"}, {"row": 1, "cells": ["Objeto", 5]}]
