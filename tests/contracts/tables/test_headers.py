"""What headers say beside a name, and what a column tells of the one beside it."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from contracts.pages.sending.contract_form import ContractForm
from contracts.pages.sending.tables import LABELS
from contracts.tables.mappings import recognise
from contracts.tables.reading import RowRelease, SheetRead, read_table
from contracts.tables.sheets import Row, read_csv
from contracts.tables.units import Unit, unit_note, with_unit


def read(*rows):
    """Return the first release, the problems and what became of the table."""
    entries = list(read_table(read_csv(["\n".join(map(";".join, rows)).encode()])))
    release = next(entry.release for entry in entries if isinstance(entry, RowRelease))
    (sheet,) = [entry for entry in entries if isinstance(entry, SheetRead)]
    return release, [entry for entry in entries if hasattr(entry, "variant")], sheet


def value(release):
    return release["awards"][0]["value"]


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
        release, problems, _sheet = read(["Objeto", "Proveedor", header], ["Nube", "ACME", cell])
        assert value(release) == {"amount": Decimal(amount), "currency": currency}
        assert [problem.code for problem in problems] == ["amounts_scaled"] * (
            "mil" in header.lower() or "miles" in header
        )

    def test_a_sign_of_several_countries_is_that_of_the_row_and_else_told_where_it_stands(self):
        header = ["Objeto", "Proveedor", "Monto ($)", "País"]
        release, problems, _sheet = read(header, ["Nube", "ACME", "5,5", "México"])
        assert (value(release)["currency"], problems) == ("MXN", [])
        release, (problem,), _sheet = read(header, ["Nube", "ACME", "5,5", ""])
        assert value(release) == {"amount": Decimal("5.5")}
        assert (problem.variant, problem.pointer) == ("no_currency", "/2/Monto ($)")

    def test_an_estimate_has_the_unit_of_its_own_header_or_cell(self):
        header = ["Objeto", "Proveedor", "Monto (S/)", "Presupuesto (miles de US$)"]
        release, _problems, _sheet = read(header, ["Nube", "ACME", "5,5", "7,5"])
        assert release["tender"]["value"] == {"amount": Decimal(7500), "currency": "USD"}
        header = ["Objeto", "Proveedor", "Monto (S/)", "Presupuesto"]
        release, _problems, _sheet = read(header, ["Nube", "ACME", "5,5", "US$ 7,50"])
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
        release, _problems, sheet = read(["Objeto", "Proveedor", *header], ["Nube", "ACME", "10", "12,25", "122,50"])
        assert value(release)["amount"] == Decimal("122.50")
        assert sheet.columns[name] == "amount"

    def test_a_price_of_one_piece_is_no_amount_and_is_told_as_not_read(self):
        release, _problems, sheet = read(
            ["Objeto", "Proveedor", "Cantidad", "Precio"], ["Nube", "ACME", "10", "12,25"]
        )
        assert "value" not in release["awards"][0]
        assert sheet.unused == ["Cantidad", "Precio"]
        release, _problems, _sheet = read(["Objeto", "Proveedor", "Precio"], ["Nube", "ACME", "12,25"])
        assert value(release)["amount"] == Decimal("12.25")


class TestTaxNumbers:
    @pytest.mark.parametrize(
        ("header", "buyer", "supplier"),
        [
            ("Entidad NIT Contratista NIT Objeto", 1, 3),
            ("NIT Entidad NIT Contratista Objeto", 0, 2),
            ("Contratista NIT Entidad NIT Objeto", 3, 1),
            ("Entidad RUC Objeto Proveedor RUC", 1, 4),
            ("Entidad Contratista NIT NIT Objeto", 2, 3),
            ("Entidad RUC Objeto Proveedor", 1, None),
            ("Entidad RUC Objeto", 1, None),
            ("Proveedor RUC Entidad Objeto", None, 1),
            ("Entidad Proveedor RUC Objeto", None, 2),
            ("RUC Proveedor Entidad Objeto", None, 0),
            ("Órgão CNPJ Objeto Fornecedor CNPJ", 1, 4),
        ],
    )
    def test_a_number_is_of_the_party_that_it_follows(self, header, buyer, supplier):
        """Else the buyer's would be the supplier's, and all suppliers of a buyer one."""
        names = header.split()
        row = [f"n{at}" if name in {"NIT", "RUC", "CNPJ"} else f"{name} X" for at, name in enumerate(names)]
        release, _problems, _sheet = read(names, row)
        ids = {party["roles"][0]: party.get("identifier", {}).get("id") for party in release["parties"]}
        assert ids.get("buyer") == (None if buyer is None else f"n{buyer}")
        assert ids.get("supplier") == (None if supplier is None else f"n{supplier}")

    @pytest.mark.parametrize(
        ("numbers", "buyer", "supplier"),
        [(["1", "1", "1", "2"], "1", None), (["1", "2", "3", "1"], None, "1"), (["1", "2", "3", "4"], None, None)],
    )
    def test_of_one_between_both_the_rows_tell_whose_it_is(self, numbers, buyer, supplier):
        """By its place alone the number of a buyer would be that of all its suppliers."""
        parties = [("Muni A", "ACME"), ("Muni A", "BETA"), ("Muni A", "GAMMA"), ("Muni B", "ACME")]
        rows = [["Entidad", "RUC", "Proveedor", "Objeto"]]
        rows += [
            [b, number, s, f"Nube {at}"] for at, ((b, s), number) in enumerate(zip(parties, numbers, strict=True))
        ]
        entries = list(read_table(Row("", at, row) for at, row in enumerate(rows, 1)))
        release = next(entry.release for entry in entries if isinstance(entry, RowRelease))
        ids = {party["roles"][0]: party.get("identifier", {}).get("id") for party in release["parties"]}
        assert (ids["buyer"], ids["supplier"]) == (buyer, supplier)
        unclear = [entry.values for entry in entries if getattr(entry, "code", "") == "number_of_whom"]
        assert unclear == ([] if buyer or supplier else [{"header": "RUC"}])

    def test_a_header_that_names_the_party_goes_before_one_that_does_not(self):
        release, _problems, _sheet = read(["RUC", "Objeto", "Proveedor", "RUC proveedor"], ["1", "Nube", "ACME", "2"])
        assert release["awards"][0]["suppliers"] == [{"id": "2", "name": "ACME"}]


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("Razón Social Proveedor", "supplier"),
        ("Objeto de Contratación", "title"),
        ("Valor del Contrato", "amount"),
        ("CNPJ de Fornecedor", "supplier_id"),
        ("fornecedor_nome", "supplier"),
        ("FORNECEDOR_CNPJ", "supplier_id"),
        ("OBJETO_PROCESSO", "title"),
        ("Date of signature", "date_signed"),
        ("De", None),
    ],
)
def test_words_that_only_link_tell_no_headers_apart(header, fact):
    _release, _problems, sheet = read(["Entidad", "Detalle", header], ["Muni", "Nube", "5"])
    assert sheet.columns.get(header) == fact


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
        release, problems, _sheet = read(["Objeto", "Proveedor", *header], ["Nube", "ACME", *row])
        assert (value(release), problems) == ({"amount": Decimal("1000.50"), "currency": currency}, [])

    def test_leave_the_amount_without_one_which_is_told_once(self):
        header = ["Objeto", "Proveedor", "Monto", "Presupuesto"]
        rows = [["Nube", "ACME", "$ 5,5", "$ 7,5"], ["Fibra", "ACME", "$ 6,5", ""]]
        release, problems, _sheet = read(header, *rows)
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
    release, _problems, _sheet = read(["Objeto", "Proveedor", header], ["Nube", "ACME", "5"])
    assert str(value(release)["amount"]) == ("5000000" if "MM" in header else "5")
    assert value(release).get("currency") == currency


def test_the_amount_of_a_tax_is_no_amount():
    release, _problems, sheet = read(["Objeto", "Proveedor", "Monto IVA", "Monto sin IVA"], ["Nube", "ACME", "1", "5"])
    assert (value(release)["amount"], sheet.unused) == (5, ["Monto IVA"])


@pytest.mark.parametrize("word", ["Nombre", "Tipo", "Etapa", "Fase"])
def test_a_word_that_anybody_uses_tells_no_publisher(word):
    _release, _problems, sheet = read(["Objeto", "Proveedor", word, "Descripción"], ["Nube", "ACME", "x", "y"])
    assert sheet.mapping == "general"


def test_a_table_of_few_ordinary_words_is_no_publishers():
    """It was taken for one of Peru, by "Proceso" alone."""
    header = ["Proceso", "Institución", "Descripción", "Proveedor", "RNC", "Monto RD$"]
    release, _problems, sheet = read(header, ["MP-1", "Ministerio", "Radares", "ACME", "131234567", "5"])
    assert (sheet.mapping, value(release)) == ("general", {"amount": 5, "currency": "DOP"})
    assert release["parties"][-1]["identifier"]["id"] == "131234567"


def test_a_currency_in_the_header_is_enough_where_one_header_may_be_a_publishers():
    """Its sender was asked what the columns hold."""
    header = ["Valor del contrato", "Estado contrato", "Ciudad", "Sector", "Objeto", "Orden", "Monto (COP)"]
    _release, _problems, sheet = read(header, ["", "Activo", "Cali", "X", "Nube", "7", "5"])
    assert sheet.mapping == "general"


class TestRowsThatBecomeOneAward:
    HEADER = ("Número de proceso", "Objeto", "Proveedor", "Monto")

    def test_are_told_where_a_person_made_the_table(self):
        rows = [
            ["LP-1", "Cámaras norte", "ACME", "5"],
            ["LP-1", "Cámaras sur", "ACME", "7"],
            ["LP-1", "X", "BETA", "5"],
        ]
        _release, (problem,), sheet = read(self.HEADER, *rows)
        assert (problem.code, problem.values, problem.line, problem.is_warning) == (
            "row_merged",
            {"number": 2},
            3,
            True,
        )
        assert sheet.rows_read == 3


def test_the_tax_number_in_a_group_called_supplier_is_no_sign_of_one_publisher():
    """Its file names a column so: alone it made amounts in soles doubtful, and the sender was asked about columns."""
    release, _problems, sheet = read(
        ["Compra", "", "Proveedor", "", "Pago", ""],
        ["Objeto", "Modalidad", "Nombre", "RUC", "Monto", "Fecha"],
        ["Cámaras para la plaza", "Directa", "ACME S.A.C.", "20100070970", "1250.50", "12/03/2024"],
    )
    assert (sheet.mapping, sheet.rows_read) == ("general", 1)
    assert value(release)["amount"] == Decimal("1250.50")


def test_a_sum_below_a_column_that_is_not_read_is_called_a_sum():
    """Who is told to fill in the cells of a total looks for a mistake that is none."""
    header = ["N°", "Objeto", "Proveedor", "RUC", "Monto (S/)"]
    contract = ["1", "Cámaras para la plaza", "ACME S.A.C.", "20100070970", "1250.50"]
    _release, problems, sheet = read(header, contract, ["TOTAL GENERAL", "", "", "", "1250.50"])
    assert sheet.rows_read == 1
    assert [(problem.code, problem.variant) for problem in problems if problem.line == 3] == [
        ("row_incomplete", "sum")
    ]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_questions_of_the_form_are_headers(language):
    """Who has seen the form writes a table with its words."""
    with override(language):
        labels = {fact: str(label) for fact, label in LABELS.items() if fact not in {"ocid", "item", "contract_id"}}
        fields = ContractForm.base_fields
        typed = {name: str(fields[name].label) for name in ("start_date", "end_date", "source_url", "buyer")}
    for asked in (labels, {**typed, "title": labels["title"]}):
        recognised = recognise(list(asked.values()))
        assert recognised is not None
        assert {label: recognised.columns.get(label) for label in asked.values()} == {
            label: fact for fact, label in asked.items()
        }


@pytest.mark.parametrize(
    "headers",
    [
        ["¿Qué compraron?", "¿Quién compró?", "¿A quién le pagaron?", "¿Cuánto costó?", "¿Cuándo firmaron?"],
        ["O que compraram?", "Quem comprou?", "De quem compraram?", "Quanto custou?", "Quando assinaram?"],
        ["Qué contrataron", "Quién contrató", "A quién contrataron", "¿Cuánto? (S/)", "¿Cuándo se firmó?"],
        ["O que foi contratado", "Quem contratou", "Quem foi contratado", "Quanto (R$)", "Quando foi assinado"],
    ],
)
def test_questions_that_people_ask_are_headers(headers):
    recognised = recognise(headers)
    assert recognised is not None
    assert list(recognised.columns.values()) == ["title", "buyer", "supplier", "amount", "date_signed"]


@pytest.mark.parametrize("header", ["NOG", "NPG", "Número de Operación Guatecompras", "Número de NOG"])
def test_the_number_that_guatemala_publishes_by_is_that_of_the_process(header):
    cells = ["Muni", "Nube", "1250,50", "18765432"]
    release, _problems, sheet = read(["Entidad compradora", "Descripción", "Monto (Q)", header], cells)
    assert (release["tender"]["id"], sheet.unused) == ("18765432", [])


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        # Lists of ministries and tender boards of Guyana, Belize and Jamaica.
        (
            "Ministry/Agency;Project Description;Successful Bidder;Contract Sum (G$);Date of Award",
            "buyer description supplier amount date_signed",
        ),
        (
            "Procuring Agency;Tender Description;Awarded Contractor;Awarded Amount;Date of Contract",
            "buyer description supplier amount date_signed",
        ),
        ("Employer;Description of Works;Contractor/Supplier;Contract Price", "buyer description supplier amount"),
        # Of groups in Guatemala.
        (
            "Institución compradora;Descripción de la compra;Proveedor adjudicado;Total adjudicado;Tipo de concurso",
            "buyer description supplier amount method",
        ),
    ],
)
def test_lists_of_small_countries_are_read_without_asking(headers, facts):
    recognised = recognise(headers.split(";"))
    assert recognised is not None
    assert [recognised.columns.get(header) for header in headers.split(";")] == facts.split()
