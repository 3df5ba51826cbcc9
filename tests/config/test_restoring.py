"""The restore drill: what is restored is what was dumped, and whatever differs is found."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from audits.models import Review
from audits.triage import review_flag
from config import restoring
from config.embedded import PrivatePostgreSQL
from config.restoring import run_program
from contracts.models import ContentChunk, ContractingProcess
from tests.support.clients import new_user
from tests.support.records import load, release
from tests.support.triage import load_release, raise_flag

pytestmark = pytest.mark.django_db(transaction=True)
FORGE = (
    "ALTER TABLE audits_review DISABLE TRIGGER USER; UPDATE audits_review SET reason = 'other' WHERE number = 1;"
    "ALTER TABLE audits_review ENABLE TRIGGER USER"
)


@pytest.fixture(autouse=True)
def small_database():
    load(release("ocds-test01-1"), release("ocds-test01-2", language="español"))
    flag = raise_flag(load_release(release("ocds-test01-3")))
    for reason in ("one", "two"):
        review_flag(flag=flag, reviewer=new_user(reason), decision=Review.Decision.CONFIRMED, reason=reason)


def drill() -> tuple[int, str, str]:
    """Return the exit status of the drill, and what it printed."""
    out, errors, status = StringIO(), StringIO(), 0
    try:
        call_command("restoredrill", stdout=out, stderr=errors)
    except SystemExit as end:
        status = end.code
    assert databases() == [], "the copy is removed"
    return status, out.getvalue(), errors.getvalue()


def databases() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'veedor_drill_%'")
        return [name for (name,) in cursor.fetchall()]


def test_a_restored_database_is_equal():
    status, out, errors = drill()
    assert (status, errors) == (0, "")
    assert out.endswith("The restored database is equal.\n")
    assert "2 decisions in chains" in out
    assert [line.partition(":")[0] for line in out.splitlines() if line.endswith(" s")] == ["dump", "restore", "check"]


def test_a_copy_goes_though_somebody_is_still_leaving_it():
    """Autovacuum is there often, and of another role: whoever would end it by force may not."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE veedor_drill_busy TEMPLATE template0")
    with ThreadPoolExecutor() as pool, restoring.connected(connection, "veedor_drill_busy") as reading:
        there = pool.submit(lambda: reading.execute("SELECT pg_sleep(1)") and reading.close())
        restoring.drop(connection, "veedor_drill_busy")
        there.result()
    assert databases() == []


def test_all_tables_are_compared_and_none_by_chance_empty():
    with restoring.connected(connection, connection.settings_dict["NAME"]) as reading:
        contents = restoring.contents_of(reading)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert contents.tables.keys() == {name for (name,) in cursor.fetchall()}
    assert contents.tables["contracts_contractingprocess"][0] == ContractingProcess.objects.count() == 3
    assert contents.tables["contracts_contentchunk"][0] == ContentChunk.objects.count()


TAMPERED = {
    "UPDATE contracts_contractingprocess SET title = title || '.' WHERE ocid = 'ocds-test01-2'": (
        r"contracts_contractingprocess: 3 rows with digest \S+, restored 3 rows with digest"
    ),
    "DELETE FROM contracts_contentchunk WHERE id = (SELECT max(id) FROM contracts_contentchunk)": (
        r"contracts_contentchunk: 2 rows with digest \S+, restored 1 rows"
    ),
    "CREATE TABLE more (id int)": "more: no table, restored 0 rows",
    FORGE: "decision 1 of audits_review does not continue the chain",
}


def test_whatever_differs_is_found(monkeypatch):
    original = restoring.restore

    def restore_and_tamper(source, file, database):
        original(source, file, database)
        with psycopg.connect(**source.get_connection_params() | {"dbname": database}) as tampering:
            for statement in TAMPERED:
                tampering.execute(statement)

    monkeypatch.setattr(restoring, "restore", restore_and_tamper)
    status, out, errors = drill()
    assert status == 1
    assert "equal" not in out
    for sentence in TAMPERED.values():
        assert re.search(sentence, errors), sentence


def test_one_changed_row_is_enough(monkeypatch):
    original = restoring.restore

    def restore_and_tamper(source, file, database):
        original(source, file, database)
        with psycopg.connect(**source.get_connection_params() | {"dbname": database}) as tampering:
            tampering.execute("UPDATE contracts_release SET received_at = received_at + interval '1 microsecond'")

    monkeypatch.setattr(restoring, "restore", restore_and_tamper)
    status, _out, errors = drill()
    assert (status, errors.count("\n")) == (1, 2)


def test_rows_written_meanwhile_are_no_difference(monkeypatch):
    original = restoring.dump

    def dump_in_use(source, file, *, of):
        load(release("ocds-test01-4"))
        original(source, file, of=of)

    monkeypatch.setattr(restoring, "dump", dump_in_use)
    assert drill()[0] == 0
    assert ContractingProcess.objects.count() == 4


def test_a_damaged_dump_fails_and_leaves_the_source_alone(monkeypatch):
    original = restoring.dump

    def dump_damaged(source, file, *, of):
        original(source, file, of=of)
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])

    monkeypatch.setattr(restoring, "dump", dump_damaged)
    with pytest.raises(CommandError, match="pg_restore failed"):
        drill()
    assert databases() == []
    assert ContractingProcess.objects.count() == 3


def test_the_programs_find_a_server_by_the_folder_of_its_socket(monkeypatch, tmp_path):
    """As `DATABASE_URL=postgresql://veedor@/veedor?host=/folder` names it."""
    server = PrivatePostgreSQL(settings.VEEDOR_HOME)
    monkeypatch.setenv("PATH", str(server.programs()), prepend=":")
    given = connection.settings_dict | {"ENGINE": "django.db.backends.postgresql", "HOST": "", "PORT": ""}
    given["OPTIONS"] = {"host": str(server.sockets()), "port": "5432"}
    file = tmp_path / "tables"
    run_program("pg_dump", SimpleNamespace(settings_dict=given), given["NAME"], "--schema-only", f"--file={file}")
    assert "CREATE TABLE" in file.read_text(encoding="utf-8")
