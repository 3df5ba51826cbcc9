"""A person attaches a file to a process, and to the link of its record that it stands for."""

import random
import string

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audits import groups
from audits.admin import dashboard
from audits.reports.desk_figures import refresh_desk_figures
from contracts.intake.documents.attaching import processes_of
from contracts.intake.processing import process_submission
from contracts.models import Attachment, ContractingProcess, Document, Submission
from contracts.retention import keep_retention
from contracts.submitting import submit
from tests.support.pages import text_of
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.sent import date_all_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]
ADD = "/admin/contracts/attachment/add/"
URL = "https://buyer.example/contract 1.pdf"


@pytest.fixture
def process():
    tender = {"id": "T", "title": "Cámaras", "documents": [{"id": "1", "title": "Contrato", "url": URL}]}
    load(release(tender=tender))
    return ContractingProcess.objects.get()


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("ana-persona.pdf", content)


def test_a_link_is_told_to_be_linked_until_a_person_attaches_its_file(process, sign_in):
    desk = sign_in(groups.AUDITORS)
    address = f"/admin/contracts/contractingprocess/{process.pk}/change/"
    page = desk.get(address).content.decode()
    assert "linked, not fetched" in page
    assert f'{ADD}?ocid={process.ocid}&amp;url=https%3A%2F%2Fbuyer.example%2Fcontract+1.pdf"' in page

    answer = desk.post(ADD, {"file": file(pdf("Contrato")), "ocid": process.ocid, "url": URL})
    assert answer.status_code == 302
    process_submission(Submission.objects.get(kind="document").pk)
    attachment = Attachment.objects.get()
    assert (attachment.ocid, attachment.url, attachment.attached_by.username) == (process.ocid, URL, "auditors")
    page = desk.get(address).content.decode()
    assert "linked, not fetched" not in page
    assert f'href="/documents/{Document.objects.get().pk}/pages/1"' in page


def test_what_was_sent_alone_is_listed_until_it_is_attached_by_its_digest(process, sign_in):
    sent, *_ = submit(iter([pdf("Contrato")]), channel=Submission.Channel.FORM, user=None)
    process_submission(sent.pk)
    desk = sign_in(groups.AUDITORS)
    waiting = "/admin/contracts/document/?contract=none"
    page = desk.get(f"/admin/contracts/document/{sent.content_id}/change/").content.decode()
    assert f'href="{ADD}?sha256={sent.content_id}"' in page
    assert f"/documents/{sent.content_id}/pages/1" in desk.get(waiting).content.decode()
    assert f'value="{sent.content_id}"' in desk.get(f"{ADD}?sha256={sent.content_id}").content.decode()
    assert desk.post(ADD, {"sha256": sent.content_id, "ocid": process.ocid}).status_code == 302
    assert processes_of(sent.content_id) == [process.pk]
    assert f"/documents/{sent.content_id}/pages/1" not in desk.get(waiting).content.decode()


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.LEADS])
@pytest.mark.parametrize("about", [(), ("ocds-sent-1",), ("ocds-sent-1", "ocds-sent-2")])
def test_a_document_is_of_no_contract_where_it_came_with_none_or_several(about, group, sign_in):
    """Auditors, who assign them, did not see on their desk that any waits."""
    told = load(*map(release, about), channel=Submission.Channel.FORM) if about else None
    sent, *_ = submit(iter([pdf("Contrato")]), channel=Submission.Channel.FORM, user=None, about=told)
    process_submission(sent.pk)
    assert Document.objects.of_no_contract().exists() == (len(about) != 1)
    assert (processes_of(sent.content_id) == []) == (len(about) != 1)
    page = text_of(sign_in(group).get("/admin/").content.decode())
    assert f"Documents of no contract yet {int(len(about) != 1)}" in " ".join(page.split())


def test_of_many_documents_the_desk_shows_how_many_were_counted_last(sign_in, monkeypatch):
    monkeypatch.setattr(dashboard, "MAX_COUNTED", 0)
    sent, *_ = submit(iter([pdf("Contrato")]), channel=Submission.Channel.FORM, user=None)
    process_submission(sent.pk)
    refresh_desk_figures((0, 0.0))
    Document.objects.all().update(reader_version=0)
    page = text_of(sign_in(groups.AUDITORS).get("/admin/").content.decode())
    assert "Documents of no contract yet 1" in " ".join(page.split())


def test_what_retention_took_is_not_attached(process, sign_in):
    sent, *_ = submit(iter([pdf("Contrato")]), channel=Submission.Channel.FORM, user=None)
    process_submission(sent.pk)
    date_all_back(days=400)
    keep_retention()
    answer = sign_in(groups.AUDITORS).post(ADD, {"ocid": process.ocid, "sha256": sent.content_id})
    assert "There is no such document" in answer.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("given", [{}, {"sha256": "0" * 64}])
def test_without_a_document_nothing_is_attached(process, sign_in, given):
    answer = sign_in(groups.AUDITORS).post(ADD, {"ocid": process.ocid, **given})
    assert "There is no such document" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_to_one_of_several_that_wait_nothing_is_attached(sign_in):
    load(release("ocds-sent-1"), release("ocds-sent-2"), channel=Submission.Channel.FORM)
    answer = sign_in(groups.AUDITORS).post(ADD, {"ocid": "ocds-sent-1", "file": file(pdf("x"))})
    assert "decide on its claim first" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_public_page_tells_nothing_of_it(process, client):
    page = client.get(f"/processes/{process.ocid}/").content.decode()
    assert "Contrato" in page
    assert "linked, not fetched" not in page
    assert ADD not in page


@pytest.mark.parametrize(
    ("content", "ocid"),
    [(b"PK\x03\x04 no document", "ocds-test01-1"), (pdf("x"), "ocds-none-1"), (b"", "ocds-test01-1")],
)
def test_what_is_no_document_or_of_no_process_is_told(process, sign_in, content, ocid):
    answer = sign_in(groups.AUDITORS).post(ADD, {"file": file(content), "ocid": ocid})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Submission.objects.filter(kind="document").exists()


def test_a_link_that_no_index_holds_is_reported_and_the_file_attached_without_it(process, sign_in):
    chance, desk = random.Random(1), sign_in(groups.AUDITORS)
    link = "https://buyer.example/" + "".join(chance.choice(string.ascii_letters) for _ in range(3900))
    answer = desk.post(ADD, {"file": file(pdf("x")), "ocid": process.ocid, "url": link})
    assert (answer.status_code, Attachment.objects.count()) == (200, 0)
    assert "The link is longer than is stored: leave it out." in answer.content.decode()
    assert desk.post(ADD, {"file": file(pdf("x")), "ocid": process.ocid, "url": link[:1800]}).status_code == 302


def test_who_may_not_attach_is_refused(process, sign_in):
    answer = sign_in(groups.SUBMITTERS).post(ADD, {"file": file(pdf("x")), "ocid": process.ocid})
    assert answer.status_code == 403
    assert not Attachment.objects.exists()
