"""Documents that are sent: kept once, read, and joined to what they came with."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.decisions.claims import decide_claim
from contracts.erasing import erase_submission
from contracts.intake.documents import filing
from contracts.intake.documents.attaching import attach, document_versions, processes_of, read_documents
from contracts.intake.processing import process_submission
from contracts.models import (
    Attachment,
    Claim,
    ClaimDecision,
    Content,
    ContentChunk,
    ContractingProcess,
    Document,
    DocumentPage,
    Submission,
)
from contracts.submitting import submit
from tests.support.documents import PAPER, bytes_of, decide, send, send_facts
from tests.support.papers import TRACES, telling_docx, telling_pdf
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.records import load, release
from tests.support.stored import dump_with_bytes
from tests.support.waiting import held_elsewhere

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


def noted(function, name: str, made: list[str]):
    """Return a function that notes that it was called."""
    return lambda *arguments, **options: made.append(name) or function(*arguments, **options)


def dump_of(*models) -> list:
    return [list(model.objects.order_by("pk").values()) for model in models]


class TestReading:
    def test_its_pages_are_kept_with_their_offsets(self):
        submission = send()
        document = Document.objects.get()
        assert (submission.kind, submission.state) == ("document", "processed")
        assert submission.counts == {"pages": 2, "pages_read": 2, "ocr_pages": 0, "characters": 49}
        assert (document.pk, document.kind, document.pages_read) == (submission.content_id, "PDF", 2)
        assert list(document.texts.values_list("number", "offset", "text")) == [
            (1, 0, "Contrato de cámaras"),
            (2, 19, "Se entregará el código fuente."),
        ]

    def test_paragraphs_of_a_docx_are_kept_in_stretches(self):
        send(telling_docx("Uno", *["largo " * 200] * 8, "Fin"))
        document = Document.objects.get()
        assert document.pages == document.pages_read == document.texts.count() == 3
        texts = list(document.texts.values_list("text", flat=True))
        assert texts[0].startswith("Uno\nlargo")
        assert texts[-1] == "Fin"
        # Of each its first character, and its number in the whole document.
        assert list(document.texts.values_list("paragraphs", flat=True)) == [
            [[0, 1], [4, 2], [1205, 3], [2406, 4], [3607, 5]],
            [[0, 6], [1201, 7], [2402, 8], [3603, 9]],
            [[0, 10]],
        ]

    def test_releases_read_before_a_worker_died_are_kept_and_the_next_attempt_finishes(self, monkeypatch):
        monkeypatch.setattr(filing, "_BATCH_PAGES", 1)
        monkeypatch.setattr(filing, "_conclude", lambda *_, **__: 1 / 0)
        submission, *_ = submit(iter([PAPER]), channel="form", user=None)
        with pytest.raises(ZeroDivisionError):
            process_submission(submission.pk)
        assert DocumentPage.objects.count() == 2
        assert document_versions([]) == {}
        monkeypatch.undo()
        Submission.objects.update(attempted_at=None)
        process_submission(submission.pk)
        assert Document.objects.get().pages_read == 2

    def test_one_that_another_worker_reads_is_left_to_it_and_due_again(self):
        submission, *_ = submit(iter([PAPER]), channel="form", user=None)
        with held_elsewhere(f"reading of document {submission.content_id}"):
            process_submission(submission.pk)
            submission.refresh_from_db()
            assert (submission.state, submission.attempts, Document.objects.count()) == ("received", 0, 0)
        process_submission(submission.pk)
        assert Document.objects.get().pages_read == 2

    def test_the_same_bytes_are_kept_and_read_once(self, monkeypatch):
        send()
        monkeypatch.setattr(filing, "read_with_lists", lambda *_, **__: pytest.fail("read twice"))
        again = send(channel=Submission.Channel.ADMIN)
        assert again.counts["pages_read"] == 2
        assert (Document.objects.count(), Submission.objects.count()) == (1, 2)

    @pytest.mark.parametrize("channel", [Submission.Channel.FORM, Submission.Channel.API])
    @pytest.mark.parametrize("content", [PAPER, telling_docx("Contrato")], ids=["PDF", "DOCX"])
    def test_how_soon_it_is_read_tells_nobody_that_another_sent_it_before(self, channel, content, monkeypatch):
        first, made = send(content), []
        stored = dump_of(Document, DocumentPage)
        for name in ("read_with_lists", "clean_copy"):
            monkeypatch.setattr(filing, name, noted(getattr(filing, name), name, made))
        again = send(content, channel=channel)
        assert made == ["read_with_lists", "clean_copy"]
        assert (again.state, again.counts) == (first.state, first.counts)
        assert dump_of(Document, DocumentPage) == stored, "what was read first stays"

    def test_unreadable_documents_have_a_reason_and_belong_to_no_process(self):
        facts = send_facts()
        submission = send(encrypted_pdf(), about=facts)
        assert [problem.variant for problem in submission.found_problems] == ["encrypted"]
        assert document_versions(list(ContractingProcess.objects.values_list("pk", flat=True))) == {}

    def test_nul_and_halves_of_characters_are_kept_as_signs(self):
        text = filing.ReadPage(1, "a\x00b\ud800")
        keeper = filing._Keeper(Document.objects.create(content=Content.objects.create(sha256="x", size=1)), lambda: 0)
        keeper.keep(text)
        keeper.write()
        assert DocumentPage.objects.get().text == "a␀b\N{REPLACEMENT CHARACTER}"


class TestCopy:
    def test_the_copy_lies_beside_the_sealed_original(self):
        content = telling_pdf("Contrato")
        submission = send(content)
        document = Document.objects.get()
        assert document.cleaned_id not in {None, submission.content_id}
        assert "Author" in document.removed_metadata
        original, copy = (bytes_of(key) for key in (submission.content_id, document.cleaned_id))
        assert original == content
        assert TRACES[0].encode() in original
        assert TRACES[0].encode() not in copy

    def test_metadata_stands_nowhere_but_in_the_sealed_original(self):
        submission = send(telling_pdf("Contrato"))
        ContentChunk.objects.filter(content=submission.content_id).delete()
        stored = dump_with_bytes()
        assert "Contrato" in stored
        assert [trace for trace in TRACES if trace in stored] == []


class TestJoining:
    def test_a_document_belongs_to_the_claim_that_it_came_with(self, announced):
        facts = send_facts()
        submission = send(about=facts)
        process = ContractingProcess.objects.get()
        assert processes_of(submission.content_id) == [process.pk]
        assert set(announced) == {process.pk}
        ((sha256, version),) = document_versions([process.pk])[process.pk]
        assert (sha256, version) == (submission.content_id, f"{filing.READER_VERSION} 2 2")
        document = read_documents([sha256])[sha256]
        assert [page.text for page in document.pages] == ["Contrato de cámaras", "Se entregará el código fuente."]
        assert document.is_whole

    def test_facts_that_are_read_after_it_have_it_too(self):
        facts, *_ = submit(iter([b'{"title": "Camaras", "buyer": "Municipio"}']), channel="form", user=None)
        submission = send(about=facts)
        assert processes_of(submission.content_id) == []
        process_submission(facts.pk)
        assert processes_of(submission.content_id) == [ContractingProcess.objects.get().pk]

    def test_it_is_part_of_the_public_record_once_its_claim_is_accepted(self, make_user, announced):
        submission = send(about=send_facts())
        announced.clear()
        decide(ClaimDecision.Kind.ACCEPTED, make_user("Leads"))
        public = ContractingProcess.objects.public().get()
        assert processes_of(submission.content_id) == [public.pk]
        assert public.pk in announced

    @pytest.mark.parametrize("is_read_first", [False, True])
    def test_facts_that_another_sent_before_in_other_bytes_have_it_too(self, is_read_first, make_user, announced):
        send_facts()
        held = ContractingProcess.objects.get()
        told = json.dumps(release("ocds-facts-1"), indent=1).encode()
        facts, *_ = submit(iter([told]), channel=Submission.Channel.FORM, user=None)
        if not is_read_first:
            process_submission(facts.pk)
        submission = send(about=facts)
        process_submission(facts.pk)
        assert processes_of(submission.content_id) == [held.pk]
        assert list(document_versions([held.pk])) == [held.pk]
        assert set(announced) == {held.pk}
        decide(ClaimDecision.Kind.ACCEPTED, make_user("Leads"))
        public = ContractingProcess.objects.public().get()
        assert processes_of(submission.content_id) == [public.pk]
        assert public.pk in announced

    def test_it_waits_for_a_person_when_the_publisher_sends_the_same(self):
        """Who copied a contract from a portal must not put a document under the record of its publisher."""
        submission = send(about=send_facts())
        held = ContractingProcess.objects.get()
        assert processes_of(submission.content_id) == [held.pk]
        load(release("ocds-facts-1"), release("ocds-facts-2"))
        assert ContractingProcess.objects.public().filter(ocid="ocds-facts-1").exists()
        assert processes_of(submission.content_id) == []
        assert submission.content_id in Document.objects.of_no_contract().values_list("pk", flat=True)

    def test_it_is_of_no_public_record_that_another_publishes(self):
        load(release("ocds-facts-1"))
        told = json.dumps(release("ocds-facts-1"), indent=1).encode()
        facts = load(content=told, channel=Submission.Channel.FORM)
        assert processes_of(send(about=facts).content_id) == []

    def test_of_a_table_it_is_about_one_contract_or_another(self, announced):
        """Or else each of them would be asked about what the contract of one says."""
        facts = load(release("ocds-facts-1"), release("ocds-facts-2"), channel=Submission.Channel.FORM)
        submission = send(about=facts)
        assert processes_of(submission.content_id) == []
        assert not document_versions(list(ContractingProcess.objects.values_list("pk", flat=True)))
        alone, *_ = submit(iter([b'{"title": "Camaras", "buyer": "Municipio"}']), channel="form", user=None)
        attach(submission, about=alone)
        announced.clear()
        process_submission(alone.pk)
        told = ContractingProcess.objects.get(title="Camaras").pk
        assert processes_of(submission.content_id) == [told]
        assert set(announced) == {told}

    @pytest.mark.parametrize("erased", [False, True])
    def test_it_stays_when_only_the_bytes_of_its_facts_go(self, erased, make_user):
        facts = send_facts()
        submission = send(about=facts)
        decide(ClaimDecision.Kind.ACCEPTED, make_user("Leads"))
        if erased:
            erase_submission(facts, actor=None)
        assert processes_of(submission.content_id) == [ContractingProcess.objects.public().get().pk]

    def test_one_of_several_contracts_is_of_none_once_their_facts_are_erased(self, make_user):
        facts = load(release("ocds-facts-1"), release("ocds-facts-2"), channel=Submission.Channel.FORM)
        submission = send(about=facts)
        person = make_user("Leads")
        for claim in Claim.objects.all():
            decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=person)
        erase_submission(facts, actor=None)
        assert processes_of(submission.content_id) == []
        assert Document.objects.of_no_contract().exists()

    def test_it_never_reaches_the_record_of_another(self, make_user):
        load(release("ocds-facts-1"))
        facts = load(release("ocds-facts-1", title="other"), channel=Submission.Channel.FORM)
        submission = send(about=facts)
        held = ContractingProcess.objects.get(verification="unverified")
        assert processes_of(submission.content_id) == [held.pk]
        decide(ClaimDecision.Kind.REJECTED, make_user("Leads"))
        assert not processes_of(submission.content_id)

    def test_a_person_attaches_it_to_a_process_and_to_a_link_of_it(self, make_user):
        load(release())
        process = ContractingProcess.objects.get()
        submission = send(channel=Submission.Channel.ADMIN)
        assert processes_of(submission.content_id) == []
        person = make_user("Auditors")
        for _attempt in range(2):
            attach(submission, process=process, url="https://a.example/1.pdf", attached_by=person)
        assert processes_of(submission.content_id) == [process.pk]
        assert Attachment.objects.count() == 1

    def test_only_documents_are_attached(self):
        facts = send_facts()
        assert attach(facts, about=facts) is None


def test_a_form_joins_documents_with_the_only_record_whichever_comes_first():
    client = Client()
    files = [
        SimpleUploadedFile("contrato.pdf", PAPER),
        SimpleUploadedFile("record.json", json.dumps(release("ocds-facts-1")).encode()),
    ]
    client.post("/submit/", {"step": "send", "files": files})
    for submission in Submission.objects.all():
        process_submission(submission.pk)
    assert processes_of(Document.objects.get().pk) == [ContractingProcess.objects.get().pk]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_form_joins_no_document_to_one_of_two_records_wherever_it_stands(place):
    files = [
        SimpleUploadedFile(f"{number}.json", json.dumps(release(f"ocds-facts-{number}")).encode()) for number in "12"
    ]
    files.insert(place, SimpleUploadedFile("contrato.pdf", PAPER))
    Client().post("/submit/", {"step": "send", "files": files})
    for submission in Submission.objects.all():
        process_submission(submission.pk)
    assert ContractingProcess.objects.count() == 2
    assert processes_of(Document.objects.get().pk) == []


def test_a_form_joins_facts_and_documents_and_tells_how_much_was_read():
    client = Client()
    facts = {"title": "Cámaras para la plaza", "buyer": "Municipio Ficticio", "country": "Perú"}
    file = SimpleUploadedFile("ana-persona.pdf", telling_pdf("Contrato", "Fin"))
    page = client.post("/submit/?lang=en", {"step": "send", **facts, "files": [file]}).content.decode()
    words = page.split("<strong>")[1].split("</strong>")[0]
    for submission in Submission.objects.all():
        process_submission(submission.pk)
    assert processes_of(Document.objects.get().pk) == [ContractingProcess.objects.get().pk]
    status = client.post("/submit/status/?lang=en", {"receipt": words}).content.decode()
    assert "pages read: 2 of 2" in status
    assert status.count("waits for a person to look at it") == 2
    later = SimpleUploadedFile("more.pdf", pdf("Anexo"))
    client.post("/submit/status/?lang=en", {"receipt": words, "wish": "add", "files": [later]})
    for submission in Submission.objects.filter(processed_at=None):
        process_submission(submission.pk)
    assert len(document_versions([ContractingProcess.objects.get().pk])[ContractingProcess.objects.get().pk]) == 2
    stored = dump_with_bytes()
    assert "ana-persona" not in stored
    client.post("/submit/status/?lang=en", {"receipt": words, "wish": "take back"})
    assert not Document.objects.exists()
    assert not ContentChunk.objects.exists()
    assert "Cámaras para la plaza" not in dump_with_bytes()
