"""Migrations that put right what is stored, each run alone on the present tables."""

from importlib import import_module

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audits.models import Audit, DeskEntry, Flag, Review
from audits.triage import review_flag
from contracts.models import ContractingProcess


def test_what_audits_quote_of_records_that_were_erased_before_goes(db, django_user_model):
    # The tables are those of the version before.
    before = MigrationExecutor(connection).loader.project_state([("audits", "0076_replies_about_organizations")]).apps
    for number, is_emptied in ((1, False), (2, True), (3, True), (4, True)):
        process = ContractingProcess.objects.create(
            ocid=f"ocds-test01-{number}", digest=bytes([number]) * 32, country="PE", compiled_release={}
        )
        state = {"verification": "retired", "release_count": 0} if is_emptied else {"release_count": 1}
        ContractingProcess.objects.filter(pk=process.pk).update(**state)
        quoted = {"outcomes": {"R018": {"kind": "flagged"}}, "sector_evidence": [{"passage": "quoted"}]}
        audit = Audit.objects.create(process=process, dossier_digest=b"", ruleset_digest=b"", **quoted)
        said = {
            "rule": "R018",
            "severity": "low",
            "sentence": "default",
            "values": {"name": "quoted"},
            "rule_version": 1,
        }
        audits = {"first_audit": audit, "last_audit": audit}
        Flag.objects.create(process=process, evidence=[{"passage": "quoted"}], **said, **audits)
    lead = django_user_model.objects.create_user("lead")
    handed, decided = (Flag.objects.get(process__ocid=f"ocds-test01-{number}") for number in (3, 4))
    DeskEntry.objects.create(flag=handed, kind="assigned", by=lead)
    review_flag(flag=decided, reviewer=lead, decision=Review.Decision.DISMISSED, reason="No.")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audits_knownanswer RENAME TO audits_goldenanswer")  # as it was called until 0078
    import_module("audits.migrations.0077_what_erased_records_said").forget(before, None)
    evidence = {"ocds-test01-1": 1, "ocds-test01-3": 0, "ocds-test01-4": 1}
    assert {flag.process.ocid: len(flag.evidence) for flag in Flag.objects.all()} == evidence
    assert {audit.process.ocid: len(audit.sector_evidence) for audit in Audit.objects.all()} == {
        "ocds-test01-1": 1,
        "ocds-test01-3": 0,
        "ocds-test01-4": 0,
    }


def test_words_by_country_are_indexed_again_where_that_was_done_and_not_noted(transactional_db):
    state = MigrationExecutor(connection).loader.project_state(("audits", "0078_known_answers"))
    for name in ("0079_words_by_country", "0080_words_without_statistics"):
        migration = import_module(f"audits.migrations.{name}").Migration(name, "audits")
        with connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Flag._meta.db_table)
    assert "flag_words_newest" in indexes
    assert "flag_passages_newest" not in indexes
