"""Confirming a flag publishes no document: its words are shown once a person published it, its place at once."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from audits import groups
from audits.admin.flag.case_file import read_case
from audits.engine import processes
from audits.models import Flag, Review
from audits.triage import review_flag
from config.demo.contract import OCID, file_contract
from contracts.models import ContractingProcess, Document
from tests.support.records import load

pytestmark = pytest.mark.django_db
EXAMPLES = Path(settings.BASE_DIR, "fixtures", "examples")
# What stands around the match, in the contract alone.
WORDS = "se almacenan en servidores ubicados"
ADDRESSES = (
    "/api/v1/flags/{pk}/",
    "/api/v1/flags.csv?sheet=evidence",
    "/api/v1/contracting-processes/?include=evidence",
    f"/processes/{OCID}/",
)


@pytest.fixture
def flag(make_user):
    """A confirmed flag that rests on a page of a contract."""
    call_command("loadreference")
    package = json.loads((EXAMPLES / "es.json").read_text(encoding="utf-8"))
    load(next(release for release in package["releases"] if release["ocid"] == OCID))
    file_contract(EXAMPLES / "contract-es.txt")
    processes.audit_due([ContractingProcess.objects.get().pk])
    flag = Flag.objects.get(rule="T10")
    for number in range(2):
        person = make_user(groups.AUDITORS, name=f"auditor{number}")
        review_flag(flag=flag, reviewer=person, decision=Review.Decision.CONFIRMED, reason="Seen.")
    assert any(WORDS in place["passage"] for place in flag.evidence)
    return flag


def read(client, flag) -> dict[str, str]:
    pages = {}
    for address in ADDRESSES:
        answer = client.get(address.format(pk=flag.pk))
        assert answer.status_code == 200, address
        content = b"".join(answer) if answer.streaming else answer.content
        pages[address] = content.decode()
    return pages


def test_the_public_sees_the_location_and_the_words_once_published(client, flag, make_user):
    document = Document.objects.get()
    before = read(client, flag)
    assert [address for address, text in before.items() if WORDS in text] == []
    (place,) = client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"]
    assert place["path"] == f"/documents/{document.pk}/pages/2"
    assert (place["passage"], place["value"]) == ("", None)
    # A person is told why there are no words, and by what to know the document.
    for address in (f"/flags/{flag.pk}/?lang=en", f"/processes/{OCID}/?lang=en"):
        page = client.get(address).content.decode()
        assert f"page 2: its text is not published; SHA-256 of the document: {document.pk}" in page
        assert "<blockquote><p></p></blockquote>" not in page
    Document.objects.update(published_on=timezone.now().date(), published_by=make_user(groups.LEADS, name="lead"))
    after = read(client, flag)
    assert [address for address, text in after.items() if WORDS in text] == list(ADDRESSES)


def test_searches_do_not_reveal_unpublished_documents(client, flag, make_user):
    def found(words):
        return [row["id"] for row in client.get("/api/v1/flags/", {"q.evidence": words}).json()["results"]]

    assert found("servidores ubicados") == []
    # Nor does what is left out: a word of the page leaves nothing out that does not show it.
    assert [found(f"datos -{word}") for word in ("almacenan", "abracadabra")] == [found("datos")] * 2
    person = make_user(groups.LEADS, name="lead")
    Document.objects.update(published_on=timezone.now().date(), published_by=person)
    assert found("servidores ubicados") == [flag.pk]


def test_words_stay_hidden_after_the_flag_changed(client, flag):
    Flag.objects.update(changed_because=Flag.Cause.RECORD, evidence=[])
    (place,) = client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"]
    assert (place["passage"], place["start"] is None) == ("", False)


def test_evidence_in_the_record_is_not_masked(client, flag):
    Flag.objects.update(
        evidence=[{"path": "/tender/title", "value": 1.10, "passage": "x", "start": None, "end": None, "note": ""}]
    )
    (place,) = client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"]
    assert (place["path"], place["value"], place["passage"]) == ("/tender/title", 1.1, "x")
    assert place["passage_url"] == ""


def test_quads_are_published_only_with_their_words(client, flag, make_user):
    (entry,) = flag.evidence
    ((left, upper, right, lower),) = entry["quads"]
    assert 0 < left < right < 1
    assert 0 < upper < lower < 1
    # How wide blanked words are helps to guess them: only the desk has the case file.
    before = read(client, flag)
    assert [address for address, text in before.items() if str(right) in text] == []
    assert client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"][0]["quads"] == []
    assert read_case(flag)["flag"]["evidence"] == flag.evidence
    Document.objects.update(published_on=timezone.now().date(), published_by=make_user(groups.LEADS, name="lead"))
    after = read(client, flag)
    assert [address for address, text in after.items() if str(right) in text] == list(ADDRESSES[:3])
    assert client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"][0]["quads"] == entry["quads"]
    assert f'"[{left}, {upper}, {right}, {lower}]"' in after["/api/v1/flags.csv?sheet=evidence"]
    # What stands in a record stands on no picture.
    Flag.objects.update(evidence=[{name: value for name, value in entry.items() if name != "quads"}])
    assert client.get(f"/api/v1/flags/{flag.pk}/").json()["evidence"][0]["quads"] == []
