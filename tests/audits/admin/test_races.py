"""Decisions that meet: one is kept and the other is told, and neither fails."""

import threading
import time
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from audits import groups
from audits.admin.deciding import decisions, together
from audits.admin.deciding.decisions import STALE
from audits.models import Flag, Review, RulePage, TrackRecord
from audits.models.review import CHAIN
from audits.reports.priorities import refresh_priorities
from contracts.models import ContractingProcess, Organization
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db(transaction=True)

_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(_WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("nobody waits for a lock")


def test_a_decision_on_one_flag_and_one_on_many_do_not_wait_for_each_other(make_user, monkeypatch):
    """One holds a flag and wants the log; the batch, which got to the log first, must not want that flag then."""
    flags = [raise_flag(load_release(made_up_release())) for _number in range(3)]
    dora, emma = make_user(groups.AUDITORS, name="dora"), make_user(groups.AUDITORS, name="emma")
    for flag in flags:
        flag.last_review = None
    holds_it, review_flag, failed = threading.Event(), decisions.review_flag, []

    def slowly(*, reviewer, **given):
        if reviewer == emma:
            holds_it.set()
            wait_until_somebody_waits()
        return review_flag(reviewer=reviewer, **given)

    def decide_on_one() -> None:
        try:
            decisions.decide(
                flag=flags[2],
                reviewer=emma,
                decision=Review.Decision.DISMISSED,
                reason="Another lot.",
                shown_digest=flags[2].shown_digest,
                last_review=None,
            )
        except Exception as error:  # noqa: BLE001  -- told by the test, whatever it is
            failed.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(decisions, "review_flag", slowly)
    thread = threading.Thread(target=decide_on_one)
    thread.start()
    assert holds_it.wait(20)
    given = {"decision": Review.Decision.DISMISSED, "reason": "One maker alone.", "reason_code": ""}
    with pytest.raises(ValidationError) as refused:
        together._apply(flags, dora, given, uuid4())
    thread.join()

    assert failed == []
    assert refused.value.code == STALE
    assert [flag.state for flag in Flag.objects.order_by("pk")] == ["new", "new", "dismissed"]
    assert Review.objects.get().reviewer == emma


def failures_beside_an_audit(work, subjects, flags) -> list[Exception]:
    """Return how ``work`` failed, in a thread, while an audit holds the subjects and writes the later flag first."""
    failed = []

    def do() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  -- told by the test, whatever it is
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    with transaction.atomic():
        list(subjects.order_by("pk").select_for_update(no_key=True))
        Flag.objects.filter(pk=flags[1].pk).update(sentence="Read again.")
        thread.start()
        wait_until_somebody_waits()
        Flag.objects.filter(pk=flags[0].pk).update(sentence="Read again.")
    thread.join()
    return failed


@pytest.mark.parametrize("subject", ["process", "organization"])
def test_flags_move_in_the_queue_while_an_audit_writes_them(subject):
    """An audit holds the subjects and writes the later flag first: who counts the figures anew waits for it."""
    flags = [raise_flag(load_release(made_up_release())) for _number in range(2)]
    subjects = ContractingProcess.objects.all()
    if subject == "organization":
        subjects = TrackRecord.objects.all()
        for number, flag in enumerate(flags):
            record = TrackRecord.objects.create(organization=Organization.objects.create(key=f"XX-{number}"))
            Flag.objects.filter(pk=flag.pk).update(process=None, organization=record.organization)
    assert failures_beside_an_audit(refresh_priorities, subjects, flags) == []


def test_a_migration_writes_the_suppliers_of_flags_while_an_audit_writes_them():
    """An audit of the version before holds the processes and writes the later flag first, as above."""
    flags = [raise_flag(load_release(made_up_release())) for _number in range(2)]
    Flag.objects.update(suppliers=[])
    fill = import_module("audits.migrations.0085_suppliers_of_all_flags").Migration.operations[0]

    failures = failures_beside_an_audit(
        lambda: fill.code(None, connection.schema_editor()), ContractingProcess.objects.all(), flags
    )

    assert failures == []
    assert [flag.suppliers for flag in Flag.objects.order_by("pk")] == [flag.process.suppliers for flag in flags]


def test_two_who_decide_by_a_page_that_is_not_kept_yet_do_not_wait_for_each_other(make_user):
    """One decides on a flag; the other one, who decides on many and got to the log first, needs the same page then."""
    flag, emma = raise_flag(load_release(made_up_release())), make_user(groups.AUDITORS, name="emma")
    given = {"flag": flag, "reviewer": emma, "decision": Review.Decision.DISMISSED, "reason": "Another lot."}
    failed = []

    def decide_on_one() -> None:
        try:
            decisions.review_flag(**given)
        except Exception as error:  # noqa: BLE001  -- told by the test, whatever it is
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=decide_on_one)
    with transaction.atomic():
        CHAIN.hold()
        thread.start()
        wait_until_somebody_waits()
        page = RulePage.of_version(flag.rule, flag.rule_version)
    thread.join()

    assert failed == []
    assert Review.objects.get().judged[Review.RESTS_ON]["rule_page"] == page.hex()
