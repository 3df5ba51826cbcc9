"""
Migrations on a database that holds data, while the version before them still writes to it.

To build the tables takes a minute or two, so they are built once: from the first version on, each of some versions
adds rows, and the tests look at what has become of all of them.
"""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from audits.engine.flags import fingerprint
from audits.judging.rule.vocabulary import Finding
from audits.models import Audit, Export, Flag, Purchase, RuleOverride, SavedSearch
from contracts.models import ContractingProcess
from tests.support.migrations import begin_at, go_to

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
_COHORTS = {("R024", ""), ("R010", "pe-osce"), ("R001", "pe-osce"), ("T08", "PE|cloud|PEN|2024"), ("R025", "tenderer")}


def write_as_before(process):
    """Write an audit and a flag in the columns that version 0004 knows."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [process.pk, bytes(process.digest)])
        (audit,) = cursor.fetchone()
        cursor.execute(_FLAG, [process.pk, bytes(process.digest), audit, audit])


def make_process(ocid, country="", model=ContractingProcess, release=None):
    return model.objects.create(ocid=ocid, digest=ocid.encode(), country=country, compiled_release=release or {})


def decide_before_flags_had_an_identity(apps):
    """Return the primary keys of flags: dismissed as ``same``, ``moved`` and ``term``, twins of some beside them."""
    process = make_process(
        "twins", "", apps.get_model("contracts", "ContractingProcess"), {"contracts": [{"id": "c7"}]}
    )
    audit = apps.get_model("audits", "Audit").objects.create(
        process=process, dossier_digest=b"d", ruleset_digest=b"r", outcomes={}, process_digest=b"1" * 32
    )
    reviewer = apps.get_model("auth", "User").objects.create(username="auditor")

    def flag(rule, identity, *, said=b"said", withdrawn=False, evidence=()):
        return apps.get_model("audits", "Flag").objects.create(
            process=process, rule=rule, fingerprint=identity, severity="low", sentence="default", rule_version=1,
            judged_digest=said, first_audit=audit, last_audit=audit, evidence=list(evidence),
            withdrawn_at=timezone.now() if withdrawn else None, state="withdrawn" if withdrawn else "new",
        )  # fmt: skip

    flags = {
        "same": flag("T01", b"lpr", withdrawn=True),
        "other": flag("T01", b"cctv"),
        "moved": flag("T02", b"/parties/0/name", withdrawn=True),
        "moved to": flag("T02", b"/parties/1/name", said=b"said otherwise"),
        "term": flag("T18", b"/contracts/0", evidence=[{"path": "/contracts/0/period/endDate"}]),
    }
    for name in ("same", "moved", "term"):
        apps.get_model("audits", "Review").objects.create(
            flag=flags[name], reviewer=reviewer, decision="dismissed", reason="a toll",
            judged_digest=flags[name].judged_digest, judged={},
        )  # fmt: skip
    return {name: flag.pk for name, flag in flags.items()}


def rename_cohorts(apps):
    """Return the cohorts as their migration names them, and as it names them back."""
    cohorts = apps.get_model("audits", "Cohort").objects
    for name, key in {*_COHORTS, ("R058", "")}:
        cohorts.create(name=name, key=key, n=12, figures={}, digest=b"d")
    renamed = set(go_to(("audits", "0011")).get_model("audits", "Cohort").objects.values_list("name", "key"))
    back = set(go_to(("audits", "0010")).get_model("audits", "Cohort").objects.values_list("name", "key"))
    return renamed, back


def save_in_languages(apps):
    owner = apps.get_model("auth", "User").objects.create(username="nora")
    for language in ("pt", "pt-pt", "es"):
        apps.get_model("audits", "SavedSearch").objects.create(owner=owner, name=language, language=language)
        apps.get_model("audits", "Export").objects.create(
            owner=owner, is_public=True, list_name=language, format="csv", language=language
        )


def buy(apps):
    """Return the supplier of two purchases, of which the tender of one was cancelled."""
    supplier = apps.get_model("contracts", "Organization").objects.create(key="S1")
    for status in ("Cancelled", "complete"):
        processes = apps.get_model("contracts", "ContractingProcess")
        process = make_process(status, "PE", processes)
        processes.objects.filter(pk=process.pk).update(status=status)
        apps.get_model("audits", "Purchase").objects.create(process=process, supplier=supplier, date=timezone.now())
    return supplier.pk


_KEPT = {"value": 3, "source": "An act.", "enabled": True}


def override_in_small_letters(apps):
    rows = {"alone": ("T18", "pe"), "twice": ("R003", "pe"), "in capitals": ("R003", "PE"), "everywhere": ("R003", "")}
    for name, (rule, country) in rows.items():
        apps.get_model("audits", "RuleOverride").objects.create(
            rule=rule, parameter="years", country=country, **(_KEPT | {"source": name})
        )


@pytest.fixture(scope="module")
def of_before(django_db_setup, django_db_blocker):
    """Migrate from version 0004 to the present one; what versions between wrote, by the name of what they did."""
    written = {}
    with django_db_blocker.unblock():
        apps = begin_at(("audits", "0004"))
        for ocid, country in {"first-PE": "PE", "first": ""}.items():
            write_as_before(make_process(ocid, country, apps.get_model("contracts", "ContractingProcess")))
        written["twins"] = decide_before_flags_had_an_identity(go_to(("audits", "0007")))
        written["cohorts"] = rename_cohorts(go_to(("audits", "0007")))
        save_in_languages(go_to(("audits", "0052")))
        written["supplier"] = buy(go_to(("audits", "0070")))
        override_in_small_letters(go_to(("audits", "0080")))
        call_command("migrate", verbosity=0)
        yield written
        call_command("flush", verbosity=0, interactive=False)


def test_flags_get_the_country_of_their_process_and_the_version_before_goes_on_writing(of_before):
    flags = Flag.objects.filter(process__ocid__startswith="first")
    assert dict(flags.values_list("process__ocid", "country")) == {"first-PE": "PE", "first": ""}
    write_as_before(make_process("later", "CL"))
    assert Flag.objects.get(process__ocid="later").organization is None
    audit = Audit.objects.first()
    with pytest.raises(IntegrityError, match="audit_has_one_subject"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(process=None)


def test_a_decision_stays_when_flags_get_the_identity_of_what_they_are_about(of_before):
    """A flag was dismissed, came back as a twin because other words were found, and is one flag again."""
    keys, flags = of_before["twins"], Flag.objects.filter(process__ocid="twins")
    assert dict(flags.values_list("pk", "state")) == {
        keys["same"]: "dismissed",
        keys["moved"]: "changed",
        keys["term"]: "new",
    }
    assert flags.standing().count() == 3
    kept = flags.get(pk=keys["term"])
    assert bytes(kept.fingerprint) == fingerprint("twins", "T18", Finding((), cites=("c7",)))


def test_cohorts_named_by_rules_are_named_by_what_was_counted(of_before):
    renamed, back = of_before["cohorts"]
    assert renamed == {
        ("price_gaps", ""),
        ("publisher_practice", "R010|pe-osce"),
        ("publisher_practice", "R001|pe-osce"),
        ("country_spend", "PE|cloud|PEN|2024"),
        ("bids_won", "tenderer"),
    }
    assert back == _COHORTS


def test_searches_and_exports_of_before_are_in_the_portuguese_of_brazil(of_before):
    expected = {"pt": "pt-br", "pt-pt": "pt-pt", "es": "es"}
    assert dict(SavedSearch.objects.values_list("name", "language")) == expected
    assert dict(Export.objects.values_list("list_name", "language")) == expected


def test_purchases_of_cancelled_tenders_are_known_and_the_version_before_goes_on_writing(of_before):
    before = MigrationExecutor(connection).loader.project_state([("audits", "0070_settled_below")]).apps
    process = make_process("complete-later", "PE", before.get_model("contracts", "ContractingProcess"))
    before.get_model("audits", "Purchase").objects.create(
        process=process, supplier_id=of_before["supplier"], date=timezone.now()
    )
    found = dict(Purchase.objects.values_list("process__ocid", "is_cancelled"))
    assert found == {"Cancelled": True, "complete": False, "complete-later": False}


def test_an_override_whose_country_was_typed_in_small_letters_comes_into_force(of_before):
    found = dict(RuleOverride.objects.values_list("source", "country"))
    assert found == {"alone": "PE", "in capitals": "PE", "everywhere": ""}
    with pytest.raises(IntegrityError, match="override_country_in_capitals"), transaction.atomic():
        RuleOverride.objects.create(rule="T18", parameter="years", country="mx", **_KEPT)
