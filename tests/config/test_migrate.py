"""`manage.py migrate` beside another one."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from config.management.commands.migrate import MIGRATING
from contracts.postgres.locks import hold_if_free
from tests.support.waiting import Beside


@pytest.mark.django_db(transaction=True)
def test_who_migrates_beside_another_one_waits_and_goes_on_from_where_it_ended(wait_until):
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
