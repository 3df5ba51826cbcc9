"""A worker of another version than the rules in force hands its messages on, so that they reach one that audits."""

import pytest

from audits import tasks
from audits.models import Audit, RulesInForce
from audits.reference.rules_in_force import put_in_force
from contracts.models import ContractingProcess
from contracts.runtime.broker import MAX_PASSES
from tests.support.records import load, release

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = "Another version's rules are in force"


@pytest.fixture
def record(empty_broker, monkeypatch):
    """The primary keys of what is on record, of which the broker holds nothing."""
    with monkeypatch.context() as silent:
        silent.setattr(tasks.broker, "queue", lambda *_given, **_options: True)
        load(release())
    return list(ContractingProcess.objects.values_list("pk", flat=True))


def refused(worker) -> int:
    return worker.log.read_text("utf-8").count(REFUSED)


def test_a_message_that_one_worker_leaves_alone_reaches_the_other(record, make_worker, wait_until):
    """Here both are one worker, of another version until it has refused the message, which is sent once."""
    RulesInForce.objects.update(digest=bytes(32))
    worker = make_worker()
    before = refused(worker)
    tasks.audit_processes.delay(record)
    wait_until(lambda: refused(worker) > before)
    assert not Audit.objects.exists()
    put_in_force(using="default")
    wait_until(Audit.objects.exists)


@pytest.mark.parametrize("queue", ["celery", "fresh"])
def test_where_nobody_takes_a_message_it_comes_to_an_end(record, make_worker, wait_until, empty_broker, queue):
    RulesInForce.objects.update(digest=bytes(32))
    worker = make_worker(queues=queue)
    before = refused(worker)
    tasks.audit_processes.apply_async([record], queue=queue)
    wait_until(lambda: refused(worker) == before + 1 + MAX_PASSES)
    tasks.audit_organizations.apply_async(queue=queue, expires=0.5)  # before it would be passed on
    wait_until(lambda: "Discarding revoked task" in worker.log.read_text("utf-8"))
    assert refused(worker) <= before + 2 + MAX_PASSES
    assert empty_broker.llen(queue) == 0
    assert not Audit.objects.exists()
