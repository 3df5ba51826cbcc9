"""The same bytes at once, the same releases in other orders, and senders on slow lines."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from contracts.intake.received.spooling import SpoolUploadHandler, spool
from contracts.models import Content, ContractingProcess, Release, Submission
from tests.contracts.api.sending import send
from tests.support.receiving import receive
from tests.support.records import release
from tests.support.servers import database_url

ROOT = Path(__file__).parents[2]


def receive_and_disconnect(content: bytes, **options) -> tuple[Submission, bool]:
    try:
        return receive([content], channel=Submission.Channel.API, **options)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [False, True], ids=["bytes unknown", "bytes known from another sender"])
def test_the_same_bytes_sent_eight_times_at_once_give_one_submission(is_known, sender):
    for number in range(10):
        content = json.dumps(release(f"ocds-test01-{number}")).encode()
        if is_known:
            receive([content], channel=Submission.Channel.COMMAND)
        with ThreadPoolExecutor(8) as pool:
            received = [pool.submit(receive_and_disconnect, content, user=sender.user) for _ in range(8)]
        answers = [future.result() for future in received]
        assert len({submission.pk for submission, _is_new in answers}) == 1
        assert sum(is_new for _submission, is_new in answers) == 1
    assert Submission.objects.filter(channel="api").count() == Content.objects.count() == 10


@pytest.mark.timeout(900)  # on a machine that is busy with other things
@pytest.mark.django_db(transaction=True)
def test_four_loaders_of_the_same_releases_in_other_orders_all_end_well(tmp_path):
    releases = [release(f"ocds-test01-{number // 4}", id=f"r{number}", note="x" * 200) for number in range(4000)]
    loaders = []
    # They wait for one another, on a busy machine for minutes; locks that never come free would be a deadlock.
    environment = os.environ | {"DATABASE_URL": database_url(connection.settings_dict), "VEEDOR_LOCK_TIMEOUT": "0"}
    for number in range(4):
        shuffled = random.Random(number).sample(releases, len(releases))
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps({"releases": shuffled}))
        command = [sys.executable, "manage.py", "load", str(path), "--json"]
        loaders.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE))
    for loader in loaders:
        _out, errors = loader.communicate(timeout=800)
        assert loader.returncode == 0, errors.decode()[-2000:]
    assert Release.objects.count() == 4000
    assert ContractingProcess.objects.count() == 1000


@pytest.mark.django_db(transaction=True)
def test_a_slow_sender_holds_no_transaction_and_loses_nothing(sender, nudged, settings):
    """Longer on the way than a statement may take; the connection is free between the chunks."""
    body = json.dumps({"releases": [release(note="x" * 3_000_000)]}).encode()
    held = []

    class SlowLine:
        sent = 0
        readline = None  # as a stream has it, and nobody reads a body by lines

        def read(self, _size: int = -1) -> bytes:
            time.sleep(0.2)
            held.append(connection.in_atomic_block)
            part = body[self.sent : self.sent + 200_000]
            self.sent += len(part)
            return part

    # What a busy machine keeps for itself between two statements is far less.
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '2s'")
    try:
        answer = send(sender, body, **{"wsgi.input": SlowLine(), "CONTENT_LENGTH": str(len(body))})
    finally:
        connection.close()
    assert answer.status_code == 202, answer.content
    assert len(held) > 10
    assert not any(held)
    assert Content.objects.get().size == len(body)


SPOOL = """
import itertools, time
from contracts.intake.received.spooling import spool
def chunks():
    for _ in range(6):
        yield b"canary" * 200_000
    print("half", flush=True)
    time.sleep(60)
with spool(chunks()):
    pass
"""


def test_a_killed_process_leaves_nothing_of_what_it_took_in(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", SPOOL]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        assert list(tmp_path.iterdir()) == []  # no name, not even while it comes in
        process.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_form_has_no_name_either(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    handler = SpoolUploadHandler()
    handler.new_file("file", "contract.json", "application/json", None, None)
    for _ in range(3):
        handler.receive_data_chunk(b"canary" * 200_000, 0)
    assert list(tmp_path.iterdir()) == []
    with handler.file_complete(3_600_000) as upload:
        assert (upload.name, upload.size) == ("contract.json", 3_600_000)
        assert b"".join(upload.chunks()) == b"canary" * 600_000


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/submit/", "/submit/status/", "/reply/status/", "/admin/login/"])
def test_a_form_that_is_larger_than_a_submission_may_be_is_not_taken_in(client, settings, monkeypatch, address):
    settings.VEEDOR_MAX_BODY_BYTES = 1000
    monkeypatch.setattr(SpoolUploadHandler, "receive_data_chunk", lambda *_: pytest.fail("it fills the disk"))
    files = [SimpleUploadedFile(name, b"x" * 600_000) for name in ("one.pdf", "two.pdf")]
    refused = client.post(f"{address}?lang=pt", {"step": "send", "files": files})
    assert refused.status_code == 413
    assert "Nada foi guardado. Um formulário é aceito com até" in refused.content.decode()
    assert refused.wsgi_request.read() == b"", "a browser that is still sending shows no answer"


@pytest.mark.django_db
def test_what_is_not_a_form_of_this_site_is_reported_on_a_page(client):
    fields = client.post("/submit/", {f"field-{number}": "x" for number in range(1100)})
    text = client.post("/submit/", {"description": "x" * 3_000_000})
    broken = client.post("/submit/", b"nothing", content_type="multipart/form-data")
    assert [answer.status_code for answer in (fields, text, broken)] == [400, 413, 400]
    for answer in (fields, text, broken):
        assert "<h1>This could not be taken</h1>" in answer.content.decode()
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_spool_gives_back_what_came_in_as_often_as_asked():
    with spool([b'{"a"', b":1}"]) as spooled:
        assert b"".join(spooled.chunks()) == b"".join(spooled.chunks()) == b'{"a":1}'
        assert (spooled.size, spooled.encoding, spooled.is_gzip) == (7, "utf-8", False)
