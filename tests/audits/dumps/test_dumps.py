"""Dumps: all that is public and nothing else, complete or absent, with checksums."""

import csv
import gzip
import hashlib
import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from arro3.io import read_parquet
from django.core.management import CommandError, call_command
from django.utils import timezone

from audits.dumps import manifest, writing
from audits.dumps.tasks import LOCK, write_dump_task
from audits.reports.decision_heads import heads_before
from audits.triage import review_flag
from config.celery import app
from contracts.models import ContractingProcess, Publisher
from contracts.runtime import disk
from tests.support.clients import Client, new_user
from tests.support.records import load, release
from tests.support.triage import load_release, raise_flag
from tests.support.waiting import held_elsewhere

pytestmark = pytest.mark.django_db
DUMPS = "/api/v1/dumps/"


@pytest.fixture
def folder(settings, tmp_path):
    settings.VEEDOR_DUMPS = tmp_path / "dumps"
    settings.VEEDOR_SITE = "http://testserver"
    return settings.VEEDOR_DUMPS


@pytest.fixture
def dump(late_flags, settings, folder):
    """A dump of two processes, one of which has neither country nor date; all flags are published."""
    settings.VEEDOR_PUBLICATION = "all"
    Publisher.objects.create(slug="mx", name="México", country="MX", licence="CC BY 4.0")
    load(release(ocid="ocds-test01-2"))
    ContractingProcess.objects.filter(ocid="ocds-test01-2").update(country="", date=None, title="=1+1")
    return writing.write_dump()


def file_of(dump, name):
    return next(file for file in dump.files if file.name == name)


def rows_of(content):
    return list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))


def get(name, **headers):
    return Client().get(f"{DUMPS}latest/{name}", headers=headers)


def test_what_the_manifest_says_of_each_file_is_true(dump, folder):
    listed = Client().get(DUMPS).json()

    assert (listed["dump"], [file["name"] for file in listed["files"]]) == (dump.dump, [f.name for f in dump.files])
    assert {"publisher": "mx", "name": "México", "licence": "CC BY 4.0", "source": ""} in listed["licences"]
    for file in listed["files"]:
        content = b"".join(Client().get(file["url"]))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
        if file["name"].endswith(".csv.gz"):
            assert len(rows_of(content)) == file["rows"]
        elif file["name"].endswith(".jsonl.gz"):
            assert len(gzip.decompress(content).splitlines()) == file["rows"]
    assert sorted(path.name for path in (folder / dump.dump).iterdir()) == sorted(
        [manifest.FILE, *(file.name for file in dump.files)]
    )


def test_two_dumps_of_one_second_are_two(folder, monkeypatch):
    clock = iter([datetime(2026, 3, 1, 12, 0, 0, part, tzinfo=UTC) for part in (0, 400_000, 900_000)])
    later = datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
    monkeypatch.setattr(writing, "database_now", lambda: next(clock, later))
    monkeypatch.setattr(writing.time, "sleep", lambda _seconds: None)
    assert [writing.write_dump().dump, writing.write_dump().dump] == ["20260301T120000Z", "20260301T120001Z"]
    assert len(manifest.dumps()) == 2


def test_the_manifest_holds_the_heads_of_yesterday(folder, monkeypatch):
    flag = raise_flag(load_release(release()))
    review_flag(flag=flag, reviewer=new_user("auditor"), decision="dismissed", reason="Seen.")
    assert writing.write_dump().heads == []
    heads = heads_before(timezone.now().date() + timedelta(days=1))
    monkeypatch.setattr(writing, "heads_before", lambda _day: heads)
    dump = writing.write_dump()
    kept = json.loads((folder / dump.dump / manifest.FILE).read_bytes())["heads"]
    assert kept == heads == Client().get(DUMPS).json()["heads"]
    assert heads
    call_command("verifylog", "--expect", str(folder / dump.dump / manifest.FILE), stdout=io.StringIO())


def test_a_dump_of_before_heads_were_published_is_still_read(dump, folder):
    path = folder / dump.dump / manifest.FILE
    written = json.loads(path.read_bytes())
    del written["heads"]
    path.write_text(json.dumps(written))
    assert Client().get(DUMPS).json()["heads"] == []


def test_rows_are_those_of_the_lists_parted_by_country_and_year(dump):
    for table in ("contracts", "contracting-processes", "flags"):
        parts = [file for file in dump.files if file.table == table and file.country]
        parted = [row for file in parts for row in rows_of(b"".join(get(file.name)))]
        lines = b"".join(Client().get(f"/api/v1/{table}.csv?trailer=0&order_by=id", headers={"accept-language": "es"}))
        listed = list(csv.DictReader(io.StringIO(lines.decode())))
        assert sorted(map(str, parted)) == sorted(map(str, listed))
        assert listed
        for file in parts:
            for row in rows_of(b"".join(get(file.name))):
                assert (row["country"] or "none") == file.country
                assert ((row.get("date") or row.get("raised") or "")[:4] or "undated") == file.year
    assert file_of(dump, "contracting-processes-none-undated.csv.gz").rows == 1


def test_parquet_has_all_rows_with_types_and_texts_as_they_are(dump, folder):
    read = read_parquet(str(folder / dump.dump / "contracting-processes.parquet")).read_all()
    columns = {field.name: str(field.type).strip() for field in read.schema}
    titles = [value.as_py() for piece in read.column("title").chunks for value in piece]

    assert read.num_rows == ContractingProcess.objects.count() == file_of(dump, "contracting-processes.parquet").rows
    assert (columns["amount"], columns["award_count"]) == (
        "arro3.core.DataType<Decimal128(38, 10)>",
        "arro3.core.DataType<Int64>",
    )
    assert "Timestamp" in columns["date"]
    assert "Date32" in columns["date_signed"]
    assert "=1+1" in titles
    (row,) = rows_of((folder / dump.dump / "contracting-processes-none-undated.csv.gz").read_bytes())
    assert row["title"] == "'=1+1"


def test_addresses_are_those_of_the_site_whoever_writes_the_dump(late_flags, settings, folder):
    settings.VEEDOR_SITE = "https://veedor.example"
    dump = writing.write_dump()
    (row, *_others) = (
        read_parquet(str(folder / dump.dump / "contracting-processes.parquet")).read_all().to_batches()[0]["url"]
    )
    assert row.as_py().startswith("https://veedor.example/api/v1/contracting-processes/")
    for file in dump.files:
        if file.media_type == "text/csv":
            for row in rows_of((folder / dump.dump / file.name).read_bytes()):
                addresses = [value for name, value in row.items() if name.endswith("url") and value]
                assert [value for value in addresses if not value.startswith("https://")] == [], file.name


def test_records_are_the_compiled_releases(dump, folder):
    (line,) = gzip.decompress(
        (folder / dump.dump / "compiled-releases-none-undated.jsonl.gz").read_bytes()
    ).splitlines()
    assert json.loads(line)["ocid"] == "ocds-test01-2"


def test_what_is_not_public_is_in_no_file(late_flags, folder, settings):
    settings.VEEDOR_PUBLICATION = "reviewed"
    ContractingProcess.objects.update(verification="unverified")
    dump = writing.write_dump()

    assert {file.table: file.rows for file in dump.files if not file.country} == {
        "contracts": 0,
        "contracting-processes": 0,
        "flags": 0,
        "organizations": 0,
        "publishers": Publisher.objects.count(),
    }
    assert not [file for file in dump.files if file.table == writing.RELEASES]


def test_a_dump_that_breaks_off_leaves_the_one_before_and_no_trace(dump, folder, monkeypatch):
    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "from_csv", fail)
    with pytest.raises(CommandError, match="No space left"):
        call_command("dump")

    assert [path.name for path in folder.iterdir()] == [dump.dump]
    assert Client().get(DUMPS).json()["dump"] == dump.dump


@pytest.mark.parametrize("full_at", [1, 12])
def test_a_dump_does_not_fill_the_disk_of_the_database(dump, folder, monkeypatch, full_at):
    """Neither its tables nor its records: the database stops where its disk is full, and so does the site."""
    asked = itertools.count(1)
    free = lambda _path: SimpleNamespace(free=0 if next(asked) >= full_at else disk.SPARED_BYTES)  # noqa: E731
    monkeypatch.setattr(disk.shutil, "disk_usage", free)
    with pytest.raises(CommandError, match="No space left"):
        call_command("dump")
    assert [path.name for path in folder.iterdir()] == [dump.dump]


def test_what_a_killed_process_left_is_removed_and_two_dumps_are_kept(dump, folder):
    (folder / f"{manifest.UNFINISHED}x").mkdir()
    for name in ("20200101T000000Z", "20200102T000000Z"):
        (folder / name).mkdir()
        (folder / name / manifest.FILE).write_bytes((folder / dump.dump / manifest.FILE).read_bytes())
    (folder / dump.dump).rename(folder / "20210101T000000Z")

    call_command("dump")

    assert min(path.name for path in folder.iterdir()) == "20210101T000000Z"
    assert len(list(folder.iterdir())) == 2


def test_a_dump_of_a_clock_that_was_ahead_goes_with_the_next_one(dump, folder):
    (folder / dump.dump).rename(folder / "20361130T000000Z")
    assert Client().get(DUMPS).json()["dump"] == dump.dump

    call_command("dump")

    (left,) = folder.iterdir()
    assert left.name < "2036"


def test_a_removal_that_was_broken_off_is_ended_by_the_next_dump(dump, folder, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(manifest.shutil, "rmtree", _end)
        with pytest.raises(SystemExit):
            manifest.remove_old(dump.dump, keep=0)
    assert len(list(folder.iterdir())) == 1
    assert manifest.newest() is None

    call_command("dump")

    assert [path.name for path in folder.iterdir()] == [manifest.newest().dump]


def _end(_path):
    raise SystemExit


@pytest.fixture
def another_process():
    with held_elsewhere(LOCK):
        yield


def test_two_processes_do_not_write_at_once(folder, another_process):
    write_dump_task()
    with pytest.raises(CommandError, match="Another process"):
        call_command("dump")
    assert not folder.exists()


def test_a_download_goes_on_where_it_broke_off(dump, folder):
    name = "contracts.parquet"
    content = (folder / dump.dump / name).read_bytes()
    whole = get(name)
    etag = whole["ETag"]

    assert (whole.status_code, whole["Accept-Ranges"], b"".join(whole)) == (200, "bytes", content)
    for asked, part in {"bytes=10-19": content[10:20], "bytes=10-": content[10:], "bytes=-5": content[-5:]}.items():
        answer = get(name, range=asked)
        assert (answer.status_code, b"".join(answer), answer["Content-Length"]) == (206, part, str(len(part)))
    assert get(name, range="bytes=0-0")["Content-Range"] == f"bytes 0-0/{len(content)}"
    assert get(name, **{"range": "bytes=5-", "if-range": '"other"'}).status_code == 200
    assert get(name, **{"range": "bytes=5-", "if-range": etag}).status_code == 206
    past = get(name, range=f"bytes={len(content)}-")
    assert (past.status_code, past["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert past.json()["code"] == "range_not_satisfiable"
    for odd in ("bytes=9-1,3-4", "items=1-2", "bytes=-", "x"):
        assert get(name, range=odd).status_code == 200
    assert get(name, **{"if-none-match": etag}).status_code == 304
    assert get(name, **{"if-modified-since": whole["Last-Modified"]}).status_code == 304
    head = Client().head(f"{DUMPS}latest/{name}")
    assert (head.content, head["Content-Length"], head["ETag"]) == (b"", str(len(content)), etag)


@pytest.mark.parametrize("name", ["manifest.json", "..%2Fmanifest.json", "nothing.csv.gz", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_handed_out(dump, name):
    assert get(name).status_code == 404
    assert Client().get(f"{DUMPS}20200101T000000Z/contracts.parquet").status_code == 404


def test_before_the_first_dump_there_is_none(folder):
    listed = Client().get(DUMPS).json()
    assert (listed["dump"], listed["files"]) == (None, [])
    assert "one is written every night" in listed["notice"]
    spanish = Client().get("/data/", headers={"accept-language": "es"}).content.decode()
    assert "cada noche" in spanish
    assert 'id="dumps"' not in spanish


def test_the_data_page_leads_to_the_files(dump):
    page = Client().get("/data/", headers={"accept-language": "en"}).content.decode()
    assert f"{DUMPS}{dump.dump}/contracts.parquet" in page
    assert "All of it, as of last night" in page
    assert "No dump has been written yet" not in page
    assert "yet" not in Client().get(DUMPS).json()["notice"]


def test_whatever_the_schedule_names_is_a_task_of_the_workers(settings):
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()
