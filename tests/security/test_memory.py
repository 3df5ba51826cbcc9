"""Small requests that once took gigabytes."""

import gzip
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from config.gunicorn import post_worker_init
from contracts.intake.trying import MAX_TRIAL_SECONDS
from tests.config.tasks import hoard, name_group
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.records import release

ROOT = Path(__file__).parents[2]
MEGABYTE = 10**6

READ = """
import gzip, os, resource, sys
import django
django.setup()
from contracts.intake.reading.entries import read_entries
from contracts.intake.received.spooling import spool
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with spool(iter([sys.stdin.buffer.read()])) as spooled:
    for entry in read_entries(spooled, sys.argv[1]):
        print(getattr(entry, "code", ""))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def read_apart(body: bytes, kind: str = "ocds") -> tuple[list[str], int]:
    """Read a submission in a process of its own; return the codes of its problems, and megabytes of memory used."""
    result = subprocess.run(
        [sys.executable, "-c", READ, kind],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": ""},
        input=body,
        capture_output=True,
        check=True,
        timeout=60,
    )
    *codes, megabytes = result.stdout.decode().splitlines()
    return codes, int(megabytes)


def items(count: int, item: bytes = b"{}") -> bytes:
    return b'{"ocid":"ocds-a-1","tender":{"items":[' + b",".join([item] * count) + b"]}}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(items(20_000_000)), id="60 MB of empty objects"),
        pytest.param(gzip.compress(items(700_000)), id="2 MB of empty objects"),
        pytest.param(gzip.compress(items(1_900_000, b"0")), id="4 MB of zeros"),
        pytest.param(gzip.compress(items(900_000, b'","')), id="4 MB of commas in texts"),
    ],
)
def test_a_small_body_takes_little_memory(body):
    codes, megabytes = read_apart(body)
    assert "item_too_large" in codes or b'","' * 100 in gzip.decompress(body)
    assert megabytes < 150


def test_a_simple_contract_has_the_same_limits():
    body = b'{"title":"x","buyer":"y","documents":[' + b",".join([b"{}"] * 600_000) + b"]}"
    codes, megabytes = read_apart(body, "simple_contract")
    assert codes == ["item_too_large"]
    assert megabytes < 150


def test_commas_and_brackets_of_texts_are_no_values():
    codes, _megabytes = read_apart(items(1, b'{"description":"' + b"a, [b], {c}" * 100_000 + b'"}'))
    assert codes == [""]


def test_the_largest_item_that_is_taken_is_read_in_little_memory():
    codes, megabytes = read_apart(items(95_000, b'{"id":"1"}'))
    assert codes == [""]
    assert megabytes < 300


@pytest.mark.django_db
def test_a_form_of_three_megabytes_without_a_file_is_refused(client):
    body = b"username=" + b"%41" * MEGABYTE
    response = client.post("/admin/login/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


@pytest.mark.django_db
def test_an_item_over_four_megabytes_is_refused_and_told(sender, nudged):
    large = {"releases": [release(note="x" * 4 * MEGABYTE)]}
    body = problem(send(sender, large, address=f"{ADDRESS}validate/"), 413, "item_too_large")
    assert "4000000" in body["detail"]
    assert nothing_is_stored()


@pytest.mark.django_db(transaction=True)
def test_an_account_has_one_trial_at_a_time(sender):
    address = f"{ADDRESS}validate/"
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            # What the first trial holds while it reads: the lock that PostgreSQL shows.
            first = send(sender, release(), address=address)
            assert first.status_code == 200
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
            assert cursor.fetchone() == (0,)
            hold(cursor, sender.user.pk)
            refused = send(sender, release(), address=address)
            problem(refused, 429, "trial_running")
            assert refused["Retry-After"] == str(int(MAX_TRIAL_SECONDS))
            cursor.execute("SELECT pg_advisory_unlock_all()")
            assert send(sender, release(), address=address).status_code == 200
    finally:
        other.close()


def hold(cursor, account: int) -> None:
    digest = hashlib.sha256(f"trial of account {account}".encode()).digest()
    cursor.execute("SELECT pg_advisory_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])


def test_a_web_process_that_asks_for_too_much_is_refused():
    script = f"""
import django
django.setup()
from django.conf import settings
from {post_worker_init.__module__} import post_worker_init
settings.VEEDOR_MAX_PROCESS_BYTES = 10**9
post_worker_init(None)
try:
    bytearray(2 * 10**9)
except MemoryError:
    print("refused")
"""
    surroundings = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": ""}
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True
    )
    assert result.stdout == "refused\n"


def test_a_task_that_asks_for_too_much_fails_and_the_worker_goes_on(make_worker, wait_until):
    worker = make_worker(include="tests.config.tasks")
    hoard.delay(3 * 10**9)
    wait_until(lambda: "MemoryError" in worker.end_of_log(200))
    name_group.delay("after")
    wait_until(lambda: Group.objects.filter(name="after").exists())
