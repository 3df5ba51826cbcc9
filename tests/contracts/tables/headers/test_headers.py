"""Words in headers beside a name, and columns explained by their neighbour."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from contracts.pages.sending.contract_form import ContractForm
from contracts.pages.sending.mapping_form import LABELS
from contracts.tables.headers.header_rows import find_header
from contracts.tables.headers.recognition import recognise
from contracts.tables.headers.units import Unit, with_unit
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import Row
from contracts.tables.table import RowRelease
from tests.support.tables import read_rows, value


def test_the_unit_of_a_header_of_two_rows_may_stand_in_its_first_one():
    """The amounts below "Monto (Q)" and "Adjudicado" were left out."""
    rows = [
        ["Contrato", "", "Proveedor", "", "Monto (Q)", ""],
        ["No.", "Objeto", "Nombre", "NIT", "Adjudicado", "Pagado"],
        ["1-2023", "Cámaras", "ACME", "1234567-K", "1,500.25", "900.00"],
    ]
    release, problems, sheet = read_rows(*rows)
    assert problems == []
    assert value(release) == {"amount": Decimal("1500.25"), "currency": "GTQ"}
    assert (sheet.columns["Monto (Q) / Adjudicado"], sheet.unused) == ("amount", ["Monto (Q) / Pagado"])


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("F. Suscripción", "date_signed"),
        ("F. Inicio", "start_date"),
        ("F. Fin", "end_date"),
        ("Histórico do empenho", "description"),
    ],
)
def test_short_words_for_dates_and_what_was_committed_are_known(header, fact):
    _release, _problems, sheet = read_rows(["Entidad", "Objeto", header], ["Muni", "Nube", "31/12/2023"])
    assert sheet.columns[header] == fact


@pytest.mark.parametrize(
    ("header", "name", "currency"),
    [
        ("Monto (Q) / Adjudicado", "Monto / Adjudicado", "GTQ"),
        ("Valor em reais / Total", "Valor / Total", "BRL"),
        ("Montos (US$) / Adjudicado (Q)", "Montos (US$) / Adjudicado", "GTQ"),
        ("Contrato / Objeto", "Contrato / Objeto", ""),
    ],
)
def test_the_unit_of_the_last_row_of_a_header_counts_before_that_of_its_first(header, name, currency):
    assert with_unit(header) == (name, Unit(currency))


def test_a_cell_of_currencies_may_say_millions_too():
    """1.5 beside "millones de Q" was told as 1.5 of a currency that nobody knows."""
    rows = [
        ["Objeto", "Proveedor", "Monto", "Moneda"],
        ["Drones", "ACME", "1.5", "millones de Q"],
        ["Radios", "ACME", "250000", "quetzales"],
    ]
    entries = list(read_table(Row("", at, row) for at, row in enumerate(rows, 1)))
    values = [value(entry.release) for entry in entries if isinstance(entry, RowRelease)]
    assert values == [
        {"amount": Decimal(1500000), "currency": "GTQ"},
        {"amount": Decimal(250000), "currency": "GTQ"},
    ]
    (problem,) = [entry for entry in entries if getattr(entry, "code", "") == "number_format"]
    assert (problem.variant, problem.values) == ("currency_scaled", {"text": "millones de Q", "number": 1000000})


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
        release, _problems, _sheet = read_rows(names, row)
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
        release, _problems, _sheet = read_rows(
            ["RUC", "Objeto", "Proveedor", "RUC proveedor"], ["1", "Nube", "ACME", "2"]
        )
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
    _release, _problems, sheet = read_rows(["Entidad", "Detalle", header], ["Muni", "Nube", "5"])
    assert sheet.columns.get(header) == fact


@pytest.mark.parametrize("word", ["Nombre", "Tipo", "Etapa", "Fase"])
def test_a_word_that_anybody_uses_tells_no_publisher(word):
    _release, _problems, sheet = read_rows(["Objeto", "Proveedor", word, "Descripción"], ["Nube", "ACME", "x", "y"])
    assert sheet.mapping == "general"


def test_a_table_of_few_ordinary_words_is_no_publishers():
    """It was taken for one of Peru, by "Proceso" alone."""
    header = ["Proceso", "Institución", "Descripción", "Proveedor", "RNC", "Monto RD$"]
    release, _problems, sheet = read_rows(header, ["MP-1", "Ministerio", "Radares", "ACME", "131234567", "5"])
    assert (sheet.mapping, value(release)) == ("general", {"amount": 5, "currency": "DOP"})
    assert release["parties"][-1]["identifier"]["id"] == "131234567"


def test_a_currency_in_the_header_is_enough_where_one_header_may_be_a_publishers():
    """Its sender was asked what the columns hold."""
    header = ["Valor del contrato", "Estado contrato", "Ciudad", "Sector", "Objeto", "Orden", "Monto (COP)"]
    _release, _problems, sheet = read_rows(header, ["", "Activo", "Cali", "X", "Nube", "7", "5"])
    assert sheet.mapping == "general"


class TestRowsThatBecomeOneAward:
    HEADER = ("Número de proceso", "Objeto", "Proveedor", "Monto")

    def test_are_told_where_a_person_made_the_table(self):
        rows = [
            ["LP-1", "Cámaras norte", "ACME", "5"],
            ["LP-1", "Cámaras sur", "ACME", "7"],
            ["LP-1", "X", "BETA", "5"],
        ]
        _release, (problem,), sheet = read_rows(self.HEADER, *rows)
        assert (problem.code, problem.values, problem.line, problem.is_warning) == (
            "row_merged",
            {"number": 2},
            3,
            True,
        )
        assert sheet.rows_read == 3


def test_the_tax_number_in_a_group_called_supplier_is_not_a_sign_of_one_publisher():
    """Its file names a column so: alone it made amounts in soles doubtful, and the sender was asked about columns."""
    release, _problems, sheet = read_rows(
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
    _release, problems, sheet = read_rows(header, contract, ["TOTAL GENERAL", "", "", "", "1250.50"])
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
    release, _problems, sheet = read_rows(["Entidad compradora", "Descripción", "Monto (Q)", header], cells)
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


def test_a_header_beside_the_cells_that_it_is_about_moves_over_them():
    """Programs that print merged cells to CSV write the header above one column, and its cells into another."""
    rows = [["Objeto", "", "", "Valor inicial", "Fornecedor"]] + [["Nube", "", "1250,50", "", "ACME"]] * 3
    assert find_header([Row("", number, row) for number, row in enumerate(rows, 1)])[1] == [
        *("Objeto", "", "Valor inicial", "", "Fornecedor")
    ]


def test_a_header_above_nothing_stays_where_two_columns_are_beside_it():
    rows = [["Objeto", "", "Valor inicial", "", "Fornecedor"]] + [["Nube", "1", "", "2", "ACME"]] * 3
    assert find_header([Row("", number, row) for number, row in enumerate(rows, 1)])[1][2] == "Valor inicial"
