"""The form: facts as people write them, a receipt, what became of it, and what is kept of who sent it."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from prometheus_client import generate_latest

from audits import groups
from audits.engine import processes
from audits.engine.settling import settle
from audits.models import Audit
from config.monitoring.requests import request_counts
from contracts import receipts, tasks
from contracts.deciding import decide_claim
from contracts.intake.attaching import processes_of
from contracts.intake.processing import process_submission
from contracts.models import (
    Claim,
    ClaimDecision,
    ContentChunk,
    ContractingProcess,
    Document,
    IntakePolicy,
    Receipt,
    ReceiptQuestion,
    Release,
    Submission,
    TableMapping,
)
from tests.support.pages import HOSTILE, alive, text_of, words_of
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
FACTS = {"title": "Cámaras para la plaza", "buyer": "Municipio Ficticio", "country": "Perú"}
SENDER = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Telltale/7.7"}


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """No worker is needed."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)


def file(content: bytes = b"", name: str = "ana-persona.json"):
    return SimpleUploadedFile(name, content or json.dumps(release("ocds-form-1")).encode())


def send(client, status=200, **fields):
    """Send the form; returns its page."""
    answer = client.post("/submit/?lang=en", {"step": "send", **fields}, **SENDER)
    assert answer.status_code == status, text_of(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def ask(client, words, status=200, **fields):
    answer = client.post("/submit/status/?lang=en", {"receipt": words, **fields}, **SENDER)
    assert answer.status_code == status
    return answer.content.decode()


def process_all():
    for submission in Submission.objects.filter(processed_at=None):
        process_submission(submission.pk)


class TestFacts:
    def test_what_is_typed_is_shown_as_it_is_read_before_it_is_sent(self, client):
        typed = {**FACTS, "value": "USD 2.5 millones", "date_signed": "31/12/2023"}
        answer = client.post("/submit/?lang=en", {"step": "check", **typed})
        page = text_of(answer.content.decode())
        for read in ("2500000", "2023-12-31", "PE"):
            assert read in page
        assert 'value="send"' in answer.content.decode()
        assert not Submission.objects.exists()

    @pytest.mark.parametrize("step", ["check", "send"])
    def test_what_is_unclear_is_an_error_of_its_field_and_nothing_typed_is_lost(self, client, step):
        answer = client.post("/submit/?lang=es", {"step": step, **FACTS, "value": "mucho", "links": "no es enlace"})
        page = answer.content.decode()
        assert answer.status_code == 400
        assert 'value="Cámaras para la plaza"' in page
        assert 'value="mucho"' in page
        assert "no es enlace</textarea>" in page
        assert page.count('role="alert"') >= 2
        assert not Submission.objects.exists()

    def test_what_is_sent_becomes_a_held_claim(self, client):
        words = words_of(send(client, **FACTS, value="1.250.000,50", currency="S/", links="https://a.example/x\n"))
        process_all()
        claim = Claim.objects.get()
        assert claim.state == Claim.State.HELD
        assert not ContractingProcess.objects.public().exists()
        process = ContractingProcess.objects.get()
        assert (process.title, str(process.amount.normalize()), process.currency) == (
            FACTS["title"],
            "1250000.5",
            "PEN",
        )
        assert "waits for a person to look at it" in ask(client, words)

    def test_a_contract_that_is_public_is_told_and_one_that_is_held_is_not(self, client, make_user):  # noqa: F811
        facts = {**FACTS, "supplier": "ACME"}
        said = "This contract is public here already"
        send(client, **facts, description="From a leaflet")
        process_all()
        again = {"step": "check", **facts, "description": "From a newspaper"}
        assert said not in client.post("/submit/?lang=en", again).content.decode()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user("Leads")
        )
        ocid = ContractingProcess.objects.get().ocid
        page = client.post("/submit/?lang=en", again).content.decode()
        assert said in page
        assert f'href="/process/?ocid={ocid}"' in page
        # Sent nevertheless it is a claim on the same record, not a second one.
        send(client, **facts, description="From a newspaper")
        process_all()
        assert {claim.ocid for claim in Claim.objects.all()} == {ocid}
        assert ContractingProcess.objects.public().count() == 1

    def test_nothing_is_not_sent(self, client):
        assert "Say something about the contract" in send(client, status=400)
        assert not Receipt.objects.exists()

    def test_hostile_texts_stay_texts(self, client):
        for step in ("check", "send"):
            page = client.post("/submit/", {"step": step, **FACTS, "title": " ".join(HOSTILE)}).content.decode()
            assert alive(page) == []

    @pytest.mark.parametrize("language", ["es", "pt", "en"])
    def test_the_form_speaks_and_needs_no_script(self, client, language):
        for address in ("/submit/", "/submit/status/"):
            page = client.get(address, headers={"accept-language": language}).content.decode()
            assert f'<html lang="{language}">' in page
            assert "<script" not in page
            assert alive(page) == []


class TestFiles:
    def test_each_file_is_sent_by_itself_and_a_bad_one_loses_no_other(self, client):
        page = send(client, **FACTS, files=[file(), file(b"RIFF\0\0\0\0WAVE", "voice.wav")])
        assert "voice.wav: not taken" in text_of(page)
        assert Receipt.objects.get().submissions.count() == 2

    def test_a_file_alone_is_enough(self, client):
        words = words_of(send(client, files=[file()]))
        process_all()
        assert "waits for a person" in ask(client, words)

    def test_what_cannot_be_read_is_told_and_what_was_typed_stays(self, client):
        page = send(client, status=400, files=[file(b"RIFF\0\0\0\0WAVE")])
        assert 'role="alert"' in page
        assert not Receipt.objects.exists()


class TestReceipt:
    def test_its_words_are_kept_nowhere(self, client):
        words = words_of(send(client, **FACTS))
        assert len({words_of(send(client, **FACTS, description=str(number))) for number in range(20)} | {words}) == 21
        assert receipts.find_receipt(f"  {words.upper()} ").pk
        assert words not in dump()
        assert ask(client, "baba " * 9, status=404)

    def test_its_holder_learns_that_it_was_accepted_and_where_it_is(self, client, make_user):  # noqa: F811
        words = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user("Leads")
        )
        page = ask(client, words)
        assert "accepted by a person" in page
        assert f"/process/?ocid={ContractingProcess.objects.get().ocid}" in page
        assert "cannot be taken back" in ask(client, words, wish="take back")
        assert Submission.objects.filter(erased_on=None).exists()

    def test_its_holder_learns_that_it_was_rejected(self, client, make_user):  # noqa: F811
        words = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(),
            kind=ClaimDecision.Kind.REJECTED,
            reason="Secret reason",
            decided_by=make_user("Leads"),
        )
        page = ask(client, words)
        assert "not accepted" in page
        assert "Secret reason" not in page

    def test_its_holder_takes_back_what_nobody_decided_on(self, client):
        words = words_of(send(client, **FACTS))
        process_all()
        assert "It was taken back and erased." in ask(client, words, wish="take back")
        assert not ContentChunk.objects.exists()
        assert "Cámaras para la plaza" not in dump()
        assert "Taken back on" in ask(client, words, wish="add", files=[file()])
        assert Submission.objects.count() == 1

    def test_nobody_learns_that_another_sent_the_same(self, client, make_user):  # noqa: F811
        """The first is read and rejected; the second sees what the first one saw, and not the decision at once."""
        first = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=make_user("Leads")
        )
        page = send(client, **FACTS)
        second = words_of(page)
        assert "received; it will be read soon" in ask(client, second)
        process_all()
        assert Claim.objects.filter(ocid=Claim.objects.earliest("pk").ocid).count() == 1
        page = ask(client, second)
        assert "waits for a person to look at it" in page
        assert "Take it back" in page
        # On another day a person may have decided on it.
        Submission.objects.update(received_at=timezone.now() - timedelta(days=2))
        assert "not accepted" in ask(client, second)
        assert "not accepted" in ask(client, first)

    def test_what_another_sent_too_stays_when_one_takes_it_back(self, client):
        first, second = words_of(send(client, **FACTS)), words_of(send(client, **FACTS))
        process_all()
        assert (Submission.objects.count(), Claim.objects.count()) == (2, 1)
        holder = Claim.objects.get().submission
        words, others = (first, second) if holder.receipts.get().digest == digest_of(first) else (second, first)
        ask(client, words, wish="take back")
        assert not Release.objects.exists()
        process_all()
        assert Release.objects.get().submission.receipts.get().digest == digest_of(others)
        assert "waits for a person to look at it" in ask(client, others)
        assert ContentChunk.objects.exists()
        ask(client, others, wish="take back")
        assert not ContentChunk.objects.exists()

    def test_what_the_second_one_sends_with_it_belongs_to_it(self, client):
        words_of(send(client, **FACTS))
        process_all()
        words_of(send(client, **FACTS, files=[file(b"%PDF-1.7 a document", "a.pdf")]))
        document = Submission.objects.get(kind="document")
        Document.objects.create(content=document.content, reader_version=1, pages=1, pages_read=1)
        assert processes_of(document.content_id) == [ContractingProcess.objects.get().pk]

    def test_files_are_added_later(self, client):
        words = words_of(send(client, **FACTS))
        ask(client, words, wish="add", files=[file()])
        assert Receipt.objects.get().submissions.count() == 2

    def test_the_desk_asks_and_its_holder_answers_once(self, client, sign_in):  # noqa: F811
        words = words_of(send(client, **FACTS))
        receipt = Receipt.objects.get()
        auditor = sign_in(groups.AUDITORS)
        inline = {
            f"questions-{name}": value
            for name, value in {
                "TOTAL_FORMS": 1,
                "INITIAL_FORMS": 0,
                "0-text": "Which plaza?",
                "0-receipt": receipt.pk,
            }.items()
        }
        asked = auditor.post(f"/admin/contracts/receipt/{receipt.pk}/change/", inline)
        assert asked.status_code == 302
        question = ReceiptQuestion.objects.get()
        assert "Which plaza?" in ask(client, words)
        ask(client, words, wish="answer", question=str(question.pk), answer="The old one.")
        ask(client, words, wish="answer", question=str(question.pk), answer="Another.")
        question.refresh_from_db()
        assert question.answer == "The old one."
        other = words_of(send(client, **FACTS, description="other"))
        ask(client, other, wish="answer", question=str(question.pk), answer="Mine.")
        assert "The old one." in auditor.get(f"/admin/contracts/receipt/{receipt.pk}/change/").content.decode()

    def test_an_answer_with_nul_is_kept(self, client, make_user):  # noqa: F811
        words = words_of(send(client, **FACTS))
        asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
        question = ReceiptQuestion.objects.create(receipt=Receipt.objects.get(), text="Which?", **asked)
        ask(client, words, wish="answer", question=str(question.pk), answer="The\0old one.")
        question.refresh_from_db()
        assert question.answer == "The old one."

    def test_it_opens_no_way_in_where_a_lead_closed_the_form(self, client):
        words = words_of(send(client, **FACTS))
        IntakePolicy.objects.create(pk=1, anonymous=False)
        assert "only people with an account" in ask(client, words, wish="add", files=[file()])
        assert Receipt.objects.get().submissions.count() == 1
        assert "It was taken back and erased." in ask(client, words, wish="take back")

    @pytest.mark.parametrize("wish", [{"wish": "answer", "question": "x" * 30}, {"wish": "?"}, {"wish": "add"}])
    def test_odd_wishes_change_nothing(self, client, wish):
        ask(client, words_of(send(client, **FACTS)), **wish)
        assert Submission.objects.count() == 1


HEADER = ["Lo que compraron", "Quién pagó", "A quién se lo dieron", "Costo"]
UNKNOWN = (
    ";".join(HEADER)
    + "\nCámaras para la plaza del mercado;Alcaldía;ACME;1.250.000,50\nNube para el registro civil;;;\n;;;98.000,00\n"
).encode()
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
    def test_one_is_kept_and_its_sender_asked_what_its_columns_hold(self, client):
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

    def test_a_dry_run_tells_row_by_row_and_stores_nothing(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        process_all()
        page = text_of(explain(client, words, step="check", **SAID, currency="S/"))
        assert "2 of 3 rows read" in page
        assert "row 4: The row does not tell enough" in page
        assert Submission.objects.get().mapping == {}
        assert not Claim.objects.exists()

    def test_what_it_says_is_read_and_rows_are_reported(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        process_all()
        assert "read again, as you said" in explain(client, words, step="send", **SAID, currency="S/")
        process_all()
        assert Claim.objects.count() == 2
        process = ContractingProcess.objects.get(title__startswith="Cámaras")
        assert (int(process.amount), process.currency, process.country) == (1250000, "PEN", "PE")
        page = ask(client, words)
        assert "2 of 3 rows read" in page
        assert "row 4: The row does not tell enough" in page
        assert "Say what its columns hold" not in page

    def test_before_a_worker_came_it_is_read_once(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        process_all()
        assert Claim.objects.count() == 2

    def test_an_anonymous_mapping_is_of_this_receipt_alone(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        assert not TableMapping.objects.exists()
        assert "Say what its columns hold" in send(client, files=[file(UNKNOWN + b"Otra;x;y;1\n", "lista.csv")])

    def test_an_account_keeps_it_for_the_next_table(self, sign_in):  # noqa: F811
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
            ({}, "Say of two columns at least"),
            ({**SAID, "country": "Atlantis"}, "is not a country"),
            ({**SAID, "currency": "wampum"}, "is not a currency"),
            ({**SAID, "column-0": "price"}, "Select a valid choice"),
        ],
    )
    def test_what_can_not_be_used_is_told_and_nothing_chosen_is_lost(self, client, fields, said):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        page = explain(client, words, status=400, step="send", **fields)
        assert said in text_of(page)
        if fields:
            assert re.search(r'<select name="column-2".*?<option value="supplier" selected>', page, re.DOTALL)
        assert Submission.objects.get().mapping == {}

    def test_one_whose_rows_were_read_or_that_is_of_another_receipt_has_no_such_page(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        explain(client, words, step="send", **SAID)
        process_all()
        explain(client, words, step="send", **{**SAID, "column-0": "buyer", "column-1": "title"})
        assert Submission.objects.get().mapping["columns"][HEADER[0]] == "title"
        foreign = Submission.objects.get().pk
        other = words_of(send(client, **FACTS))
        for named in (str(foreign), "x", ""):
            answer = client.post("/submit/table/", {"receipt": other, "submission": named, "step": "send", **SAID})
            assert "<select" not in answer.content.decode()
        assert client.get("/submit/table/").status_code == 200

    def test_while_a_worker_reads_it_nothing_is_changed(self, client):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        Submission.objects.update(attempted_at=timezone.now())
        assert "being read at the moment" in explain(client, words, step="send", **SAID)
        assert Submission.objects.get().mapping == {}

    def test_hostile_headers_and_cells_stay_texts(self, client):
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


class TestWhoSendsIt:
    def test_nothing_tells_who_it_was_nor_at_which_hour(self, client, capfd):
        """All tables, the log of the site and what is counted of requests, after it was read and audited."""
        begun = timezone.now()
        words = words_of(send(client, **FACTS, files=[file(name="ana-persona.json"), file(UNKNOWN, "ana.csv")]))
        process_all()
        audit_all()
        assert Audit.objects.count() == 2
        ask(client, words)
        stored, logged = dump(), "".join(capfd.readouterr())
        counted = generate_latest(request_counts()).decode()
        for trace in ("203.0.113.77", "Telltale", "ana-persona", "ana.csv", "/submit/", words):
            assert trace not in stored
            assert trace not in logged
            assert trace not in counted
        ids = [str(pk) for pk in Submission.objects.values_list("pk", flat=True)]
        assert not [pk for pk in ids if pk in logged]
        assert times_since(begun) == {}

    def test_one_that_fails_tells_no_hour_either(self, client):
        begun = timezone.now()
        send(client, **FACTS)
        Submission.objects.update(attempts=3)
        process_all()
        assert Submission.objects.get().state == "failed"
        assert times_since(begun) == {}

    def test_what_comes_by_the_api_and_is_held_has_its_own_time_alone(self, make_user):  # noqa: F811
        """When an account sent stands in its submission, and who it was beside it, until retention removes that."""
        begun = timezone.now()
        load(release("ocds-mine-1"), channel=Submission.Channel.API, user=make_user("Submitters"))
        audit_all()
        assert times_since(begun).keys() <= {"contracts_submission", "contracts_content", "auth_user"}

    def test_a_lead_may_switch_it_off(self, client, sign_in):  # noqa: F811
        lead = sign_in(groups.LEADS)
        assert lead.post("/admin/contracts/intakepolicy/add/", {"anonymous": ""}).status_code == 302
        assert IntakePolicy.in_force().anonymous is False
        client.logout()
        assert client.get("/submit/").status_code == 403
        send(client, status=403, **FACTS)
        assert not Submission.objects.exists()

    def test_who_has_an_account_sends_with_it(self, sign_in):  # noqa: F811
        IntakePolicy.objects.create(pk=1, anonymous=False)
        client = sign_in(groups.SUBMITTERS)
        send(client, **FACTS)
        assert Submission.objects.get().origin.user.username == "submitters"

    def test_a_journalist_may_not_where_only_submitters_may(self, sign_in):  # noqa: F811
        IntakePolicy.objects.create(pk=1, anonymous=False)
        assert sign_in(groups.JOURNALISTS).get("/submit/").status_code == 403

    def test_it_is_protected_against_other_sites(self):
        from django.test import Client

        assert Client(enforce_csrf_checks=True).post("/submit/", {"step": "send", **FACTS}).status_code == 403


def audit_all() -> None:
    """Audit what is due, as the schedule does."""
    processes.audit_due(list(ContractingProcess.objects.values_list("pk", flat=True)))
    settle()


def digest_of(words: str) -> bytes:
    return receipts._digest(words)


# Computed for all records together, whoever sent what.
OF_ALL = {"audits_pagefigures", "audits_cohort", "django_migrations", "django_session"}


def times_since(begun) -> dict[str, list[str]]:
    """Return table → columns that hold a time since a moment, other than a midnight."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'"
        )
        for table, column in cursor.fetchall():
            if table in OF_ALL:
                continue
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" >= %s', [begun])
            if cursor.fetchone()[0]:
                found.setdefault(table, []).append(column)
    return found


def dump() -> str:
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        texts = []
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(row)::text FROM "{table}" AS row')
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts)
