"""Undoing a decision is no judgement: the earlier decision stands again, under the name of its author."""

import html
from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.models import Flag, FourEyesWaiver, Review
from audits.pages.records.flags import latest_confirmed, show_flags
from audits.triage import review_flag, undo_decision
from tests.audits.admin.desk import page
from tests.support.triage import load_release, made_up_release, raise_flag

LIST = reverse("admin:audits_flag_changelist")


pytestmark = pytest.mark.usefixtures("two_persons")


@pytest.fixture
def desk(make_user):
    """Accounts and clients of two auditors, by name."""
    found = {}
    for name in ("dora", "emma"):
        person, client = make_user(groups.AUDITORS, name=name), Client()
        client.force_login(person)
        found[name] = person, client
    return found


@pytest.fixture
def brought_back(flag, desk):
    """A flag that dora confirmed first; emma dismissed it, and undid that."""
    (dora, _), (emma, _) = desk["dora"], desk["emma"]
    review_flag(flag=flag, reviewer=dora, decision=Review.Decision.CONFIRMED, reason="Read the record.")
    review_flag(flag=flag, reviewer=emma, decision=Review.Decision.DISMISSED, reason="Another lot.")
    undo_decision(undone_by=emma, flag_id=flag.pk)
    return flag


def text(client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def test_the_first_confirmation_is_named_and_not_the_undo_of_a_dismissal(auditor, brought_back):
    shown = text(auditor, page(brought_back))

    assert "dora confirmed this first." in shown
    assert "emma confirmed this first." not in shown
    assert "first confirmation, by dora." in shown
    assert "first confirmation again, as a decision was undone, by emma." in shown
    assert "First confirmation again, as a decision was undone" in shown[shown.index("Decisions so far") :]
    listed = text(auditor, f"{LIST}?state=first_confirmation")
    row = listed[listed.index('id="result_list"') :].partition("</table>")[0]  # the actions beside name all people
    assert "dora" in row
    assert "emma" not in row


def test_the_person_who_undid_a_dismissal_may_confirm(brought_back, desk):
    (_dora, of_dora), (emma, of_emma) = desk["dora"], desk["emma"]

    assert brought_back.process.title in text(of_emma, f"{LIST}?queue=second_look")
    assert brought_back.process.title not in text(of_dora, f"{LIST}?queue=second_look")
    review = review_flag(flag=brought_back, reviewer=emma, decision=Review.Decision.CONFIRMED, reason="After all.")
    assert review.decision == Review.Decision.CONFIRMED


def test_a_second_person_confirms_a_changed_flag(flag, desk):
    (dora, of_dora), (emma, _) = desk["dora"], desk["emma"]
    review_flag(flag=flag, reviewer=dora, decision=Review.Decision.CONFIRMED, reason="One bid.")
    raise_flag(flag.process, values={"count": 2, "method": "open", "ocid": flag.process.ocid})
    flag.refresh_from_db()
    review_flag(flag=flag, reviewer=emma, decision=Review.Decision.CONFIRMED, reason="Two bids.")

    assert flag.process.title in text(of_dora, f"{LIST}?queue=second_look")


def test_decisions_do_not_count_as_changes_of_a_flag(auditor, flag, desk):
    person, _client = desk["dora"]
    review_flag(flag=flag, reviewer=person, decision=Review.Decision.DISMISSED, reason="Another lot.")
    decided = text(auditor, page(flag))
    assert "Changed." not in decided
    assert "· changed" not in decided

    raise_flag(flag.process, values={"count": 2, "method": "open", "ocid": flag.process.ocid})
    changed = text(auditor, page(flag))
    assert "Changed." in changed
    assert "· changed" in changed


def test_the_public_sees_the_day_of_confirmation_and_not_of_an_undo(flag, desk):
    (dora, _), (emma, _) = desk["dora"], desk["emma"]
    for person in (dora, emma):
        review_flag(flag=flag, reviewer=person, decision=Review.Decision.CONFIRMED, reason="Read the record.")
    long_ago = timezone.now() - timedelta(days=40)
    with pgtrigger.ignore("audits.Review:append_only"):
        Review.objects.update(reviewed_at=long_ago)
    review_flag(flag=flag, reviewer=emma, decision=Review.Decision.DISMISSED, reason="Another lot.")
    undo_decision(undone_by=emma, flag_id=flag.pk)

    for shown in (show_flags(Flag.objects.filter(pk=flag.pk)), latest_confirmed(Flag.objects.all())):
        assert [entry.confirmed for entry in shown] == [long_ago.date()]


def test_the_day_of_an_undone_confirmation_is_not_public(flag, desk):
    dora, _ = desk["dora"]
    FourEyesWaiver.objects.create(rule="", reason="One auditor alone.")
    review_flag(flag=flag, reviewer=dora, decision=Review.Decision.CONFIRMED, reason="Read the record.")
    long_ago = timezone.now() - timedelta(days=40)
    with pgtrigger.ignore("audits.Review:append_only"):
        Review.objects.update(reviewed_at=long_ago)
    changed = raise_flag(flag.process, values={"count": 2, "method": "open", "ocid": flag.process.ocid})
    review_flag(flag=changed, reviewer=dora, decision=Review.Decision.CONFIRMED, reason="Still so.")
    undo_decision(undone_by=dora, flag_id=flag.pk)

    (shown,) = show_flags(Flag.objects.filter(pk=flag.pk))
    assert shown.confirmed == long_ago.date()


def test_a_decision_with_a_future_date_does_not_stay_the_latest(flag, desk):
    emma, _ = desk["emma"]
    late = raise_flag(load_release(made_up_release()))
    given = {"reviewer": emma, "decision": Review.Decision.DISMISSED, "reason": "Another lot."}
    review_flag(flag=flag, **given)
    with pgtrigger.ignore("audits.Review:append_only"):
        Review.objects.update(reviewed_at=timezone.now() + timedelta(days=400))
    review_flag(flag=late, **given)
    undo_decision(undone_by=emma, flag_id=late.pk)
    assert late.reviews.last().is_undoing
