"""`manage.py migrate` beside another one."""

import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection, migrations, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from config.management.commands import migrate as ours
from config.management.commands.migrate import MIGRATING
from contracts.postgres.locks import hold_if_free
from tests.support.waiting import Beside


@pytest.mark.django_db(transaction=True)
def test_a_concurrent_migration_waits_and_continues_where_the_first_ended(wait_until):
    out, err = StringIO(), StringIO()
    migrating = Beside(lambda: call_command("migrate", stdout=out, stderr=err))
    with hold_if_free(MIGRATING) as is_free:
        assert is_free
        migrating.start()
        wait_until(err.getvalue)
        # who holds it, for an operator to end where its process is gone
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (session,) = cursor.fetchone()
        assert "waits for it" in err.getvalue()
        assert f"SELECT pg_terminate_backend({session})" in err.getvalue()
        assert out.getvalue() == ""
        # Who only asks what is left to do does not wait.
        call_command("migrate", check_unapplied=True, stdout=StringIO())

    assert migrating.join() == []
    assert "No migrations to apply" in out.getvalue()


def _make_table(_apps, editor):
    editor.execute("CREATE TABLE half_done (id integer)")
    # as a foreign key does: Django commits before it notes
    editor.deferred_sql.append("SELECT 1")


class _Squashed(migrations.Migration):
    replaces = (("contracts", "half_done_1"), ("contracts", "half_done_2"))
    operations = (migrations.RunPython(_make_table),)


@pytest.mark.django_db(transaction=True)
def test_what_ends_while_it_is_noted_was_not_done(monkeypatch):
    note = MigrationRecorder.record_applied

    def end_at_the_second(recorder, app, name):
        if name == "half_done_2":
            raise KeyboardInterrupt
        note(recorder, app, name)

    monkeypatch.setattr(MigrationRecorder, "record_applied", end_at_the_second)
    # as the command names it
    executor = migrate.MigrationExecutor(connection)
    with pytest.raises(KeyboardInterrupt):
        executor.apply_migration(ProjectState(), _Squashed("half_done_squashed", "contracts"))

    assert "half_done" not in connection.introspection.table_names()
    assert ("contracts", "half_done_1") not in executor.recorder.applied_migrations()


def _take_rules_then_flags(_apps, editor):
    editor.execute("LOCK TABLE audits_ruleoverride")
    editor.execute("LOCK TABLE audits_flag")


class _Crossing(migrations.Migration):
    operations = (migrations.RunPython(_take_rules_then_flags),)


def _migrate_beside_who_holds_a_table(caplog, wait_until):
    """Apply a migration while a worker holds one of its tables, and then wants the other; return how it failed."""
    executor = migrate.MigrationExecutor(connection)
    crossing = _Crossing("crossing", "contracts")
    beside = Beside(lambda: executor.apply_migration(ProjectState(), crossing))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audits_flag IN ROW EXCLUSIVE MODE")
        beside.start_and_let_wait()
        cursor.execute("LOCK TABLE audits_ruleoverride IN ACCESS SHARE MODE")
        wait_until(lambda: caplog.messages or beside.failed)
    return beside.join()


@pytest.mark.django_db(transaction=True)
def test_a_migration_starts_again_where_workers_hold_its_tables(caplog, wait_until):
    """The worker goes on, in whichever order it takes them."""
    caplog.set_level(logging.WARNING, ours.__name__)

    assert _migrate_beside_who_holds_a_table(caplog, wait_until) == []

    assert "Others hold a table that contracts.crossing changes; it starts again." in caplog.messages
    assert ("contracts", "crossing") in MigrationRecorder(connection).applied_migrations()
    MigrationRecorder(connection).record_unapplied("contracts", "crossing")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_gave_way_for_long_waits_its_turn(monkeypatch):
    """Its own wait for a lock ends after `VEEDOR_LOCK_TIMEOUT`, and its error is told."""
    monkeypatch.setattr(ours, "_GIVING_WAY", 0)
    executor = migrate.MigrationExecutor(connection)

    def migrate_in_haste():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        executor.apply_migration(ProjectState(), _Crossing("crossing", "contracts"))

    beside = Beside(migrate_in_haste)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audits_flag IN ROW EXCLUSIVE MODE")
        beside.start()
        (error,) = beside.join()

    assert isinstance(error, OperationalError)
    assert "lock timeout" in str(error)
