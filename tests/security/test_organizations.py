"""What a claim says of an organization is public only while the claim is accepted."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.decisions.claims import decide_claim
from contracts.decisions.same_bodies import decide_body, propose
from contracts.erasing import erase_submission
from contracts.intake import renewing
from contracts.intake.recompiling import recompile_slice
from contracts.intake.rows.organization_rows import store_organizations
from contracts.models import Claim, ClaimDecision, Organization, SameBodyDecision, Submission
from tests.support.clients import new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

NUMBER = {"scheme": "ZZ-REG", "id": "900100200"}
OFFICIAL = ("Honesta S.A.", "900100200", "PE", ["supplier"])
CLAIMED = ("Zarzaparrilla Ladrona", "900.100.200", "KP", ["buyer", "funder", "supplier"])


def saying(ocid, name, number, country, roles):
    """A release that names an organization so."""
    party = {
        "id": "X",
        "name": name,
        "identifier": {"scheme": "ZZ-REG", "id": number},
        "address": {"countryName": country},
        "roles": roles,
    }
    return release(ocid, parties=[*release()["parties"], party])


def told():
    """What is said of the organization that two senders name."""
    row = Organization.objects.get(key="ZZ-REG:900100200")
    return row.name, row.identifier, row.country, row.roles


def claim(ocid="ocds-claimed-1", said=CLAIMED):
    load(saying(ocid, *said), channel=Submission.Channel.API, user=new_user(ocid))
    return Claim.objects.get(ocid=ocid)


def decide(of, kind):
    of.refresh_from_db()
    decide_claim(claim=of, decided_by=None, kind=kind, reason="It is so.")


@pytest.mark.parametrize("roles", [["supplier"], []], ids=["in a role", "in none"])
def test_nothing_that_a_held_claim_says_of_an_organization_is_left_once_a_record_names_it(roles):
    claim()
    official = (*OFFICIAL[:3], roles)
    load(saying("ocds-test01-1", *official))
    assert told() == official
    load(saying("ocds-test01-2", *official))
    assert told() == official


@pytest.mark.parametrize("end", ["rejected", "erased"])
@pytest.mark.parametrize("first", ["claim", "record"])
def test_what_an_accepted_claim_said_of_an_organization_goes_with_it(end, first):
    if first == "record":
        load(saying("ocds-test01-1", *OFFICIAL))
    held = claim()
    decide(held, ClaimDecision.Kind.ACCEPTED)
    if first == "claim":
        load(saying("ocds-test01-1", *OFFICIAL))
    assert told()[3] == CLAIMED[3]
    if end == "rejected":
        decide(held, ClaimDecision.Kind.REJECTED)
    else:
        erase_submission(held.submission, actor=None, with_records=True)
    assert told() == OFFICIAL


def test_what_a_claim_of_two_said_of_an_organization_is_erased_with_it():
    first, _second = claim(), claim("ocds-claimed-2", ("Otra", "900100200", "CO", ["buyer"]))
    assert told() == (*CLAIMED[:3], [])
    erase_submission(first.submission, actor=None, with_records=True)
    assert told() == ("Otra", "900100200", "CO", [])


def test_one_that_only_a_decision_keeps_has_no_role_any_more(django_capture_on_commit_callbacks):
    load(release("ocds-test01-1"))
    held = claim()
    pair = propose(
        Organization.objects.get(key="ZZ-REG:900100200"), Organization.objects.earliest("pk"), proposed_by=None
    )
    decide_body(pair=pair, decided_by=new_user("decider"), kind=SameBodyDecision.Kind.REFUSED, reason="They are two.")
    decide(held, ClaimDecision.Kind.ACCEPTED)
    with django_capture_on_commit_callbacks(execute=True):
        erase_submission(held.submission, actor=None, with_records=True)
    assert told()[3] == []


def test_a_body_has_no_role_of_what_was_erased():
    load(saying("ocds-test01-1", *OFFICIAL), saying("ocds-test01-2", "Su filial", "7", "PE", ["tenderer"]))
    held = claim()
    decide(held, ClaimDecision.Kind.ACCEPTED)
    other, kept = (Organization.objects.get(key=f"ZZ-REG:{number}") for number in ("900100200", "7"))
    pair = propose(other, kept, proposed_by=None)
    decide_body(
        pair=pair, decided_by=new_user("decider"), kind=SameBodyDecision.Kind.MERGED, reason="They are one.", kept=kept
    )
    while recompile_slice():
        pass
    erase_submission(held.submission, actor=None, with_records=True)
    assert told() == OFFICIAL
    kept.refresh_from_db()
    assert (kept.name, kept.roles) == ("Su filial", ["supplier", "tenderer"])


def many(ocid, number):
    parties = [
        {"id": f"X{place}", "name": f"{ocid} {place}", "identifier": {"scheme": "ZZ-REG", "id": str(place)}}
        for place in range(number)
    ]
    return release(ocid, parties=[*release()["parties"], *parties])


def test_a_record_that_names_many_of_what_is_erased_is_read_once(monkeypatch):
    """Anybody may send two claims that name the same thousands, and take one back."""
    queries = []
    for number in (3, 30):
        read = []
        parse = renewing.parse_stored
        monkeypatch.setattr(
            renewing, "parse_stored", lambda *given, parse=parse, read=read: read.append(1) or parse(*given)
        )
        ocids = [f"ocds-claimed-{number}-{place}" for place in "ab"]
        for ocid in ocids:
            load(many(ocid, number), channel=Submission.Channel.API, user=new_user(ocid))
        with CaptureQueriesContext(connection) as context:
            erase_submission(Claim.objects.get(ocid=ocids[0]).submission, actor=None, with_records=True)
        queries.append(len(context))
        # That of its buyer and suppliers is one more, of the claims before.
        assert len(read) <= 2, read
        assert Organization.objects.get(key="ZZ-REG:2").name.startswith("ocds-claimed-")
    assert queries[1] <= queries[0] + 2, queries


def test_organizations_without_a_role_are_stored_in_proportion_to_their_number():
    times = []
    for number in (5_000, 10_000, 20_000):
        keys = [f"ZZ-REG:{number}-{place}" for place in range(number)]
        rows = {key: (key, "A", "ZZ-REG", key, "PE", [], "") for key in keys}
        store_organizations(rows, public=set(rows))
        # Most of the work is PostgreSQL's, so the clock on the wall tells: whatever else the machine does is in it.
        times.append(min(_seconds_of_storing(rows) for _ in range(3)))
    # Four times as many: in proportion 4, each with each 16.
    assert times[2] < 0.2 or times[2] / times[0] < 10, times


def _seconds_of_storing(rows: dict) -> float:
    begun = time.perf_counter()
    store_organizations(rows, public=set(rows))
    return time.perf_counter() - begun
