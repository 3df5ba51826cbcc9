"""An older version neither migrates the database of a newer one nor audits in it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from audits import tasks
from audits.engine.processes import count_due
from audits.models import Audit
from contracts.models import ContractingProcess
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("app", ["contracts", "audits"])
def test_the_database_of_a_newer_version_is_refused(app):
    MigrationRecorder(connection).record_applied(app, "9998_next")
    with pytest.raises(CommandError, match=rf"by a newer version of Veedor \({app}: 9998_next\)"):
        call_command("migrate", verbosity=0)


def test_migrations_that_others_stand_for_by_now_are_none_of_a_newer_version():
    MigrationRecorder(connection).record_applied("contracts", "0003_gone_from_the_disk")
    call_command("migrate", verbosity=0)


@pytest.mark.parametrize("app", ["contracts", "audits"])
def test_workers_of_an_older_version_leave_audits_to_those_of_the_newer_one(app, caplog, monkeypatch):
    """By turns, two versions would audit the same records for ever, and raise and withdraw their flags."""
    load(release())
    pks = list(ContractingProcess.objects.values_list("pk", flat=True))
    sent = []
    monkeypatch.setattr(tasks.broker, "queue", lambda _task, batch, **_options: sent.append(batch))
    MigrationRecorder(connection).record_applied(app, "9998_next")
    for task in (tasks.audit_due_processes, tasks.audit_organizations, tasks.check_peer_groups, tasks.refresh_cohorts):
        task()
    tasks.audit_processes(pks)
    assert (sent, Audit.objects.count(), count_due()) == ([], 0, 1)
    assert "This worker is older than the database (9998_next)" in caplog.text
    MigrationRecorder(connection).record_unapplied(app, "9998_next")
    tasks.audit_processes(pks)
    assert (Audit.objects.exists(), count_due()) == (True, 0)
