"""Records that are erased later than their submission was, and those that another submission repeats."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from audits import groups
from contracts import erasing
from contracts.erasing import erase_submission
from contracts.intake import processing
from contracts.intake.processing import process_submission
from contracts.intake.storing import hold_unless_erased
from contracts.models import ContractingProcess, Receipt, Release, Submission, TrailEntry
from contracts.ocds.gate.document import encode
from tests.support.pages import text_of
from tests.support.receiving import receive
from tests.support.records import release
from tests.support.sent import body_of, send
from tests.support.waiting import Beside

pytestmark = pytest.mark.django_db
ADDRESS = "admin:contracts_submission_changelist"


def test_a_lead_erases_the_records_of_what_was_erased_without_them(client, make_user):
    submission = send(body_of(), make_user(name="sender"))
    erase_submission(submission, actor=None)
    before = timezone.now().date().replace(year=2020)
    Submission.objects.update(erased_on=before)
    lead = make_user(groups.LEADS)
    client.force_login(lead)
    chosen = {"action": "erase_with_records", "_selected_action": [str(submission.pk)]}

    asked = client.post(reverse(ADDRESS), chosen)
    assert str(submission.pk) in text_of(asked.content.decode())
    client.post(reverse(ADDRESS), chosen | {"confirmed": "yes"})

    assert not Release.objects.exists()
    assert ContractingProcess.objects.get().verification == "retired"
    submission.refresh_from_db()
    assert submission.erased_on == before, "the day on which its bytes went"
    entry = TrailEntry.objects.filter(action="submission_erased").latest("pk")
    assert (entry.actor_id, entry.details["with_records"]) == (lead.pk, True)


@pytest.mark.parametrize("action", ["erase", "erase_with_records"])
def test_where_nothing_is_left_to_erase_the_page_says_so(client, make_user, action):
    submission = send(body_of())
    erase_submission(submission, actor=None, with_records=True)
    client.force_login(make_user(groups.LEADS))
    chosen = {"action": action, "_selected_action": [str(submission.pk)]}

    for confirmed in ({}, {"confirmed": "yes"}):
        told = client.post(reverse(ADDRESS), chosen | confirmed, follow=True)
        assert "Nothing in your selection is left to erase" in text_of(told.content.decode())
    assert TrailEntry.objects.filter(action="submission_erased").count() == 1


@pytest.mark.parametrize("names_all", [True, False])
def test_a_record_that_another_submission_repeats_is_read_from_that_one(monkeypatch, names_all):
    first = send(body_of())
    releases = [release(), release(ocid="ocds-test01-another")]
    second = send(encode({"releases": releases, "publishedDate": "2025-01-01T00:00:00Z"}))
    apart = send(encode({"releases": [release(ocid="ocds-test01-apart")], "publishedDate": "2025-01-01T00:00:00Z"}))
    assert second.counts["releases_known"] == 1
    if not names_all:  # of a submission of more records than it names
        monkeypatch.setattr(erasing, "MAX_OCIDS", 1)
        Submission.objects.filter(pk=second.pk).update(ocids=["ocds-test01-another"])

    erase_submission(first, actor=None, with_records=True)

    waiting = Submission.objects.filter(processed_at=None, failed_at=None)
    assert list(waiting) == [second], "that one alone is read again"
    assert apart.processed_at
    process_submission(second.pk)
    assert ContractingProcess.objects.filter(verification="official", release_count=1).count() == 3
    assert not waiting.all().exists()


def test_where_the_records_stay_nothing_is_read_again():
    first = send(body_of())
    send(encode({"releases": [release()], "publishedDate": "2025-01-01T00:00:00Z"}))
    erase_submission(first, actor=None)
    assert not Submission.objects.filter(processed_at=None, failed_at=None).exists()


def test_who_reads_what_was_erased_meanwhile_stores_nothing_of_it(monkeypatch):
    """A worker whose machine stood still has no lease any more, and does not know of it."""
    monkeypatch.setattr(processing, "BATCH_RELEASES", 1)
    ocids = ["ocds-test01-early", "ocds-test01-late"]
    content = encode({"releases": [release(ocid=ocid) for ocid in ocids]})
    submission, _is_new = receive([content], channel=Submission.Channel.FORM)

    def stand_still(number):
        if number == 1:
            Submission.objects.update(attempted_at=timezone.now() - timedelta(hours=1))
            erase_submission(Submission.objects.get(), actor=None, with_records=True)

    process_submission(submission.pk, progress=stand_still)
    submission.refresh_from_db()
    assert not Release.objects.exists()
    assert (submission.ocids, submission.counts, submission.state) == ([], {}, "failed")


@pytest.mark.django_db(transaction=True)
def test_who_sends_again_what_is_being_stored_does_not_wait_for_its_end():
    submission, _is_new = receive([encode(release())], channel=Submission.Channel.FORM)
    receipt = Receipt.objects.create(digest=b"0" * 32, kind=Receipt.Kind.SUBMISSION, made_on=timezone.now().date())

    def add() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
        receipt.submissions.add(submission)

    adding = Beside(add)
    with transaction.atomic():
        assert hold_unless_erased(submission)
        adding.start()
        assert adding.join() == []
    assert receipt.submissions.count() == 1
