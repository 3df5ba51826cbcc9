"""Notations that one cell leaves open are decided by its column, its header and the habits of office programs."""

from decimal import Decimal

import pytest
import xlsxwriter

from contracts.tables.headers.given_mapping import GivenMapping
from contracts.tables.reading import SAMPLE_ROWS
from contracts.tables.sheets.rows import Row, read_csv, read_workbook
from tests.support.tables import parts

HEAD = ["Objeto", "Entidad", "Proveedor", "Monto", "Fecha de firma"]


def read(rows, given=None):
    releases, problems, _sheets = parts(rows, given)
    return [release.get("awards", [{}])[0] for release in releases], problems


def book(*rows):
    return [Row("Hoja", number, row) for number, row in enumerate(([*HEAD], *rows), 1)]


def csv(text: str):
    return read_csv([text.encode()])


def days(awards):
    return [award.get("date") for award in awards]


class TestAmounts:
    def test_a_number_of_a_workbook_is_that_number_whatever_mark_the_texts_beside_it_show(self):
        awards, problems = read(
            book(
                ["Uno", "Muni", "ACME", 123.456, ""],
                ["Dos", "Muni", "ACME", "1.234.567,89", ""],
                ["Tres", "Muni", "ACME", 1234.5, ""],
            )
        )
        assert [award["value"]["amount"] for award in awards] == [
            Decimal("123.456"),
            Decimal("1234567.89"),
            Decimal("1234.5"),
        ]
        assert problems == []

    @pytest.mark.parametrize(
        ("cell", "amount"),
        [(1.5e16, "15000000000000000"), (1234.5000000000002, "1234.5"), (0.1 + 0.2, "0.3")],
    )
    def test_a_number_is_what_its_program_shows(self, cell, amount):
        (award,), problems = read(book(["Uno", "Muni", "ACME", cell, ""]))
        assert str(award["value"]["amount"]) == amount
        assert problems == []

    def test_a_publishers_mark_is_not_taken_for_a_table_that_somebody_saved_anew(self):
        """SECOP writes a point before cents; 250.000 in a table of its headers is what Excel makes of 250000."""
        head = "Nombre Entidad,Nit Entidad,ID Contrato,Objeto del Contrato,Proveedor Adjudicado,Valor del Contrato\n"
        awards, (problem,) = read(csv(head + "Alcaldía,800,CO1.PCCNTR.1,Cámaras,ACME,250.000\n"))
        assert "value" not in awards[0]
        assert (problem.code, problem.variant) == ("cell_unread", "amount_unclear")
        awards, problems = read(
            csv(head + "A,8,CO1.PCCNTR.1,Nube,ACME,250.000\nA,8,CO1.PCCNTR.2,Radio,ACME,98000000\n")
        )
        assert ([award["value"]["amount"] for award in awards], problems) == ([250, 98000000], [])

    def test_the_mark_that_a_sender_names_is_taken(self):
        given = GivenMapping(columns={"Objeto": "title", "Proveedor": "supplier", "Monto": "amount"}, decimal_mark=",")
        (award,), problems = read(csv("Objeto;Proveedor;Monto\nNube;ACME;250.000\n"), given.as_mapping())
        assert (award["value"]["amount"], problems) == (250000, [])

    @pytest.mark.parametrize(
        ("head", "cells", "amounts"),
        [
            ("Objeto;Entidad;Proveedor;Monto", ["125.000", "5.000", "$ 90.500", "700"], [125000, 5000, 90500, 700]),
            ("Title;Buyer;Supplier;Amount", ["125,000"], [125000]),
        ],
    )
    def test_marks_that_all_stand_before_three_figures_part_thousands(self, head, cells, amounts):
        """Each was left out as unclear: nobody writes money with three decimals, row after row."""
        rows = "".join(f"Nube {number};x;ACME;{cell}\n" for number, cell in enumerate(cells))
        awards, problems = read(csv(f"{head}\n{rows}"))
        assert [award["value"]["amount"] for award in awards] == amounts
        assert [problem.code for problem in problems if problem.code == "cell_unread"] == []

    @pytest.mark.parametrize(
        ("head", "cells", "amounts"),
        [
            ("Monto", ["1.250", "1234.567"], ["1.250", "1234.567"]),
            ("Monto", ["1,250", "7,5", "12,25"], ["1.250", "7.5", "12.25"]),
            ("Monto (millones)", ["1.250", "2,500.75"], ["1250000", "2500750000"]),
            ("Monto", ["1.250", "1.250.000"], ["1250", "1250000"]),
        ],
    )
    def test_three_decimals_are_read_where_the_column_shows_more_or_fewer(self, head, cells, amounts):
        rows = "".join(f"Nube {number};x;ACME;{cell}\n" for number, cell in enumerate(cells))
        awards, _problems = read(csv(f"Objeto;Entidad;Proveedor;{head}\n{rows}"))
        assert [award["value"]["amount"] for award in awards] == list(map(Decimal, amounts))

    @pytest.mark.parametrize(
        ("head", "cells", "unclear"),
        [
            # Two cells may be chance, and the same one thrice is one.
            ("Objeto;Entidad;Proveedor;Monto", ["125.000", "5.000", "5.000"], 3),
            # "1.234 millones" is 1.234.000.
            ("Objeto;Entidad;Proveedor;Monto (millones)", ["1.234", "2.345", "3.456"], 3),
            ("Objeto;Entidad;Proveedor;Monto", ["1.234 millones", "2.345", "3.456", "4.567"], 4),
            # Where thousands are not parted, marks are those of decimals.
            ("Objeto;Entidad;Proveedor;Monto", ["1.234", "2.345", "3.456", "98000000"], 3),
            ("Title;Buyer;Supplier;Amount", ["1.234,50", "1,234.50", "5,000"], 1),
            ("Title;Buyer;Supplier;Amount", ["125.000"], 1),
            # The point is the decimal mark, and money has no thousandths.
            ("Title;Buyer;Supplier;Amount", ["$1.250", "$1,250,000"], 1),
            ("Objeto;Entidad;Proveedor;Monto", ["1.250", "2.500", "3.750", "1,250,000", "7,500.50"], 3),
            ("Objeto;Entidad;Proveedor;Monto", ["$ 1,250", "$ 1.250.000"], 1),
        ],
    )
    def test_others_are_not_guessed(self, head, cells, unclear):
        rows = "".join(f"Nube {number};x;ACME;{cell}\n" for number, cell in enumerate(cells))
        _awards, problems = read(csv(f"{head}\n{rows}"))
        assert [problem.variant for problem in problems].count("amount_unclear") == unclear


class TestDays:
    def test_a_column_that_shows_both_orders_shows_none(self):
        head = ";".join(HEAD) + "\n"
        awards, (problem,) = read(csv(head + "A;x;y;1;03/04/2024\nB;x;y;2;25/04/2024\nC;x;y;3;05/26/2024\n"))
        assert days(awards) == [None, "2024-04-25", "2024-05-26"]
        assert (problem.variant, problem.values["readings"]) == ("date_unclear", "2024-04-03 / 2024-03-04")

    def test_under_english_headers_alone_the_day_does_not_stand_first_as_a_matter_of_course(self):
        text = "A;x;y;1;{}\nB;x;y;2;05/06/2024\n"
        awards, problems = read(csv("Title;Buyer;Supplier;Amount;Date signed\n" + text.format("03/04/2024")))
        assert days(awards) == [None, None]
        assert [problem.variant for problem in problems] == ["date_unclear"] * 2
        awards, problems = read(csv("Title;Buyer;Supplier;Amount;Date signed\n" + text.format("31/03/2024")))
        assert (days(awards), problems) == (["2024-03-31", "2024-06-05"], [])
        awards, problems = read(csv(";".join(HEAD) + "\n" + text.format("03/04/2024")))
        assert (days(awards), problems) == (["2024-04-03", "2024-06-05"], [])

    def test_days_beside_texts_that_could_be_no_days_may_be_turned(self):
        """Excel in English made the fourth of March of 03/04/2024, and left 25/04/2024 a text."""
        awards, problems = read(
            book(
                ["Uno", "Muni", "ACME", 1, "2024-03-04"],
                ["Dos", "Muni", "ACME", 2, "25/04/2024"],
                ["Tres", "Muni", "ACME", 3, "2024-05-05"],
            )
        )
        assert days(awards) == [None, "2024-04-25", "2024-05-05"]
        assert [(problem.variant, problem.pointer) for problem in problems] == [
            ("date_unclear", "/Hoja/2/Fecha de firma")
        ]
        assert problems[0].values["readings"] == "2024-03-04 / 2024-04-03"

    def test_texts_with_years_of_two_digits_show_that_too(self):
        """LibreOffice in English made the second of March of 03/02/24, and left 15/03/24 a text."""
        rows = ["Uno", "Muni", "ACME", 1, "2024-03-02"], ["Dos", "Muni", "ACME", 2, "15/03/24"]
        awards, (problem,) = read(book(*rows))
        assert days(awards) == [None, "2024-03-15"]
        assert problem.values["readings"] == "2024-03-02 / 2024-02-03"

    @pytest.mark.parametrize("other", ["2024-03-25", "03/04/2024"])
    def test_one_unclear_text_does_not_change_how_the_other_days_of_a_column_are_read(self, other):
        rows = ["Uno", "Muni", "ACME", 1, "2024-03-04"], ["Dos", "Muni", "ACME", 2, "25/04/2024"]
        awards, problems = read(book(*rows, ["Tres", "Muni", "ACME", 3, other]))
        assert (days(awards)[:2], problems) == (["2024-03-04", "2024-04-25"], [])

    @pytest.mark.parametrize(
        ("text", "first"),
        [("{day:02}/03/25", "2025-03-01"), ("03-{day:02}-25", "2025-03-01"), ("{day}.3.25", "2025-03-01")],
    )
    def test_years_of_two_digits_are_few_where_days_are_many(self, text, first):
        """LibreOffice writes dates so in a CSV, unless somebody tells it otherwise."""
        rows = "".join(f"A;x;y;{day};{text.format(day=day)}\n" for day in range(1, 32))
        awards, problems = read(csv(";".join(HEAD) + "\n" + rows))
        assert (days(awards)[0], days(awards)[-1], problems) == (first, "2025-03-31", [])

    @pytest.mark.parametrize("place", [0, SAMPLE_ROWS])
    def test_a_year_of_the_last_century_is_not_moved_into_this_one(self, place):
        """Below the first rows, too, by which the column is known."""
        dates = [f"{1 + number % 28:02}/03/25" for number in range(SAMPLE_ROWS + 50)]
        dates[place] = "12/03/98"
        rows = "".join(f"A{number};x;y;1;{text}\n" for number, text in enumerate(dates))
        awards, problems = read(csv(";".join(HEAD) + "\n" + rows))
        assert days(awards)[place] is None
        assert {day[:4] for day in days(awards) if day} == {"2025"}
        assert len(problems) == 1

    @pytest.mark.parametrize(
        "dates",
        [
            [f"25/03/{day:02}" for day in range(1, 32)],
            [f"{day:02}-03-{day:02}" for day in range(1, 32)],
            [f"25/{month:02}/01" for month in range(1, 13)],
            [f"{day:02}/03/98" for day in range(1, 32)],
            [*(f"{day:02}-03-25" for day in range(1, 32)), "2025"],
            ["01-03-25", "31-03-25"],
            # Between slashes, too.
            [f"25/03/{day:02}" for day in range(8, 32)],
            ["24/11/18", "24/11/19"],
            ["05/06/03", "31/12/98"],
        ],
    )
    def test_where_they_are_not_nothing_tells_which_number_is_the_year(self, dates):
        awards, problems = read(
            csv(";".join(HEAD) + "\n" + "".join(f"A{number};x;y;1;{text}\n" for number, text in enumerate(dates)))
        )
        assert set(days(awards)) == {None}
        assert len(problems) == len(dates)

    def test_behind_a_month_in_letters_the_year_comes_last(self):
        """As Excel in Spanish writes days by itself: all of a column were left out."""
        awards, problems = read(csv(";".join(HEAD) + "\nA;x;y;1;15-mar-23\nB;x;y;2;2-dic-22\nC;x;y;3;31-dic-98\n"))
        assert days(awards) == ["2023-03-15", "2022-12-02", None]
        assert [problem.values["text"] for problem in problems] == ["31-dic-98"]

    def test_between_slashes_the_year_comes_last_in_a_table_of_a_few_rows_too(self):
        """As Excel in Spanish saves a CSV."""
        head, text = ";".join(HEAD) + "\n", "A;x;y;1;03/02/24\nB;x;y;2;15/03/24\nC;x;y;3;1/12/2023\n"
        awards, problems = read(csv(head + text))
        assert (days(awards), problems) == (["2024-02-03", "2024-03-15", "2023-12-01"], [])
        # The order of day and month is not known by that.
        awards, problems = read(csv("Title;Buyer;Supplier;Amount;Date signed\nA;x;y;1;03/02/24\n"))
        assert (days(awards), problems[0].values["readings"]) == ([None], "2024-02-03 / 2024-03-02")
        awards, problems = read(csv("Title;Buyer;Supplier;Amount;Date signed\nA;x;y;1;03/02/24\nB;x;y;2;02/28/24\n"))
        assert (days(awards), problems) == (["2024-03-02", "2024-02-28"], [])

    def test_paths_are_read_with_the_same_care(self):
        head = "ocid;id;tag;tender/title;contracts/0/id;contracts/0/dateSigned\n"
        text = "ocds-x-1;1;contract;A;7;03/04/2024\nocds-x-2;2;contract;B;8;25/04/2024\n"
        problems = read(csv(head + text + "ocds-x-3;3;contract;C;9;05/26/2024\n"))[1]
        assert [(problem.variant, problem.line) for problem in problems] == [("date_unclear", 2)]


class TestNumbersOfParties:
    @pytest.mark.parametrize(
        ("header", "cell", "number"),
        [
            ("CNPJ", 191, "00000000000191"),
            ("CNPJ do fornecedor", "191", "00000000000191"),
            ("CPF/CNPJ", 12345678909, "12345678909"),
            ("RUC", 990004196001, "0990004196001"),  # of Ecuador's Guayas
            ("CNPJ", 192, "192"),  # its check digits are others
            ("RUC", 990004196002, "990004196002"),
            ("NIT", 191, "191"),
        ],
    )
    def test_zeros_that_an_office_program_dropped_are_there_again(self, header, cell, number):
        rows = [Row("Hoja", 1, ["Objeto", header, "Fornecedor"]), Row("Hoja", 2, ["Nube", cell, "ACME"])]
        (award,), problems = read(rows)
        assert (award["suppliers"][0]["id"], problems) == (number, [])

    @pytest.mark.parametrize("spoilt", ["2.01E+10", "2,01E+10", "2E+10", 2.0100070970123456e18])
    def test_what_an_office_program_cut_short_is_not_a_number_of_a_party(self, spoilt):
        """Suppliers with other numbers would be one."""
        rows = [Row("Hoja", 1, ["Objeto", "RUC", "Proveedor"]), Row("Hoja", 2, ["Nube", spoilt, "ACME"])]
        (award,), (problem,) = read(rows)
        assert award["suppliers"][0]["id"].startswith("name-")
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "cut_short", "/Hoja/2/RUC")

    def test_an_amount_that_was_cut_short_is_told_as_one(self):
        rows = [Row("Hoja", 1, ["Objeto", "Monto", "Proveedor"]), Row("Hoja", 2, ["Nube", "1.2E+07", "ACME"])]
        (award,), (problem,) = read(rows)
        assert "value" not in award
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "cut_short", "/Hoja/2/Monto")


class TestErrors:
    def test_what_a_program_could_not_work_out_is_left_out_and_told(self, tmp_path):
        """The reader of workbooks gives an error, and a formula that nobody has worked out, as empty."""
        path = tmp_path / "errors.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Datos & más")
            for column, name in enumerate(HEAD):
                sheet.write(1, column + 1, name)
            for row in (2, 3, 4):
                for column, cell in enumerate(("Cámaras", "Muni", f"ACME {row}", 5), 1):
                    sheet.write(row, column, cell)
            sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
            sheet.write_formula(3, 3, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
            sheet.write_formula(4, 4, "=2+3", None, "")
            sheet.write_formula(4, 5, '=IF(1=2,"x","")', None, "")
        with path.open("rb") as file:
            awards, problems = read(read_workbook(file))
        assert not any("value" in award for award in awards)  # the second has no supplier, and so no award
        assert [(problem.variant, problem.pointer, problem.values["text"]) for problem in problems] == [
            ("error", "/Datos & más/3/Monto", "#DIV/0!"),
            ("error", "/Datos & más/4/Proveedor", "#N/A"),
            ("error", "/Datos & más/5/Monto", "#FORMULA!"),
            ("error", "/Datos & más/5/Fecha de firma", "#FORMULA!"),
        ]

    @pytest.mark.parametrize("error", ["#¡REF!", "#¿NOMBRE?", "#VALOR!", "#N/D", "#NAME?", "#NUM!"])
    def test_of_other_languages_and_tables_too(self, error):
        (award,), (problem,) = read(csv(";".join(HEAD) + f"\nNube;Muni;ACME;{error};\n"))
        assert "value" not in award
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "error", "/2/Monto")

    @pytest.mark.parametrize("mark", ["Ídem", "idem.", "id.", "ID.", "ditto", "-do-", '""""', "”", "〃", "''"])
    def test_a_mark_for_the_cell_above_is_not_a_name(self, mark):
        rows = f"Cámaras;Muni;ACME;5;\nNube;{mark};Otra;6;\n"
        _awards, (problem,) = read(csv(";".join(HEAD) + "\n" + rows))
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "ditto", f"/3/{HEAD[1]}")

    def test_what_only_looks_like_a_mark_is_read(self):
        rows = "Cámaras;Idemia;ACME;5;\nNube;Doña Ana;Do Brasil;6;\n"
        awards, problems = read(csv(";".join(HEAD) + "\n" + rows))
        assert (len(awards), problems) == (2, [])

    @pytest.mark.parametrize("text", ["#1", "#Cámaras!", "# 5", "#123"])
    def test_what_only_begins_so_is_read(self, text):
        _awards, problems = read(csv(f"Objeto;Entidad\n{text};Muni\n"))
        assert problems == []
