"""The audit trail: what is in it, who reads it, and what is not in it."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits import groups
from audits.models import LexiconTerm
from contracts.models import (
    ApiToken,
    Claim,
    Content,
    Publisher,
    PublisherGrant,
    Submission,
    SubmissionOrigin,
    TrailEntry,
)
from contracts.trail import record
from tests.support.pages import change_page
from tests.support.previews import save_previewed
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
TRAIL = "/admin/contracts/trailentry/"
PASSWORD = "correct horse battery staple"


def actions() -> list[tuple]:
    entries = TrailEntry.objects.order_by("pk").values_list("action", "actor__username", "target_type")
    return [entry for entry in entries if entry[0] != "logged_in"]


def everything() -> str:
    return str(list(TrailEntry.objects.values()))


def test_logins_and_failed_logins_are_recorded_without_what_strangers_type(client, make_user):
    user = make_user(name="ana")
    user.set_password(PASSWORD)
    user.save()
    address = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Canary/1.0"}
    for name in ("ana", "my-secret-typed-here", "nul\x00"):
        client.post("/admin/login/", {"username": name, "password": "wrong"}, **address)
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD}, **address)
    found = list(TrailEntry.objects.order_by("pk").values_list("action", "actor__username"))
    assert [entry for entry in found if entry[1]] == [("login_failed", "ana"), ("logged_in", "ana")]
    assert ("login_failed", None) in found
    for secret in ("typed-here", "nul", "203.0.113", "Canary", "wrong", PASSWORD):
        assert secret not in everything()


def test_tokens_lists_publishers_and_rights_are_recorded(sign_in):
    client = sign_in(is_superuser=True, name="root")
    token = {"name": "n", "scopes": ["read"], "expires_at_0": "2099-01-01", "expires_at_1": "10:00"}
    assert client.post("/admin/contracts/apitoken/add/", token).status_code == 200
    pk = ApiToken.objects.get().pk
    client.post("/admin/contracts/apitoken/", {"action": "revoke", "_selected_action": [pk]})
    term = {"concept": "c", "language": "es", "term": "t", "strength": "strong", "enabled": "on", "source": "s"}
    assert save_previewed(client, "/admin/audits/lexiconterm/add/", term).status_code == 302, LexiconTerm.objects.all()
    publisher = Publisher.objects.create(slug="p", name="P")
    changed = {"slug": "p", "name": "Q", "time_zone": "UTC"}
    assert client.post(f"/admin/contracts/publisher/{publisher.pk}/change/", changed).status_code == 302
    group = groups.Group.objects.get(name=groups.JOURNALISTS)
    assert client.post(f"/admin/auth/group/{group.pk}/change/", {"name": group.name}).status_code == 302
    assert [entry for entry in actions() if entry[0] != "added" or entry[2] != "contracts.apitoken"] == [
        ("token_issued", "root", "contracts.apitoken"),
        ("token_revoked", "root", "contracts.apitoken"),
        ("added", "root", "audits.lexiconterm"),
        ("changed", "root", "contracts.publisher"),
        ("changed", "root", "auth.group"),
    ]
    issued = TrailEntry.objects.get(action="token_issued")
    assert (issued.target_id, issued.details["account"], issued.details["scopes"]) == (
        str(pk),
        get_user_model().objects.get().pk,
        ["read"],
    )
    assert ApiToken.objects.get().digest not in everything()


def test_a_command_that_issues_a_token_is_recorded(make_user, capsys):
    make_user(name="ana")
    call_command("issuetoken", "ana")
    assert actions() == [("token_issued", None, "contracts.apitoken")]


@pytest.mark.parametrize(("group", "recorded"), [(groups.LEADS, 1), (groups.AUDITORS, 0)])
def test_reading_who_sent_a_submission_is_recorded(sign_in, make_user, group, recorded):
    content = Content.objects.create(sha256="0" * 64, size=0)
    submission = Submission.objects.create(content=content, channel="api")
    SubmissionOrigin.objects.create(submission=submission, user=make_user(name="source"), file_name="secret.json")
    page = sign_in(group).get(change_page(submission))
    assert ("secret.json" in page.content.decode()) is bool(recorded)
    assert TrailEntry.objects.filter(action="origin_read", target_id=str(submission.pk)).count() == recorded
    assert "source" not in everything()


@pytest.mark.parametrize(("group", "status"), [(groups.LEADS, 200), (groups.AUDITORS, 403), (groups.SUBMITTERS, 403)])
def test_leads_alone_read_the_trail(sign_in, group, status):
    assert sign_in(group).get(TRAIL).status_code == status


def test_the_trail_is_filtered_by_action_person_and_day_and_changed_by_nobody(sign_in, make_user):
    client = sign_in(is_superuser=True, name="root")
    call_command("issuetoken", make_user(name="ana").username)
    entry = TrailEntry.objects.get(action="token_issued")
    row = f"{TRAIL}{entry.pk}/change/"
    today = f"at__year={entry.at.year}&at__month={entry.at.month}&at__day={entry.at.day}"
    queries = ("action=token_issued", "action__exact=token_issued", "actor=none", "q=contracts.apitoken", today)
    for query in queries:
        assert row in client.get(f"{TRAIL}?{query}").content.decode(), query
    for query in ("action__exact=logged_in", "at__year=2001", "actor=99"):
        assert row not in client.get(f"{TRAIL}?{query}").content.decode(), query
    assert client.get(row).status_code == 200
    assert client.post(row, {"action": "added"}).status_code == 403
    assert client.post(f"{TRAIL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{TRAIL}add/").status_code == 403


def trailed(*wanted):
    entries = TrailEntry.objects.filter(action__in=wanted).order_by("pk")
    return [(entry.action, getattr(entry.actor, "username", None), entry.target, entry.details) for entry in entries]


def test_rights_to_speak_for_a_publisher_are_recorded_when_granted_and_ended_once(sign_in, make_user):
    publisher, ana = Publisher.objects.create(slug="p", name="P"), make_user(groups.SUBMITTERS, name="ana")
    client = sign_in(groups.LEADS)
    client.post("/admin/contracts/publishergrant/add/", {"user": ana.pk, "publisher": publisher.pk})
    grant = PublisherGrant.objects.get()
    for _ in range(2):
        client.post("/admin/contracts/publishergrant/", {"action": "end", "_selected_action": [grant.pk]})
    details = {"account": ana.pk, "publisher": publisher.pk}
    assert trailed("right_granted", "right_ended") == [
        ("right_granted", "leads", f"contracts.publishergrant {grant.pk}", details),
        ("right_ended", "leads", f"contracts.publishergrant {grant.pk}", details),
    ]


@pytest.mark.parametrize("change", [{"publisher": None}, {"ended_at": None, "ended_by": None}, {"granted_at": "now"}])
def test_a_right_that_was_given_is_ended_and_never_changed(make_user, change):
    ana = make_user(name="ana")
    publisher = Publisher.objects.create(slug="p", name="P")
    grant = PublisherGrant.objects.create(user=ana, publisher=publisher, granted_by=ana)
    PublisherGrant.objects.update(ended_at=timezone.now(), ended_by=ana)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        PublisherGrant.objects.filter(pk=grant.pk).update(
            **{name: timezone.now() if value == "now" else value for name, value in change.items()}
        )


def test_decisions_on_claims_are_recorded_without_what_strangers_wrote(sign_in, make_user):
    odd = {**release("ocds-new-1"), "my-secret": {"a": 1}}
    load(odd, channel=Submission.Channel.API)
    claim = Claim.objects.get()
    client = sign_in(groups.AUDITORS)
    page = change_page(claim)
    assert client.post(page, {"kind": "accepted_in_part", "members": ["/my-secret"], "reason": "r"}).status_code == 302
    decision = claim.decisions.get()
    details = {"decision": decision.pk, "kind": "accepted_in_part"}
    assert trailed("claim_decided") == [("claim_decided", "auditors", f"contracts.claim {claim.pk}", details)]
    assert "my-secret" not in everything()


def test_what_nobody_decided_is_recorded_without_a_person():
    load(release(), channel=Submission.Channel.API)
    load(release())
    assert [entry[:2] for entry in trailed("claim_decided")] == [("claim_decided", None)]


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_its_page_takes_a_fixed_number_of_queries_and_names_removed_accounts(sign_in, make_user):
    client = sign_in(groups.LEADS)
    client.get(TRAIL)
    one = queries(client, TRAIL)
    for number in range(5):
        record(make_user(name=f"p{number}"), TrailEntry.Action.INVITED)
    gone = make_user(name="gone")
    record(gone, TrailEntry.Action.INVITED)
    get_user_model().objects.filter(pk=gone.pk).delete()
    assert queries(client, TRAIL) == one
    assert f"#{gone.pk}" in client.get(TRAIL).content.decode()
    assert f"#{gone.pk}" in client.get(change_page(TrailEntry.objects.get(actor=gone.pk))).content.decode()


def test_the_rights_of_a_group_are_read_at_once(sign_in):
    client = sign_in(groups.LEADS)
    group = Group.objects.get(name=groups.LEADS)
    assert group.permissions.count() > 20
    address = change_page(group)
    client.get(address)
    assert queries(client, address) < 20
