"""Trouble of a moment blames no record; a rule that fails takes no flag along and does not count as done."""

from contextlib import suppress
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now
from django.utils import timezone
from psycopg.errors import QueryCanceled

from audits.engine import attempts, processes
from audits.models import Audit, AuditAttempt, Flag
from audits.models.audit import MAX_ATTEMPTS
from contracts.models import Submission
from contracts.ocds.parsing.calendar_days import start_of_day
from tests.audits.engine.troubled import trouble, troubled
from tests.support.auditing import audit_due
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule_in_force(only_rules):
    only_rules(troubled)
    yield
    trouble.clear()


def run_out() -> None:
    """Let the leases of all attempts run out."""
    AuditAttempt.objects.update(leased_until=Now() - timedelta(seconds=1))


def _stopped_statement() -> OperationalError:
    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = QueryCanceled()
    return error


def test_leases_with_a_future_date_do_not_block_audits():
    load(release("ocds-test01-1"))
    ((process_id, *_others),) = processes.due_batches()
    AuditAttempt.objects.create(process_id=process_id, key=b"k", leased_until=Now() + timedelta(days=3652))
    attempts.give_up_exhausted()
    audit_due()
    assert Audit.objects.count() == 1


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded(), MemoryError(), _stopped_statement()])
def test_a_submission_that_exceeds_time_or_memory_is_tried_alone_three_times(error, monkeypatch):
    load(release("ocds-test01-1"), release("ocds-test01-2"), release("ocds-test01-endless"))
    judge = processes._judge

    def judge_all_but_one(read):
        if any(entry.identity == "ocds-test01-endless" for entry, _ in read):
            raise error
        judge(read)

    monkeypatch.setattr(processes, "_judge", judge_all_but_one)
    for _ in range(MAX_ATTEMPTS):
        for batch in list(processes.due_batches()):
            with suppress(type(error)):
                processes.audit_due(batch)
        run_out()
    attempts.give_up_exhausted()
    assert set(Audit.objects.values_list("process__ocid", flat=True)) == {"ocds-test01-1", "ocds-test01-2"}
    given_up = AuditAttempt.objects.failed().get()
    assert given_up.process.ocid == "ocds-test01-endless"
    assert given_up.error == "Tried 3 times: the worker died or ran out of time each time"
    assert processes.count_due() == 0


@pytest.mark.parametrize(("channel", "is_held"), [("command", False), ("form", True)])
def test_failed_audits_of_held_records_store_only_the_day(channel, is_held):
    load(release("ocds-test01-1"), channel=Submission.Channel(channel))
    trouble.append(MemoryError())
    for _ in range(MAX_ATTEMPTS):
        with suppress(MemoryError):
            audit_due()
        run_out()
    attempts.give_up_exhausted()
    given_up = AuditAttempt.objects.failed().get()
    assert (given_up.failed_at == given_up.leased_until == start_of_day(timezone.now())) == is_held


def test_a_worker_that_stood_still_takes_no_attempt_from_the_one_after_it(monkeypatch):
    """Its lease has run out, and another worker is at the next attempt, when it wakes up and loses its connection."""
    load(release("ocds-test01-1"))
    ((process_id,),) = processes.due_batches()

    def stand_still(_read):
        run_out()
        taken = AuditAttempt.objects.get()
        assert attempts.begin({process_id: bytes(taken.key)}) == {process_id: 2}
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(processes, "_judge", stand_still)
    with pytest.raises(OperationalError):
        audit_due()
    assert AuditAttempt.objects.get().attempts == 2
    assert list(processes.due_batches()) == [], "the other one is at it"


@pytest.mark.parametrize("error", [OperationalError("the connection is gone"), InterfaceError("closed")])
def test_database_errors_do_not_count_as_attempts(error, monkeypatch):
    load(release("ocds-test01-1"), release("ocds-test01-2"))

    def fail(_read):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(processes, "_judge", fail)
        for _ in range(5):
            with pytest.raises(type(error)):
                audit_due()
    assert list(AuditAttempt.objects.values_list("attempts", "error")) == [(0, ""), (0, "")]
    assert processes.count_due() == 2
    audit_due()
    assert (Flag.objects.standing().count(), processes.count_due(), AuditAttempt.objects.count()) == (2, 0, 0)


def test_the_log_names_the_failed_rule_but_not_the_record(caplog):
    """A record that was sent by the form is judged seconds later; its attempt says that a rule failed on it."""
    load(release("ocds-test01-1"))
    trouble.append(RuntimeError("broken"))
    audit_due()
    assert "Rule X03 failed." in caplog.text
    assert "ocds-test01-1" not in caplog.text
    assert AuditAttempt.objects.get().error == "failed: X03"


def test_a_failing_rule_withdraws_nothing_and_is_retried():
    load(release())
    audit_due()
    trouble.append(RuntimeError("broken"))
    load(release(id="2", date="2024-09-01T00:00:00Z", tender={"title": "otherwise", "procurementMethod": "open"}))
    audit_due()
    assert Audit.objects.get(is_current=True).failed == ["X03"]
    assert Flag.objects.standing().count() == 1
    assert processes.count_due() == 1
    trouble.clear()
    audit_due()
    assert Audit.objects.get(is_current=True).failed == []
    assert Flag.objects.get().evidence[0]["value"] == "otherwise"
    assert (processes.count_due(), AuditAttempt.objects.count()) == (0, 0)


def test_a_rule_that_fails_three_times_stays_failed_until_something_changes():
    load(release())
    trouble.append(RuntimeError("broken"))
    for _ in range(4):
        audit_due()
    attempts.give_up_exhausted()
    assert (processes.count_due(), AuditAttempt.objects.count()) == (0, 0)
    assert Audit.objects.get().failed == ["X03"]
    trouble.clear()
    attempts.mark_due([Audit.objects.get().process_id])
    audit_due()
    assert Flag.objects.standing().count() == 1
