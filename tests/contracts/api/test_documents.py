"""The documents that a record links, in the API: not fetched, or attached by a person."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from audits import groups
from contracts.intake.documents.attaching import attach, remove_documents
from contracts.models import ContractingProcess, Document
from tests.support.clients import client_with_token, new_user
from tests.support.pdfs import pdf
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
URL = "https://buyer.example/contract 1.pdf"
ADDRESS = "/api/v1/contracting-processes/ocds-test01-1/documents/"


@pytest.fixture
def record():
    documents = [
        {"id": "1", "title": "Contrato", "url": URL, "documentType": "contractSigned"},
        {"id": "2", "title": "Bases", "url": "https://buyer.example/2.pdf", "documentType": "biddingDocuments"},
    ]
    load(release(tender={"id": "T", "title": "Cámaras", "documents": documents}))
    return ContractingProcess.objects.get()


@pytest.fixture
def attached(record):
    submission = load(content=pdf("Contrato", "Fin"), kind="document")
    with transaction.atomic():
        attach(submission, process=record, url=URL)
    return Document.objects.get()


@pytest.fixture
def desk():
    user = new_user("desk")
    user.groups.add(Group.objects.get(name=groups.AUDITORS))
    return client_with_token(user, "read", "review")


def states(client) -> dict[str, str]:
    return {row["id"]: row["state"] for row in client.get(ADDRESS).json()}


def test_documents_are_linked_and_not_fetched(anonymous, record):
    first, second = anonymous.get(ADDRESS).json()
    assert (first["id"], first["type"], first["title"], first["url"]) == ("1", "contractSigned", "Contrato", URL)
    assert (first["state"], first["sha256"], first["pages"], first["first_page"]) == ("linked", "", None, "")
    assert second["id"] == "2"
    by_ocid = anonymous.get("/api/v1/contracting-process/documents/", {"ocid": record.ocid})
    assert by_ocid.json() == [first, second]


def test_the_desk_is_told_what_is_attached_and_the_public_once_it_is_published(anonymous, desk, attached):
    assert states(anonymous) == {"1": "linked", "2": "linked"}
    first = desk.get(ADDRESS).json()[0]
    assert (first["state"], first["sha256"], first["pages"], first["pages_read"]) == ("attached", attached.pk, 2, 2)
    assert first["first_page"] == f"/documents/{attached.pk}/pages/1"
    person = new_user("lead")
    Document.objects.update(published_on=timezone.now().date(), published_by=person)
    assert anonymous.get(ADDRESS).json()[0] == first


def test_a_file_without_a_link_is_listed_at_the_desk_and_for_everybody_once_it_is_published(
    anonymous, desk, client, sign_in, record
):
    submission = load(content=pdf("Adenda"), kind="document")
    with transaction.atomic():
        attach(submission, process=record)
    sha256 = submission.content_id
    of_desk = sign_in(groups.AUDITORS)
    admin = f"/admin/contracts/contractingprocess/{record.pk}/change/"
    assert states(anonymous) == {"1": "linked", "2": "linked"}
    *_linked, row = desk.get(ADDRESS).json()
    assert (row["id"], row["url"], row["state"], row["sha256"], row["pages"]) == ("", "", "attached", sha256, 1)
    assert f'<a href="/documents/{sha256}/pages/1">' in of_desk.get(admin).content.decode()
    assert sha256 not in client.get("/processes/ocds-test01-1/").content.decode()
    Document.objects.update(published_on=timezone.now().date(), published_by=new_user("lead"))
    assert anonymous.get(ADDRESS).json()[-1] == row
    shown = client.get("/processes/ocds-test01-1/?lang=es").content.decode()
    assert f'<a href="/documents/{sha256}/copy">' in shown
    assert "adjunto al registro, que no lo enlaza" in shown


def test_the_text_of_a_document_is_read_once_a_person_published_it_and_by_the_desk_before(anonymous, desk, attached):
    address = f"/api/v1/documents/{attached.pk}/text/"
    row = desk.get(ADDRESS).json()[0]
    assert (row["text"], row["copy"]) == (address, f"/documents/{attached.pk}/copy")
    text = desk.get(address)
    assert (text.content.decode(), text["Content-Type"]) == ("Contrato\fFin", "text/plain; charset=utf-8")
    assert text["X-Content-Type-Options"] == "nosniff"
    assert anonymous.get(address).status_code == 404
    assert client_with_token(new_user("reader"), "read").get(address).status_code == 404
    Document.objects.update(published_on=timezone.now().date(), published_by=new_user("lead"))
    assert anonymous.get(address).content == text.content
    Document.objects.update(published_on=None, published_by=None)
    assert anonymous.get(address).status_code == 404


def test_unread_or_unassigned_documents_have_no_text(desk, attached):
    assert desk.get(f"/api/v1/documents/{'0' * 64}/text/").status_code == 404
    attached.texts.filter(number=1).delete()
    assert desk.get(f"/api/v1/documents/{attached.pk}/text/").content == b"\fFin"
    Document.objects.update(reader_version=0)
    assert desk.get(f"/api/v1/documents/{attached.pk}/text/").status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "Its text"), ("es", "Su texto"), ("pt-br", "Seu texto")])
def test_the_page_of_a_record_leads_to_copy_and_text_of_what_is_published(client, attached, language, said):
    page = f"/processes/ocds-test01-1/?lang={language}"
    link = f'<a href="/api/v1/documents/{attached.pk}/text/">{said}</a>'
    assert attached.pk not in client.get(page).content.decode()
    Document.objects.update(published_on=timezone.now().date(), published_by=new_user("lead"))
    shown = client.get(page).content.decode()
    assert link in shown
    assert f'<a href="/documents/{attached.pk}/copy">' in shown


def kinds(client) -> list[str]:
    return [row["kind"] for row in client.get("/api/v1/changes/").json()["results"]]


def test_changes_report_published_and_withdrawn_documents(anonymous, attached, sign_in):
    lead, listed = sign_in(groups.LEADS), "/admin/contracts/document/"
    assert kinds(anonymous) == ["created"]
    for action in ("publish", "publish", "withdraw", "publish"):
        lead.post(listed, {"action": action, "_selected_action": [attached.pk]})
    told = ["document_added", "document_removed", "document_added"]
    assert kinds(anonymous) == ["created", *told]
    load(release("ocds-test01-2"))
    submission = attached.content.submissions.get()
    with transaction.atomic():
        attach(submission, process=ContractingProcess.objects.get(ocid="ocds-test01-2"))
        remove_documents([attached.pk])
    found = anonymous.get("/api/v1/changes/?kind=document_removed").json()["results"]
    assert [row["ocid"][-1] for row in found] == ["1", "1", "2"]
    assert kinds(anonymous).count("document_added") == 3


def test_documents_of_held_records_are_not_reported(anonymous, sign_in):
    load(release("ocds-held-1"), channel="api", user=new_user("sender"))
    submission = load(content=pdf("Contrato"), kind="document")
    with transaction.atomic():
        attach(submission, process=ContractingProcess.objects.get())
    sign_in(groups.LEADS).post(
        "/admin/contracts/document/", {"action": "publish", "_selected_action": [Document.objects.get().pk]}
    )
    assert Document.objects.get().published_on
    assert kinds(anonymous) == []


def test_held_and_unknown_records_list_no_documents(anonymous):
    load(release("ocds-held-1"), channel="api", user=new_user("sender"))
    for ocid in ("ocds-held-1", "ocds-none"):
        assert anonymous.get(f"/api/v1/contracting-processes/{ocid}/documents/").status_code == 404
