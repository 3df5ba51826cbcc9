"""Currency, unit, price and tax of amounts, as headers and notes state them."""

from decimal import Decimal

import pytest

from contracts.tables.headers.units import Unit, unit_note, with_unit
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import Row
from contracts.tables.table import RowRelease
from tests.support.tables import read_rows, value


class TestUnits:
    @pytest.mark.parametrize(
        ("header", "name", "currency", "power"),
        [
            ("Monto (USD)", "Monto", "USD", 0),
            ("Valor (R$)", "Valor", "BRL", 0),
            ("Monto S/", "Monto", "PEN", 0),
            ("Monto total en soles", "Monto total", "PEN", 0),
            ("Valor\nem reais", "Valor", "BRL", 0),
            ("Amount [US$ millions]", "Amount", "USD", 6),
            ("Monto (miles de soles)", "Monto", "PEN", 3),
            ("Importe en miles", "Importe", "", 3),
            ("Valor (em milhares de R$)", "Valor", "BRL", 3),
            ("Valor ($)", "Valor", "$", 0),
            ("Monto en pesos", "Monto", "pesos", 0),
            ("Valor em real", "Valor", "BRL", 0),
            ("Monto real", "Monto", "", 0),
            ("Costo (real)", "Costo", "", 0),
        ],
    )
    def test_a_header_names_its_unit(self, header, name, currency, power):
        assert with_unit(header) == (name, Unit(currency, power))

    @pytest.mark.parametrize(
        "header",
        [
            "Monto",
            "Monto total",
            "Monto (con IVA)",
            "Importe (BI)",
            "Fecha (dd/mm/aaaa)",
            "(USD)",
            "Precio en letras",
            "",
        ],
    )
    def test_what_is_no_unit_is_part_of_the_name(self, header):
        assert with_unit(header) == (header, Unit())

    @pytest.mark.parametrize(
        ("header", "cell", "amount", "currency"),
        [
            ("Monto (USD)", "1.250,50", "1250.50", "USD"),
            ("Valor (R$)", "1.250,50", "1250.50", "BRL"),
            ("Monto (miles de soles)", "1.250,5", "1250500", "PEN"),
            ("Valor (R$ milhões)", "2,5", "2500000", "BRL"),
            ("Monto (S/)", "US$ 5", "5", "USD"),
            ("Monto (en miles)", "USD 1,5 millones", "1500000", "USD"),
        ],
    )
    def test_amounts_are_of_the_unit_unless_they_say_otherwise(self, header, cell, amount, currency):
        release, problems, _sheet = read_rows(["Objeto", "Proveedor", header], ["Nube", "ACME", cell])
        assert value(release) == {"amount": Decimal(amount), "currency": currency}
        assert [problem.code for problem in problems] == ["amounts_scaled"] * (
            "mil" in header.lower() or "miles" in header
        )

    def test_a_sign_of_several_countries_is_that_of_the_row_and_else_told_where_it_stands(self):
        header = ["Objeto", "Proveedor", "Monto ($)", "País"]
        release, problems, _sheet = read_rows(header, ["Nube", "ACME", "5,5", "México"])
        assert (value(release)["currency"], problems) == ("MXN", [])
        release, (problem,), _sheet = read_rows(header, ["Nube", "ACME", "5,5", ""])
        assert value(release) == {"amount": Decimal("5.5")}
        assert (problem.variant, problem.pointer) == ("no_currency", "/2/Monto ($)")

    def test_an_estimate_has_the_unit_of_its_own_header_or_cell(self):
        header = ["Objeto", "Proveedor", "Monto (S/)", "Presupuesto (miles de US$)"]
        release, _problems, _sheet = read_rows(header, ["Nube", "ACME", "5,5", "7,5"])
        assert release["tender"]["value"] == {"amount": Decimal(7500), "currency": "USD"}
        header = ["Objeto", "Proveedor", "Monto (S/)", "Presupuesto"]
        release, _problems, _sheet = read_rows(header, ["Nube", "ACME", "5,5", "US$ 7,50"])
        assert release["tender"]["value"] == {"amount": Decimal("7.50"), "currency": "USD"}

    def test_numbers_of_a_workbook_are_of_the_unit_too_and_it_is_told_once(self):
        rows = [
            ["(Montos en miles de soles)"],
            ["Objeto", "Proveedor", "Monto"],
            ["Nube", "ACME", 1234.5],
            ["B", "C", 2],
        ]
        entries = list(read_table(Row("Hoja", number, row) for number, row in enumerate(rows, 1)))
        amounts = [value(entry.release)["amount"] for entry in entries if isinstance(entry, RowRelease)]
        assert list(map(str, amounts)) == ["1234500", "2000"]
        (problem,) = [entry for entry in entries if hasattr(entry, "variant")]
        assert (problem.code, problem.is_warning, problem.pointer) == ("amounts_scaled", True, "/Hoja")
        assert problem.values == {"header": "Monto", "number": 1000, "text": "(Montos en miles de soles)"}

    @pytest.mark.parametrize(
        ("note", "power"),
        [
            ("(Montos en miles de soles)", 3),
            ("Valores expressos em milhões de reais", 6),
            ("En miles de pesos", 3),
            ("Amounts in thousands of US dollars", 3),
            ("Contratos de más de 5 millones en Lima", 0),
            ("Montos en soles", 0),
            ("Valores en miles de contratos y compras de la ciudad", 0),
            ("Contratos de tecnología 2023 - (en miles de guaraníes)", 3),
            ("Contratos del municipio, en millones de lempiras", 6),
            ("Programa de nube en miles de escuelas", 0),
        ],
    )
    def test_a_note_above_a_table_tells_the_unit_of_all_amounts(self, note, power):
        assert unit_note(["Contratos 2024", note]).unit.power == power

    @pytest.mark.parametrize(
        ("note", "header", "amount", "currency"),
        [
            ("(En miles de guaraníes)", "Monto", "5000", "PYG"),
            ("(En guaraníes)", "Monto", "5", "PYG"),
            ("(En miles de guaraníes)", "Monto en US$", "5", "USD"),
            ("(En miles)", "Monto en US$", "5000", "USD"),
            ("(En miles de pesos)", "Monto (COP)", "5000", "COP"),
            ("(En miles de pesos)", "Monto", "5000", None),
        ],
    )
    def test_a_note_tells_the_currency_too_and_nothing_of_amounts_in_another(self, note, header, amount, currency):
        rows = [[note], ["Objeto", "Proveedor", header], ["Nube", "ACME", 5]]
        entries = list(read_table(Row("Hoja", at, row) for at, row in enumerate(rows, 1)))
        (release,) = [entry.release for entry in entries if isinstance(entry, RowRelease)]
        assert (str(value(release)["amount"]), value(release).get("currency")) == (amount, currency)


def test_of_amounts_in_two_currencies_each_row_has_its_own():
    """The second column was left unread, and its rows had no amount."""
    rows = [["Objeto", "Proveedor", "Monto Gs.", "Monto USD"], ["Nube", "ACME", 7000, ""], ["Fibra", "ACME", "", 5]]
    entries = list(read_table(Row("Hoja", at, row) for at, row in enumerate(rows, 1)))
    values = [value(entry.release) for entry in entries if isinstance(entry, RowRelease)]
    assert [(int(found["amount"]), found["currency"]) for found in values] == [(7000, "PYG"), (5, "USD")]
    rows[2][2] = 35000
    *_releases, sheet = read_table(Row("Hoja", at, row) for at, row in enumerate(rows, 1))
    assert sheet.unused == ["Monto USD"]


class TestPrices:
    @pytest.mark.parametrize(
        ("header", "name"),
        [
            (["Cantidad", "Precio", "Total"], "Total"),
            (["Quantidade", "Preço", "Valor total"], "Valor total"),
            (["Quantity", "Price", "Total value"], "Total value"),
            (["Cantidad", "Valor", "Valor total"], "Valor total"),
        ],
    )
    def test_beside_a_quantity_the_total_is_the_amount(self, header, name):
        release, _problems, sheet = read_rows(
            ["Objeto", "Proveedor", *header], ["Nube", "ACME", "10", "12,25", "122,50"]
        )
        assert value(release)["amount"] == Decimal("122.50")
        assert sheet.columns[name] == "amount"

    def test_a_price_of_one_piece_is_not_an_amount_and_is_reported_as_not_read(self):
        release, _problems, sheet = read_rows(
            ["Objeto", "Proveedor", "Cantidad", "Precio"], ["Nube", "ACME", "10", "12,25"]
        )
        assert "value" not in release["awards"][0]
        assert sheet.unused == ["Cantidad", "Precio"]
        release, _problems, _sheet = read_rows(["Objeto", "Proveedor", "Precio"], ["Nube", "ACME", "12,25"])
        assert value(release)["amount"] == Decimal("12.25")


class TestSignsOfSeveralCurrencies:
    """The amount was left out, though another column named the currency."""

    @pytest.mark.parametrize(
        ("header", "row", "currency"),
        [
            (["Monto", "Moneda"], ["$1,000.50", "MXN"], "MXN"),
            (["Monto (COP)", "Fecha"], ["$ 1.000,50", ""], "COP"),
            (["Monto", "País"], ["$ 1.000,50", "Chile"], "CLP"),
        ],
    )
    def test_are_of_the_one_that_is_named(self, header, row, currency):
        release, problems, _sheet = read_rows(["Objeto", "Proveedor", *header], ["Nube", "ACME", *row])
        assert (value(release), problems) == ({"amount": Decimal("1000.50"), "currency": currency}, [])

    def test_leave_the_amount_without_one_which_is_reported_once(self):
        header = ["Objeto", "Proveedor", "Monto", "Presupuesto"]
        rows = [["Nube", "ACME", "$ 5,5", "$ 7,5"], ["Fibra", "ACME", "$ 6,5", ""]]
        release, problems, _sheet = read_rows(header, *rows)
        assert value(release) == {"amount": Decimal("5.5")}
        assert release["tender"]["value"] == {"amount": Decimal("7.5")}
        assert [(problem.variant, problem.pointer) for problem in problems] == [
            ("no_currency", "/2/Monto"),
            ("no_currency", "/2/Presupuesto"),
        ]


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Monto con IVA (MXN)", "MXN"),
        ("Monto total (con IVA)", None),
        ("Valor com impostos", None),
        ("Monto (MM US$)", "USD"),
    ],
)
def test_words_on_taxes_and_short_words_for_millions_do_not_hide_an_amount(header, currency):
    """The column was left unread."""
    release, _problems, _sheet = read_rows(["Objeto", "Proveedor", header], ["Nube", "ACME", "5"])
    assert str(value(release)["amount"]) == ("5000000" if "MM" in header else "5")
    assert value(release).get("currency") == currency


def test_the_amount_of_a_tax_is_not_an_amount():
    release, _problems, sheet = read_rows(
        ["Objeto", "Proveedor", "Monto IVA", "Monto sin IVA"], ["Nube", "ACME", "1", "5"]
    )
    assert (value(release)["amount"], sheet.unused) == (5, ["Monto IVA"])


@pytest.mark.parametrize(
    "cell",
    [
        "MONTO MÍNIMO $22,000.00 MONTO MÁXIMO $220,000.00",
        "Contrato abierto por un mínimo de $120,000.00 y un máximo de $1,200,000.00",
        "Mín. R$ 100 / máx. R$ 200",
        "entre 100 mil y 200 mil pesos",
        "from 1,000 to 2,000",
        "de 100 a 200",
        "R$ 1.000 a R$ 2.000",
        "100-200 USD",
        "US$ 1,200–1,500",
        "2 a 3 millones",
    ],
)
def test_a_lowest_and_a_highest_amount_stay_as_text(cell):
    """Of open contracts, usual in Mexico, both were lost."""
    header = ["Objeto", "Descripción", "Proveedor", "Monto"]
    release, problems, _sheet = read_rows(header, ["Papel", "Para oficinas", "ACME", cell], ["Nube", "", "ACME", "5"])
    assert "value" not in release["awards"][0]
    assert release["tender"]["description"] == f"Para oficinas\nMonto: {cell}"
    told = [problem for problem in problems if problem.pointer.endswith("/Monto")]
    assert [(problem.code, problem.values["text"]) for problem in told] == [("amount_range", cell)]


def test_a_range_of_an_estimate_stays_as_text_too():
    header = ["Objeto", "Proveedor", "Valor estimado", "Valor homologado"]
    release, problems, _sheet = read_rows(header, ["Papel", "ACME", "mínimo 100 máximo 200", "150"])
    assert (value(release)["amount"], "value" in release["tender"]) == (150, False)
    assert release["tender"]["description"] == "Valor estimado: mínimo 100 máximo 200"
    assert "amount_range" in [problem.code for problem in problems]


@pytest.mark.parametrize("cell", ["hasta $250,000.00", "mínimo 100", "mucho", "900.123.456-7", "1000 y 12 meses"])
def test_one_limit_alone_is_told_as_not_read(cell):
    release, problems, _sheet = read_rows(["Objeto", "Proveedor", "Monto"], ["Papel", "ACME", cell])
    assert "value" not in release["awards"][0]
    assert "cell_unread" in [problem.code for problem in problems]
