"""Tables → releases: rows, cells and what becomes of the broken ones."""

from decimal import Decimal

import pytest

from contracts.management.commands.readtable import read
from contracts.models import Contract, Submission
from contracts.ocds.merging.merge import compile_releases
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.problems import Problem
from contracts.tables.reading import RowRelease, SheetRead, read_table
from contracts.tables.sheets import Row, read_csv
from contracts.translating import problem_place
from tests.support.records import load


def parts(*entries) -> tuple[list[dict], list[Problem], list[SheetRead]]:
    releases = [entry.release for entry in entries if isinstance(entry, RowRelease)]
    problems = [entry for entry in entries if isinstance(entry, Problem)]
    return releases, problems, [entry for entry in entries if isinstance(entry, SheetRead)]


def table(text: str) -> tuple[list[dict], list[Problem], list[SheetRead]]:
    return parts(*read_table(read_csv([text.encode()])))


def sheet(*rows, name: str = "Hoja") -> list[Row]:
    return [Row(name, number, row) for number, row in enumerate(rows, 1) if any(cell != "" for cell in row)]


HEAD = "Título;Comprador;Proveedor;Monto;Moneda;Fecha de firma;País;Método\n"


LINES = (
    "PROCESO;CODIGOCONVOCATORIA;ENTIDAD;DESCRIPCION_PROCESO;NUMERO_ITEM;PROVEEDOR;MONTO_ADJUDICADO_ITEM;"
    "MONTO_REFERENCIAL_ITEM\n"
)


CALLS = "numeroControlePNCP,cnpj,orgao,objetoCompra,valorTotalEstimado,valorTotalHomologado,dataPublicacaoPncp\n"


class TestRows:
    def test_what_was_awarded_is_no_estimate_where_a_portal_names_no_supplier(self):
        """PNCP tells the ratified sum with the call, and who won elsewhere: it was lost beside the estimate."""
        (both, alone, nought, open_call), problems, _ = table(
            CALLS
            + "1-1-1/2025,5,Prefeitura,Câmeras,1500.50,1200.25,2025-01-31\n"
            + "1-1-2/2025,5,Prefeitura,Câmeras,,800,2025-01-31\n"
            + "1-1-3/2025,5,Prefeitura,Câmeras,900,0.0,2025-01-31\n"
            + "1-1-4/2025,5,Prefeitura,Câmeras,700,,2025-01-31\n"
        )
        assert problems == []
        assert both["tender"]["value"] == {"amount": Decimal("1500.50"), "currency": "BRL"}
        assert both["awards"][0]["value"] == {"amount": Decimal("1200.25"), "currency": "BRL"}
        assert both["tag"] == ["tender", "award"]
        assert (alone["awards"][0]["value"]["amount"], "value" in alone["tender"]) == (800, False)
        for call, estimate in ((nought, 900), (open_call, 700)):
            assert (call["tender"]["value"]["amount"], call["tag"], "awards" in call) == (estimate, ["tender"], False)
        process, _ = parse_process(both)
        assert (process.awards[0].value.amount, process.contracts) == (Decimal("1200.25"), ())

    def test_nor_where_a_person_writes_both_without_a_supplier(self):
        """ "Valor homologado" was told as read, and lost beside "Valor estimado"."""
        (both, alone, open_call), problems, _ = table(
            "Órgão;Objeto;Valor estimado (R$);Valor homologado (R$)\n"
            "Prefeitura;Câmeras;1.500,50;1.200,25\n"
            "Prefeitura;Rádios;;800,00\n"
            "Prefeitura;Fibra;700,00;\n"
        )
        assert problems == []
        assert both["tender"]["value"] == {"amount": Decimal("1500.50"), "currency": "BRL"}
        assert both["awards"][0]["value"] == {"amount": Decimal("1200.25"), "currency": "BRL"}
        # Of an amount alone it is not known whether it was awarded.
        for release, amount in ((alone, 800), (open_call, 700)):
            assert (release["tender"]["value"]["amount"], "awards" in release) == (amount, False)

    def test_rows_of_the_items_of_one_process_are_lots_with_awards_of_their_own(self):
        releases, problems, _ = table(
            LINES
            + "AS-1-2024;7;Hospital;Guantes;1;ACME;100;120\n"
            + "AS-1-2024;7;Hospital;Guantes;2;ACME;100;120\n"
            + "AS-1-2024;7;Hospital;Guantes;3;ACME;300;310\n"
        )
        assert problems == []
        assert len({release["ocid"] for release in releases}) == 1
        merged, _ = compile_releases(releases)
        process, _ = parse_process(merged)
        assert sorted(award.value.amount for award in process.awards) == [100, 100, 300]
        assert len({contract.award_id for contract in process.contracts}) == 3
        assert [lot["id"] for lot in merged["tender"]["lots"]] == ["1", "2", "3"]
        assert merged["awards"][1]["relatedLots"] == ["2"]
        assert "value" not in merged["tender"]  # the estimate of a row is that of its item

    @pytest.mark.django_db
    def test_items_with_the_same_facts_are_stored_each(self):
        rows = [(1, 100), (2, 100), (3, 300)]
        text = LINES + "".join(f"AS-1-2024;7;Hospital;Guantes;{item};ACME;{amount};\n" for item, amount in rows)
        load(content=text.encode(), kind=Submission.Kind.TABLE)
        amounts = Contract.objects.values_list("amount", flat=True)
        assert sorted(amounts) == [100, 100, 300]

    def test_rows_of_one_contract_stay_one_award_however_many_items_it_has(self):
        head = "NOMENCLATURA;NUM_CONTRATO;ENTIDAD;DESCRIPCION_CONTRATO;NUM_ITEM;CONTRATISTA;MONTO_CONTRATADO_TOTAL\n"
        releases, _, _ = table(
            head + "AS-1;C-9;Hospital;Guantes;1;ACME;400\n" + "AS-1;C-9;Hospital;Guantes;2;ACME;400\n"
        )
        assert {release["awards"][0]["id"] for release in releases} == {"C-9"}

    def test_a_row_is_a_release(self):
        (release,), problems, (summary,) = table(
            HEAD + 'Cámaras;Municipalidad;ACME;"S/ 1.250.000,50";;31/12/2023;Perú;Adjudicación directa\n'
        )
        process, _ = parse_process(release)
        assert problems == []
        assert (process.tender.title, process.buyer.name, process.country) == ("Cámaras", "Municipalidad", "PE")
        assert process.awards[0].value.amount == Decimal("1250000.50")
        assert process.awards[0].value.currency == "PEN"
        assert process.tender.method == "direct"
        assert (summary.mapping, summary.rows, summary.rows_read, summary.header_row) == ("general", 1, 1, 1)

    def test_a_cell_that_can_not_be_read_is_left_out_and_told_and_the_row_is_taken(self):
        (release,), (problem,), _ = table(HEAD + "Cámaras;Municipalidad;ACME;mucho;PEN;2023-12-31;PE;\n")
        assert "value" not in release["awards"][0]
        assert (problem.code, problem.variant, problem.pointer, problem.line) == (
            "cell_unread",
            "number",
            "/2/Monto",
            2,
        )
        assert problem.is_warning

    def test_a_row_that_tells_nothing_is_reported_and_the_others_are_read(self):
        releases, (problem,), (summary,) = table(HEAD + ";;ACME;;;;PE;\nNube;Muni;;;;;;\n")
        assert len(releases) == 1
        assert (problem.code, problem.line, problem.is_warning) == ("row_incomplete", 2, False)
        assert (summary.rows, summary.rows_read) == (2, 1)

    def test_short_rows_are_read_as_far_as_they_go(self):
        releases, problems, _ = table(HEAD + "Nube;Muni\nNube dos;Muni;A;1\n")
        assert [release["tender"]["title"] for release in releases] == ["Nube", "Nube dos"]
        assert problems == []

    def test_a_row_that_a_comma_without_quotes_shifted_is_left_out_and_told(self):
        """The supplier would be "56", and the amount 1,234."""
        releases, problems, (summary,) = table(
            'Objeto,Monto,Proveedor\nUno,"1.234,56",ACME\nDos,1.234,56,ACME\nTres,"9,5",ACME,,\nCuatro,"8,5",ACME\n'
        )
        assert [release["awards"][0]["value"]["amount"] for release in releases] == [Decimal("1234.56"), 9.5, 8.5]
        (problem,) = problems
        assert (problem.code, problem.variant, problem.line) == ("row_broken", "cells", 3)
        assert problem.values == {"number": 4, "limit": 3}
        assert (summary.rows, summary.rows_read) == (4, 3)

    def test_a_note_beside_the_columns_of_a_workbook_shifts_nothing(self):
        rows = sheet(("Objeto", "Monto", "Proveedor"), ("Uno", 5, "ACME", "", "ojo"), ("Dos", 6, "ACME"))
        releases, problems, _ = parts(*read_table(rows))
        assert len(releases) == 2
        assert problems == []

    def test_a_row_that_says_the_same_is_taken_once(self):
        releases, (problem,), (summary,) = table(HEAD + "Nube;Muni;A;1;PEN;;;\n" * 2)
        assert len(releases) == 1
        assert (problem.code, problem.line, problem.values) == ("row_repeated", 3, {"number": 2})
        assert summary.rows_read == 2

    def test_a_column_shows_how_its_amounts_and_dates_are_written(self):
        releases, problems, _ = table(
            "title;buyer;supplier;amount;date signed\nA;x;y;1.234;03/04/2024\nB;x;y;12,50;02/28/2024\n"
        )
        assert [release["awards"][0]["value"]["amount"] for release in releases] == [Decimal(1234), Decimal("12.50")]
        assert [release["awards"][0]["date"] for release in releases] == ["2024-03-04", "2024-02-28"]
        assert problems == []

    def test_where_no_row_shows_it_a_number_is_not_guessed(self):
        (release,), (problem,), _ = table("title;buyer;supplier;amount\nA;x;y;1.234\n")
        assert "value" not in release["awards"][0]
        assert problem.variant == "amount_unclear"

    def test_an_amount_that_names_its_currency_knows_better_than_the_mapping(self):
        (release,), problems, _ = table("objetoCompra;numeroControlePNCP;fornecedor;valorGlobal\nA;1;x;US$ 5\n")
        assert release["awards"][0]["value"] == {"amount": Decimal(5), "currency": "USD"}
        assert problems == []

    def test_words_for_nothing_are_nothing(self):
        (release,), problems, _ = table(HEAD + "Nube;No Definido;N/A;-;;;;\n")
        assert release.keys() == {"ocid", "id", "initiationType", "tender", "tag"}
        assert problems == []

    def test_words_of_people_for_nothing_are_nothing_too(self):
        (release,), problems, _ = table(HEAD + "Nube;(sin datos);?;n.d.;s.f.;;;\n")
        assert release.keys() == {"ocid", "id", "initiationType", "tender", "tag"}
        assert problems == []

    def test_two_winners_of_one_process_are_two_awards_of_it(self):
        releases, _, _ = table("ocid;title;buyer;supplier;amount\nocds-x-1;A;b;S1;5\nocds-x-1;A;b;S2;6\n")
        assert {release["ocid"] for release in releases} == {"ocds-x-1"}
        assert len({release["awards"][0]["id"] for release in releases}) == 2
        assert len({release["id"] for release in releases}) == 2

    def test_two_awards_of_one_process_that_name_no_supplier_are_two(self):
        """They had one id, and the second took the place of the first."""
        rows = [f"1-1-1/2025,5,Prefeitura,Câmeras,,{amount},2025-01-31\n" for amount in (800, 900, 800)]
        releases, _, _ = table(CALLS + "".join(rows))
        process, _ = parse_process(compile_releases(releases)[0])
        assert sorted(award.value.amount for award in process.awards) == [800, 900]

    def test_paths_into_ocds_make_the_release(self):
        (release,), problems, (summary,) = table(
            "ocid,id,tag,tender/title,contracts/0/id,contracts/0/value/amount,contracts/0/period/endDate\n"
            'ocds-x-1,1,tender,Nube,7,"1,250.5",soon\n'
        )
        assert release == {
            "ocid": "ocds-x-1",
            "id": "1",
            "tag": ["tender"],
            "tender": {"title": "Nube"},
            "contracts": [{"id": "7", "value": {"amount": Decimal("1250.5")}}],
        }
        assert [(problem.variant, problem.pointer) for problem in problems] == [
            ("date", "/2/contracts~10~1period~1endDate")
        ]
        assert summary.mapping == "ocds"

    @pytest.mark.parametrize("header", ["ocid,tender/title,tender,buyer/name", "ocid,tender,tender/title,buyer/name"])
    def test_paths_that_contradict_each_other_break_nothing(self, header):
        releases, _, _ = table(f"{header}\nocds-x-1,A,B,C\n")
        assert len(releases) == 1


class TestSheets:
    def test_titles_above_the_header_and_a_header_of_three_rows(self):
        rows = sheet(
            ["", "PROCURADURÍA"],
            ["", "CUARTO TRIMESTRE"],
            [],
            [
                "EJERCICIO",
                "OBJETO DEL CONTRATO",
                "NOMBRE O RAZÓN SOCIAL DE LA PERSONA ADJUDICADA",
                "",
                "MONTO",
                "PLAZO",
                "",
            ],
            ["", "", "", "", "", "", "FECHAS"],
            ["", "", "NOMBRE (S)", "APELLIDO PATERNO", "", "FECHA DE INICIO", "FECHA DE TÉRMINO"],
            ["2014", "Cámaras", "PATRICIA", "RESENDIZ", "$3,041.50", "01 DE ENERO DE 2014", "31 DE DICIEMBRE DE 2014"],
            ["", "", "OTRA", "MÁS", "", "", ""],
        )
        (release,), (problem,), (summary,) = parts(*read_table(rows))
        assert summary.header_row == 6
        assert release["awards"][0]["suppliers"][0]["name"] == "PATRICIA RESENDIZ"
        assert release["contracts"][0]["period"] == {"startDate": "2014-01-01", "endDate": "2014-12-31"}
        assert release["awards"][0]["value"] == {"amount": Decimal("3041.50"), "currency": "MXN"}
        assert (problem.code, problem.pointer) == ("row_incomplete", "/Hoja/8")

    def test_groups_above_a_header_tell_whose_name_and_number_a_column_holds(self):
        """By its last row alone the buyer's number is the supplier's, and a "Nombre" nobody's."""
        releases, problems, (read,) = parts(
            *read_table(
                sheet(
                    ["Contratos de la Alcaldía", *[""] * 8],
                    ["Entidad", "", "Proceso", "", "Contratista", "", "", "Fechas", ""],
                    ["Nombre", "NIT", "No.", "Objeto", "NIT", "Nombre", "Monto", "Firma", "Fin"],
                    ["Alcaldía", "800.1", "7", "Cámaras", "900.1", "ACME", "1.250,50", "31/12/2025", "30/11/2026"],
                )
            )
        )
        assert (problems, read.header_row) == ([], 3)
        assert read.columns == {
            "Entidad / Nombre": "buyer",
            "Entidad / NIT": "buyer_id",
            "Proceso / No.": "id",
            "Proceso / Objeto": "title",
            "Contratista / NIT": "supplier_id",
            "Contratista / Nombre": "supplier",
            "Contratista / Monto": "amount",
            "Fechas / Firma": "date_signed",
            "Fechas / Fin": "end_date",
        }
        (award,) = releases[0]["awards"]
        assert award["suppliers"] == [{"id": "900.1", "name": "ACME"}]
        assert releases[0]["buyer"] == {"id": "800.1", "name": "Alcaldía"}

    @pytest.mark.parametrize(
        ("name", "number", "given"),
        [
            ("EMPRESA CONTRATADA", "CNPJ DA EMPRESA", "11.222.333/0001-81"),
            ("Empresa", "RUC de la empresa", "20131312955"),
            ("Empresa adjudicada", "NIT empresa", "900.1"),
        ],
    )
    def test_a_firm_is_the_supplier_and_so_is_its_number(self, name, number, given):
        (release,), problems, (read,) = parts(
            *read_table(sheet(["Objeto", "Entidad", name, number], ["Cámaras", "Muni", "ACME", given]))
        )
        assert (problems, read.unused) == ([], [])
        assert release["awards"][0]["suppliers"] == [{"id": given, "name": "ACME"}]

    def test_groups_leave_a_column_what_its_last_row_tells_though_a_publisher_names_both_in_one(self):
        """Colombia's "Valor del Contrato" and Mexico's "RFC proveedor" are headers of theirs alone."""
        (_release,), problems, (read,) = parts(
            *read_table(
                sheet(
                    ["Contrato", "", "", "Proveedor", ""],
                    ["Objeto", "Valor", "Entidad", "Razón social", "RFC"],
                    ["Cámaras", "1.250,50", "Alcaldía", "ACME", "900.1"],
                )
            )
        )
        assert problems == []
        assert read.columns == {
            "Contrato / Objeto": "title",
            "Contrato / Valor": "amount",
            "Contrato / Entidad": "buyer",
            "Proveedor / Razón social": "supplier",
            "Proveedor / RFC": "supplier_id",
        }

    def test_a_unit_in_the_last_row_of_a_header_hides_not_what_it_tells(self):
        """A column of a text file reaches on to the next name above it: the amount was taken for the supplier."""
        (release,), problems, (read,) = parts(
            *read_table(
                sheet(
                    ["Comprador", "", "Proveedor", "", ""],
                    ["Nombre", "RUC", "Razón", "RUC", "Monto (S/)"],
                    ["Muni", "20100070970", "ACME", "20131312955", "5"],
                )
            )
        )
        assert (problems, read.unused) == ([], [])
        assert read.columns["Proveedor / Monto (S/)"] == "amount"
        assert read.columns["Comprador / Nombre"] == "buyer"
        assert release["awards"][0]["suppliers"] == [{"id": "20131312955", "name": "ACME"}]

    @pytest.mark.parametrize(
        "above",
        [
            ["Entidad", "Alcaldía de Prueba", "", ""],
            ["Contratos", "", "", ""],
            ["Año 2024", "", "Año 2025", ""],
            ["", "", "", ""],
        ],
    )
    def test_what_is_told_of_a_table_above_its_header_names_no_groups(self, above):
        header, row = ["Objeto", "Comprador", "NIT", "Monto"], ["Cámaras", "Muni", "900.1", "5"]
        (_release,), problems, (read,) = parts(*read_table(sheet(above, header, row)))
        assert (problems, read.columns.keys()) == ([], {"Objeto", "Comprador", "NIT", "Monto"})

    def test_each_sheet_has_its_own_header_and_one_that_is_not_known_loses_no_other(self):
        rows = [
            *sheet(["Notas"], name="Portada"),
            *sheet(["a", "b"], ["1", "2"], ["3", "4"], name="Otra"),
            *sheet(["title", "buyer"], ["Nube", "Muni"], name="Contratos / 2024"),
        ]
        releases, (problem, left_out), summaries = parts(*read_table(rows))
        assert [release["tender"]["title"] for release in releases] == ["Nube"]
        assert (left_out.code, left_out.pointer, left_out.is_warning) == ("sheet_left_out", "/Portada", True)
        assert (problem.code, problem.pointer, problem.values) == (
            "table_not_recognised",
            "/Otra",
            {"headers": ["a", "b"]},
        )
        assert [(entry.sheet, entry.mapping, entry.rows) for entry in summaries] == [
            ("Otra", "", 2),
            ("Contratos / 2024", "general", 1),
        ]

    @pytest.mark.parametrize("second", [["Beta S.A.", "1029384756"], None], ids=["two rows", "one row"])
    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_small_sheet_of_other_headers_is_named_as_left_out(self, second, is_first):
        known = sheet(["title", "buyer"], ["Nube", "Muni"], name="2024")
        small = sheet(["Razón social", "Contacto"], *filter(None, [second]), name="Notas / 1")
        releases, (problem,), summaries = parts(*read_table([*small, *known] if is_first else [*known, *small]))
        assert (len(releases), [entry.sheet for entry in summaries]) == (1, ["2024"])
        assert (problem.code, problem.pointer) == ("sheet_left_out", "/Notas ~1 1")
        assert problem_place(problem) == "sheet Notas / 1"

    def test_of_small_sheets_alone_the_first_with_a_row_is_asked_about_and_the_others_are_named(self):
        rows = [*sheet(["Notas"], name="1"), *sheet(["a", "b"], ["c", "d"], name="2"), *sheet(["e"], ["f"], name="3")]
        _releases, problems, (asked,) = parts(*read_table(rows))
        assert (asked.sheet, asked.mapping) == ("2", "")
        assert [(problem.code, problem.pointer) for problem in problems] == [
            ("table_not_recognised", "/2"),
            ("sheet_left_out", "/1"),
            ("sheet_left_out", "/3"),
        ]
        _, (problem,), _ = parts(*read_table(sheet(["Notas"], name="1")))
        assert problem.code == "no_records"

    def test_the_header_on_each_printed_page_is_no_row(self):
        rows = sheet(["title", "buyer"], ["A", "x"], ["title", "buyer"], ["B", "x"])
        _, problems, (summary,) = parts(*read_table(rows))
        assert (summary.rows, problems) == (2, [])

    def test_numbers_of_a_workbook_are_numbers(self):
        (release,), _, _ = parts(*read_table(sheet(["title", "buyer", "supplier", "amount"], ["A", "x", 5, 1234.5])))
        assert release["awards"][0]["value"]["amount"] == Decimal("1234.5")
        assert release["awards"][0]["suppliers"][0]["name"] == "5"


def test_the_report_of_a_table_says_what_its_columns_were_taken_for(tmp_path):
    path = tmp_path / "lista.csv"
    path.write_text("Objeto;Entidad\nNube;Municipio\n")
    told = {"name": "general", "title": "General", "columns": {"Objeto": "title", "Entidad": "buyer"}}
    assert read(path)["mapping"] == told
    path.write_text("")
    assert read(path)["mapping"] is None
