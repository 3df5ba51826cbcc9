"""Nobody speaks for another: submissions about the records of others are claims, and stay hidden until accepted."""

import itertools
import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from audits.engine import processes
from audits.models import Flag, FlagNote, Observation, Participation, Purchase, Review
from audits.triage import review_flag
from contracts import tasks
from contracts.api.protocol.access.throttles import SharedThrottle
from contracts.decisions.claims import decide_claim
from contracts.exporting import compiled_releases
from contracts.models import (
    Claim,
    ClaimDecision,
    ContractingProcess,
    Organization,
    Publisher,
    PublisherGrant,
    Release,
    Submission,
)
from tests.contracts.api.sending import ADDRESS, problem, send
from tests.security.strangers import CANARY, OCID, public_record, stranger_release
from tests.support.auditing import settle
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load, release


@pytest.fixture
def publisher(db):
    return Publisher.objects.create(slug="onlyone", name="Only One", country="MX", ocid_prefix="ocds-onlyone")


@pytest.fixture
def english():
    """Some pages switch the language for good."""
    with override("en"):
        yield


def counted():
    """Return how many rows count for the figures of others."""
    return sum(model.objects.count() for model in (Purchase, Participation, Observation))


def test_a_held_claim_that_is_compiled_again_keeps_its_row_and_what_was_noted(publisher, sent, auditor):
    load(release(OCID))
    sent(stranger_release())
    settle()
    row = ContractingProcess.objects.get(claim=Claim.objects.held().get())
    FlagNote.objects.create(flag=Flag.objects.filter(process=row).first(), author=auditor, text="Ask them.")
    joined = Organization.objects.create(key="name::persona natural", name="persona natural")
    row.parties.update(organization=joined)
    ContractingProcess.objects.filter(pk=row.pk).update(read_by=0)
    tasks.recompile_records()
    assert not joined.parties.exists()
    row.refresh_from_db()
    assert (row.ocid, row.verification) == (f"{OCID}#claim-{row.claim_id}", "unverified")
    assert FlagNote.objects.filter(text="Ask them.").exists()


def test_a_stranger_changes_nothing_of_a_record(publisher, sent, auditor, anonymous):
    load(release(OCID))
    settle()
    flags = list(Flag.objects.standing().filter(process__ocid=OCID))
    assert flags
    for flag in flags:
        review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="As the record says.")
    before = public_record(), anonymous.get("/api/v1/flags/").json(), anonymous.get("/api/v1/stats/").json()
    sent(stranger_release())
    settle()
    assert (public_record(), anonymous.get("/api/v1/flags/").json(), anonymous.get("/api/v1/stats/").json()) == before
    claim = Claim.objects.held().get()
    row = ContractingProcess.objects.get(claim=claim)
    assert (claim.ocid, row.ocid, row.verification) == (OCID, f"{OCID}#claim-{claim.pk}", "unverified")
    assert Flag.objects.filter(process=row).exists()


def test_a_publishers_name_is_not_taken(publisher, sender, nudged, sent):
    address = f"{ADDRESS}?publisher=onlyone"
    body = problem(send(sender, stranger_release("ocds-invented-1"), address=address), 403, "publisher_not_granted")
    assert "without `publisher`" in body["detail"]
    assert not Submission.objects.exists()
    sent(stranger_release("ocds-onlyone-invented"))
    assert ContractingProcess.objects.get().publisher is None


def test_who_holds_a_grant_speaks_for_the_publisher(publisher, sender, sent, auditor):
    load(release(OCID))
    grant = PublisherGrant.objects.create(user=sender.user, publisher=publisher, granted_by=auditor)
    sent(stranger_release(), address=f"{ADDRESS}?publisher=onlyone")
    process = ContractingProcess.objects.get()
    assert (process.title, process.publisher, process.verification) == (
        f"Compra de lápices {CANARY}",
        publisher,
        "official",
    )
    # For its own ocids alone, and no longer than the grant.
    sent(stranger_release("ocds-other-1"))
    assert Claim.objects.get().ocid == "ocds-other-1"
    grant.ended_at, grant.ended_by = "2026-01-01T00:00:00Z", auditor
    grant.save()
    sent(stranger_release(id="2032"))
    assert Claim.objects.filter(ocid=OCID).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        grant.delete()


def test_a_token_may_be_limited_to_one_publisher(publisher, sender, sent, auditor):
    other = Publisher.objects.create(slug="other", name="Other", ocid_prefix="ocds-other")
    for entry in (publisher, other):
        PublisherGrant.objects.create(user=sender.user, publisher=entry, granted_by=auditor)
    sender.user.api_tokens.update(publisher=other)
    sent(release(OCID))
    sent(release("ocds-other-1"))
    assert Claim.objects.get().ocid == OCID
    problem(send(sender, release(OCID), address=f"{ADDRESS}?publisher=onlyone"), 403, "publisher_not_granted")


def test_the_same_bytes_of_the_publisher_make_a_claim_official(publisher, sent):
    submission = sent(release(OCID))
    assert ContractingProcess.objects.get().verification == "unverified"
    load(release(OCID))
    process = ContractingProcess.objects.get()
    assert (process.ocid, process.verification, process.claim) == (OCID, "official", None)
    assert Release.objects.get().claim is None
    assert Claim.objects.get(submission=submission).state == Claim.State.ACCEPTED


def test_acceptance_in_whole_and_rejection(sent, auditor):
    sent(stranger_release("ocds-new-1"))
    claim = Claim.objects.get()
    settle()
    assert counted() == 0
    flag = Flag.objects.standing().filter(process__isnull=False).first()
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It is so.")
    assert not Flag.objects.visible_to(None).exists()
    decide_claim(claim=claim, decided_by=auditor, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen in the gazette.")
    process = ContractingProcess.objects.get()
    assert (process.ocid, process.verification, process.claim) == ("ocds-new-1", "accepted", None)
    settle()
    assert Participation.objects.exists()
    assert Flag.objects.visible_to(None).filter(pk=flag.pk).exists()
    decide_claim(claim=claim, decided_by=auditor, kind=ClaimDecision.Kind.REJECTED, reason="The gazette was forged.")
    process.refresh_from_db()
    flag.refresh_from_db()
    assert process.verification == "retired"
    assert (flag.state, flag.withdrawn_because, flag.reviews.count()) == ("withdrawn", "claim", 1)
    assert not Flag.objects.visible_to(None).exists()
    assert counted() == 0
    assert processes.count_due() == 0
    decide_claim(claim=claim, decided_by=auditor, kind=ClaimDecision.Kind.ACCEPTED, reason="It was not.")
    settle()
    flag.refresh_from_db()
    assert flag.state == "confirmed"
    assert claim.decisions.count() == 3


def test_acceptance_in_part(publisher, sent, auditor):
    load(release(OCID))
    sent(stranger_release(contracts=[{"id": "C2", "awardID": "A", "description": "An addendum"}]))
    claim = Claim.objects.get()
    kind = ClaimDecision.Kind.ACCEPTED_IN_PART
    with pytest.raises(ValidationError):
        decide_claim(claim=claim, decided_by=auditor, kind=kind, reason="Only the addendum.")
    decide_claim(claim=claim, decided_by=auditor, kind=kind, reason="Only the addendum.", members=["contracts"])
    process = ContractingProcess.objects.public().get()
    assert (process.verification, process.title) == ("accepted", "Servicio de limpieza de oficinas")
    assert {entry["id"] for entry in process.compiled_release["contracts"]} == {"C", "C2"}
    assert CANARY not in json.dumps(process.compiled_release, ensure_ascii=False)
    assert ContractingProcess.objects.exclude(pk=process.pk).get().verification == "retired"
    # The release as received holds what nobody accepted.
    assert list(Release.objects.of_process(process)) == [Release.objects.get(claim=None)]


def test_decisions_are_appended(sent, auditor):
    sent(release("ocds-new-1"))
    claim = Claim.objects.get()
    with pytest.raises(ValidationError):
        decide_claim(claim=claim, decided_by=auditor, kind=ClaimDecision.Kind.ACCEPTED, reason=" ")
    decision = decide_claim(claim=claim, decided_by=auditor, kind=ClaimDecision.Kind.REJECTED, reason="No.")
    with pytest.raises(DatabaseError), transaction.atomic():
        ClaimDecision.objects.update(reason="Yes.")
    Claim.objects.update(decision=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        decision.delete()


def test_one_stranger_does_not_speak_for_another(sent):
    sent(release("ocds-new-1"))
    digest = bytes(ContractingProcess.objects.get().digest)
    other = client_with_token(new_user("other", "contracts.add_submission"), "submit")
    sent(stranger_release("ocds-new-1"), client=other)
    assert bytes(ContractingProcess.objects.get(ocid="ocds-new-1").digest) == digest
    assert ContractingProcess.objects.filter(verification="unverified").count() == 2


@pytest.mark.parametrize("by_setting", [True, False])
def test_new_contracts_may_be_accepted_at_once(by_setting, publisher, sender, sent, auditor, settings):
    if by_setting:
        settings.VEEDOR_HOLD_SUBMISSIONS = False
    else:
        PublisherGrant.objects.create(user=sender.user, granted_by=auditor)
    load(release(OCID))
    sent(release("ocds-new-1", awards=[], contracts=[]))
    decision = ClaimDecision.objects.get()
    assert (decision.kind, decision.decided_by) == ("accepted", None)
    assert "accepted at once" in decision.reason
    assert ContractingProcess.objects.get(ocid="ocds-new-1").verification == "accepted"
    # Not so a record that exists, nor one under the prefix of a publisher.
    sent(stranger_release())
    sent(stranger_release("ocds-onlyone-2"))
    assert set(Claim.objects.held().values_list("ocid", flat=True)) == {OCID, "ocds-onlyone-2"}


def test_the_name_and_the_roles_of_an_organization_are_those_of_public_records(publisher, sent):
    claimed = stranger_release("ocds-new-1")
    claimed["parties"][0]["identifier"] = {"scheme": "MX-RFC", "id": "MPR850101AAA"}
    claimed["parties"][0]["roles"] = ["buyer", "funder"]
    sent(claimed)
    organization = Organization.objects.get(identifier="MPR850101AAA")
    assert CANARY in organization.name
    load(release(OCID))
    organization.refresh_from_db()
    assert (organization.name, organization.roles) == ("Municipio de Prueba", ["buyer"])
    sent({**claimed, "id": "again"})
    organization.refresh_from_db()
    assert (organization.name, organization.roles) == ("Municipio de Prueba", ["buyer"])


def _routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def _addresses():
    """Yield the address of every route outside of the admin, with each value that names something of a claim."""
    values = {
        "ocid": [OCID, "ocds-new-1", *ContractingProcess.objects.values_list("ocid", flat=True)],
        "slug": ["onlyone"],
        "code": ["R018"],
        "country": ["MX"],
        "technology": ["surveillance"],
        "name": ["purchases"],
        "kind": ["csv", "svg"],
        "format": ["csv", "jsonl"],
        "section": ["pages", "processes", "bodies"],
    }
    for route in _routes(get_resolver()):
        path = "/" + re.sub(r"[\^$]|\\Z", "", route)
        if path.startswith("/admin"):
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", path)
        if not names:
            yield path
            yield from (f"{path}?{query}" for query in (f"q={CANARY}", "ocid=ocds-new-1", "limit=100"))
            continue
        for chosen in itertools.product(*(_values_of(name, values) for name in names)):
            filled = iter(chosen)
            yield re.sub(r"<[^>]+>", lambda _place, filled=filled: next(filled), path)


def _values_of(name, values):
    """Return what a place of an address may hold."""
    if name != "pk":
        return [value.replace("#", "%23") for value in values.get(name, ["x"])]
    keys = [model.objects.values_list("pk", flat=True) for model in (Flag, Organization, Submission)]
    return sorted({str(key) for keys_of_one in keys for key in keys_of_one})


@pytest.mark.usefixtures("english")
def test_nobody_but_auditors_sees_a_byte_of_a_claim(publisher, sent, auditor, settings, monkeypatch):
    settings.VEEDOR_PUBLICATION = "all"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    monkeypatch.setattr(SharedThrottle, "allow_request", lambda *_: True)  # more than anybody asks
    load(release(OCID))
    sent(stranger_release())
    sent(stranger_release("ocds-new-1"))
    settle()
    for flag in Flag.objects.filter(process__verification="unverified"):
        review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It is so.")
    journalist = new_user("journalist")
    journalist.groups.add(Group.objects.get(name="Journalists"))
    readers = [
        Client(),
        client_with_token(journalist, "read", "submit", "review"),
        client_with_token(new_user("other", "contracts.add_submission"), "read", "submit", "review"),
    ]
    claims = [str(pk) for pk in Claim.objects.values_list("pk", flat=True)]
    addresses = list(_addresses())
    assert len(addresses) > 50
    answered = 0
    for address in addresses:
        for reader in readers:
            answer = reader.get(address)
            assert answer.status_code != 429, address
            assert answer.status_code < 500 or answer.status_code == 503, address
            content = b"".join(answer) if answer.streaming else answer.content
            answered += answer.status_code == 200
            if f"q={CANARY}" not in address:
                assert CANARY not in content.decode("utf-8", "replace"), address
            assert "unverified" not in content.decode("utf-8", "replace") or any(
                described in address for described in ("schema", "docs", "dictionary")
            )
            assert not any(claim in content.decode("utf-8", "replace") for claim in claims if claim not in address)
    assert answered > 30
    assert CANARY.encode() not in b"".join(compiled_releases())
    # The same addresses show it to an auditor: the check is not blind.
    desk = client_with_token(auditor, "read", "review")
    rows = desk.get("/api/v1/contracting-processes/").json()["results"]
    assert sorted((row["source"], row["verification"]) for row in rows) == [
        ("onlyone", "official"),
        ("submitted", "unverified"),
        ("submitted", "unverified"),
    ]
    assert CANARY in desk.get("/api/v1/contracting-processes/ocds-new-1/").content.decode()
    assert CANARY in desk.get("/api/v1/contracting-processes/ocds-new-1/releases/").content.decode()
    assert CANARY in desk.get("/api/v1/organizations/").content.decode()
