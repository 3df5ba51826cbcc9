"""Persons named as contact points are not published."""

import hashlib
import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from contracts.intake.processing import process_submission
from contracts.models import Release, Submission
from contracts.ocds.gate.document import decode_stored, encode
from tests.support.clients import client_with_token, new_user
from tests.support.receiving import receive
from tests.support.records import RELEASE, load, release

OCID = RELEASE["ocid"]
PERSON = {
    "name": "Ana Prueba",
    "email": "ana@example.org",
    "telephone": "+51 1 555 0101",
    "faxNumber": "+51 1 555 0102",
}
URL = "https://example.org/buzon"
ADDRESSES = [
    f"/api/v1/contracting-processes/{OCID}/",
    f"/api/v1/contracting-processes/{OCID}/?fields=compiled_release,corrections",
    f"/api/v1/contracting-processes/{OCID}/releases/",
    f"/api/v1/contracting-processes/{OCID}/releases/?fields=release",
]


def with_contact(party: dict) -> dict:
    return {**party, "contactPoint": {**PERSON, "url": URL}}


@pytest.fixture
def record(db) -> dict:
    sent = release()
    sent["buyer"] = with_contact(sent["buyer"])
    sent["parties"] = [with_contact(party) for party in sent["parties"]]
    tender = sent["tender"]
    tender["tenderers"] = [with_contact(tender["tenderers"][0])]
    tender["procuringEntity"] = with_contact({"id": "B"})
    sent["awards"][0]["suppliers"] = [with_contact(sent["awards"][0]["suppliers"][0])]
    # The half character is a correction, whose pointer leads into the contact point.
    content = json.dumps(sent).replace('"name": "Ana Prueba"', '"name": "Ana Prueba\\ud800"', 1)
    load(content=content.encode())
    return sent


@pytest.fixture
def auditor(db):
    user = new_user("auditor")
    user.groups.add(Group.objects.get(name="Auditors"))
    client = client_with_token(user, "read", "review")
    client.user = user
    return client


def persons_in(text: str) -> set[str]:
    return {name for name, value in PERSON.items() if value in text}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_public_learns_the_web_address_alone(anonymous, sender, auditor, record, settings, address):
    for client in (anonymous, sender):
        answer = client.get(address)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert URL in text
        assert not persons_in(text)
        assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
        # What auditors are shown is another answer.
        assert auditor.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200
    assert persons_in(auditor.get(address).content.decode()) == set(PERSON)

    settings.VEEDOR_PUBLISH_CONTACT_POINTS = True
    assert persons_in(anonymous.get(address).content.decode()) == set(PERSON)


def test_a_token_without_the_scope_review_is_the_public(record, auditor):
    reading = client_with_token(auditor.user, "read")
    assert not persons_in(reading.get(ADDRESSES[0]).content.decode())


def test_corrections_in_contact_points_are_for_who_sees_these(anonymous, auditor, record):
    address = f"{ADDRESSES[0]}?fields=corrections"
    assert anonymous.get(address).json() == {"corrections": []}
    (correction,) = auditor.get(address).json()["corrections"]
    assert correction["path"].endswith("/contactPoint/name")


def test_who_claims_something_of_an_ocid_learns_no_person_of_its_record(sender, record):
    claim, _ = receive([json.dumps(release()).encode()], channel=Submission.Channel.API, user=sender.user)
    process_submission(claim.pk)
    answer = sender.get(f"/api/v1/submissions/{claim.pk}/")
    (correction,) = answer.json()["corrections"]
    assert correction["pointer"].endswith("/contactPoint/name")
    assert (correction["found"], correction["used"]) == (None, None)
    assert not persons_in(answer.content.decode())


def test_no_address_of_the_api_names_the_person(anonymous, record):
    root = reverse("publishers").removesuffix("publishers/")
    lists = ("contracting-processes", "contracts", "organizations", "publishers", "flags")
    organizations = anonymous.get(f"{root}organizations/").json()["results"]
    addresses = [
        *(f"{root}{name}/" for name in lists),
        *(f"{root}organizations/{row['id']}/" for row in organizations),
        f"{root}contracting-process/?ocid={OCID}",
        f"{root}contracting-process/releases/?ocid={OCID}",
    ]
    assert organizations
    for address in addresses:
        answer = anonymous.get(address)
        assert answer.status_code == 200, address
        assert not persons_in(answer.content.decode()), address


def test_what_is_stored_is_not_changed(anonymous, record):
    answer = anonymous.get(f"/api/v1/contracting-processes/{OCID}/releases/")
    (row,) = answer.json()["results"]
    stored = Release.objects.get()
    (read,) = decode_stored(answer.content.decode())["results"]
    # The SHA-256 is of what is shown: that of what is stored would tell who tried names whether they are right.
    assert row["digest"] == hashlib.sha256(encode(read["release"])).hexdigest() != bytes(stored.digest).hex()
    assert persons_in(bytes(stored.content).decode()) == set(PERSON)
    assert row["release"]["tender"]["title"] == record["tender"]["title"]
    (party, *_) = row["release"]["parties"]
    assert party == {**record["parties"][0], "contactPoint": {"url": URL}}


def test_the_export_leaves_them_out(record, settings, tmp_path):
    def exported() -> str:
        out = StringIO()
        call_command("export", stdout=out)
        path = tmp_path / "compiled.jsonl"
        call_command("export", "--output", str(path))
        assert path.read_text() == out.getvalue()
        assert json.loads(out.getvalue())["ocid"] == OCID
        return out.getvalue()

    text = exported()
    assert text.count("\n") == 1
    assert URL in text
    assert not persons_in(text)
    settings.VEEDOR_PUBLISH_CONTACT_POINTS = True
    assert persons_in(exported()) == set(PERSON)
