"""Units and signs in the number formats of a workbook are read or reported."""

import struct
import tempfile

import pytest
import xlsxwriter

from contracts.ocds.problems import Problem
from contracts.tables.reading import read_table
from contracts.tables.sheets.left_out.finding import left_out_of
from contracts.tables.sheets.left_out.number_formats import Beside, beside, code_of, shows_more
from contracts.tables.sheets.rows import read_workbook
from contracts.tables.table import RowRelease
from tests.support.workbooks import ods, xls

HEAD = ["Objeto", "Entidad", "Proveedor", "Monto"]
ROW = ["Cámaras", "Muni", "ACME"]


@pytest.mark.parametrize(
    ("code", "number", "text", "power"),
    [
        ('0.0" millones"', 1.5, "millones", 0),
        ('#,##0 "Gs."', 5, "Gs", 0),
        ('"R$" #,##0', 5, "R$", 0),
        ("[$USD] #,##0", 5, "USD", 0),
        ("[$R$-416] #,##0.00", 5, "R$", 0),
        ('_-"S/"* #,##0.00_-;-"S/"* #,##0.00_-', -5, "S/", 0),
        ("[$$-80A]#,##0", 5, "MXN", 0),
        ("[$$-409]#,##0", 5, "$", 0),
        ("[$$-es-MX]#,##0", 5, "$", 0),
        ("[$€-x-euro2] #,##0", 5, "€", 0),
        ('General" millones"', 5, "millones", 0),
        (r"#,##0\ \G\s", 5, "Gs", 0),
        ("#,##0,", 5, "", 3),
        ('0.0,,"M"', 5, "M", 6),
        ("#,##0,.0", 5, "", 3),
        ('[>=1000000]0.0,,"M";[>=1000]0,"K";0', 2_000_000, "M", 6),
        ('[>=1000000]0.0,,"M";[>=1000]0,"K";0', 2000, "K", 3),
        ('[>=1000000]0.0,,"M";[>=1000]0,"K";0', 5, "", 0),
        ('0" uno";0" menos";"nada"', 0, "nada", 0),
        ('[Red]0.00;"(" 0.00 ")"', -5, "", 0),
        ("General", 5, "", 0),
        ("0.00E+00", 5, "", 0),
        ("dd/mm/yyyy", 5, "", 0),
        ("# ?/?", 5, "", 0),
        ("0.00%", 5, "", 0),
    ],
)
def test_a_format_shows_a_text_beside_a_number_or_divides_it(code, number, text, power):
    assert beside(code, number) == Beside(text, power)


def test_formats_that_show_the_number_alone_are_none():
    assert not any(map(shows_more, ["General", "#,##0.00", "0.00%", "dd/mm/yyyy", "@", "#,##0_);[Red](#,##0)", ""]))


@pytest.mark.parametrize(
    ("shown", "number", "text", "power"),
    [
        ("1,5 millones", 1.5, "millones", 0),
        ("R$ 1.200,50", 1200.5, "R$", 0),
        ("1.200 Gs.", 1200, "Gs", 0),
        ("1,200", 1_200_400, "", 3),
        ("1.2M", 1_234_567, "M", 6),
        ("3", 2.5, "", 0),
        ("0", 0.2, "", 0),
        ("1,2E+06", 1_234_567, "", 0),
        ("-1.200", -1200, "", 0),
    ],
)
def test_a_document_that_holds_what_is_shown_tells_it_by_the_number(shown, number, text, power):
    assert beside(code_of(shown, number), number) == Beside(text, power)


def book(*formats, header=HEAD, numbers=(5,), more=()):
    """Return a workbook, a row for each number and format."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        with xlsxwriter.Workbook(file.name) as written:
            sheet = written.add_worksheet("Hoja")
            sheet.write_row(0, 0, header)
            for at, code in enumerate(formats, 1):
                sheet.write_row(at, 0, [f"{ROW[0]} {at}", *ROW[1:]])
                sheet.write_number(at, 3, numbers[(at - 1) % len(numbers)], written.add_format({"num_format": code}))
                sheet.write_row(at, 4, more)
        return file.read()


def read(content):
    """Return the amount and currency of each row, and the problems."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        entries = list(read_table(read_workbook(file)))
    values = [entry.release["awards"][0]["value"] for entry in entries if isinstance(entry, RowRelease)]
    problems = [entry for entry in entries if isinstance(entry, Problem)]
    assert all(problem.is_warning for problem in problems)
    return [(str(value["amount"]), value.get("currency")) for value in values], problems


class TestWorkbooks:
    @pytest.mark.parametrize(
        ("code", "number", "amount", "currency", "variants"),
        [
            ('0.0" millones"', 1.5, "1500000", None, ["scaled"]),
            ('"US$" 0.0" millones"', 1.5, "1500000", "USD", ["scaled"]),
            ('#,##0 "Gs."', 5000, "5000", "PYG", []),
            ('"R$" #,##0', 5000, "5000", "BRL", []),
            ("[$USD] #,##0", 5000, "5000", "USD", []),
            ("[$$-80A]#,##0", 5000, "5000", "MXN", []),
            ('"$"#,##0', 5000, "5000", None, ["no_currency"]),
            ("#,##0,", 5_000_000, "5000000", None, ["divided"]),
            ('0.0,,"M"', 5_000_000, "5000000", None, ["divided"]),
            ('"US$" 0.0,,"M"', 5_000_000, "5000000", None, ["divided"]),
            ('0" con IVA"', 5, "5", None, ["unread"]),
            ("#,##0.00", 5.5, "5.5", None, []),
        ],
    )
    def test_amounts_are_those_that_are_shown(self, code, number, amount, currency, variants):
        values, problems = read(book(code, numbers=[number]))
        assert values == [(amount, currency)]
        assert [(problem.code, problem.variant) for problem in problems] == [
            ("number_format", name) for name in variants
        ]
        assert [problem.pointer for problem in problems] == ["/Hoja/2/Monto"] * len(variants)

    def test_each_row_has_its_own_and_what_holds_of_a_column_is_reported_once(self):
        values, problems = read(book('"R$" 0.0" milhões"', "[$USD] 0", '"R$" 0.0" milhões"'))
        assert values == [("5000000", "BRL"), ("5", "USD"), ("5000000", "BRL")]
        assert [(problem.variant, problem.line) for problem in problems] == [("scaled", 2)]

    def test_what_header_or_row_name_goes_before_and_that_they_differ_is_told(self):
        values, (problem,) = read(book('"R$" #,##0', header=[*HEAD[:3], "Monto (USD)"]))
        assert (values, problem.variant) == ([("5", "USD")], "currencies")
        values, (problem,) = read(book('"R$" #,##0', header=[*HEAD, "Moneda"], more=["Dólares"]))
        assert (values, problem.variant) == ([("5", "USD")], "currencies")
        assert problem.values == {"text": "R$", "currency": "USD"}

    def test_a_sign_is_that_of_the_country_or_of_the_currency_of_its_row(self):
        assert read(book('"$"#,##0', header=[*HEAD, "País"], more=["México"])) == ([("5", "MXN")], [])
        assert read(book('"$"#,##0', header=[*HEAD, "Moneda"], more=["COP"])) == ([("5", "COP")], [])

    def test_a_header_in_thousands_is_said_once_whether_or_not_the_format_says_it(self):
        """Shown divided by a thousand below "miles", the number is the whole one: it was multiplied once more."""
        header = [*HEAD[:3], "Monto (miles de soles)"]
        values, (problem,) = read(book("#,##0,", header=header, numbers=[5000]))
        assert (values, problem.code, problem.variant) == ([("5000", "PEN")], "number_format", "divided")
        values, (problem,) = read(book("#,##0", header=header))
        assert (values, problem.code) == ([("5000", "PEN")], "amounts_scaled")
        values, _problems = read(book('0" mil"', header=header))
        assert values == [("5000", "PEN")]

    def test_an_estimate_has_its_own(self):
        header = ["Objeto", "Entidad", "Estado", "Presupuesto"]
        with tempfile.TemporaryFile() as file:
            file.write(book('"R$" 0.0" milhões"', header=header))
            entries = list(read_table(read_workbook(file)))
        (release,) = [entry.release for entry in entries if isinstance(entry, RowRelease)]
        assert {name: str(told) for name, told in release["tender"]["value"].items()} == {
            "amount": "5000000",
            "currency": "BRL",
        }


def shown(number: float, text: str, attributes: str = 'office:value-type="float"') -> str:
    return f'<table:table-cell {attributes} office:value="{number}"><text:p>{text}</text:p></table:table-cell>'


def number_style(*, text: str = " millones", kind: str = "number", factor: str = "") -> str:
    """Return a format of an ODS."""
    told = f"<number:text>{text}</number:text>" if text else ""
    return f'<number:{kind}-style style:name="N1"><number:number{factor}/>{told}</number:{kind}-style>'


class TestOtherWorkbooks:
    @pytest.mark.parametrize(
        ("cell", "amount", "currency", "variants"),
        [
            (shown(1.5, "1,5 millones"), "1500000", None, ["scaled"]),
            (shown(5000, "R$ 5.000"), "5000", "BRL", []),
            (shown(5000, "$5,000", 'office:value-type="currency" office:currency="MXN"'), "5000", "MXN", []),
            (
                shown(5000, "$5,000", 'office:value-type="currency" office:currency="USD"'),
                "5000",
                None,
                ["no_currency"],
            ),
            (shown(5_000_000, "5.0M"), "5000000", None, ["divided"]),
            (shown(5000, "5.000"), "5000", None, []),
        ],
    )
    def test_an_ods_holds_what_is_shown(self, cell, amount, currency, variants):
        words = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in ROW
        )
        row = f"<table:table-row>{words}{cell}</table:table-row>"
        values, problems = read(ods([HEAD], extra=row, formats=number_style()))
        assert values == [(amount, currency)]
        assert [problem.variant for problem in problems] == variants

    def test_an_ods_repeats_rows(self):
        row = (
            f'<table:table-row table:number-rows-repeated="2"><table:table-cell/>{shown(5, "R$ 5")}</table:table-row>'
        )
        with tempfile.TemporaryFile() as file:
            file.write(ods([HEAD], extra=row, formats=number_style()))
            rows = [row.beside for row in read_workbook(file)]
        assert rows == [{}, {1: Beside("R$")}, {1: Beside("R$")}]

    @pytest.mark.parametrize(
        ("parts", "is_looked_at"),
        [
            ({"formats": number_style()}, True),
            ({"styles": number_style(text="&#82;$ ")}, True),
            ({"formats": number_style(text="", factor=' number:display-factor="1000"')}, True),
            ({"formats": number_style(text="", kind="currency")}, True),
            ({"styles": number_style(kind="currency")}, False),
            ({"styles": number_style(kind="date")}, False),
            ({"formats": number_style(text=") ")}, False),
            ({"formats": number_style(text="")}, False),
            ({}, False),
        ],
    )
    def test_rows_of_an_ods_are_looked_through_where_a_format_shows_more_than_numbers(self, parts, is_looked_at):
        """To look through those of plain numbers took four times as long as to read them."""
        row = f"<table:table-row>{shown(5, 'R$ 5')}</table:table-row>"
        assert bool(left_out_of(ods([HEAD], extra=row, **parts))("Hoja").formats) == is_looked_at

    @pytest.mark.parametrize(
        "record",
        [
            (0x0203, struct.pack("<HHHd", 1, 3, 1, 5.0)),
            (0x027E, struct.pack("<HHHI", 1, 3, 1, 5 << 2 | 2)),
            (0x00BD, struct.pack("<HHHIHIH", 1, 2, 0, 7 << 2 | 2, 1, 5 << 2 | 2, 3)),
            (0x0006, struct.pack("<HHHdHIH", 1, 3, 1, 5.0, 0, 0, 0)),
        ],
    )
    def test_of_an_old_workbook_too(self, record):
        code = '"R$" 0.0" milhões"'
        styles = [
            (0x041E, struct.pack("<HHB", 164, len(code), 1) + code.encode("utf-16-le")),
            *((0x00E0, struct.pack("<HH", 0, number) + bytes(16)) for number in (0, 164)),
        ]
        values, (problem,) = read(xls([HEAD, ROW], extra=[record], styles=styles))
        assert (values, problem.variant) == ([("5000000", "BRL")], "scaled")
