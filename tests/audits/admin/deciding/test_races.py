"""Concurrent decisions: one is kept, the other is reported, and neither fails."""

import threading
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
from tests.support.waiting import Beside, wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_single_decision_and_a_batch_do_not_deadlock(make_user, monkeypatch):
    """One holds a flag and wants the log; the batch, which got to the log first, must not want that flag then."""
    flags = [raise_flag(load_release(made_up_release())) for _number in range(3)]
    dora, emma = make_user(groups.AUDITORS, name="dora"), make_user(groups.AUDITORS, name="emma")
    for flag in flags:
        flag.last_review = None
    holds_it, review_flag = threading.Event(), decisions.review_flag

    def slowly(*, reviewer, **given):
        if reviewer == emma:
            holds_it.set()
            wait_until_somebody_waits()
        return review_flag(reviewer=reviewer, **given)

    def decide_on_one() -> None:
        decisions.decide(
            flag=flags[2],
            reviewer=emma,
            decision=Review.Decision.DISMISSED,
            reason="Another lot.",
            shown_digest=flags[2].shown_digest,
            last_review=None,
        )

    monkeypatch.setattr(decisions, "review_flag", slowly)
    deciding = Beside(decide_on_one)
    deciding.start()
    assert holds_it.wait(20)
    given = {"decision": Review.Decision.DISMISSED, "reason": "One maker alone.", "reason_code": ""}
    with pytest.raises(ValidationError) as refused:
        together._apply(flags, dora, given, uuid4())

    assert deciding.join() == []
    assert refused.value.code == STALE
    assert [flag.state for flag in Flag.objects.order_by("pk")] == ["new", "new", "dismissed"]
    assert Review.objects.get().reviewer == emma


def failures_beside_an_audit(work, subjects, flags) -> list[Exception]:
    """Return how ``work`` failed, in a thread, while an audit holds the subjects and writes the later flag first."""
    beside = Beside(work)
    with transaction.atomic():
        list(subjects.order_by("pk").select_for_update(no_key=True))
        Flag.objects.filter(pk=flags[1].pk).update(sentence="Read again.")
        beside.start()
        wait_until_somebody_waits()
        Flag.objects.filter(pk=flags[0].pk).update(sentence="Read again.")
    return beside.join()


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


def test_two_decisions_that_store_the_same_rule_page_do_not_deadlock(make_user):
    """One decides on a flag; the other one, who decides on many and got to the log first, needs the same page then."""
    flag, emma = raise_flag(load_release(made_up_release())), make_user(groups.AUDITORS, name="emma")
    given = {"flag": flag, "reviewer": emma, "decision": Review.Decision.DISMISSED, "reason": "Another lot."}
    deciding = Beside(lambda: decisions.review_flag(**given))
    with transaction.atomic():
        CHAIN.hold()
        deciding.start()
        wait_until_somebody_waits()
        page = RulePage.of_version(flag.rule, flag.rule_version)

    assert deciding.join() == []
    assert Review.objects.get().judged[Review.RESTS_ON]["rule_page"] == page.hex()
