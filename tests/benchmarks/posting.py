"""From POST to flag, over HTTP, with workers as in production: idle, and while many audits are due."""

import http.client
import json
import os
import socket
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audits.engine import processes
from audits.models import Flag, RuleOverride
from audits.tasks import audit_due_processes
from config import embedded
from config.child_processes import Supervised
from config.child_processes import stop as stop_processes
from tests.benchmarks.bench import Bench, issue_token
from tests.benchmarks.rows import Row, part
from tests.support.records import release
from tests.support.servers import free_port

WARM_UP = 5
SUBMISSIONS = 50
PATIENCE = 60


@part("flag")
def post_to_flag(bench: Bench) -> Iterator[Row]:
    """
    From POST to the flag of a single submission, over HTTP: workers idle, then while all stored audits are due, for a
    parameter was changed. An audit of which no rule changed would be over too soon.
    """
    bench.fill()
    with _servers(bench) as (port, secret):
        waits = _post_all(port, secret, "idle")
        yield _row("POST to flag, workers idle", waits, "p95 ≤ 1 s")
        changed = RuleOverride.objects.create(rule="R040", parameter="share", value=0.49, source="the benchmark")
        begun = processes.count_due()
        audit_due_processes()  # as the schedule would
        waits = _post_all(port, secret, "busy", beside=processes.count_due)
        left = processes.count_due()
        what = f"POST to flag, {len(waits)} times, while {begun:,} audits are due ({left:,} at the end)"
        yield _row(what, waits, "p95 ≤ 1 s")
    changed.delete()
    bench.audit()


def _row(what: str, waits: list[float], goal: str) -> Row:
    p95 = statistics.quantiles(waits, n=20)[18]
    return Row(
        what,
        f"p50 {statistics.median(waits) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, worst {max(waits) * 1000:.0f} ms",
        "–",
        "",
        goal,
    )


@contextmanager
def _servers(bench: Bench) -> Iterator[tuple[int, str]]:
    """Start the web server and the workers of production; yield the port, and a token that may send."""
    secret = issue_token("add_submission", "submit")
    embedded.ensure_broker(bench.home)
    port = free_port()
    environment = os.environ | {"PORT": str(port), "VEEDOR_THROTTLE_SUBMISSIONS": "100000/min"}
    celery = [sys.executable, "-m", "celery", "--app", "config", "worker", "--without-gossip", "--without-mingle"]
    web = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    running = [
        Supervised("worker", [*celery, "--concurrency", "2"], bench.home, environment),
        Supervised("worker-fresh", [*celery, "--concurrency", "1", "--queues", "fresh"], bench.home, environment),
        Supervised("web", [*web, "--bind", f"127.0.0.1:{port}"], bench.home, environment),
    ]
    for process in running:
        process.start()
    try:
        _wait_for(port)
        yield port, secret
    finally:
        stop_processes(running)


def _post_all(port: int, secret: str, name: str, *, beside: Callable[[], int] | None = None) -> list[float]:
    """
    Post one submission after another, and wait for the flag of each; return how long, in seconds.

    :param beside: tells how much is left of what it is measured beside; with nothing left it ends
    """
    waits: list[float] = []
    for number in range(-WARM_UP, SUBMISSIONS):
        if beside and len(waits) > 1 and not beside():
            break
        ocid = f"ocds-bench1-{name}-{number}"
        started = time.perf_counter()
        # An amount of its own: else the answer tells of a hundred contracts that seem to be the same one.
        cost = {"amount": 1000 + zlib.crc32(ocid.encode()) % 1_000_000, "currency": "MXN"}
        contract = {"id": "C", "awardID": "A", "dateSigned": "2024-04-10T00:00:00Z", "value": cost}
        _post(port, secret, json.dumps({"releases": [release(ocid, contracts=[contract])]}))
        while not Flag.objects.filter(process__ocid=ocid).exists():
            assert time.perf_counter() - started < PATIENCE, "no flag within a minute"
            time.sleep(0.002)
        if number >= 0:
            waits.append(time.perf_counter() - started)
    return waits


def _post(port: int, secret: str, body: str) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Authorization": f"Token {secret}", "Content-Type": "application/json"}
    client.request("POST", "/api/v1/submissions/", body, headers)
    answer = client.getresponse()
    assert answer.status == 202, (answer.status, answer.read())
    client.close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "the web server did not start"
        time.sleep(0.1)
