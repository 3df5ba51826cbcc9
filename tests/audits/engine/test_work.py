"""Counts of audits include those that were superseded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from audits.engine import organizations, processes
from audits.models import AuditWork
from contracts.models import ContractingProcess, Submission
from tests.audits.engine.troubled import trouble, troubled
from tests.support.auditing import audit_due
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule_in_force(only_rules):
    only_rules(troubled)
    yield
    trouble.clear()


def sums(subject=AuditWork.Subject.PROCESS) -> tuple[int, int]:
    (row,) = AuditWork.objects.filter(subject=subject).values_list("audited", "failed")
    return row


def test_audits_are_counted_with_their_duration():
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    audit_due()
    assert sums() == (2, 0)
    first = AuditWork.objects.get().seconds
    assert first > 0
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))
    assert sums() == (4, 0)
    assert AuditWork.objects.get().seconds > first


def test_audits_with_failed_rules_are_counted_separately():
    load(release("ocds-test01-1"))
    trouble.append(RuntimeError("broken"))
    audit_due()
    assert sums() == (1, 1)


def test_rolled_back_audits_are_not_counted():
    load(release("ocds-test01-1"))
    trouble.append(MemoryError())
    with pytest.raises(MemoryError):
        audit_due()
    assert not AuditWork.objects.exists()


def test_organizations_are_counted_separately():
    load(release("ocds-test01-1"))
    audit_due()
    written = organizations.audit_due()
    assert written > 0
    assert sums(AuditWork.Subject.ORGANIZATION) == (written, 0)


def test_sums_are_stored_per_day():
    load(release("ocds-test01-1"))
    audit_due()
    AuditWork.objects.update(day=F("day") - 1)
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))
    assert list(AuditWork.objects.order_by("day").values_list("audited", flat=True)) == [1, 1]


def test_a_held_record_is_not_counted_as_waiting_since_midnight():
    load(release("ocds-test01-1"), channel=Submission.Channel.FORM)
    ContractingProcess.objects.update(compiled_at=F("compiled_at") - timedelta(hours=18))
    assert processes.backlog() == (1, 0.0)


def test_the_backlog_has_the_age_of_the_oldest_record():
    assert processes.backlog() == (0, 0.0)
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contracts_contractingprocess SET compiled_at = now() - interval '1 hour' WHERE ocid LIKE '%-2'"
        )
    backlog = processes.backlog()
    assert backlog.processes == 2
    assert 3600 <= backlog.oldest_seconds < 3700
    audit_due()
    assert processes.backlog() == (0, 0.0)
