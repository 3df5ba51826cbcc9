"""The main job, measured: load, audit, POST to flag, memory. Started by ``python -m tests.benchmarks``."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pgtrigger
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory

from audits.api.contracts import AuditedContractListView
from audits.engine import cohorts, organizations, processes
from audits.engine.settling import settle_processes
from audits.engine.tally import Tally
from audits.models import Flag
from audits.reference.rule_sets import rule_sets_in_force
from config import embedded
from config.processes import Supervised
from config.processes import stop as stop_processes
from contracts.models import ApiToken
from contracts.postgres.copying import raw_cursor
from tests.benchmarks import releases
from tests.support.records import release

PAIRS = 3
SUBMISSIONS = 100


def prepare() -> None:

    call_command("migrate", verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("loadreference", stdout=nowhere)


def stop(home: Path) -> None:

    connection.close()
    embedded.stop_servers(home)


def load_and_audit(home: Path, count: int) -> None:
    """Measure in pairs (limit, ours, limit, ours …), so that a drift of the machine hits both."""
    documents = [releases.dump(entry).rstrip(b"\n") for entry in releases.compiled_releases(1, count)]
    path = home / "releases.jsonl"
    path.write_bytes(b"\n".join(documents))
    size = path.stat().st_size
    print(f"{count} compiled releases, {size / 1e6:.0f} MB", flush=True)
    loads, audits, organizations = [], [], []
    for _ in range(PAIRS):
        copied = _copy(documents)
        _empty()
        loaded = _load(path)
        loads.append((count / copied, count / loaded))
        read = _read(count)
        audited = _audit(count)
        audits.append((count / read, count / audited))
        summed = _sum()
        judged, seconds = _audit_organizations()
        organizations.append((judged / summed, judged / seconds))
    _tell("load", "COPY into one jsonb column", loads)
    _tell("audit", "reading the documents", audits)
    _tell("organizations", "summing up their rows", organizations)
    path.unlink()


def take_away(home: Path, count: int) -> None:
    """Measure the list of contracts as CSV, to COPY of the same table, in pairs."""
    _empty()
    path = home / "releases.jsonl"
    path.write_bytes(b"".join(releases.dump(entry) for entry in releases.compiled_releases(1, count)))
    _load(path)
    path.unlink()
    request = RequestFactory().get("/api/v1/contracts.csv")
    pairs = []
    for _ in range(PAIRS):
        started = time.perf_counter()
        with raw_cursor() as cursor, cursor.copy("COPY contracts_contract TO STDOUT (FORMAT csv)") as copy:
            rows = sum(1 for _line in copy)
        copied = time.perf_counter() - started
        started = time.perf_counter()
        answer = AuditedContractListView.as_view()(request, format="csv")
        last = b"".join(answer.streaming_content).rpartition(b"# rows=")[2]  # type: ignore[attr-defined]
        taken = time.perf_counter() - started
        assert int(last.split()[0]) == rows
        pairs.append((rows / copied, rows / taken))
    _tell("export", "COPY of the table", pairs)


def _tell(name: str, limit: str, pairs: list[tuple[float, float]]) -> None:
    theirs = statistics.median(limit_rate for limit_rate, _ in pairs)
    ours = statistics.median(rate for _, rate in pairs)
    ratios = sorted(rate / limit_rate for limit_rate, rate in pairs)
    print(
        f"{name}: {ours:,.0f}/s; {limit}: {theirs:,.0f}/s; "
        f"ratio {statistics.median(ratios):.2g} ({ratios[0]:.2g} to {ratios[-1]:.2g})",
        flush=True,
    )


def _copy(documents: list[bytes]) -> float:

    with connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        method = "lz4" if cursor.fetchone()[0] else "pglz"
        cursor.execute(f"DROP TABLE IF EXISTS bench; CREATE TABLE bench (document jsonb COMPRESSION {method})")
    started = time.perf_counter()
    with raw_cursor() as cursor, cursor.copy("COPY bench FROM STDIN") as copy:
        for document in documents:
            copy.write_row((document.decode(),))
    return time.perf_counter() - started


def _empty() -> None:
    # Decisions refuse to be removed, but these are of a database that is made for the benchmark.
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE contracts_content, contracts_organization, audits_cohort CASCADE")


def _load(path: Path) -> float:
    """Time what the load command does with one file."""

    started = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        call_command("load", str(path), "--json", stdout=nowhere, stderr=nowhere)
    return time.perf_counter() - started


def _read(count: int) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT compiled_release::text FROM contracts_contractingprocess")
        documents = [msgspec.json.decode(text) for (text,) in cursor.fetchall()]
    seconds = time.perf_counter() - started
    assert len(documents) == count
    return seconds


def _sum() -> float:
    """Time the sums that figures of organizations are made of, for all at once."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, role, count(*), sum(submitted), sum(disqualified) FROM audits_participation"
            " GROUP BY organization_id, role"
        )
        cursor.fetchall()
    return time.perf_counter() - started


def _audit_organizations() -> tuple[int, float]:
    """Bring the cohorts up to date and audit every organization; return how many, and the seconds."""
    tally = Tally()
    started = time.perf_counter()
    cohorts.refresh_cohorts()
    organizations.audit_due(tally)
    return tally.organizations, time.perf_counter() - started


def _audit(count: int) -> float:
    """Time the audits of all processes, until the figures of none have changed since."""

    rule_sets_in_force()  # compiling the lexicon is paid once a worker
    tally = Tally()
    started = time.perf_counter()
    for batch in processes.due_batches():
        processes.audit_due(batch, tally)
    first = tally.audits_written
    settle_processes(tally)
    seconds = time.perf_counter() - started
    assert first == count
    print(f"  of {first} processes {tally.audits_written - first} were judged again", flush=True)
    return seconds


def post_to_flag(home: Path) -> None:
    """Time single submissions over HTTP, from the POST to the flag in the database."""

    _empty()
    user = get_user_model().objects.create_user("bench")
    user.user_permissions.add(Permission.objects.get(codename="add_submission"))
    _, secret = ApiToken.objects.issue(user=user, name="bench", scopes=["submit"])
    embedded.ensure_broker(home)
    port = _free_port()
    environment = os.environ | {"PORT": str(port), "VEEDOR_THROTTLE_SUBMISSIONS": "100000/min"}
    celery = [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "1"]
    web = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    processes = [
        Supervised("worker", [*celery, "--without-gossip", "--without-mingle"], home, environment),
        Supervised("web", [*web, "--bind", f"127.0.0.1:{port}"], home, environment),
    ]
    for process in processes:
        process.start()
    try:
        _wait_for(port)
        seconds = []
        for number in range(-5, SUBMISSIONS):  # the first few warm up
            body = json.dumps({"releases": [release(f"ocds-bench1-{number}")]})
            started = time.perf_counter()
            _post(port, secret, body)
            while not Flag.objects.filter(process__ocid=f"ocds-bench1-{number}").exists():
                assert time.perf_counter() - started < 60, "no flag within a minute"
                time.sleep(0.002)
            if number >= 0:
                seconds.append(time.perf_counter() - started)
    finally:
        stop_processes(processes)
    cuts = statistics.quantiles(seconds, n=20)
    print(f"POST to flag: p50 {statistics.median(seconds) * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms", flush=True)


def _post(port: int, secret: str, body: str) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Token {secret}", "Content-Type": "application/json"}
    client.request("POST", "/api/v1/submissions/", body, headers)
    answer = client.getresponse()
    assert answer.status == 202, (answer.status, answer.read())
    client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "the web server did not start"
        time.sleep(0.1)


def memory(home: Path, megabytes: int) -> None:
    """Load a generated package and tell the most memory that the loading process had."""
    _empty()
    path = home / "package.json"
    generate = [sys.executable, "-m", "tests.benchmarks.releases", "--format", "package"]
    subprocess.run([*generate, "--size", str(megabytes), "--output", str(path)], check=True)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "load", str(path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    printed = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == 0, printed
    size = path.stat().st_size / 1e6
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print(
        f"memory: {size:,.0f} MB loaded in {seconds:.0f} s ({size / seconds:.1f} MB/s), peak {peak:.0f} MiB",
        flush=True,
    )
    path.unlink()
