"""The role of the application: it does the application's work, and cannot undo what was decided and noted."""

import re
from importlib import import_module
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audits.models import Audit, Flag, LexiconTerm, MonthlySpend, Purchase, Review
from audits.triage import review_flag
from config.management.commands.grantrights import appended_tables, grant_rights
from contracts.erasing import erase_submission
from contracts.models import Organization, Publisher, Submission, TrailEntry
from contracts.trail import Action, record
from tests.support.auditing import audit_due
from tests.support.clients import new_user
from tests.support.records import load, release

ROLE = "veedor_app_test"


@pytest.fixture
def superuser():
    """A connection of a superuser of the private PostgreSQL, to the test database."""
    settings = connection.settings_dict
    host = settings["HOST"]
    if not str(host).startswith("/"):
        pytest.skip("only the private PostgreSQL lets tests make roles")
    with psycopg.connect(host=host, port=settings["PORT"], user="postgres", dbname=settings["NAME"]) as opened:
        opened.autocommit = True
        yield opened


@pytest.fixture
def granted(transactional_db, superuser):
    """The role has its rights, and the owner may act as it."""
    if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
        superuser.execute(f"CREATE ROLE {ROLE} LOGIN")
    superuser.execute(f"GRANT {ROLE} TO {connection.settings_dict['USER']}")
    grant_rights(connection, ROLE)


@pytest.fixture
def as_application(granted):
    """This test's connection is the application's."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


def test_the_application_does_its_work_with_its_rights(as_application):
    load(release())
    audit_due()
    flag = Flag.objects.get(rule="R018")
    lead = new_user("lead")
    review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="Read the record")
    record(lead, Action.CHANGED, flag)
    publisher = Publisher.objects.create(slug="p", name="P")
    publisher.name = "Q"
    publisher.save()
    load(release(tender={"title": "Other"}))
    assert (Review.objects.count(), publisher.events.count()) == (1, 2)
    call_command("verifylog", "--json", stdout=StringIO())


def test_the_application_erases_with_its_rights(as_application):
    LexiconTerm.objects.create(concept="video_surveillance", language="es", term="videovigilancia", source="s")
    sent = load(release(tender={"id": "t", "title": "Servicio de videovigilancia"}), channel=Submission.Channel.FORM)
    audit_due()
    assert Flag.objects.exists()
    erase_submission(sent, actor=None, with_records=True)
    assert not Flag.objects.exists()
    assert not Audit.objects.exists()
    assert not Organization.objects.exists()


def test_purchases_are_written_between_a_migration_and_its_rights(as_application):
    """The version before works on while `migrate` runs, and `grantrights` comes after: triggers add up at once."""
    sums = import_module("audits.migrations.0087_monthly_spend")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"REVOKE ALL ON audits_monthlyspend FROM {ROLE}")  # as of a table that was just made
        cursor.execute(sums.LET_WRITERS_ADD_UP)
        cursor.execute(f"SET ROLE {ROLE}")
    load(release())
    audit_due()
    assert MonthlySpend.objects.exists()
    Purchase.objects.all().delete()
    assert not MonthlySpend.objects.exists()


# That history is not changed has a test of its own.
APPENDED = [table for table in appended_tables() if not table.endswith("event")]


def test_tables_of_decisions_and_what_was_noted_are_only_added_to():
    assert {
        *("audits_review", "audits_deskentry", "audits_blindreview", "audits_knownjudgement", "audits_sampledflag"),
        *("audits_replydecision", "contracts_claimdecision", "contracts_samebodydecision", "contracts_trailentry"),
        *("contracts_sameprocessdecision", "audits_commentrequestentry"),
        "audits_lexicontermevent",
    } <= set(appended_tables())


@pytest.mark.parametrize("table", APPENDED)
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "DROP TABLE {table} CASCADE",
        "DELETE FROM {table}",
        "UPDATE {table} SET id = id",
        "CREATE TRIGGER sly BEFORE UPDATE ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_can_neither_disable_a_trigger_nor_empty_a_table(as_application, table, statement):
    answer = refused(statement.format(table=table))
    assert re.search(r"permission denied|must be owner", answer), answer


def test_the_application_cannot_change_history_or_functions(as_application):
    term = LexiconTerm.objects.create(concept="c", language="es", term="t", source="s")
    assert "permission denied" in refused("DELETE FROM audits_lexicontermevent")
    assert "must be owner" in refused("ALTER FUNCTION decision_chain(bytea, text[]) COST 1")
    assert term.events.count() == 1


@pytest.mark.parametrize("table", ["audits_review", "contracts_trailentry"])
def test_not_even_the_owner_changes_entries_unless_a_trigger_is_switched_off(granted, table):
    load(release())
    audit_due()
    lead = new_user("lead")
    review_flag(flag=Flag.objects.first(), reviewer=lead, decision=Review.Decision.CONFIRMED, reason="Read it")
    record(lead, Action.LOGGED_IN)
    assert "pgtrigger" in refused(f"UPDATE {table} SET id = id")
    assert "pgtrigger" in refused(f"DELETE FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert "never removed" in refused(f"TRUNCATE {table} CASCADE")
    with connection.cursor() as cursor:  # as conftest leaves it, for other tests
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ 'no_truncate'", [table]
        )
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {cursor.fetchone()[0]}")


def test_the_database_dates_entries(transactional_db):
    record(None, Action.RETENTION_RUN)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contracts_trailentry (at, action, target_type, target_id, details) "
            "VALUES ('2001-01-01Z', 'logged_in', '', '', '{}')"
        )
    assert TrailEntry.objects.order_by("pk").last().at.year > 2001


def test_without_an_owner_there_is_nobody_to_grant(db):
    with pytest.raises(CommandError, match="DATABASE_MIGRATION_URL"):
        call_command("grantrights")


def test_one_role_for_both_is_refused(db, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "owner", settings.DATABASES["default"])
    with pytest.raises(CommandError, match="same role"):
        call_command("grantrights")
