"""Trouble of a moment blames no record; a rule that fails takes no flag along and does not count as done."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from audits.engine import attempts, processes
from audits.judging.rule.vocabulary import Evidence, Finding, Severity, Stage, rule
from audits.models import Audit, AuditAttempt, Flag
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

trouble: list[Exception] = []


@rule(
    code="X03",
    title={},
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=1,
    sentences={"default": dict.fromkeys(("en", "es", "pt"), "asked")},
)
def troubled(dossier):
    if trouble:
        raise trouble[0]
    yield Finding((Evidence("/tender/title", dossier.process.tender.title),))


@pytest.fixture(autouse=True)
def _rule_in_force(only_rules):
    only_rules(troubled)
    yield
    trouble.clear()


def audit():
    for batch in processes.due_batches():
        processes.audit_due(batch)


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded(), MemoryError()])
def test_the_end_of_its_turn_is_no_fault_of_a_record(error):
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    trouble.append(error)
    for _ in range(5):
        with pytest.raises(type(error)):
            audit()
    assert list(AuditAttempt.objects.values_list("attempts", "error")) == [(0, ""), (0, "")]
    assert processes.count_due() == 2
    trouble.clear()
    audit()
    assert (Flag.objects.standing().count(), processes.count_due(), AuditAttempt.objects.count()) == (2, 0, 0)


def test_a_rule_that_fails_withdraws_nothing_and_is_asked_again():
    load(release())
    audit()
    trouble.append(RuntimeError("broken"))
    load(release(id="2", date="2024-09-01T00:00:00Z", tender={"title": "otherwise", "procurementMethod": "open"}))
    audit()
    assert Audit.objects.get(is_current=True).failed == ["X03"]
    assert Flag.objects.standing().count() == 1
    assert processes.count_due() == 1
    trouble.clear()
    audit()
    assert Audit.objects.get(is_current=True).failed == []
    assert Flag.objects.get().evidence[0]["value"] == "otherwise"
    assert (processes.count_due(), AuditAttempt.objects.count()) == (0, 0)


def test_a_rule_that_fails_three_times_stays_failed_until_something_changes():
    load(release())
    trouble.append(RuntimeError("broken"))
    for _ in range(4):
        audit()
    attempts.give_up_exhausted()
    assert (processes.count_due(), AuditAttempt.objects.count()) == (0, 0)
    assert Audit.objects.get().failed == ["X03"]
    trouble.clear()
    attempts.mark_due([Audit.objects.get().process_id])
    audit()
    assert Flag.objects.standing().count() == 1
