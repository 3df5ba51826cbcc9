"""Notes between rows, stacked tables, merged cells, and several parties in one cell."""

import pytest
import xlsxwriter
from django.utils import translation

from contracts.tables.sheets.rows import Row, read_workbook
from contracts.translating import problem_detail
from tests.support.tables import parts, parts_of_text

HEAD = "Objeto;Entidad;Proveedor;Monto;Moneda\n"
ROW = "Cámaras para el mercado;Muni;ACME;1.234,50;PEN\n"


def titles(releases):
    return [release["tender"]["title"] for release in releases]


class TestBetweenRows:
    @pytest.mark.parametrize(
        ("line", "variant"),
        [
            ("TOTAL;;;9.999,50;", "sum"),
            ("Total general;;;9.999,50;PEN", "sum"),
            (";Subtotal Muni;;9.999,50;", "sum"),
            ("Sub total;;;9.999,50;", "sum"),
            ("Suma;;;S/ 9.999,50;", "sum"),
            ("LIMA;;;;", "lone"),
            ("Año 2024;;;;", "lone"),
            ("Fuente: portal de compras, elaboración propia;;;;", "lone"),
            ("* No incluye impuestos de ley;;;;", "lone"),
        ],
    )
    def test_sums_headings_and_notes_are_no_contracts_and_told(self, line, variant):
        releases, (problem,), (sheet,) = parts_of_text(HEAD + ROW + line + "\n")
        assert titles(releases) == ["Cámaras para el mercado"]
        assert (problem.code, problem.variant, problem.line) == ("row_incomplete", variant, 3)
        assert (sheet.rows, sheet.rows_read) == (2, 1)

    def test_a_row_that_may_say_who_buys_below_it_is_told_with_what_to_do(self):
        _releases, problems, _sheets = parts_of_text("Objeto;Proveedor;Monto\nPODER JUDICIAL;;\nCámaras;ACME;5\n")
        (told,) = [problem for problem in problems if problem.variant == "lone"]
        with translation.override("es"):
            assert "Si dice quién compra en las filas de abajo" in problem_detail(told)

    @pytest.mark.parametrize(
        "line",
        [
            "Total Station Topcon;Muni;ACME;5;",
            "Nube para el registro civil;;;;",
            "Notebooks para las escuelas;;;;",
            "Estaciones totales;;BETA;5;",
            "Totales de la red;Muni;;5;",
        ],
    )
    def test_contracts_that_are_told_in_few_words_are_read(self, line):
        releases, problems, _sheets = parts_of_text(HEAD + ROW + line + "\n")
        assert (len(releases), problems) == (2, [])

    @pytest.mark.parametrize("row", ["TOTAL S.A.;;5;", "Total Seguridad;80012345-0;5;", "Suma Ltda.;;5;PYG"])
    def test_firms_that_are_called_as_sums_are_suppliers(self, row):
        text = f"Proveedor;RUC;Monto;Moneda;Objeto\nACME;801;5;PYG;Cámaras\nTOTAL;45;10;PYG;\n{row};\n"
        releases, (problem,), _sheets = parts_of_text(text)
        assert (problem.variant, problem.line) == ("sum", 3)
        assert [release["awards"][0]["suppliers"][0]["name"] for release in releases] == ["ACME", row.split(";")[0]]

    @pytest.mark.parametrize("line", ["(1);(2);(3);(4);(5)", "1;2;3;4;5", "a;b;c;d;e", "[A];[B];[C];[D];[E]"])
    def test_numbers_of_columns_below_the_header_are_part_of_it(self, line):
        releases, problems, (sheet,) = parts_of_text(HEAD + line + "\n" + ROW)
        assert (titles(releases), problems) == (["Cámaras para el mercado"], [])
        assert (sheet.rows, sheet.header_row) == (1, 2)


class TestSeveralTables:
    def test_each_is_read_by_its_own_header(self):
        """By the header of the first, the buyer would be what is bought."""
        other = "Entidad;Objeto;Proveedor;Monto;Moneda\nMinisterio;Fibra hasta las postas;BETA;5,5;PEN\n"
        releases, problems, sheets = parts_of_text(HEAD + ROW + "2024;;;;\n" + other)
        assert [release["buyer"]["name"] for release in releases] == ["Muni", "Ministerio"]
        assert titles(releases) == ["Cámaras para el mercado", "Fibra hasta las postas"]
        assert [problem.variant for problem in problems] == ["lone"]
        assert [(sheet.header_row, sheet.rows, sheet.rows_read) for sheet in sheets] == [(1, 2, 1), (4, 1, 1)]

    def test_one_that_calls_its_columns_otherwise_is_read_by_its_own_header(self):
        """By the header of the first, the supplier would be what is bought, and the amount its supplier."""
        other = (
            "Nro.;Contratista;Objeto del contrato;Monto en US$;Fecha\n1;BETA;Fibra hasta las postas;5,5;16/04/2024\n"
        )
        releases, problems, (first, second) = parts_of_text(HEAD + ROW + other)
        assert (titles(releases), problems) == (["Cámaras para el mercado", "Fibra hasta las postas"], [])
        assert releases[1]["awards"][0]["suppliers"][0]["name"] == "BETA"
        assert (first.rows_read, second.header_row, second.rows_read) == (1, 3, 1)

    @pytest.mark.parametrize(
        "line", ["Obras;Comprador;Proveedor;Monto 2023;PEN", "Contrato;Muni;Empresa;;Moneda local"]
    )
    def test_a_contract_in_words_that_name_columns_is_not_a_header(self, line):
        releases, _problems, sheets = parts_of_text(HEAD + ROW + line + "\n")
        assert (len(releases), len(sheets)) == (2, 1)

    def test_one_with_more_columns_below_hides_none_above(self):
        other = "Entidad;Objeto;Proveedor;Monto;Moneda;País;Método;Fecha\nMinisterio;Fibra;BETA;5,5;PEN;Perú;;\n"
        releases, problems, _sheets = parts_of_text(HEAD + ROW + other)
        assert (len(releases), problems) == (2, [])

    def test_so_many_that_somebody_means_harm_are_read_by_the_last_header(self):
        block = "Objeto;Entidad;Monto\nUna nube;Muni;5,5\nEntidad;Objeto;Monto\nMuni;Dos nubes;5,5\n"
        _releases, _problems, sheets = parts_of_text(block * 200)
        assert len(sheets) == 50
        assert sum(sheet.rows for sheet in sheets) > 300

    def test_a_sheet_of_sums_beside_one_of_contracts_holds_none(self):
        rows = [
            *(Row("Contratos", at, row) for at, row in enumerate((["Objeto", "Monto"], ["Nube", 5], ["Fibra", 6]), 1)),
            *(Row("Resumen", at, row) for at, row in enumerate((["Proveedor", "Monto"], ["A", 5], ["B", 6]), 1)),
        ]
        releases, (problem,), _sheets = parts(rows)
        assert titles(releases) == ["Nube", "Fibra"]
        assert (problem.code, problem.pointer) == ("table_not_recognised", "/Resumen")


class TestNotesOfSeveralTables:
    WITH_CURRENCY = "Objeto;Entidad;Proveedor;Monto;Moneda\n"
    IN_THOUSANDS = "(En miles de soles);;;;\n"
    FIRST, SECOND = "Cámaras para el mercado;Muni;ACME;10;\n", "Fibra para el puerto;Muni;ACME;20;\n"

    def amounts(self, text: str):
        releases, problems, sheets = parts_of_text(text)
        assert [problem.code for problem in problems if problem.code != "row_incomplete"] == ["amounts_scaled"] * sum(
            release["awards"][0]["value"]["amount"] >= 1000 for release in releases
        )
        assert len(sheets) == 2
        return [int(release["awards"][0]["value"]["amount"]) for release in releases]

    def test_a_note_above_the_first_holds_for_all_until_another_names_a_unit(self):
        other = "Objeto;Entidad;Proveedor;Monto;Fecha\n"
        first = self.IN_THOUSANDS + self.WITH_CURRENCY + self.FIRST
        assert self.amounts(first + other + self.SECOND) == [10_000, 20_000]
        assert self.amounts(first + "(En soles);;;;\n" + other + self.SECOND) == [10_000, 20]

    @pytest.mark.parametrize("again", ["Objeto;Entidad;Proveedor;Monto;Fecha\n", WITH_CURRENCY])
    def test_a_note_between_two_is_of_the_second_and_no_contract(self, again):
        text = self.WITH_CURRENCY + self.FIRST + self.IN_THOUSANDS + again + self.SECOND
        assert self.amounts(text) == [10, 20_000]

    def test_a_page_that_repeats_note_and_header_is_no_other_parts_of_text(self):
        page = self.IN_THOUSANDS + self.WITH_CURRENCY
        releases, (scaled, lone), (sheet,) = parts_of_text(page + self.FIRST + page + self.SECOND)
        assert (scaled.code, lone.variant, sheet.rows_read) == ("amounts_scaled", "lone", 2)
        assert titles(releases) == ["Cámaras para el mercado", "Fibra para el puerto"]


class TestOddSigns:
    def test_a_digit_that_is_no_decimal_one_is_no_tax_number(self):
        (release,), problems, _sheets = parts_of_text("Objeto;Fornecedor;CNPJ;Valor\nNube;ACME;²12;5\n")
        assert problems == []
        assert [party["identifier"]["id"] for party in release["parties"]] == ["²12"]

    def test_a_text_of_accents_alone_is_read_and_no_note(self):
        releases, problems, _sheets = parts_of_text(HEAD + "\u0301" * 25 + ";;;;\n")
        assert (len(releases), problems) == (1, [])


class TestMergedCells:
    def test_what_is_merged_over_rows_is_said_of_each_but_for_numbers(self, tmp_path):
        path = tmp_path / "merged.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Hoja")
            for column, name in enumerate(("Entidad", "Objeto", "Proveedor", "Monto"), 1):
                sheet.write(2, column, name)
            sheet.merge_range(3, 1, 5, 1, "Muni", None)
            sheet.merge_range(3, 4, 4, 4, 500, None)
            for row, (title, supplier) in enumerate((("Nube", "ACME"), ("Fibra", "BETA"), ("Radio", "GAMMA")), 3):
                sheet.write(row, 2, title)
                sheet.write(row, 3, supplier)
            sheet.write(6, 2, "Mástiles")
            sheet.write(6, 3, "DELTA")
        with path.open("rb") as file:
            releases, problems, _sheets = parts(read_workbook(file))
        assert problems == []
        assert [release.get("buyer", {}).get("name") for release in releases] == ["Muni", "Muni", "Muni", None]
        assert ["value" in release["awards"][0] for release in releases] == [True, False, False, False]

    def test_a_name_above_the_header_goes_as_far_as_its_cell_is_merged(self, tmp_path):
        """Else the amount beside the supplier's columns is one of them, and its name."""
        path = tmp_path / "groups.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Hoja")
            sheet.merge_range(0, 0, 0, 6, "Contratos de tecnología", None)
            sheet.merge_range(1, 1, 1, 2, "Contratante", None)
            sheet.merge_range(1, 3, 1, 4, "Fornecedor", None)
            header = ("Objeto", "Órgão", "CNPJ", "Nome", "CNPJ", "Referência interna", "Valor (R$)")
            sheet.write_row(2, 0, header)
            row = ("Câmeras", "Prefeitura", "12.345.678/0001-95", "ACME", "11.222.333/0001-81", "A-7", "1.250,50")
            sheet.write_row(3, 0, row)
        with path.open("rb") as file:
            (release,), problems, (read,) = parts(read_workbook(file))
        assert problems == []
        assert read.columns == {
            "Objeto": "title",
            "Contratante / Órgão": "buyer",
            "Contratante / CNPJ": "buyer_id",
            "Fornecedor / Nome": "supplier",
            "Fornecedor / CNPJ": "supplier_id",
            "Valor (R$)": "amount",
        }
        (award,) = release["awards"]
        assert award["suppliers"] == [{"id": "11.222.333/0001-81", "name": "ACME"}]
        assert str(award["value"]["amount"]) == "1250.50"


class TestSeveralParties:
    def parties(self, names: str, numbers: str):
        cells = [["Objeto", "Proveedor", "RUC proveedor"], ["Nube", names, numbers]]
        (release,), problems, _sheets = parts(Row("Hoja", at, row) for at, row in enumerate(cells, 1))
        assert problems == []
        return [(party["name"], party.get("identifier", {}).get("id")) for party in release["parties"]]

    @pytest.mark.parametrize("mark", ["; ", " | ", "\n"])
    def test_as_many_numbers_as_names_are_theirs(self, mark):
        assert self.parties(f"ACME{mark}BETA", f"201{mark}202") == [("ACME", "201"), ("BETA", "202")]

    def test_names_without_numbers_are_parted_where_no_name_goes_on(self):
        assert self.parties("ACME; BETA", "") == [("ACME", None), ("BETA", None)]
        assert self.parties("CONSORCIO\nVIAL", "") == [("CONSORCIO\nVIAL", None)]

    def test_one_number_of_several_names_is_nobodys_alone(self):
        assert self.parties("ACME; BETA", "201") == [("ACME; BETA", "201")]


def test_a_column_that_another_one_with_the_same_meaning_hid_is_told_as_unread():
    _releases, _problems, (sheet,) = parts_of_text(
        "Objeto;Proveedor;Monto;Importe;Valor;Monto\nNube;ACME;5,5;6,5;5,5;7,5\n"
    )
    assert sheet.unused == ["Monto", "Importe"]


def test_a_table_is_read_whose_headers_leave_its_country_open_and_what_is_not_known_is_counted():
    """It was refused as one of unknown columns, though all of them are known."""
    (release,), problems, (sheet,) = parts_of_text("Objeto;Entidad;Proveedor;Cédula;Monto\nNube;Muni;Ana;123;5\n")
    assert not problems
    assert release["awards"][0]["value"] == {"amount": 5}
    assert (sheet.without_currency, sheet.without_country) == (1, 1)
