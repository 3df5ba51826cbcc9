"""Migrations on a database that holds data, while the version before them still writes to it."""

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from audits.engine.flags import fingerprint
from audits.judging.rule.vocabulary import Finding
from audits.models import Audit, Cohort, DeskEntry, Export, Flag, Purchase, Review, RuleOverride, SavedSearch
from audits.triage import review_flag
from contracts.models import ContractingProcess
from tests.support.migrations import begin_at

_AUDIT = """
    INSERT INTO audits_audit
        (process_id, process_digest, dossier_digest, ruleset_digest, outcomes, sectors, is_current, audited_at)
    VALUES (%s, '', %s, '', '{}', '[]', true, now()) RETURNING id
"""
_FLAG = """
    INSERT INTO audits_flag (process_id, rule, fingerprint, severity, sentence, values, evidence, rule_version,
                             parameters, judged_digest, first_audit_id, last_audit_id, raised_at, changed_at, state)
    VALUES (%s, 'R018', %s, 'low', 'default', '{}', '[]', 1, '{}', '', %s, %s, now(), now(), 'new')
    ON CONFLICT (process_id, fingerprint) DO UPDATE SET last_audit_id = EXCLUDED.last_audit_id
"""


def write_as_before(process):
    """Write an audit and a flag in the columns that version 0004 knows."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [process.pk, process.digest])
        (audit,) = cursor.fetchone()
        cursor.execute(_FLAG, [process.pk, process.digest, audit, audit])


@pytest.fixture
def at_0004(transactional_db):
    begin_at(("audits", "0004"))
    yield MigrationExecutor(connection).loader.project_state([("audits", "0004_audit_sectors")]).apps
    call_command("migrate", verbosity=0)


def make_process(number, country, model=ContractingProcess):
    return model.objects.create(
        ocid=f"ocds-test01-{number}", digest=bytes([number]) * 32, country=country, compiled_release={}
    )


def test_flags_get_the_country_of_their_process_and_the_version_before_goes_on_writing(at_0004):
    before = at_0004.get_model("contracts", "ContractingProcess")
    write_as_before(make_process(1, "PE", before))
    write_as_before(make_process(2, "", before))
    call_command("migrate", verbosity=0)
    assert dict(Flag.objects.values_list("process__ocid", "country")) == {"ocds-test01-1": "PE", "ocds-test01-2": ""}
    write_as_before(make_process(3, "CL"))
    assert Flag.objects.get(process__ocid="ocds-test01-3").organization is None
    audit = Audit.objects.first()
    with pytest.raises(IntegrityError, match="audit_has_one_subject"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(process=None)


@pytest.fixture
def models_at_0007(transactional_db):
    """Go back to version 0007; yields its models, and comes forward again afterwards."""
    begin_at(("audits", "0007"))
    yield MigrationExecutor(connection).loader.project_state([("audits", "0007_audit_is_due")]).apps
    call_command("migrate", verbosity=0)


def test_a_decision_stays_when_flags_get_the_identity_of_what_they_are_about(models_at_0007):
    """A flag was dismissed, came back as a twin because other words were found, and is one flag again."""
    audits, contracts = "audits", "contracts"
    get = models_at_0007.get_model
    process = get(contracts, "ContractingProcess").objects.create(
        ocid="ocds-test01-1", digest=b"1" * 32, compiled_release={"contracts": [{"id": "c7"}]}
    )
    audit = get(audits, "Audit").objects.create(
        process=process, dossier_digest=b"d", ruleset_digest=b"r", outcomes={}, process_digest=b"1" * 32
    )
    reviewer = get("auth", "User").objects.create(username="auditor")

    def flag(rule, identity, *, said=b"said", withdrawn=False, evidence=()):
        return get(audits, "Flag").objects.create(
            process=process, rule=rule, fingerprint=identity, severity="low", sentence="default", rule_version=1,
            judged_digest=said, first_audit=audit, last_audit=audit, evidence=list(evidence),
            withdrawn_at=timezone.now() if withdrawn else None, state="withdrawn" if withdrawn else "new",
        )  # fmt: skip

    def dismiss(flag):
        get(audits, "Review").objects.create(
            flag=flag, reviewer=reviewer, decision="dismissed", reason="a toll", judged_digest=flag.judged_digest,
            judged={},
        )  # fmt: skip

    same, other = flag("T01", b"lpr", withdrawn=True), flag("T01", b"cctv")
    moved = flag("T02", b"/parties/0/name", withdrawn=True)
    flag("T02", b"/parties/1/name", said=b"said otherwise")
    term = flag("T18", b"/contracts/0", evidence=[{"path": "/contracts/0/period/endDate"}])
    for decided in (same, moved, term):
        dismiss(decided)
    call_command("migrate", verbosity=0)
    assert dict(Flag.objects.values_list("pk", "state")) == {same.pk: "dismissed", moved.pk: "changed", term.pk: "new"}
    assert not Flag.objects.filter(pk=other.pk).exists()
    assert Flag.objects.standing().count() == 3
    kept = Flag.objects.get(pk=term.pk)
    assert bytes(kept.fingerprint) == fingerprint("ocds-test01-1", "T18", Finding((), cites=("c7",)))


def test_cohorts_named_by_rules_are_named_by_what_was_counted(models_at_0007):
    def cohorts():
        return set(Cohort.objects.values_list("name", "key"))

    before = {
        ("R024", ""),
        ("R010", "pe-osce"),
        ("R001", "pe-osce"),
        ("T08", "PE|cloud|PEN|2024"),
        ("R025", "tenderer"),
    }
    Cohort.objects.bulk_create(
        Cohort(name=name, key=key, n=12, figures={}, digest=b"d") for name, key in {*before, ("R058", "")}
    )
    call_command("migrate", verbosity=0)
    assert cohorts() == {
        ("price_gaps", ""),
        ("publisher_practice", "R010|pe-osce"),
        ("publisher_practice", "R001|pe-osce"),
        ("country_spend", "PE|cloud|PEN|2024"),
        ("bids_won", "tenderer"),
    }
    call_command("migrate", "audits", "0009", verbosity=0)
    assert cohorts() == before


@pytest.fixture
def at_0052(transactional_db):
    begin_at(("audits", "0052"))
    yield
    call_command("migrate", verbosity=0)


def test_searches_and_exports_of_before_are_in_the_portuguese_of_brazil(at_0052, django_user_model):
    owner = django_user_model.objects.create_user("nora")
    for language in ("pt", "pt-pt", "es"):
        SavedSearch.objects.create(owner=owner, name=language, language=language)
        Export.objects.create(owner=owner, is_public=True, list_name=language, format="csv", language=language)
    call_command("migrate", verbosity=0)
    expected = {"pt": "pt-br", "pt-pt": "pt-pt", "es": "es"}
    assert dict(SavedSearch.objects.values_list("name", "language")) == expected
    assert dict(Export.objects.values_list("list_name", "language")) == expected


def test_purchases_of_cancelled_tenders_are_known_and_the_version_before_goes_on_writing(transactional_db):
    begin_at(("audits", "0070"))
    before = MigrationExecutor(connection).loader.project_state([("audits", "0070_settled_below")]).apps
    processes, purchases = before.get_model("contracts", "ContractingProcess"), before.get_model("audits", "Purchase")
    supplier = before.get_model("contracts", "Organization").objects.create(key="S1")

    def buy(number, status):
        process = make_process(number, "PE", processes)
        processes.objects.filter(pk=process.pk).update(status=status)
        purchases.objects.create(process=process, supplier=supplier, date=timezone.now())

    buy(1, "Cancelled")
    buy(2, "complete")
    call_command("migrate", verbosity=0)
    buy(3, "complete")
    told = dict(Purchase.objects.values_list("process__ocid", "is_cancelled"))
    assert told == {"ocds-test01-1": True, "ocds-test01-2": False, "ocds-test01-3": False}


def test_what_audits_quote_of_records_that_were_erased_before_goes(db, django_user_model):
    # The tables are those of the version before.
    before = MigrationExecutor(connection).loader.project_state([("audits", "0076_replies_about_organizations")]).apps
    for number, is_emptied in ((1, False), (2, True), (3, True), (4, True)):
        process = make_process(number, "PE")
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


def test_an_override_whose_country_was_typed_in_small_letters_comes_into_force(transactional_db):
    begin_at(("audits", "0080"))
    kept = {"value": 3, "source": "An act.", "enabled": True}
    rows = {"alone": ("T18", "pe"), "twice": ("R003", "pe"), "in capitals": ("R003", "PE"), "everywhere": ("R003", "")}
    for name, (rule, country) in rows.items():
        RuleOverride.objects.create(rule=rule, parameter="years", country=country, **(kept | {"source": name}))
    call_command("migrate", verbosity=0)
    told = dict(RuleOverride.objects.values_list("source", "country"))
    assert told == {"alone": "PE", "in capitals": "PE", "everywhere": ""}
    with pytest.raises(IntegrityError, match="override_country_in_capitals"):
        RuleOverride.objects.create(rule="T18", parameter="years", country="mx", **kept)
