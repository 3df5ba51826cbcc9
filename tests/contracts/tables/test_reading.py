"""Tables → releases: rows, cells and what becomes of the broken ones."""

from decimal import Decimal

import pytest

from contracts.management.commands.readtable import read
from contracts.models import Contract, Submission
from contracts.ocds.merging.merge import compile_releases
from contracts.ocds.parsing.parse import parse_process
from tests.support.records import load
from tests.support.tables import cells, parts, parts_of_text

HEAD = "Título;Comprador;Proveedor;Monto;Moneda;Fecha de firma;País;Método\n"
LINES = (
    "PROCESO;CODIGOCONVOCATORIA;ENTIDAD;DESCRIPCION_PROCESO;NUMERO_ITEM;PROVEEDOR;MONTO_ADJUDICADO_ITEM;"
    "MONTO_REFERENCIAL_ITEM\n"
)
CALLS = "numeroControlePNCP,cnpj,orgao,objetoCompra,valorTotalEstimado,valorTotalHomologado,dataPublicacaoPncp\n"


class TestRows:
    def test_an_award_without_supplier_is_not_read_as_an_estimate(self):
        """PNCP tells the ratified sum with the call, and who won elsewhere: it was lost beside the estimate."""
        (both, alone, nought, open_call), problems, _ = parts_of_text(
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
        (both, alone, open_call), problems, _ = parts_of_text(
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
        releases, problems, _ = parts_of_text(
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
        releases, _, _ = parts_of_text(
            head + "AS-1;C-9;Hospital;Guantes;1;ACME;400\n" + "AS-1;C-9;Hospital;Guantes;2;ACME;400\n"
        )
        assert {release["awards"][0]["id"] for release in releases} == {"C-9"}

    def test_a_row_is_a_release(self):
        (release,), problems, (summary,) = parts_of_text(
            HEAD + 'Cámaras;Municipalidad;ACME;"S/ 1.250.000,50";;31/12/2023;Perú;Adjudicación directa\n'
        )
        process, _ = parse_process(release)
        assert problems == []
        assert (process.tender.title, process.buyer.name, process.country) == ("Cámaras", "Municipalidad", "PE")
        assert process.awards[0].value.amount == Decimal("1250000.50")
        assert process.awards[0].value.currency == "PEN"
        assert process.tender.method == "direct"
        assert (summary.mapping, summary.rows, summary.rows_read, summary.header_row) == ("general", 1, 1, 1)

    def test_nor_does_a_row_end_with_a_country_that_is_none(self):
        (release,), (problem,), _ = parts_of_text(
            HEAD + "Cámaras;Municipalidad;ACME;5,50;PEN;2023-12-31;Perulandia;\n"
        )
        assert release["awards"][0]["value"] == {"amount": Decimal("5.50"), "currency": "PEN"}
        assert (problem.code, problem.variant, problem.pointer) == ("cell_unread", "country", "/2/País")

    def test_a_cell_that_cannot_be_read_is_left_out_and_told_and_the_row_is_taken(self):
        (release,), (problem,), _ = parts_of_text(HEAD + "Cámaras;Municipalidad;ACME;mucho;PEN;2023-12-31;PE;\n")
        assert "value" not in release["awards"][0]
        assert (problem.code, problem.variant, problem.pointer, problem.line) == (
            "cell_unread",
            "number",
            "/2/Monto",
            2,
        )
        assert problem.is_warning

    def test_a_row_that_tells_nothing_is_reported_and_the_others_are_read(self):
        releases, (problem,), (summary,) = parts_of_text(HEAD + ";;ACME;;;;PE;\nNube;Muni;;;;;;\n")
        assert len(releases) == 1
        assert (problem.code, problem.line, problem.is_warning) == ("row_incomplete", 2, False)
        assert (summary.rows, summary.rows_read) == (2, 1)

    def test_short_rows_are_read_as_far_as_they_go(self):
        releases, problems, _ = parts_of_text(HEAD + "Nube;Muni\nNube dos;Muni;A;1\n")
        assert [release["tender"]["title"] for release in releases] == ["Nube", "Nube dos"]
        assert problems == []

    def test_a_row_that_a_comma_without_quotes_shifted_is_left_out_and_told(self):
        """The supplier would be "56", and the amount 1,234."""
        releases, problems, (summary,) = parts_of_text(
            'Objeto,Monto,Proveedor\nUno,"1.234,56",ACME\nDos,1.234,56,ACME\nTres,"9,5",ACME,,\nCuatro,"8,5",ACME\n'
        )
        assert [release["awards"][0]["value"]["amount"] for release in releases] == [Decimal("1234.56"), 9.5, 8.5]
        (problem,) = problems
        assert (problem.code, problem.variant, problem.line) == ("row_broken", "cells", 3)
        assert problem.values == {"number": 4, "limit": 3}
        assert (summary.rows, summary.rows_read) == (4, 3)

    def test_a_note_beside_the_columns_of_a_workbook_shifts_nothing(self):
        rows = cells(("Objeto", "Monto", "Proveedor"), ("Uno", 5, "ACME", "", "ojo"), ("Dos", 6, "ACME"))
        releases, problems, _ = parts(rows)
        assert len(releases) == 2
        assert problems == []

    def test_a_row_that_says_the_same_is_taken_once(self):
        releases, (problem,), (summary,) = parts_of_text(HEAD + "Nube;Muni;A;1;PEN;;;\n" * 2)
        assert len(releases) == 1
        assert (problem.code, problem.line, problem.values) == ("row_repeated", 3, {"number": 2})
        assert summary.rows_read == 2

    def test_a_column_shows_how_its_amounts_and_dates_are_written(self):
        releases, problems, _ = parts_of_text(
            "title;buyer;supplier;amount;date signed\nA;x;y;1.234;03/04/2024\nB;x;y;12,50;02/28/2024\n"
        )
        assert [release["awards"][0]["value"]["amount"] for release in releases] == [Decimal(1234), Decimal("12.50")]
        assert [release["awards"][0]["date"] for release in releases] == ["2024-03-04", "2024-02-28"]
        assert problems == []

    def test_where_no_row_shows_it_a_number_is_not_guessed(self):
        (release,), (problem,), _ = parts_of_text("title;buyer;supplier;amount\nA;x;y;1.234\n")
        assert "value" not in release["awards"][0]
        assert problem.variant == "amount_unclear"

    def test_an_amount_that_names_its_currency_knows_better_than_the_mapping(self):
        (release,), problems, _ = parts_of_text(
            "objetoCompra;numeroControlePNCP;fornecedor;valorGlobal\nA;1;x;US$ 5\n"
        )
        assert release["awards"][0]["value"] == {"amount": Decimal(5), "currency": "USD"}
        assert problems == []

    def test_words_for_nothing_are_nothing(self):
        (release,), problems, _ = parts_of_text(HEAD + "Nube;No Definido;N/A;-;;;;\n")
        assert release.keys() == {"ocid", "id", "initiationType", "tender", "tag"}
        assert problems == []

    def test_words_of_people_for_nothing_are_nothing_too(self):
        (release,), problems, _ = parts_of_text(HEAD + "Nube;(sin datos);?;n.d.;s.f.;;;\n")
        assert release.keys() == {"ocid", "id", "initiationType", "tender", "tag"}
        assert problems == []

    def test_two_winners_of_one_process_are_two_awards_of_it(self):
        releases, _, _ = parts_of_text("ocid;title;buyer;supplier;amount\nocds-x-1;A;b;S1;5\nocds-x-1;A;b;S2;6\n")
        assert {release["ocid"] for release in releases} == {"ocds-x-1"}
        assert len({release["awards"][0]["id"] for release in releases}) == 2
        assert len({release["id"] for release in releases}) == 2

    def test_two_awards_of_one_process_that_name_no_supplier_are_two(self):
        """They had one id, and the second took the place of the first."""
        rows = [f"1-1-1/2025,5,Prefeitura,Câmeras,,{amount},2025-01-31\n" for amount in (800, 900, 800)]
        releases, _, _ = parts_of_text(CALLS + "".join(rows))
        process, _ = parse_process(compile_releases(releases)[0])
        assert sorted(award.value.amount for award in process.awards) == [800, 900]

    def test_paths_into_ocds_make_the_release(self):
        (release,), problems, (summary,) = parts_of_text(
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
        releases, _, _ = parts_of_text(f"{header}\nocds-x-1,A,B,C\n")
        assert len(releases) == 1


def test_the_report_of_a_table_says_what_its_columns_were_taken_for(tmp_path):
    path = tmp_path / "lista.csv"
    path.write_text("Objeto;Entidad\nNube;Municipio\n")
    told = {"name": "general", "title": "General", "columns": {"Objeto": "title", "Entidad": "buyer"}}
    assert read(path)["mapping"] == told
    path.write_text("")
    assert read(path)["mapping"] is None
