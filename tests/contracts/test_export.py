"""`manage.py export`: compiled releases as JSON Lines."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from contracts.models import ContractingProcess, Publisher
from tests.support.records import load, release
from tests.support.servers import database_url

ODD_TEXTS = [
    "one \\ and two \\\\ backslashes, \\n, \\N, \\.",
    "\\.",
    "a \"quoted\" word, 'single' too, and ,;\t",
    "lines\nand\r\nreturns",
    "Adquisición de cámaras — ñandú, 华为, 😀",
    "\x01\x02\x1f\x7f\u2028\u2029\u0085",
    "</script>&amp; \\u00e9",
]


def exported(*options) -> list[str]:
    out = StringIO()
    call_command("export", *options, stdout=out)
    text = out.getvalue()
    assert not text or text.endswith("\n")
    return text.split("\n")[:-1]


def titled(number: int, title: str) -> dict:
    record = release(f"ocds-test01-{number}")
    record["tender"]["title"] = title
    return record


@pytest.mark.django_db
def test_every_text_comes_out_as_it_is_stored(tmp_path):
    load(*[titled(number, text) for number, text in enumerate(ODD_TEXTS)])
    path = tmp_path / "compiled.jsonl"
    call_command("export", "--output", str(path))

    records = list(ContractingProcess.objects.order_by("pk").values_list("compiled_release", flat=True))
    stored = [record | {"veedor": {"source": "operator", "verification": "official"}} for record in records]
    assert [json.loads(line) for line in path.read_bytes().removesuffix(b"\n").split(b"\n")] == stored
    assert [json.loads(line) for line in exported()] == stored
    assert [record["tender"]["title"] for record in stored] == ODD_TEXTS


@pytest.mark.django_db
def test_numbers_keep_every_digit():
    text = json.dumps(release()).replace('"amount": 1000,', '"amount": 12345678901234567.890,')
    load(content=text.encode())

    (line,) = exported()
    assert "12345678901234567.890" in line


@pytest.mark.django_db
def test_a_publisher_or_some_processes_can_be_chosen():
    Publisher.objects.create(slug="first", name="First", ocid_prefix="ocds-first1")
    load(*[release(ocid) for ocid in ("ocds-first1-1", "ocds-first1-2", "ocds-it's-\\1")])

    def ocids(*options):
        return [json.loads(line)["ocid"] for line in exported(*options)]

    assert ocids("--publisher", "first") == ["ocds-first1-1", "ocds-first1-2"]
    assert ocids("--ocid", "ocds-it's-\\1") == ["ocds-it's-\\1"]
    assert ocids("--ocid", "ocds-first1-2", "--ocid", "ocds-it's-\\1") == ["ocds-first1-2", "ocds-it's-\\1"]
    assert ocids("--publisher", "first", "--ocid", "ocds-first1-2") == ["ocds-first1-2"]


@pytest.mark.django_db
def test_what_is_not_there_is_named_and_no_file_is_begun(tmp_path):
    path = tmp_path / "compiled.jsonl"
    for options, message in [
        (("--ocid", "ocds-none"), "not found: ocds-none"),
        (("--publisher", "nobody"), "'nobody' is not known"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("export", *options, "--output", str(path))
        assert not path.exists()
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("export", "--output", str(tmp_path / "missing" / "file"))


@pytest.mark.django_db
def test_without_records_nothing_is_written():
    assert exported() == []


@pytest.mark.django_db(transaction=True)
def test_standard_output_is_utf_8_whatever_the_terminal_has_and_may_be_closed_early(monkeypatch):
    load(*[titled(number, "Adquisición 华为 " * 200) for number in range(60)])
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("DATABASE_URL", database_url(connection.settings_dict))
    command = [sys.executable, "manage.py", "export"]

    whole = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=True)
    ocids = {json.loads(line)["ocid"] for line in whole.stdout.split(b"\n")[:-1]}
    assert ocids == {f"ocds-test01-{number}" for number in range(60)}
    assert "华为" in whole.stdout.decode()

    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert "Broken" not in process.stderr.read().decode()
    assert process.returncode == 1
