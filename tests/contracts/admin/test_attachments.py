"""A person attaches a file to a process, and to the link of its record that it stands for."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audits import groups
from contracts import tasks
from contracts.intake.processing import process_submission
from contracts.models import Attachment, ContractingProcess, Document, Submission
from tests.support.pdfs import pdf
from tests.support.people import sign_in  # noqa: F401  -- fixture
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
ADD = "/admin/contracts/attachment/add/"
URL = "https://buyer.example/contract 1.pdf"


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """No worker is needed."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)


@pytest.fixture
def process():
    tender = {"id": "T", "title": "Cámaras", "documents": [{"id": "1", "title": "Contrato", "url": URL}]}
    load(release(tender=tender))
    return ContractingProcess.objects.get()


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("ana-persona.pdf", content)


def test_a_link_is_told_to_be_linked_until_a_person_attaches_its_file(process, sign_in):  # noqa: F811
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


def test_the_public_page_tells_nothing_of_it(process, client):
    page = client.get(f"/processes/{process.ocid}/").content.decode()
    assert "Contrato" in page
    assert "linked, not fetched" not in page
    assert ADD not in page


@pytest.mark.parametrize(
    ("content", "ocid"), [(b"no document", "ocds-test01-1"), (pdf("x"), "ocds-none-1"), (b"", "ocds-test01-1")]
)
def test_what_is_no_document_or_of_no_process_is_told(process, sign_in, content, ocid):  # noqa: F811
    answer = sign_in(groups.AUDITORS).post(ADD, {"file": file(content), "ocid": ocid})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Submission.objects.filter(kind="document").exists()


def test_who_may_not_attach_is_refused(process, sign_in):  # noqa: F811
    answer = sign_in(groups.SUBMITTERS).post(ADD, {"file": file(pdf("x")), "ocid": process.ocid})
    assert answer.status_code == 403
    assert not Attachment.objects.exists()
