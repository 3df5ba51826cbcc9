"""Of two versions that differ in rules alone, the one that migrated last audits."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits import tasks
from audits.engine.processes import audit_due, count_due
from audits.models import Audit, AuditAttempt, Flag, RulesInForce
from audits.reference import rule_sets, rules_in_force
from audits.rules import RULES
from config.checks import versions_agree
from config.monitoring.figures import read_figures
from contracts.models import ContractingProcess
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(monkeypatch):
    """The primary keys of what is on record; nothing is queued."""
    monkeypatch.setattr(tasks.broker, "queue", lambda *_given, **_options: True)
    load(release())
    return list(ContractingProcess.objects.values_list("pk", flat=True))


@pytest.fixture
def as_other_version(monkeypatch):
    """Let this process be a program whose rule T04 has the next version."""

    def change() -> None:
        rule = replace(RULES["T04"], version=RULES["T04"].version + 1)
        for module in (rule_sets, rules_in_force):
            monkeypatch.setattr(module, "RULES", {**RULES, "T04": rule})
        monkeypatch.setattr(rules_in_force, "program_digest", rules_in_force.program_digest.__wrapped__)
        rule_sets.build_rule_sets.cache_clear()

    yield change
    monkeypatch.undo()
    rule_sets.build_rule_sets.cache_clear()


def test_each_of_two_versions_finds_due_what_the_other_one_audited(record, as_other_version):
    """The reason why one of them must leave audits alone."""
    audit_due(record)
    assert count_due() == 0
    as_other_version()
    assert count_due() == 1


def test_the_version_that_did_not_migrate_leaves_audits_alone(record, as_other_version, caplog):
    audit_due(record)
    before = set(Audit.objects.values_list("pk", flat=True))
    as_other_version()
    for task in (tasks.audit_due_processes, tasks.audit_organizations, tasks.check_peer_groups, tasks.refresh_cohorts):
        task()
    tasks.audit_processes(record)
    assert set(Audit.objects.values_list("pk", flat=True)) == before
    assert not AuditAttempt.objects.exists()
    in_force = RulesInForce.objects.get()
    told = f"Another version's rules are in force (rules {in_force.digest.hex()[:12]}, put in force by {in_force.host}"
    assert told in caplog.text
    assert "let its rules take their place: python manage.py migrate" in caplog.text
    assert [message.id for message in versions_agree(databases=["default"])] == ["veedor.E003"]
    assert {(f.area, f.name): f.value for f in read_figures()}["audit", "rules_in_force"] == 0
    for command in ("audit", "cohorts"):
        with pytest.raises(CommandError, match="Another version's rules are in force"):
            call_command(command)


def test_the_version_that_migrates_last_takes_over(record, as_other_version):
    audit_due(record)
    ours = RulesInForce.objects.get()
    as_other_version()
    call_command("migrate", verbosity=0)
    theirs = RulesInForce.objects.get()
    assert (theirs.pk, theirs.digest != ours.digest, theirs.since > ours.since) == (1, True, True)
    assert versions_agree(databases=["default"]) == []
    tasks.audit_processes(record)
    assert count_due() == 0
    call_command("audit", stdout=StringIO())


def test_a_migration_of_the_same_version_leaves_the_day_of_its_rules():
    before = RulesInForce.objects.get()
    call_command("migrate", verbosity=0)
    assert RulesInForce.objects.get().since == before.since


def test_where_no_version_has_migrated_since_there_is_this_table_all_audit(record):
    RulesInForce.objects.all().delete()
    tasks.audit_processes(record)
    assert (Audit.objects.exists(), count_due()) == (True, 0)
    assert Flag.objects.exists() or Audit.objects.get(is_current=True, process__in=record).outcomes


@pytest.mark.parametrize("file", ["THRESHOLDS", "SUBMISSION_DAYS"])
def test_legal_limits_belong_to_the_version(monkeypatch, tmp_path, file):
    digest = rules_in_force.program_digest.__wrapped__
    before = digest()
    assert digest() == before
    lines = getattr(rule_sets, file).read_text("utf-8").splitlines(keepends=True)
    changed = tmp_path / "limits.csv"
    changed.write_text(lines[0], "utf-8")  # the heads alone
    monkeypatch.setattr(rule_sets, file, changed)
    assert digest() != before


def test_lists_that_come_with_the_program_belong_to_the_version(monkeypatch):
    digest = rules_in_force.program_digest.__wrapped__
    before = digest()
    shipped = rules_in_force.read_shipped(rules_in_force.FOLDER)
    monkeypatch.setattr(rules_in_force, "read_shipped", lambda _folder: {**shipped, "classes": []})
    assert digest() != before
