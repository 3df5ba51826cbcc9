"""Rules read the documents that belong to a record: a document that arrives or goes makes the audit due."""

import csv

import pytest
from django.conf import settings

from audits import tasks as audit_tasks
from audits.engine import processes
from audits.engine import records as engine_records
from audits.facts.technology.clauses import ASKED_IF_SAID, ASKED_OF_DOCUMENTS, READING_DOCUMENTS
from audits.models import Audit, Flag, LexiconTerm
from audits.rules import RULES
from contracts import tasks
from contracts.erasing import erase_submission
from contracts.intake.documents.attaching import attach
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Document, DocumentPage, Submission
from contracts.submitting import submit
from tests.support.papers import telling_docx
from tests.support.pdfs import pdf
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
SILENT = ["CONTRATO DE SERVICIOS N.º 7", *["El contratista suministra e instala cámaras.\n" * 20] * 6]


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """No worker is needed."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
    monkeypatch.setattr(audit_tasks, "enqueue", lambda _ids, **_options: True)


@pytest.fixture
def record():
    for concept, term in (("facial_recognition", "reconocimiento facial"), ("automatic_renewal", "se renovará")):
        LexiconTerm.objects.create(concept=concept, language="es", term=term, source="test")
    load(release(tender={"id": "T", "title": "Sistema de reconocimiento facial"}, language="es"))
    return ContractingProcess.objects.get()


def audit() -> int:
    return sum(processes.audit_due(batch) for batch in processes.due_batches())


def send(*pages: str) -> Submission:
    submission, *_ = submit(iter([pdf(*pages)]), channel=Submission.Channel.ADMIN, user=None)
    process_submission(submission.pk)
    return submission


def outcomes() -> dict[str, str]:
    audit_of = Audit.objects.get(is_current=True)
    return {code: outcome["kind"] for code, outcome in audit_of.outcomes.items()}


def test_an_arriving_contract_is_read_and_missing_clauses_flagged(record, only_rules):
    only_rules(RULES["T24"], RULES["T27"])
    audit()
    assert outcomes() == {"T24": "insufficient_data", "T27": "insufficient_data"}
    assert processes.count_due() == 0

    submission = send(*SILENT, "Se garantiza el derecho de auditoría.")
    assert processes.count_due() == 0  # it belongs to nothing yet
    attach(submission, process=record)

    assert processes.count_due() == 1
    assert audit() == 1
    assert outcomes() == {"T24": "flagged", "T27": "clear"}
    flag = Flag.objects.get()
    (place,) = flag.evidence
    assert place["path"] == f"/documents/{submission.content_id}/pages/1"
    assert (place["start"], place["end"], place["passage"]) == (0, 27, "CONTRATO DE SERVICIOS N.º 7")
    assert flag.values == {"pages": 8}


def test_a_contract_after_a_cover_page_is_recognised(record, only_rules):
    only_rules(RULES["T24"])
    attach(send("Proveedora Ficticia\nPropuesta para la ciudad", *SILENT), process=record)
    audit()
    assert outcomes() == {"T24": "flagged"}


def test_a_passage_of_a_document_is_evidence_of_other_rules_too(record, only_rules):
    only_rules(RULES["T18"])
    attach(send("Contrato n.º 7", "Este contrato se renovará automáticamente por períodos iguales."), process=record)
    audit()
    flag = Flag.objects.get()
    assert flag.evidence[0]["path"].endswith("/pages/2")
    assert "renovará automáticamente" in flag.evidence[0]["passage"]
    assert "paragraphs" not in flag.evidence[0]
    ((left, upper, right, lower),) = flag.evidence[0]["quads"]
    assert 0 < left < right < 1
    assert 0 < upper < lower < 0.1


def test_a_passage_of_a_document_without_pages_cites_its_paragraph_without_a_picture(record, only_rules):
    only_rules(RULES["T18"])
    submission, *_ = submit(
        iter([telling_docx("Plazo", "", "Este contrato se renovará automáticamente por períodos iguales.")]),
        channel=Submission.Channel.FORM,
        user=None,
    )
    process_submission(submission.pk)
    attach(submission, process=record)
    audit()
    (place,) = Flag.objects.get().evidence
    assert place["path"] == f"/documents/{submission.content_id}/pages/1"
    assert (place["paragraphs"], "quads" in place) == ([3], False)


def test_rereading_a_document_adds_positions_without_reopening_flags(record, only_rules):
    only_rules(RULES["T18"])
    submission = send("Contrato n.º 7", "Este contrato se renovará automáticamente por períodos iguales.")
    attach(submission, process=record)
    # As one that was read before places were kept.
    DocumentPage.objects.update(places=b"")
    Document.objects.update(reader_version=1)
    audit()
    flag = Flag.objects.get()
    assert "quads" not in flag.evidence[0]
    Submission.objects.filter(pk=submission.pk).update(processed_at=None, attempted_at=None)
    process_submission(submission.pk)
    assert audit() == 1
    now = Flag.objects.get()
    assert now.evidence == [{**flag.evidence[0], "quads": now.evidence[0]["quads"]}]
    assert bytes(now.judged_digest) == bytes(flag.judged_digest)
    assert now.changed_because == ""


def test_a_flag_survives_other_documents_and_is_withdrawn_with_its_own(record, only_rules):
    only_rules(RULES["T24"])
    first = send(*SILENT)
    attach(first, process=record)
    audit()
    flag = Flag.objects.get()

    attach(send("Anexo 2", "Cuarenta cámaras con su transporte."), process=record)
    assert audit() == 1
    assert Flag.objects.get().pk == flag.pk
    assert Flag.objects.get().values == {"pages": 9}

    erase_submission(first, actor=None)
    assert audit() == 1
    flag.refresh_from_db()
    assert flag.withdrawn_at is not None
    assert outcomes() == {"T24": "insufficient_data"}


def test_a_document_that_arrives_while_its_record_is_judged_makes_it_due_again(record, only_rules, monkeypatch):
    only_rules(RULES["T24"])
    submission = send(*SILENT)
    read = engine_records.read_dossiers

    def arrives(records, rule_sets):
        yield from list(read(records, rule_sets))
        attach(submission, process=record)

    monkeypatch.setattr(processes, "read_dossiers", arrives)
    audit()
    assert outcomes() == {"T24": "insufficient_data"}
    assert processes.count_due() == 1
    monkeypatch.undo()
    monkeypatch.setattr(audit_tasks, "enqueue", lambda _ids, **_options: True)
    audit()
    assert outcomes() == {"T24": "flagged"}


def test_verifying_a_flag_reads_its_documents(record, only_rules):
    only_rules(RULES["T24"])
    attach(send(*SILENT), process=record)
    audit()
    again = processes.judge_again(record.pk)
    assert bytes(Audit.objects.get(is_current=True).dossier_digest) == again.dossier_digest
    assert [outcome.kind.value for outcome in again.outcomes] == ["flagged"]


def test_records_without_documents_are_read_as_before(record, only_rules):
    only_rules(RULES["T24"])
    audit()
    before = bytes(Audit.objects.get().dossier_digest)
    assert engine_records.read_records([record.pk])[0].circumstances == "official  UTC"
    load(release("ocds-test01-2"))
    attach(send(*SILENT), process=ContractingProcess.objects.get(ocid="ocds-test01-2"))
    audit()
    assert bytes(Audit.objects.get(process=record, is_current=True).dossier_digest) == before


@pytest.mark.parametrize(
    "pages",
    [
        SILENT,
        [*SILENT, "Se garantiza el derecho de auditoría."],
        ["AVTALE NR 7", *["Leverandøren leverer.\n" * 20] * 6],
    ],
)
def test_unjudged_rules_do_not_reveal_a_document(record, only_rules, client, pages):
    only_rules(RULES["R018"], *(RULES[code] for code in READING_DOCUMENTS))

    def told() -> tuple[list[dict[str, str]], bool]:
        audit()
        body = client.get(f"/api/v1/contracting-processes/{record.ocid}/?fields=not_asked").json()
        page = client.get(f"/processes/{record.ocid}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
        return body["not_asked"], "T24" in page

    before = told()
    answers = outcomes()
    attach(send(*pages), process=record)
    after = told()

    assert outcomes() != answers or pages[0].startswith("AVTALE")
    assert before == after
    assert [row["rule"] for row in before[0]] == ["R018"]
    assert not before[1]


def test_the_list_of_clause_rules_is_complete():
    with (settings.BASE_DIR / "fixtures" / "reference" / "clauses.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["rule"] for row in csv.DictReader(file) if row["rule"]}
    assert listed == ASKED_OF_DOCUMENTS | ASKED_IF_SAID
