"""The backup of docker compose, with the programs of a real PostgreSQL."""

import os
import re
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from config import restoring
from config.embedded.postgresql import PrivatePostgreSQL
from contracts.models import ContractingProcess
from tests.support.records import load, release

SCRIPT = Path(__file__).parents[2] / "config" / "deployment" / "backup.sh"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path


def start(folder, *arguments, before: Path | None = None, **environment) -> subprocess.Popen:
    command, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    options = dict(zip(command[1:-1:2], command[2:-1:2], strict=True))
    address = {"PGHOST": options["-h"], "PGUSER": options["-U"], "PGPORT": options.get("-p", "5432")}
    places = (before, PrivatePostgreSQL(settings.VEEDOR_HOME).programs(), os.environ["PATH"])
    programs = ":".join(str(place) for place in places if place)
    given = {"PATH": programs, "BACKUP_FOLDER": str(folder), "PGDATABASE": command[-1], **address, **(secrets or {})}
    return subprocess.Popen(
        ["sh", SCRIPT, *arguments], env=given | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(folder, **environment) -> tuple[int, str]:
    process = start(folder, **environment)
    _out, errors = process.communicate(timeout=60)
    return process.returncode, errors


def dumps(folder) -> list[Path]:
    return sorted(folder.glob("veedor-*.dump"))


def test_a_backup_can_be_restored_and_is_for_its_owner_alone(folder):
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    assert run(folder) == (0, "")
    (dump,) = folder.iterdir()
    assert dump.stat().st_mode & 0o077 == 0
    name = f"{connection.settings_dict['NAME']}_backup"
    try:
        restoring.restore(connection, dump, name)
        with psycopg.connect(**connection.get_connection_params() | {"dbname": name}) as restored:
            table = ContractingProcess._meta.db_table
            assert restored.execute(f"SELECT count(*) FROM {table}").fetchone() == (2,)
    finally:
        restoring.drop(connection, name)


def test_old_ones_go_and_never_the_last(folder):
    for name, days in (("old", 15), ("young", 13)):
        path = folder / f"veedor-{name}.dump"
        path.touch()
        os.utime(path, (time.time() - days * 86400 - 60,) * 2)
    stranger = folder / "other.dump"
    stranger.touch()
    os.utime(stranger, (0, 0))
    assert run(folder)[0] == 0
    kept = {path.name for path in folder.iterdir()}
    assert "veedor-old.dump" not in kept
    assert {"veedor-young.dump", "other.dump"} < kept
    assert len(kept) == 3


def test_a_clock_that_is_years_ahead_removes_two_and_what_it_dated_counts_from_today(folder):
    for day in range(1, 6):
        path = folder / f"veedor-2026-11-0{day}.dump"
        path.touch()
        os.utime(path, (day, day))
    ahead = folder / "veedor-2036-11-30.dump"
    ahead.touch()
    os.utime(ahead, (time.time() + 3652 * 86400,) * 2)
    assert run(folder)[0] == 0
    left = [path.name for path in dumps(folder)]
    assert left[:3] == ["veedor-2026-11-03.dump", "veedor-2026-11-04.dump", "veedor-2026-11-05.dump"]
    assert (len(left), left[-1]) == (5, ahead.name)
    assert ahead.stat().st_mtime < time.time() + 60
    os.utime(ahead, (9, 9))
    assert run(folder)[0] == 0
    assert ahead.name in [path.name for path in dumps(folder)], "the oldest go first"
    assert run(folder)[0] == 0
    assert ahead.name not in [path.name for path in dumps(folder)], "its days are over, as those of any other"


def test_one_that_fails_counts_for_nothing_and_removes_nothing(folder):
    for name in ("older", "old"):
        (folder / f"veedor-{name}.dump").touch()
        os.utime(folder / f"veedor-{name}.dump", (0, 0))
    status, errors = run(folder, PGDATABASE="nowhere")
    assert status != 0
    assert "nowhere" in errors
    # Nor does what there is of it fill the disk.
    assert [path.name for path in sorted(folder.iterdir())] == ["veedor-old.dump", "veedor-older.dump"]


@pytest.mark.parametrize(
    ("free", "told"), [("1", "1 KiB are free, which is less than twice the last backup."), ("9", "")]
)
def test_none_is_begun_that_may_fill_the_disk(folder, free, told):
    (folder / "veedor-2026.dump").write_bytes(b"x" * 1024)
    programs = folder / "programs"
    programs.mkdir()
    (programs / "df").write_text(f"#!/bin/sh\necho header\necho disk 9 9 {free} 9% /backups\n", encoding="utf-8")
    (programs / "df").chmod(0o755)
    status, errors = run(folder, before=programs)
    assert (status == 0, told in errors, len(dumps(folder))) == (not told, True, 1 if told else 2)


def test_those_whose_days_are_over_make_room_for_the_next_one(folder):
    programs = folder / "programs"
    programs.mkdir()
    for name in ("2024", "2025"):
        (folder / f"veedor-{name}.dump").write_bytes(b"x" * 1024)
        os.utime(folder / f"veedor-{name}.dump", (0, 0))
    (programs / "df").write_text(
        f"#!/bin/sh\necho header\n[ -e {folder}/veedor-2024.dump ] && free=1 || free=9\necho disk 9 9 $free 9% /\n",
        encoding="utf-8",
    )
    (programs / "df").chmod(0o755)
    assert run(folder, before=programs) == (0, "")
    assert [path.name for path in dumps(folder)][:1] == ["veedor-2025.dump"]
    assert len(dumps(folder)) == 2


@pytest.mark.parametrize("arguments", [(), ("repeat",)])
def test_days_that_are_no_number_are_told_before_anything_is_done(folder, arguments):
    with start(folder, *arguments, BACKUP_DAYS="14d") as process:
        assert process.wait(timeout=30) == 2
        assert "BACKUP_DAYS is '14d'; it may be a whole number." in process.stderr.read()
    assert not list(folder.iterdir())


def test_what_was_interrupted_is_cleared_away(folder):
    (folder / ".unfinished-veedor-x.dump").touch()
    assert run(folder)[0] == 0
    (dump,) = folder.iterdir()
    assert dump.name.startswith("veedor-2")


def test_it_goes_on_and_ends_when_it_is_told_to(folder):
    with start(folder, "repeat") as process:
        told = process.stdout.readline()
        assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert told.startswith(f"Backed up: {dumps(folder)[0].name}, ")
        assert process.stdout.read() == ""  # nobody is left who holds it


def test_wal_is_archived_whole_and_once_whatever_was_left_there(tmp_path):
    """PostgreSQL asks again after a crash, for a segment that is there by half, or already."""
    guide = (SCRIPT.parents[1] / "OPERATING.md").read_text(encoding="utf-8")
    (command,) = re.findall(r'"archive_command=(.+)"', guide)
    archive, segment = tmp_path / "wal", tmp_path / "000000010000000000000007"
    archive.mkdir()
    segment.write_bytes(b"a segment")
    asked = command.replace("/wal/", f"{archive}/").replace("%p", str(segment)).replace("%f", segment.name)

    def is_archived() -> bool:
        done = subprocess.run(["sh", "-c", asked], check=False).returncode == 0
        return done and (archive / segment.name).read_bytes() == segment.read_bytes()

    (archive / f".{segment.name}").write_bytes(b"a seg")
    assert is_archived()
    assert is_archived()
    segment.write_bytes(b"one of another database")
    assert not is_archived()
    assert [entry.name for entry in archive.iterdir()] == [segment.name]
