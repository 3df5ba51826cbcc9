"""Tables with unknown columns: their sender maps them."""

import re
from types import SimpleNamespace

import pytest
from django.utils import timezone
from msgspec import structs

from audits import groups
from contracts import receipts, submitting
from contracts.models import Claim, ContractingProcess, Receipt, Submission, TableMapping
from contracts.ocds.problems import Problem
from contracts.pages.sending import storing, table_page
from contracts.pages.sending.mapping_form import MAX_PROBLEMS, first_problems
from tests.contracts.pages.sending import FACTS, SENDER, UNKNOWN, ask, file, process_all, send
from tests.support.pages import HOSTILE, alive, text_of, words_of

pytestmark = pytest.mark.django_db


SAID = {"column-0": "title", "column-1": "buyer", "column-2": "supplier", "column-3": "amount", "country": "Perú"}


def explain(client, words, status=200, **fields):
    """Answer on the page of the columns; returns it."""
    (submission,) = Receipt.objects.get(digest=receipts._digest(words)).submissions.all()
    sent = {"receipt": words, "submission": str(submission.pk), **fields}
    answer = client.post("/submit/table/?lang=en", sent, **SENDER)
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


class TestTablesThatAreNotKnown:
    def test_an_unknown_table_is_stored_and_its_sender_asked_for_a_mapping(self, client):
        page = send(client, files=[file(UNKNOWN, "lista.csv")])
        assert "Say what its columns hold" in page
        words = words_of(page)
        process_all()
        assert "Say what its columns hold" in ask(client, words)
        page = explain(client, words)
        assert "row 1." in text_of(page)
        assert "1.250.000,50" in page
        # The guess: a text of some words is what was bought, numbers are the value.
        assert re.search(r'<select name="column-0".*?<option value="title" selected>', page, re.DOTALL)
        assert re.search(r'<select name="column-3".*?<option value="amount" selected>', page, re.DOTALL)
        assert alive(page) == []

    def test_a_table_with_too_few_known_columns_is_asked_about_too(self, client):
        """It was refused, and its rows called incomplete, though their cells are filled."""
        table = b"Requerimiento,Proveedor,Fecha de firma\nCamaras,ACME,01/03/2024\nRadios,ACME,02/03/2024\n"
        page = send(client, files=[file(table, "lista.csv")])
        assert "Say what its columns hold" in page
        assert "incomplete" not in page

    def test_a_dry_run_reports_each_row_and_stores_nothing(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        process_all()
        page = text_of(explain(client, words, step="check", **SAID, currency="S/"))
        assert "Rows read: 2 of 3" in page
        assert "row 4: The row is incomplete" in page
        assert Submission.objects.get().mapping == {}
        assert not Claim.objects.exists()

    def test_a_mapped_table_is_read_and_its_rows_reported(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        process_all()
        assert "read again, as you said" in explain(client, words, step="send", **SAID, currency="S/")
        process_all()
        assert Claim.objects.count() == 2
        process = ContractingProcess.objects.get(title__startswith="Cámaras")
        assert (int(process.amount), process.currency, process.country) == (1250000, "PEN", "PE")
        page = ask(client, words)
        assert "Rows read: 2 of 3" in page
        assert "row 4: The row is incomplete" in page
        assert "The headers of this table are not known" not in page

    def test_the_mapping_page_after_sending_works_too(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        process_all()
        page = explain(client, words, step="send", **SAID)
        forms = re.findall(r'<form[^>]* action="([^"]*)"', page)
        assert len(forms) == len(re.findall("<form", page)) >= 2
        assert set(forms) == {"/submit/status/?lang=en", "/submit/?lang=en"}

    def test_a_table_mapped_before_processing_is_read_once(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        process_all()
        assert Claim.objects.count() == 2

    def test_an_anonymous_mapping_applies_only_to_its_receipt(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        assert not TableMapping.objects.exists()
        assert "Say what its columns hold" in send(client, files=[file(UNKNOWN + b"Otra;x;y;1\n", "lista.csv")])

    def test_an_accounts_mapping_is_reused_for_the_next_table(self, sign_in):
        client = sign_in(groups.SUBMITTERS)
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        assert TableMapping.objects.get().user.username == "submitters"
        page = send(client, files=[file(UNKNOWN + b"Otra;x;y;1\n", "lista.csv")])
        assert "Say what its columns hold" not in page
        process_all()
        assert ContractingProcess.objects.filter(title="Otra").exists()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, "Say what at least two columns contain"),
            ({**SAID, "country": "Atlantis"}, "is not a country"),
            ({**SAID, "currency": "wampum"}, "is not a currency"),
            ({**SAID, "column-0": "price"}, "Select a valid choice"),
        ],
    )
    def test_an_invalid_mapping_is_reported_and_choices_are_kept(self, client, fields, said):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        page = explain(client, words, status=400, step="send", **fields)
        assert said in text_of(page)
        if fields:
            assert re.search(r'<select name="column-2".*?<option value="supplier" selected>', page, re.DOTALL)
        assert Submission.objects.get().mapping == {}

    def test_tables_of_other_receipts_cannot_be_mapped(self, client):
        send(client, files=[file(UNKNOWN, "lista.csv")])
        foreign = Submission.objects.get().pk
        other = words_of(send(client, **FACTS))
        for named in (str(foreign), "x", ""):
            answer = client.post("/submit/table/", {"receipt": other, "submission": named, "step": "send", **SAID})
            assert "<select" not in answer.content.decode()
        assert client.get("/submit/table/").status_code == 200

    def test_remapping_replaces_the_first_reading(self, client):
        """Nothing was offered: its sender had to rename headers, and to send it again."""
        table = "Objeto;Muni;Proveedor;Cuantía del acto\nCámaras;Lima;ACME;1.250,50\nNube;Cusco;BETA;2.000,00\n"
        words = words_of(send(client, files=[file(table.encode(), "lista.csv")]))
        process_all()
        (first,) = Submission.objects.all()
        page = ask(client, words)
        assert "Not read: Muni, Cuantía del acto" in text_of(page)
        assert "you need not send the table again" in page
        page = explain(client, words)
        assert "This is how your table was read" in page
        assert re.search(r'<select name="column-2".*?<option value="supplier" selected>', page, re.DOTALL)
        said = {"column-0": "title", "column-1": "buyer", "column-2": "supplier", "column-3": "amount"}
        said |= {"currency": "S/", "country": "Perú"}
        assert "Rows read: 2 of 2" in text_of(explain(client, words, step="check", **said))
        assert "read again, as you said" in explain(client, words, step="send", **said)
        process_all()
        first.refresh_from_db()
        assert first.erased_on
        process = ContractingProcess.objects.get(title="Cámaras")
        assert (process.buyer.name, int(process.amount), process.currency) == ("Lima", 1250, "PEN")
        assert Claim.objects.filter(decision=None).count() == 2
        page = ask(client, words)
        assert "Rows read: 2 of 2" in text_of(page)
        assert "erased; what remains" in text_of(page)

    def test_of_two_concurrent_mappings_the_first_is_used(self, client, monkeypatch):
        table = "Objeto;Muni;Proveedor;Cuantía del acto\nCámaras;Lima;ACME;1.250,50\nNube;Cusco;BETA;2.000,00\n"
        words = words_of(send(client, files=[file(table.encode(), "lista.csv")]))
        process_all()
        give = table_page._give

        def twice(request, receipt, submission, given):
            give(request, receipt, submission, given)
            give(request, receipt, submission, structs.replace(given, currency="USD"))

        monkeypatch.setattr(table_page, "_give", twice)
        said = {"column-0": "title", "column-1": "buyer", "column-2": "supplier", "column-3": "amount"}
        page = explain(client, words, step="send", **said, currency="S/", country="Perú")
        assert "being read at the moment" in text_of(page)
        process_all()
        assert Submission.objects.filter(erased_on=None).count() == 1
        assert ContractingProcess.objects.get(title="Cámaras").currency == "PEN"

    def test_a_decided_table_cannot_be_remapped(self, client, monkeypatch):
        table = b"Objeto;Proveedor;Importe anual\nNube;ACME;5\nCables;ACME;6\n"
        words = words_of(send(client, files=[file(table, "lista.csv")]))
        process_all()
        monkeypatch.setattr(table_page, "may_be_taken_back", lambda *_args, **_options: False)
        said = {"column-0": "title", "column-1": "supplier", "column-2": "amount"}
        assert "<select" not in explain(client, words, step="send", **said)
        assert Submission.objects.get().erased_on is None

    def test_a_known_portal_export_needs_no_mapping(self, client):
        header = "numeroControlePNCP;objetoCompra;orgaoEntidade.razaoSocial;valorTotalEstimado;outra"
        words = words_of(send(client, files=[file(f"{header}\n1-1/2025;Nuvem;Prefeitura;5;x\n".encode(), "pncp.csv")]))
        process_all()
        assert "you need not send the table again" not in ask(client, words)
        assert "<select" not in explain(client, words)

    def test_a_table_being_processed_cannot_be_remapped(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        Submission.objects.update(attempted_at=timezone.now())
        assert "being read at the moment" in explain(client, words, step="send", **SAID)
        assert Submission.objects.get().mapping == {}

    def test_many_workbooks_do_not_block_the_page(self, client, monkeypatch):
        """Twenty workbooks that take ten seconds each are stored unseen; what became of them is told as ever."""
        looked_into, clock = [], SimpleNamespace(monotonic=lambda: 20.0 * len(looked_into))

        def look(name):
            original = getattr(submitting if name == "_preview" else storing, name)

            def slow(*arguments, **options):
                looked_into.append(name)
                return original(*arguments, **options)

            return slow

        monkeypatch.setattr(storing, "time", clock)
        for module, name in ((submitting, "_preview"), (storing, "preview_of")):
            monkeypatch.setattr(module, name, look(name))
        tables = [file(UNKNOWN + f"Otra {number};x;y;1\n".encode(), f"{number}.csv") for number in range(5)]
        page = send(client, files=[*tables, file(b"{", "broken.json")])
        assert looked_into == ["_preview", "preview_of"]
        assert Submission.objects.count() == 6
        monkeypatch.undo()
        process_all()
        told = text_of(ask(client, words_of(page)))
        assert told.count("Say what its columns hold") == 5
        assert told.count("nothing in it could be read") == 1

    def test_hostile_headers_and_cells_are_escaped(self, client):
        table = "\n".join(",".join(f'"{text} {n}"' for n in range(2)).replace("\n", " ") for text in HOSTILE).encode()
        page = send(client, files=[file(table, "x.csv")])
        assert alive(page) == []
        assert alive(explain(client, words_of(page))) == []
        assert alive(explain(client, words_of(page), step="check", **{"column-0": "title", "column-1": "buyer"})) == []

    @pytest.mark.parametrize("language", ["es", "pt", "en"])
    def test_a_template_is_offered_in_the_reader_s_language(self, client, language):
        page = client.get(f"/submit/?lang={language}").content.decode()
        assert f"/api/v1/submissions/template/?language={language}" in page
        assert client.get(f"/api/v1/submissions/template/?language={language}").content[:2] == b"PK"


@pytest.mark.parametrize(
    ("header", "row", "is_told"),
    [
        ("Objeto;Contratada;Valor", "Nuvem;ACME;100,50", True),
        ("Objeto;Órgão;Contratada;Valor", "Nuvem;Prefeitura;ACME;100,50", False),
        ("ocid;tender/title", "ocds-form-9;Nuvem", False),
    ],
)
def test_a_table_without_a_buyer_is_reported(client, header, row, is_told):
    """The buyer stands above the header, as a title, where many city halls write it."""
    words = words_of(send(client, files=[file(f"{header}\n{row}\n".encode(), "lista.csv")]))
    process_all()
    page = ask(client, words)
    assert "Rows read: 1 of 1" in page
    assert ("No column names the buyer" in page) is is_told


def test_omissions_are_reported_before_doubts_and_repeated_messages_once():
    """Doubts about sixty numbers hid the row that nobody read."""
    doubts = [Problem("row_repeated", values={"number": 1}, pointer=f"/{row}", line=row) for row in range(2, 62)]
    for row in range(2, 62):
        values = {"text": str(row), "scheme": "PE-RUC"}
        doubts.append(Problem("number_doubtful", values=values, pointer=f"/{row}/RUC", line=row))
    told = first_problems([*doubts, Problem("row_broken", "page", pointer="/page 2/1")])
    assert [problem["code"] for problem in told[:3]] == ["row_broken", "row_repeated", "number_doubtful"]
    assert told[0]["where"] == "page 2, row 1"
    assert told[1]["where"].startswith("row 2; row 3; ")
    assert told[1]["where"].endswith("; row 21; +40")
    assert len(told) == MAX_PROBLEMS
