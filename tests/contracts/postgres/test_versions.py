"""
An older version neither migrates the database of a newer one nor audits in it; a newer one waits for its migrations.
"""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from audits import tasks
from audits.engine.processes import count_due
from audits.models import Audit, AuditAttempt
from contracts import tasks as intake
from contracts.models import ContractingProcess, Submission
from contracts.postgres import versions
from tests.support.records import load, release
from tests.support.sent import body_of, send

pytestmark = pytest.mark.django_db

NEWEST = versions._on_disk("audits")[-1]


@pytest.fixture
def unmigrated(monkeypatch):
    """A database that lacks the newest migration of audits, which this process has not asked yet."""
    monkeypatch.setattr(versions, "_is_complete", False)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("audits", NEWEST)
    return recorder


@pytest.mark.parametrize("app", ["contracts", "audits"])
def test_the_database_of_a_newer_version_is_refused(app):
    MigrationRecorder(connection).record_applied(app, "9998_next")
    with pytest.raises(CommandError, match=rf"by a newer version of Veedor \({app}.9998_next\)"):
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
    assert f"This program is older than the database ({app}.9998_next)" in caplog.text
    MigrationRecorder(connection).record_unapplied(app, "9998_next")
    tasks.audit_processes(pks)
    assert (Audit.objects.exists(), count_due()) == (True, 0)


def test_the_database_of_the_tests_lacks_nothing_and_what_another_one_lacks_is_named(unmigrated):
    assert versions.missing_migrations() == [f"audits.{NEWEST}"]
    unmigrated.record_applied("audits", NEWEST)
    assert versions.missing_migrations() == []


def test_workers_neither_audit_nor_count_attempts_before_the_migration(unmigrated, caplog):
    """The failures would be the database's, and after three of them records and submissions would be given up."""
    load(release())
    waiting = send(body_of(ocid="ocds-test01-2"), process=False)
    pks = list(ContractingProcess.objects.values_list("pk", flat=True))
    tasks.audit_processes(pks)
    tasks.audit_due_processes()
    intake.process_submission(str(waiting.pk))
    intake.process_due_submissions()
    assert not Audit.objects.exists()
    assert not AuditAttempt.objects.exists()
    assert Submission.objects.get(pk=waiting.pk).attempts == 0
    told = (
        f"audits.audit_processes was not done. The database lacks migrations of this version (audits.{NEWEST}). Run:"
    )
    assert f"{told} python manage.py migrate" in caplog.text
    unmigrated.record_applied("audits", NEWEST)
    intake.process_submission(str(waiting.pk))
    tasks.audit_processes(pks)
    assert (Audit.objects.exists(), Submission.objects.get(pk=waiting.pk).processed_at is not None) == (True, True)


@pytest.mark.parametrize("command", [["audit"], ["cohorts"], ["load", "fixtures/examples/es.json"]])
def test_commands_that_audit_or_load_wait_for_the_migration(unmigrated, command):
    with pytest.raises(CommandError, match=rf"lacks migrations of this version \(audits.{NEWEST}\)"):
        call_command(*command)
    assert not Submission.objects.exists()


def test_readiness_names_what_is_missing_and_the_command(client, unmigrated, settings):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "status": "unavailable",
            "database": True,
            "migrations_missing": [f"audits.{NEWEST}"],
            "run": "python manage.py migrate",
        },
    )
    settings.VEEDOR_METRICS_TOKEN = "of-the-operators-0123456789-abcdefgh"
    told = client.get("/metrics", headers={"Authorization": f"Bearer {settings.VEEDOR_METRICS_TOKEN}"})
    assert "veedor_database_reachable 1.0\n" in told.content.decode()
    assert "veedor_database_migrated 0.0\n" in told.content.decode()
    assert client.get("/health/").status_code == 200
    unmigrated.record_applied("audits", NEWEST)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "The site is being upgraded"), ("es", "El sitio se está actualizando"), ("pt", "O site está")],
)
def test_pages_say_in_the_readers_language_that_they_come_back(client, unmigrated, language, title):
    answer = client.get("/", headers={"Accept-Language": language})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert f"<h1>{title}" in answer.content.decode()
    sent = client.post("/submit/", {"text": "x"}, headers={"Accept-Language": language})
    assert sent.status_code == 503
    unmigrated.record_applied("audits", NEWEST)
    assert client.get("/").status_code == 200


def test_the_api_answers_with_a_problem_before_the_migration(client, unmigrated):
    answer = client.get("/api/v1/contracts/")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer.json()["code"], answer["Retry-After"]) == ("unavailable", "10")


def test_migrations_are_asked_for_until_they_are_there_and_then_no_more(
    client, unmigrated, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(6):
        client.get("/no-such-page/")
    unmigrated.record_applied("audits", NEWEST)
    assert client.get("/no-such-page/").status_code == 404
    with django_assert_num_queries(0):
        assert client.get("/no-such-page/").status_code == 404
