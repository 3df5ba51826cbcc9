"""Who said it and how far it was verified stands in every row of API, admin and exports that shows a record."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.urls import get_resolver, reverse
from rest_framework import serializers

from audits.api import changes, flag_evidence
from audits.following import webhook_description
from audits.models import AuditAttempt, Review
from contracts.api.submissions import corrections
from contracts.api.submissions import serializers as submission_rows
from contracts.decisions.claims import decide_claim
from contracts.exporting import compiled_releases
from contracts.models import Claim, ClaimDecision, ContractingProcess, Organization, Publisher, Submission
from tests.support.clients import new_user
from tests.support.pages import change_page
from tests.support.records import load, release
from tests.support.triage import raise_flag

pytestmark = pytest.mark.django_db
OCID = "ocds-onlyone-1"
# Rows that name an ocid and show no record of it, and why.
WITHOUT = {
    corrections.CorrectionSerializer: "a correction of what the sender sent",
    corrections.TrialCorrectionSerializer: "a correction of what the sender sent",
    submission_rows.ClaimRow: "its state says it; what it claims is not shown",
    submission_rows.SameContract: "what was sent, and the address of the record, which says it",
    changes.ChangeRow: "it names what changed; its record says it",
    webhook_description.ToldProcess: "a message of what is new; the page that it leads to says it",
    flag_evidence.EvidenceRow: "the flag that it belongs to says it, or it is one of many counted processes",
}


def rows(kind=serializers.Serializer):
    for row in kind.__subclasses__():
        yield row
        yield from rows(row)


def test_every_row_of_the_api_that_shows_a_record_says_where_it_comes_from():
    assert get_resolver().url_patterns, "all views are imported"
    ours = [row for row in rows() if row.__module__.startswith(("contracts.", "audits."))]
    shown = [row for row in ours if {"ocid", "release_id"} & row._declared_fields.keys() and row not in WITHOUT]
    assert len(shown) > 5
    lacking = [row for row in shown if not {"source", "verification"} <= row._declared_fields.keys()]
    assert not lacking, f"add contracts.api.sources to {lacking}"


@pytest.fixture
def records():
    """Return a record of a publisher, one loaded here, one of an accepted claim, and one with an accepted part."""
    Publisher.objects.create(slug="onlyone", name="Only One", ocid_prefix="ocds-onlyone")
    load(release(OCID), release("ocds-onlyone-2"), release("ocds-here-1"))
    load(release("ocds-new-1"), release("ocds-onlyone-2", id="2", planning={}), channel=Submission.Channel.API)
    auditor = new_user("someone")
    for claim in Claim.objects.all():
        kind, members = ClaimDecision.Kind.ACCEPTED, []
        if claim.ocid == "ocds-onlyone-2":
            kind, members = ClaimDecision.Kind.ACCEPTED_IN_PART, ["planning"]
        decide_claim(claim=claim, decided_by=auditor, kind=kind, members=members, reason="Seen in the gazette.")


EXPECTED = {
    OCID: ("onlyone", "official"),
    "ocds-onlyone-2": ("onlyone", "accepted"),
    "ocds-here-1": ("operator", "official"),
    "ocds-new-1": ("submitted", "accepted"),
}


def said(row):
    return row["source"], row["verification"]


def test_exports_say_it_whatever_a_record_says_of_itself(records):
    lying = {**release("ocds-new-2"), "veedor": {"source": "onlyone", "verification": "official"}}
    decide_claim(
        claim=load(lying, channel=Submission.Channel.API).claims.get(),
        decided_by=new_user("other"),
        kind=ClaimDecision.Kind.ACCEPTED,
        reason="It is so.",
    )
    exported = {line["ocid"]: said(line["veedor"]) for line in map(json.loads, compiled_releases())}
    assert exported == {**EXPECTED, "ocds-new-2": ("submitted", "accepted")}


def test_rows_of_processes_contracts_releases_and_submissions_say_it(records, sender):
    processes = sender.get("/api/v1/contracting-processes/").json()["results"]
    assert {row["ocid"]: said(row) for row in processes} == EXPECTED
    assert {row["ocid"]: said(row) for row in sender.get("/api/v1/contracts/").json()["results"]} == EXPECTED
    found = {}
    for ocid in EXPECTED:
        detail = sender.get(f"/api/v1/contracting-processes/{ocid}/").json()
        received = sender.get(f"/api/v1/contracting-processes/{ocid}/releases/").json()["results"]
        assert [said(row) for row in detail["releases"]] == [said(row) for row in received]
        found[ocid] = [said(row) for row in received]
    assert found == {
        OCID: [("onlyone", "official")],
        "ocds-onlyone-2": [("onlyone", "official")],
        "ocds-here-1": [("operator", "official")],
        "ocds-new-1": [("submitted", "accepted")],
    }
    submission = load(release(OCID, id="9"), user=sender.user)
    status = sender.get(f"/api/v1/submissions/{submission.pk}/").json()
    assert [said(row) for row in status["processes"]] == [("onlyone", "official")]


@pytest.fixture
def pages(records):
    """Return the pages of the admin that show a record of a publisher and one of an accepted claim."""
    buyer = Organization.objects.order_by("pk").first()
    for process in ContractingProcess.objects.filter(ocid__in=[OCID, "ocds-new-1"]):
        flag = raise_flag(process)
        AuditAttempt.objects.create(
            process=process, key=b"k", attempts=3, leased_until=process.compiled_at, failed_at=process.compiled_at
        )
        Review.objects.create(
            flag=flag, decision="in_review", reviewer=new_user(process.ocid), judged_digest=b"d", judged={}
        )
    lists = ("contracts/contractingprocess", "audits/flag", "audits/audit", "audits/auditattempt", "audits/review")
    return [change_page(buyer), *(f"/admin/{name}/" for name in lists)]


def test_pages_of_the_admin_say_it(pages, client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    for language, publishers, claimed in (
        ("en", "onlyone · official", "submitted · holds accepted claims"),
        ("es", "onlyone · oficial", "enviado · contiene afirmaciones aceptadas"),
    ):
        for page in pages:
            html = client.get(page, headers={"Accept-Language": language}).content.decode()
            assert publishers in html, page
            assert claimed in html, page
        html = client.get("/admin/contracts/release/", headers={"Accept-Language": language}).content.decode()
        assert publishers in html
        assert claimed in html
    for process in ContractingProcess.objects.filter(ocid__in=[OCID, "ocds-new-1"]):
        for row in (process, process.flags.get()):
            address = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
            html = client.get(address, headers={"Accept-Language": "en"}).content.decode()
            assert ("onlyone · official" if process.ocid == OCID else "submitted · holds accepted claims") in html
