"""Attempts at submissions: what uses one up, and how a failed one is tried again."""

import json
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from audits import groups
from contracts.intake import processing
from contracts.intake.processing import process_submission
from contracts.models import Release, Submission
from contracts.models.submission import MAX_ATTEMPTS
from tests.support.receiving import receive
from tests.support.records import release

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission():
    return receive([json.dumps(release()).encode()], channel=Submission.Channel.COMMAND)[0]


@pytest.fixture
def failed(submission):
    Submission.objects.filter(pk=submission.pk).update(
        attempts=3, attempted_at=timezone.now(), failed_at=timezone.now()
    )
    return submission


def test_database_errors_do_not_count_as_attempts(submission, monkeypatch):
    def lose_connection(*_arguments, **_options):
        raise OperationalError("the connection is gone")

    with monkeypatch.context() as patched:
        patched.setattr(processing, "store_batch", lose_connection)
        for _ in range(5):
            with pytest.raises(OperationalError):
                process_submission(submission.pk)
    submission.refresh_from_db()
    assert (submission.attempts, submission.state) == (0, "received")
    assert process_submission(submission.pk).state == "processed"


def run_out(submission) -> None:
    """Let the lease of the attempt run out."""
    long_ago = timezone.now() - timedelta(seconds=settings.VEEDOR_LEASE_SECONDS + 1)
    Submission.objects.filter(pk=submission.pk).update(attempted_at=long_ago)


def test_leases_with_a_future_date_do_not_block_submissions(submission):
    moments = timezone.now() + timedelta(seconds=5), timezone.now() + timedelta(days=3652)
    for moment, is_due in zip(moments, (False, True), strict=True):
        Submission.objects.filter(pk=submission.pk).update(attempts=1, attempted_at=moment)
        assert Submission.objects.due().exists() is is_due


@pytest.mark.parametrize("error", [MemoryError, SoftTimeLimitExceeded])
@pytest.mark.parametrize("place", ["read_entries", "store_batch"])
def test_exceeding_time_or_memory_counts_as_an_attempt(submission, monkeypatch, error, place):
    def end(*_arguments, **_options):
        raise error

    monkeypatch.setattr(processing, place, end)
    for number in range(MAX_ATTEMPTS):
        with pytest.raises(error):
            process_submission(submission.pk)
        submission.refresh_from_db()
        assert (submission.attempts, submission.failed_at) == (number + 1, None)
        assert not Submission.objects.due().exists(), "its lease has to run out first"
        run_out(submission)
    assert process_submission(submission.pk) is None
    submission.refresh_from_db()
    assert (submission.state, submission.error) == ("failed", "attempts_exhausted"), "it would be tried for ever"


def test_an_error_of_the_submission_counts_as_an_attempt(submission, monkeypatch):
    def fail(*_arguments, **_options):
        raise ValueError

    monkeypatch.setattr(processing, "read_entries", fail)
    with pytest.raises(ValueError):
        process_submission(submission.pk)
    submission.refresh_from_db()
    assert submission.attempts == 1
    assert not Submission.objects.due().exists(), "its lease has to run out first"


def test_a_worker_that_stood_still_takes_no_attempt_from_the_one_after_it(submission, monkeypatch):
    """Its lease has run out, and another worker is at the next attempt, when it wakes up and loses its connection."""

    def stand_still(*_arguments, **_options):
        run_out(submission)
        assert processing._claim(submission.pk).attempts == 2
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(processing, "store_batch", stand_still)
    with pytest.raises(OperationalError):
        process_submission(submission.pk)
    submission.refresh_from_db()
    assert (submission.attempts, submission.state) == (2, "processing")
    assert not Submission.objects.due().exists(), "the other one is at it"


def test_what_a_worker_reads_after_others_gave_it_up_is_processed(submission, monkeypatch):
    store_batch = processing.store_batch

    def stand_still(*given, **options):
        Submission.objects.filter(pk=submission.pk).update(attempts=MAX_ATTEMPTS)
        run_out(submission)
        assert processing._claim(submission.pk) is None
        assert Submission.objects.get(pk=submission.pk).state == "failed"
        return store_batch(*given, **options)

    monkeypatch.setattr(processing, "store_batch", stand_still)
    assert process_submission(submission.pk).state == "processed"
    submission.refresh_from_db()
    assert (submission.state, submission.error, Release.objects.count()) == ("processed", "", 1)


def test_leases_go_by_the_clock_of_the_database(submission, monkeypatch):
    claimed = Submission.objects.due()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contracts_submission SET attempted_at = clock_timestamp()")
    monkeypatch.setattr(timezone, "now", lambda: timezone.datetime(2099, 1, 1, tzinfo=timezone.get_default_timezone()))
    assert not claimed.exists()
    assert process_submission(submission.pk) is None


def test_a_command_tries_again(failed, nudged):
    assert process_submission(failed.pk) is None
    call_command("retrysubmissions", str(failed.pk))
    assert nudged == [str(failed.pk)]
    assert process_submission(failed.pk).state == "processed"
    assert Release.objects.exists()
    with pytest.raises(CommandError, match="Not failed"):
        call_command("retrysubmissions", str(failed.pk))


@pytest.mark.parametrize(("group", "tried"), [(groups.LEADS, True), (groups.AUDITORS, False)])
def test_a_lead_tries_again_in_the_admin(failed, nudged, sign_in, group, tried):
    sign_in(group).post("/admin/contracts/submission/", {"action": "retry", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert (nudged == [str(failed.pk)], failed.state == "received") == (tried, tried)
