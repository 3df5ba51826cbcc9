"""Four eyes: one person's confirmation publishes nothing, whichever way it comes, and the database holds it."""

from contextlib import contextmanager

import pghistory
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audits.judging.rule.vocabulary import Evidence
from audits.models import Flag, FourEyesWaiver, Review
from audits.triage import SAME_PERSON, review_flag, undo_batch, undo_decision, waiver_of
from contracts.models import Release, SubmissionOrigin
from tests.support.triage import load_release, made_up_release, raise_flag

CONFIRMED, FIRST = Review.Decision.CONFIRMED, Review.Decision.FIRST_CONFIRMATION
BATCH = "4fd1c0a4-2f4b-4a4e-9d0b-51d9b4c2f7aa"


pytestmark = pytest.mark.usefixtures("two_persons")


@pytest.fixture
def flag(db):
    return raise_flag(load_release(made_up_release()))


@pytest.fixture
def ana(make_user):
    return make_user(name="ana")


@pytest.fixture
def berta(make_user):
    return make_user(name="berta")


def decide(flag, person, decision=CONFIRMED, **options):
    return review_flag(flag=flag, reviewer=person, decision=decision, reason="Read the record.", **options)


def stands(flag) -> tuple[str, str, bool]:
    """Return state, decision, and whether the public sees a flag."""
    flag.refresh_from_db()
    return flag.state, flag.decision, Flag.objects.visible_to(None).filter(pk=flag.pk).exists()


def insert(flag, person, decision, **judged) -> Review:
    """Write a decision past the code that makes them."""
    return Review.objects.create(
        flag=flag, reviewer=person, decision=decision, reason="x", judged_digest=flag.judged_digest, judged=judged
    )


@contextmanager
def refused_by_database(constraint: str):
    with pytest.raises(IntegrityError) as refusal:
        yield
    assert refusal.value.__cause__.diag.constraint_name == constraint


def test_the_first_confirmation_publishes_nothing_and_the_second_does(flag, ana, berta, client):
    assert decide(flag, ana).decision == FIRST
    assert stands(flag) == (FIRST, FIRST, False)
    assert client.get(f"/api/v1/flags/{flag.pk}/").status_code == 404
    assert client.get("/api/v1/flags/?state=first_confirmation").json()["results"] == []
    page = f"/processes/{flag.process.ocid}/"
    assert flag.render("en") not in client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert decide(flag, berta).decision == CONFIRMED
    assert stands(flag) == (CONFIRMED, CONFIRMED, True)
    assert client.get(f"/api/v1/flags/{flag.pk}/").json()["state"] == "confirmed"
    assert flag.render("en") in client.get(page, headers={"Accept-Language": "en"}).content.decode()


def test_the_same_person_confirms_once(flag, ana):
    decide(flag, ana)
    with pytest.raises(ValidationError) as refusal:
        decide(flag, ana)
    assert refusal.value.code == SAME_PERSON
    assert stands(flag) == (FIRST, FIRST, False)


def test_who_sent_the_record_is_not_a_second_person(flag, ana, berta):
    submission = Release.objects.get(ocid=flag.process.ocid).submission
    SubmissionOrigin.objects.update_or_create(submission=submission, defaults={"user": berta})
    decide(flag, ana)
    with pytest.raises(ValidationError, match="sent a release"):
        decide(flag, berta)
    with refused_by_database("review_four_eyes"), transaction.atomic():
        insert(flag, berta, CONFIRMED)
    assert stands(flag) == (FIRST, FIRST, False)


def test_a_lead_waives_it_for_a_rule_or_for_all(flag, ana):
    waiver = FourEyesWaiver.objects.create(rule="T99", reason="Another rule.")
    assert decide(flag, ana).decision == FIRST
    waiver.rule = flag.rule
    waiver.save()
    assert decide(flag, ana).decision == CONFIRMED
    assert stands(flag)[2]


def test_a_waiver_that_is_switched_off_waives_nothing(flag, ana):
    FourEyesWaiver.objects.create(rule="", reason="One auditor alone.", enabled=False)
    assert decide(flag, ana).decision == FIRST


def test_a_dismissal_between_asks_two_persons_anew(flag, ana, berta):
    decide(flag, ana)
    decide(flag, berta, Review.Decision.DISMISSED)
    assert decide(flag, ana).decision == FIRST
    assert decide(flag, berta).decision == CONFIRMED


def test_what_was_first_confirmed_and_changed_asks_two_persons_anew(flag, ana, berta):
    decide(flag, ana)
    raise_flag(flag.process, Evidence("/tender/numberOfTenderers", 2))
    flag.refresh_from_db()
    assert flag.state == Flag.State.CHANGED
    assert decide(flag, berta).decision == FIRST
    assert decide(flag, ana).decision == CONFIRMED


def test_a_confirmed_flag_that_changed_stays_public_as_it_was_until_two_have_looked_again(flag, ana, berta, client):
    decide(flag, ana)
    decide(flag, berta)
    then = client.get(f"/api/v1/flags/{flag.pk}/").json()
    raise_flag(flag.process, Evidence("/tender/numberOfTenderers", 2))
    flag.refresh_from_db()
    decide(flag, ana)
    assert stands(flag) == (FIRST, CONFIRMED, True)
    now = client.get(f"/api/v1/flags/{flag.pk}/").json()
    assert now["evidence"] == then["evidence"]
    assert "a second has not yet" in now["notice"]
    decide(flag, berta)
    assert stands(flag) == (CONFIRMED, CONFIRMED, True)
    assert client.get(f"/api/v1/flags/{flag.pk}/").json()["notice"] == ""


def test_to_undo_the_second_confirmation_takes_it_back_from_the_public(flag, ana, berta):
    decide(flag, ana)
    decide(flag, berta, batch=BATCH)
    assert stands(flag)[2]
    undo_batch(batch=BATCH, undone_by=berta)
    assert stands(flag) == (FIRST, FIRST, False)
    with pytest.raises(ValidationError):  # still the first person, though another one undid
        decide(flag, ana)
    assert decide(flag, berta).decision == CONFIRMED


def test_to_undo_a_dismissal_of_what_two_confirmed_needs_no_third(flag, ana, berta):
    decide(flag, ana)
    decide(flag, berta)
    decide(flag, ana, Review.Decision.DISMISSED, batch=BATCH)
    undo_batch(batch=BATCH, undone_by=ana)
    assert stands(flag) == (CONFIRMED, CONFIRMED, True)


def test_the_database_refuses_to_publish_with_one_person(flag, ana):
    with refused_by_database("review_four_eyes"), transaction.atomic():
        insert(flag, ana, CONFIRMED)
    with refused_by_database("review_four_eyes"), transaction.atomic():
        insert(flag, ana, CONFIRMED, undoes=BATCH)
    insert(flag, ana, FIRST)
    with refused_by_database("review_four_eyes"), transaction.atomic():
        insert(flag, ana, CONFIRMED)
    with refused_by_database("flag_is_confirmed"), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(decision=CONFIRMED, state=CONFIRMED)
    assert not Flag.objects.visible_to(None).exists()


def test_what_one_person_confirmed_before_stays_public(flag, ana):
    """As after an upgrade: the decision was made when one person was enough."""
    waiver = FourEyesWaiver.objects.create(rule="", reason="As it was.")
    decide(flag, ana)
    waiver.delete()
    assert stands(flag) == (CONFIRMED, CONFIRMED, True)
    decide(flag, ana)  # it stands as it was confirmed
    assert stands(flag) == (CONFIRMED, CONFIRMED, True)


def test_a_decision_says_by_which_waiver_it_counted(flag, ana, berta):
    lead = ana
    with pghistory.context(user=lead.pk):
        FourEyesWaiver.objects.create(rule=flag.rule, reason="Two of us are ill.")
    FourEyesWaiver.objects.create(rule="", reason="For all.")
    waiver = decide(flag, berta).judged["waiver"]
    assert (waiver["rule"], waiver["by"], waiver["reason"]) == (flag.rule, "ana", "Two of us are ill.")
    assert "since" in waiver


def test_a_second_confirmation_needs_no_waiver_though_there_is_one(flag, ana, berta):
    decide(flag, ana)
    FourEyesWaiver.objects.create(rule="", reason="For all.")
    assert waiver_of(decide(flag, berta)) is None


def test_under_a_waiver_the_first_person_may_confirm_again(flag, ana):
    decide(flag, ana)
    FourEyesWaiver.objects.create(rule="", reason="For all.")
    assert waiver_of(decide(flag, ana))["reason"] == "For all."


def test_history_tells_the_waiver_of_decisions_made_before_they_stored_it(flag, ana, berta):
    waiver = FourEyesWaiver.objects.create(rule="", reason="For all.")
    old = insert(flag, berta, CONFIRMED)
    again = insert(flag, ana, CONFIRMED)
    waiver.delete()
    assert waiver_of(old)["reason"] == "For all."
    assert waiver_of(again) is None, "it was confirmed already"


def test_what_is_undone_keeps_no_waiver(flag, ana):
    FourEyesWaiver.objects.create(rule="", reason="For all.")
    decide(flag, ana)
    undo_decision(undone_by=ana, flag_id=flag.pk)
    assert waiver_of(flag.reviews.last()) is None
