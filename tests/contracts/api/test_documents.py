"""The documents that a record links, in the API: not fetched, or attached by a person."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from audits import groups
from contracts.intake.documents.attaching import attach
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


def test_each_is_linked_and_not_fetched(anonymous, record):
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


def test_of_a_record_that_is_held_or_unknown_there_are_none(anonymous):
    load(release("ocds-held-1"), channel="api", user=new_user("sender"))
    for ocid in ("ocds-held-1", "ocds-none"):
        assert anonymous.get(f"/api/v1/contracting-processes/{ocid}/documents/").status_code == 404
