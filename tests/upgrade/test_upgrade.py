"""A database that people worked with, filled by an earlier version, becomes one of this version and loses nothing."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from audits.rules import RULES
from config.restoring import run_program
from tests.support.servers import database_url

# What all of them rest on is a whole upgrade.
pytestmark = pytest.mark.timeout(900)

FOLDER = Path(__file__).parent
VERSIONS = sorted(file.name.removesuffix(".sql.gz") for file in FOLDER.glob("*.sql.gz"))

# Flags that came back as new in 0.1.0 because a party moved in its list, or other words or fewer lists said the same.
# Each is one with the flag decided before, in this state: as decided where it says the same, else changed.
REUNITED = {
    ("ocds-vdrex1-es-007", "T02"): "dismissed",
    ("ocds-vdrex1-pt-002", "T01"): "changed",
    ("ocds-vdrex1-es-002", "T05"): "changed",
}


class Upgrade:
    """What people saw before an upgrade, after `migrate` alone, and after the rest that OPERATING.md asks for."""

    def __init__(self, version: str, name: str) -> None:
        self.name = name
        url = database_url(connection.settings_dict | {"NAME": name})
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
            "VEEDOR_HOME": str(settings.VEEDOR_HOME),
        }
        self.before = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
        with psycopg.connect(url) as restoring:
            restoring.execute(gzip.decompress((FOLDER / f"{version}.sql.gz").read_bytes()))
        self.run("-m", "tests.upgrade.broken_off")
        self.migrated = self._seen()
        self.run("manage.py", "loadreference")
        self.run("manage.py", "audit")
        self.audited = self._seen()

    def _seen(self) -> dict:
        return json.loads(self.run("-m", "tests.upgrade.seen", self.before["secret"]))

    def run(self, *command: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def database(name):
    """Make an empty database beside that of the tests, as long as it is needed; yield its name."""
    name = f"{connection.settings_dict['NAME']}_{name}"
    with connection.cursor() as cursor:
        _drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        _drop(cursor, name)


def _drop(cursor, name):
    """Drop a database: our own sessions end first, and a vacuum, which no force of ours may end, is waited for."""
    own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    cursor.execute(own, [name])
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.fixture(scope="module", params=VERSIONS)
def upgrade(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), database("upgrade") as name:
        yield Upgrade(request.param, name)


@pytest.fixture(params=["migrated", "audited"])
def after(request, upgrade):
    return getattr(upgrade, request.param)


def standing(seen, rules):
    """Count the flags of these rules that stand; their sentences are said in the words of the new version."""
    flags = [flag for flag in seen["flags"] if flag["state"] != "withdrawn" and flag["rule"] in rules]
    return Counter((flag["subject"], flag["rule"], flag["severity"], flag["state"]) for flag in flags)


def questions(seen):
    return {(flag["subject"], flag["rule"]) for flag in seen["flags"]}


def decisions(seen):
    """Return every decision with the flag that it is on, but for what the flag says by now."""
    return sorted(
        (flag["subject"], flag["rule"], *decision.values()) for flag in seen["flags"] for decision in flag["decisions"]
    )


def trace_key(flag):
    return flag["subject"], flag["rule"], flag["rule_version"]


def schema(name, folder):
    """Return the definitions of all that is in a database, but for the key that pg_dump makes up."""
    run_program("pg_dump", connection, name, "--schema-only", "--no-owner", "--no-comments", f"--file={folder / name}")
    return re.sub(r"^\\(un)?restrict .*$", "", (folder / name).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_its_tables_are_those_of_a_new_database(upgrade, tmp_path, django_db_blocker):
    """Migration by migration or all at once: every column in its place, every index, trigger and function."""
    with django_db_blocker.unblock(), database("new") as name:
        url = database_url(connection.settings_dict | {"NAME": name})
        upgrade.run("manage.py", "migrate", "--no-input", DATABASE_URL=url)
        new, upgraded = schema(name, tmp_path), schema(upgrade.name, tmp_path)
    assert upgraded == new
    assert "CREATE STATISTICS public.process_codes_together" in new


def test_every_decision_stays_with_its_reason_and_reviewer(upgrade, after):
    assert decisions(after) == decisions(upgrade.before)


@pytest.mark.parametrize("step", ["migrated", "audited"])
def test_every_flag_stands_as_before_in_the_same_state(upgrade, step):
    """What a new version of a rule answers otherwise may differ once it was asked; nothing else may."""
    versions = {flag["rule"]: flag["rule_version"] for flag in upgrade.before["flags"]}
    same = {rule for rule, version in versions.items() if step == "migrated" or RULES[rule].version == version}
    # All before anything was asked again; by now one rule answers as it did.
    assert len(same) > (10 if step == "migrated" else 0)
    expected = Counter()
    for (subject, rule, severity, state), number in standing(upgrade.before, same).items():
        expected[subject, rule, severity, REUNITED.get((subject, rule), state)] += number
    stands = standing(getattr(upgrade, step), same)
    assert {"gone": list(expected - stands), "unexpected": list(stands - expected)} == {"gone": [], "unexpected": []}


def test_no_withdrawn_flag_is_forgotten(upgrade, after):
    assert questions(after) >= questions(upgrade.before)


def test_migrate_keeps_the_trace_of_every_flag(upgrade):
    """What "due" had blanked before the upgrade may be known again, and nothing else may differ."""
    known = {(*trace_key(flag), *flag["trace"].values()) for flag in upgrade.before["flags"]}
    lost = []
    for flag in upgrade.migrated["flags"]:
        trace = flag["trace"]
        if not known & {(*trace_key(flag), *trace.values()), (*trace_key(flag), *(trace | {"release": ""}).values())}:
            lost.append(flag)
    assert not lost


def test_what_stands_leads_to_the_record_that_was_audited(upgrade):
    after = upgrade.audited
    assert after["processes"] == upgrade.before["processes"]
    assert after["audits"] == after["processes"]
    for flag in after["flags"]:
        if flag["subject"] in after["processes"] and flag["state"] != "withdrawn":
            assert flag["trace"]["release"] == after["processes"][flag["subject"]]
        assert flag["trace"]["dossier"]
        assert flag["trace"]["rule_set"]


@pytest.mark.parametrize("kept", ["overrides", "watchlists", "terms_switched_off", "token", "submissions"])
def test_what_people_set_and_sent_stays(upgrade, after, kept):
    assert upgrade.before[kept]
    assert after[kept] == upgrade.before[kept]
