"""Claims and rights to speak for publishers in the admin."""

import json
import re

import pytest
from django.core.exceptions import ValidationError

from audits import groups
from contracts.decisions.claims import decide_claim
from contracts.intake.processing import process_submission
from contracts.models import Claim, ClaimDecision, ContractingProcess, Publisher, PublisherGrant, Submission
from tests.contracts.admin.sending import send
from tests.support.pages import change_page
from tests.support.records import load, release

OCID = "ocds-test01-1"


@pytest.fixture
def claim(db):
    load(release(OCID))
    changed = release(OCID, id="2", date="2024-05-01T00:00:00Z", planning={"rationale": "Falta"})
    changed["tender"]["title"] = "Servicio de <b>vigilancia</b>"
    load(changed, channel=Submission.Channel.API)
    return Claim.objects.get()


def test_a_claim_is_shown_beside_the_record_and_accepted(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    assert OCID in client.get("/admin/contracts/claim/?state=held").content.decode()
    page = client.get(change_page(claim)).content.decode()
    assert "Servicio de limpieza de oficinas" in page
    assert "Servicio de &lt;b&gt;vigilancia&lt;/b&gt;" in page
    assert 'value="/tender/title"' in page
    assert 'value="/ocid"' not in page
    decision = {"kind": "accepted_in_part", "members": ["/planning/rationale"], "reason": "The plan is right."}
    assert client.post(change_page(claim), decision).status_code == 302
    process = ContractingProcess.objects.public().get()
    assert process.title == "Servicio de limpieza de oficinas"
    assert process.compiled_release["planning"] == {"rationale": "Falta"}
    page = client.get(change_page(claim)).content.decode()
    assert "The plan is right." in page
    assert ClaimDecision.objects.get().decided_by.username == "auditors"
    assert OCID not in client.get("/admin/contracts/claim/?state=held").content.decode()


@pytest.mark.parametrize(
    ("without", "title"), [("", "Servicio de limpieza de oficinas"), ("tender", "Servicio de <b>vigilancia</b>")]
)
def test_who_decides_is_told_what_its_date_keeps_from_changing_anything(sign_in, claim, without, title):
    """What an earlier release of the record says, and no later one, it does change."""
    client, told = sign_in(groups.AUDITORS), "changes nothing that a later release says"
    assert told not in client.get(change_page(claim)).content.decode()
    later = release(OCID, id="3", date="2024-06-01T00:00:00Z")
    load({name: value for name, value in later.items() if name != without})
    assert told in client.get(change_page(claim)).content.decode()
    client.post(change_page(claim), {"kind": "accepted", "reason": "It is right."})
    process = ContractingProcess.objects.public().get()
    assert (process.title, process.compiled_release["planning"]) == (title, {"rationale": "Falta"})


def test_the_day_of_a_claim_is_in_the_words_of_the_reader(sign_in, claim):
    Claim.objects.update(made_at="2026-11-03T00:00:00Z")
    page = sign_in(groups.AUDITORS).get(change_page(claim), headers={"accept-language": "es"}).content.decode()
    assert "3 de noviembre de 2026" in page
    assert "2026-11-03" not in page


def test_the_list_tells_what_each_claim_is_about(sign_in, claim, django_assert_max_num_queries):
    """By its ocid alone each of a hundred would have to be opened."""
    client = sign_in(groups.AUDITORS)
    client.get("/admin/contracts/claim/")
    with django_assert_max_num_queries(12):
        page = client.get("/admin/contracts/claim/").content.decode()
    assert "Servicio de &lt;b&gt;vigilancia&lt;/b&gt;" in page
    long = release("ocds-test01-2") | {"tender": {"id": "T", "title": "x" * 300}}
    load(long, channel=Submission.Channel.API)
    page = client.get("/admin/contracts/claim/").content.decode()
    assert f"{'x' * 119}…" in page
    assert "x" * 120 not in page


def test_nobody_decides_over_a_decision_that_they_have_not_seen(sign_in, claim):
    """Of two who had the page open, the second is told, sees the decision of the first, and may then decide."""
    client = sign_in(groups.AUDITORS)
    shown = {"last_decision": ""}
    rejected = {"kind": "rejected", "reason": "It names a witness.", **shown}
    assert client.post(change_page(claim), rejected).status_code == 302
    late = {"kind": "accepted", "reason": "Looks right."}
    for given in (shown, {}, {"last_decision": "999"}):
        answer = client.post(change_page(claim), late | given)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "Not saved: auditors decided on this claim since the page was shown." in page
        assert "It names a witness." in page
        assert "Looks right." in page
    assert ClaimDecision.objects.get().kind == "rejected"
    (seen,) = re.findall(r'name="last_decision" value="(\d+)"', page)
    assert client.post(change_page(claim), late | {"last_decision": seen}).status_code == 302
    assert Claim.objects.get().state == Claim.State.ACCEPTED


def test_of_two_decisions_at_once_one_is_stored(make_user, claim):
    """Both read the claim before either decided."""
    first, second = Claim.objects.get(), Claim.objects.get()
    lead = make_user(groups.LEADS)
    decide_claim(claim=first, decided_by=lead, kind=ClaimDecision.Kind.REJECTED, reason="No.")
    with pytest.raises(ValidationError, match="Not saved: leads decided on this claim"):
        decide_claim(claim=second, decided_by=lead, kind=ClaimDecision.Kind.ACCEPTED, reason="Yes.")
    decide_claim(claim=first, decided_by=lead, kind=ClaimDecision.Kind.ACCEPTED, reason="Yes, after all.")
    assert [decision.kind for decision in ClaimDecision.objects.order_by("pk")] == ["rejected", "accepted"]


def test_the_same_contract_in_other_records_is_shown_beside_a_claim(sign_in):
    load(release())
    load(release("ocds-held-1"), channel=Submission.Channel.API)
    load(release("ocds-ngo-1"), channel=Submission.Channel.API)
    page = sign_in(groups.AUDITORS).get(change_page(Claim.objects.get(ocid="ocds-ngo-1"))).content.decode()
    assert "The same contract in other records" in page
    for ocid in ("ocds-test01-1", "ocds-held-1"):
        assert change_page(ContractingProcess.objects.get(ocid=ocid)) in page
    assert page.count("A contract with the same buyer, supplier, value and date is already on record") == 2


def test_so_is_one_that_differs_in_its_amount_alone(sign_in):
    load(release())
    changed = release("ocds-ngo-1")
    changed["contracts"][0]["value"]["amount"] = 1044.58
    load(changed, channel=Submission.Channel.API)
    page = sign_in(groups.AUDITORS).get(change_page(Claim.objects.get())).content.decode()
    assert change_page(ContractingProcess.objects.get(ocid="ocds-test01-1")) in page
    assert "date is already on record, with another value or none" in page


@pytest.mark.parametrize(
    "decision",
    [
        {"kind": "accepted", "reason": " "},
        {"kind": "accepted", "members": ["/tender"], "reason": "Yes."},
        {"kind": "accepted_in_part", "reason": "Yes."},
        {"kind": "accepted_in_part", "members": ["/ocid"], "reason": "Yes."},
        {"reason": "Yes."},
    ],
)
def test_a_decision_without_reason_or_with_wrong_parts_is_refused(sign_in, claim, decision):
    answer = sign_in(groups.AUDITORS).post(change_page(claim), decision)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not ClaimDecision.objects.exists()


@pytest.mark.parametrize("group", [groups.SUBMITTERS, groups.JOURNALISTS])
def test_others_see_no_claims(sign_in, claim, group):
    client = sign_in(group)
    assert client.get("/admin/contracts/claim/").status_code == 403
    assert client.post(change_page(claim), {"kind": "accepted", "reason": "Yes."}).status_code == 403
    assert not ClaimDecision.objects.exists()


def test_a_lead_gives_and_ends_a_right(sign_in, make_user):
    publisher = Publisher.objects.create(slug="tula", name="Tula")
    ana = make_user(groups.SUBMITTERS, name="ana")
    client = sign_in(groups.LEADS)
    assert (
        client.post("/admin/contracts/publishergrant/add/", {"user": ana.pk, "publisher": publisher.pk}).status_code
        == 302
    )
    grant = PublisherGrant.objects.in_force().get()
    assert (grant.user, grant.granted_by.username) == (ana, "leads")
    client.post("/admin/contracts/publishergrant/", {"action": "end", "_selected_action": [grant.pk]})
    grant.refresh_from_db()
    assert grant.ended_by.username == "leads"
    assert not PublisherGrant.objects.in_force().exists()


def test_an_auditor_gives_no_rights(sign_in):
    assert sign_in(groups.AUDITORS).get("/admin/contracts/publishergrant/add/").status_code == 403


def test_uploads_of_leads_are_official_and_those_of_submitters_are_held(client, make_user, nudged):
    for group in (groups.SUBMITTERS, groups.LEADS):
        client.force_login(make_user(group))
        send(client, json.dumps(release(f"ocds-test01-{group}")).encode())
    for submission in Submission.objects.all():
        process_submission(submission.pk)
    assert set(ContractingProcess.objects.values_list("ocid", "verification")) == {
        (f"ocds-test01-{groups.SUBMITTERS}", "unverified"),
        (f"ocds-test01-{groups.LEADS}", "official"),
    }
