"""Claims show their documents, and what could not be read of them and why."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits import groups
from contracts import tasks
from contracts.admin import beside
from contracts.admin.beside import stated_beside
from contracts.decisions.claims import decide_claim
from contracts.intake.documents.attaching import document_versions
from contracts.intake.processing import process_submission
from contracts.models import Attachment, Claim, ClaimDecision, ContractingProcess, DocumentPage, Submission
from contracts.submitting import submit
from tests.support.papers import telling_docx
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def claim(monkeypatch):
    """A claim with three documents: two that can be read, and one that cannot."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
    facts = load(release("ocds-facts-1"), channel=Submission.Channel.FORM)
    for content in (pdf("Contrato", "Fin"), telling_docx("Contrato"), encrypted_pdf()):
        submission, *_ = submit(iter([content]), channel=Submission.Channel.FORM, user=None, about=facts)
        process_submission(submission.pk)
    return Claim.objects.get()


def keys() -> list[str]:
    return list(Attachment.objects.order_by("pk").values_list("submission__content", flat=True))


def read_by(keys: list[str], page: str) -> list[str]:
    """The documents to whose pages a page leads."""
    return [key for key in keys if f'href="/documents/{key}/pages/1"' in page]


def test_a_claim_lists_what_was_sent_with_it(claim, sign_in):
    page = sign_in(groups.AUDITORS).get(f"/admin/contracts/claim/{claim.pk}/change/").content.decode()
    first, second, locked = keys()
    assert read_by(keys(), page) == [first, second]
    assert "pages read: 2 of 2" in page
    assert "pages read: 1 of 1" in page
    assert "The document is protected by a password (PDF)" in page
    assert f">{locked[:12]}</a>" in page


@pytest.mark.parametrize("indent", [None, 1])
def test_another_submission_of_the_same_facts_is_listed_as_rules_read_it(claim, indent, sign_in):
    told = json.dumps(release("ocds-facts-1"), indent=indent).encode()
    facts = load(content=told, channel=Submission.Channel.FORM)
    assert facts.pk != claim.submission_id
    assert (facts.content_id == claim.submission.content_id) == (indent is None)
    other, *_ = submit(iter([telling_docx("Otro")]), channel=Submission.Channel.FORM, user=None, about=facts)
    process_submission(other.pk)
    process = ContractingProcess.objects.get()
    assert other.content_id in {key for key, _version in document_versions([process.pk])[process.pk]}
    desk = sign_in(groups.AUDITORS)
    for address in (f"claim/{claim.pk}", f"contractingprocess/{process.pk}"):
        page = desk.get(f"/admin/contracts/{address}/change/").content.decode()
        assert read_by([other.content_id], page) == [other.content_id]


@pytest.mark.parametrize("kind", [None, ClaimDecision.Kind.REJECTED, ClaimDecision.Kind.ACCEPTED_IN_PART])
def test_documents_of_a_claim_on_a_public_record_are_listed_once_it_is_accepted(kind, sign_in, make_user):
    load(release("ocds-official-1"))
    told = load(release("ocds-official-1", title="Otro"), channel=Submission.Channel.FORM)
    sent, *_ = submit(iter([telling_docx("Otro")]), channel=Submission.Channel.FORM, user=None, about=told)
    process_submission(sent.pk)
    if kind:
        parts = {"members": ["tender"]} if kind == ClaimDecision.Kind.ACCEPTED_IN_PART else {}
        decide_claim(claim=told.claims.get(), kind=kind, reason="Seen.", decided_by=make_user("Leads"), **parts)
    public = ContractingProcess.objects.public().get(ocid="ocds-official-1")
    page = sign_in(groups.AUDITORS).get(f"/admin/contracts/contractingprocess/{public.pk}/change/").content.decode()
    is_joined = kind == ClaimDecision.Kind.ACCEPTED_IN_PART
    assert (sent.content_id in page) == is_joined
    assert (public.pk in document_versions([public.pk])) == is_joined


def test_what_is_sent_beside_a_record_of_its_publisher_is_listed(claim, sign_in):
    load(release("ocds-official-1"))
    told = load(content=json.dumps(release("ocds-official-1"), indent=1).encode(), channel=Submission.Channel.FORM)
    sent, *_ = submit(iter([telling_docx("Otro")]), channel=Submission.Channel.FORM, user=None, about=told)
    process_submission(sent.pk)
    public = ContractingProcess.objects.public().get()
    page = sign_in(groups.AUDITORS).get(f"/admin/contracts/contractingprocess/{public.pk}/change/").content.decode()
    assert read_by([sent.content_id], page) == [sent.content_id]


def test_so_many_are_listed(claim, sign_in, monkeypatch):
    monkeypatch.setattr(beside, "MAX_DOCUMENTS", 1)
    page = sign_in(groups.AUDITORS).get(f"/admin/contracts/claim/{claim.pk}/change/").content.decode()
    assert read_by(keys(), page) == keys()[:1]


def test_its_process_lists_them_before_and_after_it_is_accepted(claim, sign_in, make_user):
    desk = sign_in(groups.AUDITORS)
    held = ContractingProcess.objects.get()
    page = desk.get(f"/admin/contracts/contractingprocess/{held.pk}/change/").content.decode()
    assert len(read_by(keys(), page)) == 2
    decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user(groups.LEADS))
    public = ContractingProcess.objects.public().get()
    address = f"/admin/contracts/contractingprocess/{public.pk}/change/"
    assert len(read_by(keys(), desk.get(address).content.decode())) == 2


def test_a_document_leads_to_its_pages(sign_in):
    key = keys()[0]
    desk = sign_in(groups.AUDITORS)
    for address in ("/admin/contracts/document/", f"/admin/contracts/document/{key}/change/"):
        assert read_by([key], desk.get(address).content.decode()) == [key]


def test_a_claim_shows_which_documents_state_its_values_and_that_none_does(claim, sign_in):
    """One that says another amount than the form is seen by who decides, and by nobody else."""
    said = {
        "title": "Cámaras",
        "buyer": "Municipalidad de Ejemplo",
        "supplier": "Redes",
        "value": 1250,
        "currency": "PEN",
    }
    facts, *_ = submit(
        iter([json.dumps(said).encode()]),
        channel=Submission.Channel.FORM,
        user=None,
        kind=Submission.Kind.SIMPLE_CONTRACT,
    )
    process_submission(facts.pk)
    other = Claim.objects.get(submission=facts)
    client = sign_in(groups.AUDITORS)
    address = f"/admin/contracts/claim/{other.pk}/change/"
    assert "In its documents" not in client.get(address).content.decode()
    paper, *_ = submit(
        iter([pdf("Contrato", "Municipalidad de Ejemplo y Redes, S/ 12.500,00")]),
        channel=Submission.Channel.FORM,
        user=None,
        about=facts,
    )
    process_submission(paper.pk)
    page = client.get(address).content.decode()
    rows = {path: row for row in page.split("<tr") for path in re.findall("<code>(.*?)</code>", row)}
    assert f'<a href="/documents/{paper.content_id}/pages/2">page 2</a>' in rows["/buyer/name"]
    assert "not found" in rows["/contracts/1/value"]
    assert "not found" not in rows["/tender/title"]


def test_documents_are_looked_through_once_they_are_read_and_as_far_as_somebody_waits(claim, monkeypatch):
    assert stated_beside(claim).look_for(("buyer", "name"), "Fin").place.number == 2
    monkeypatch.setattr("contracts.admin.beside.MAX_PAGES", 1)
    with CaptureQueriesContext(connection) as asked:
        stated_beside(claim)
    assert ["LIMIT 1" in query["sql"] for query in asked] == [True]
    DocumentPage.objects.all().delete()
    assert stated_beside(claim) is None


def test_deciding_on_many_claims_shows_the_number_of_documents_of_each(sign_in, claim):
    again = load(release("ocds-facts-1", id="other"), channel=Submission.Channel.FORM)
    claim.repeated_by.add(again)
    for content in (pdf("Anexo"), pdf("Contrato", "Fin")):  # the second came with the claim, too
        submission, *_ = submit(iter([content]), channel=Submission.Channel.FORM, user=None, about=again)
        process_submission(submission.pk)
    load(release("ocds-facts-2"), channel=Submission.Channel.FORM)
    named = f"{claim.pk}~{Claim.objects.get(ocid='ocds-facts-2').pk}"
    html = sign_in(groups.AUDITORS).get(f"/admin/contracts/claim/together/?claims={named}").content.decode()
    rows = {row.split("</a>")[0].rpartition(">")[2]: row for row in html.split("<tr>")[1:] if "</a>" in row}
    assert "<td>4</td>" in rows["ocds-facts-1"]
    assert "<td>–</td>" in rows["ocds-facts-2"]
