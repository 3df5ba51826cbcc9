"""Nothing is lost, nothing is doubled: with a real broker that is emptied and real workers that are killed."""

import gzip
import json
import time

import pytest

from audits import tasks
from audits.engine import attempts, peers, processes
from audits.models import Audit, AuditAttempt, Flag
from audits.reference import rule_sets, rules_in_force
from audits.rules import RULES
from contracts.intake import processing
from contracts.models import ContractingProcess, Submission
from contracts.runtime.broker import FRESH
from contracts.tasks import enqueue, process_due_submissions
from tests.contracts.api.sending import send
from tests.support import poison
from tests.support.purchases import add_terms, purchase
from tests.support.receiving import receive
from tests.support.records import load, release

LEASE_SECONDS = 3


@pytest.fixture(autouse=True)
def short_lease(monkeypatch, settings):
    monkeypatch.setenv("VEEDOR_LEASE_SECONDS", str(LEASE_SECONDS))
    settings.VEEDOR_LEASE_SECONDS = LEASE_SECONDS


def load_processes(count):
    load(*(release(f"ocds-test01-{number}") for number in range(count)))
    return list(ContractingProcess.objects.order_by("pk").values_list("pk", flat=True))


def sweep_until_audited(wait_until, seconds=120):
    """Do what beat does, more often, until nothing is due and nobody is at work: of two messages one may come late."""
    last = 0.0

    def done():
        nonlocal last
        if time.monotonic() - last > 1:
            last = time.monotonic()
            tasks.audit_due_processes()
        return processes.count_due() == 0 and not AuditAttempt.objects.filter(failed_at=None).exists()

    wait_until(done, seconds=seconds)


def assert_complete(count):
    """Every process has one current audit and its one flag of R018; nobody is at work any more."""
    assert Audit.objects.filter(is_current=True, organization=None).count() == count
    assert Flag.objects.filter(rule="R018").count() == count
    assert set(Flag.objects.filter(rule="R018").values_list("state", flat=True)) == {"new"}
    assert AuditAttempt.objects.count() == 0


def test_a_submission_reaches_its_flags_without_any_sweep(worker, broker, wait_until):
    submission, _ = receive([b'{"releases":[' + _json(release()) + b"]}"], channel=Submission.Channel.API)
    enqueue(str(submission.pk))
    wait_until(lambda: Flag.objects.filter(rule="R018").exists())
    assert Submission.objects.get().state == "processed"


def submit(record):
    submission, _ = receive([_json(record)], channel=Submission.Channel.COMMAND)
    enqueue(str(submission.pk))


def test_a_gift_that_arrives_after_the_purchase_that_followed_it_is_found_by_the_workers(worker, wait_until):
    add_terms()
    submit(purchase("bought", date="2024-06-01"))
    wait_until(lambda: Audit.objects.filter(process__ocid="ocds-test01-bought", is_current=True).exists())
    assert not Flag.objects.filter(rule="T17").exists()

    submit(purchase("given", title="Prueba piloto de cámaras de videovigilancia", date="2024-01-01", amount=None))

    wait_until(lambda: Flag.objects.standing().filter(rule="T17").exists())
    flag = Flag.objects.standing().get(rule="T17")
    assert (flag.process.ocid, flag.values["ocid"]) == ("ocds-test01-bought", "ocds-test01-given")
    wait_until(lambda: processes.count_due() == 0)
    assert peers.find_due() == []
    assert Audit.objects.filter(process__ocid="ocds-test01-bought", is_current=True).count() == 1


def test_what_the_broker_forgot_is_found_by_the_sweep(worker, empty_broker, wait_until):
    worker.terminate()
    assert worker.wait(30)
    receive([_json(release("ocds-test02-1"))], channel=Submission.Channel.API)
    ids = load_processes(300)
    tasks.enqueue(ids)
    assert empty_broker.dbsize() > 0

    empty_broker.flushall()
    worker.start()
    process_due_submissions()
    sweep_until_audited(wait_until)

    wait_until(lambda: Submission.objects.filter(processed_at=None).count() == 0)
    sweep_until_audited(wait_until)
    assert_complete(301)


def test_a_submission_does_not_stand_behind_a_large_load(make_worker, sender, empty_broker, wait_until):
    """A worker of its own takes what was sent just now, and its audit, while nobody takes the rest."""
    ids = load_processes(300)
    tasks.enqueue(ids)
    for _ in range(50):
        enqueue("7b0a7b3e-0000-4000-8000-000000000000")
    make_worker(queues=FRESH)
    answer = send(sender, release("ocds-test02-1"))
    assert answer.status_code == 202
    wait_until(lambda: Flag.objects.filter(rule="R018", process__ocid__startswith="ocds-test02-1").exists())
    assert not Audit.objects.filter(process__in=ids).exists()
    # What is large, or may become large, is not taken before the others.
    for number, body in enumerate(
        (json.dumps(release("ocds-test02-2", note="x" * 3_000_000)), gzip.compress(_json(release("ocds-test02-3"))))
    ):
        before = empty_broker.llen("veedor:celery")
        assert send(sender, body).status_code == 202, number
        assert empty_broker.llen("veedor:celery") == before + 1


def test_the_broker_emptied_in_the_middle_of_the_work(worker, empty_broker, wait_until):
    ids = load_processes(600)
    for start in range(0, len(ids), 20):
        tasks.audit_processes.delay(ids[start : start + 20])
        if start % 100 == 0:
            empty_broker.flushall()
    sweep_until_audited(wait_until)
    assert_complete(600)


@pytest.mark.timeout(900)
def test_twenty_killed_workers_lose_and_double_nothing(worker, wait_until):
    kills, batch = 20, 60
    ids = load_processes(kills * batch)
    interrupted = 0
    for number in range(kills):
        part = ids[number * batch : (number + 1) * batch]
        for start in range(0, batch, 20):
            tasks.audit_processes.delay(part[start : start + 20])
        # A fast machine is at one task for some hundredths of a second.
        wait_until(
            lambda part=part: AuditAttempt.objects.filter(pk__in=part).exists() or not _due_condition(part), every=0
        )
        worker.kill()
        interrupted += AuditAttempt.objects.exists()
        worker.start()
    assert interrupted > 0, "no worker was killed in the middle of an audit: the test proves nothing"

    sweep_until_audited(wait_until, seconds=600)

    assert_complete(kills * batch)


@pytest.fixture
def poisoned(transactional_db):
    """A rule that kills its worker is in force, here and in workers that include it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(RULES, "X99", poison.poison)
        patched.setenv("VEEDOR_TEST_POISON", "1")
        patched.setattr(rules_in_force, "program_digest", rules_in_force.program_digest.__wrapped__)
        rule_sets.build_rule_sets.cache_clear()
        rules_in_force.put_in_force(using="default")
        yield
    rule_sets.build_rule_sets.cache_clear()


def test_a_record_that_kills_its_worker_is_tried_three_times_and_shown_as_failed(poisoned, make_worker, wait_until):
    load(
        *(release(f"ocds-test01-{number}") for number in range(50)),
        release("ocds-test01-poison", tender={"title": "POISON", "procurementMethod": "open", "numberOfTenderers": 1}),
    )
    make_worker(include="tests.support.poison")

    def done():
        tasks.audit_due_processes()
        time.sleep(1)
        return AuditAttempt.objects.failed().exists() and processes.count_due() == 0

    wait_until(done, seconds=120)

    failed = AuditAttempt.objects.failed().get()
    assert failed.process.ocid == "ocds-test01-poison"
    assert failed.attempts == 3
    assert failed.error == "Tried 3 times: the worker died or ran out of time each time"
    assert Audit.objects.filter(is_current=True, organization=None).count() == 50
    assert not Flag.objects.filter(process=failed.process).exists()


def test_a_submission_that_kills_its_worker_is_given_up_after_three_tries(db, settings, monkeypatch):
    settings.VEEDOR_LEASE_SECONDS = -1
    submission, _ = receive([_json(release())], channel=Submission.Channel.API)

    def die(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(processing, "read_entries", die)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            processing.process_submission(submission.pk)
    assert processing.process_submission(submission.pk) is None
    submission.refresh_from_db()
    assert (submission.state, submission.attempts, submission.error) == ("failed", 3, "attempts_exhausted")


def _due_condition(process_ids):
    due = {pk for pk, _ in attempts.due_processes(rule_sets.rule_sets_in_force().digests())}
    return due & set(process_ids)


def _json(value):
    return json.dumps(value).encode()
