"""Two hosts of workers on one database and one broker: how fast they are together, and that nothing is done twice."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pgtrigger
from django.db import connection
from django.db.models import Count

from audits.engine import peers, processes
from audits.models import Audit, AuditWork, Flag
from audits.tasks import audit_due_processes, check_peer_groups
from config import embedded
from config.child_processes import Supervised
from config.child_processes import stop as stop_processes
from contracts.models import ContractingProcess
from tests.benchmarks.bench import Bench
from tests.benchmarks.rows import Row, part

PATIENCE = 3600
# What audits leave; records stay.
RESULTS = (
    "audits_audit",
    "audits_flag",
    "audits_auditattempt",
    "audits_auditwork",
    "audits_failedtender",
    "audits_monthlyspend",
    "audits_observation",
    "audits_purchase",
    "audits_participation",
    "audits_peergroup",
    "audits_trackrecord",
)


@part("hosts")
def hosts(bench: Bench) -> Iterator[Row]:
    """
    All stored processes audited through the broker by the workers of one host and of two, each in a network of its own
    where the system lets us; nothing may be doubled.
    """
    bench.fill()
    embedded.ensure_broker(bench.home)
    isolated = _can_isolate()
    rates = {}
    for number in (1, 2):
        forget_results()
        rates[number] = _audit_all(bench, number, isolated=isolated)
        _check_nothing_doubled()
    yield Row(
        f"two hosts of workers ({'each in a network namespace' if isolated else 'processes of one network'})",
        f"{rates[2]:,.0f}/s",
        f"one host: {rates[1]:,.0f}/s",
        f"{rates[2] / rates[1]:.2f}; nothing doubled",
        "–",
    )


def _can_isolate() -> bool:
    return (
        shutil.which("unshare") is not None and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0
    )


def forget_results() -> None:
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(RESULTS)} CASCADE")


def _audit_all(bench: Bench, number: int, *, isolated: bool) -> float:
    """Return how many processes a second the hosts audit until nothing is due."""
    celery = [sys.executable, "-m", "celery", "--app", "config", "worker", "--without-gossip", "--without-mingle"]
    alone = ["unshare", "-n"] if isolated else []
    running = [
        Supervised(
            f"host-{host}", [*alone, *celery, "--concurrency", "1"], bench.home, os.environ | {"HOST": str(host)}
        )
        for host in range(number)
    ]
    for process in running:
        process.start()
    try:
        count = processes.count_due()
        started = time.perf_counter()
        asked = 0.0
        while processes.count_due() or peers.find_due(limit=1):
            assert time.perf_counter() - started < PATIENCE, "the workers do not come to an end"
            assert all(process.is_running() for process in running), running[0].end_of_log()
            if time.perf_counter() - asked > 30:  # as the schedule does, for messages may be lost
                audit_due_processes()
                asked = time.perf_counter()
            check_peer_groups()
            time.sleep(0.2)
        return count / (time.perf_counter() - started)
    finally:
        stop_processes(running)


def _check_nothing_doubled() -> None:
    count = ContractingProcess.objects.count()
    current = Audit.objects.filter(is_current=True, process__isnull=False)
    assert current.count() == current.values("process").distinct().count() == count
    doubled = Flag.objects.values("process", "organization", "fingerprint").annotate(n=Count("pk")).filter(n__gt=1)
    assert not doubled.exists()
    done = sum(AuditWork.objects.filter(subject=AuditWork.Subject.PROCESS).values_list("audited", flat=True))
    written = Audit.objects.filter(process__isnull=False).count()
    print(f"  {count:,} processes: {done:,} judged, {written:,} audits written", flush=True)
