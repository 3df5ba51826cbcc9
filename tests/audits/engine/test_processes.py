import json
from collections.abc import Iterable

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audits.engine import attempts, processes
from audits.engine import records as engine_records
from audits.judging.rule.vocabulary import Evidence, Finding, Stage
from audits.judging.rule_set import RuleSet
from audits.models import Audit, AuditAttempt, Flag, Review, RuleOverride
from audits.reference import rule_sets
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import ContractingProcess
from tests.support.auditing import audit_due
from tests.support.records import load, release
from tests.support.rules import made_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def single_bid(only_rules):
    only_rules(RULES["R018"])


@made_up("X01", sentences={}, stage=Stage.TENDER)
def broken(dossier) -> Iterable[Finding]:
    raise RuntimeError(dossier.process.ocid)


@made_up("X02", "{title}")
def every_award(dossier, *, least: int = 0) -> Iterable[Finding]:
    for award in dossier.process.awards:
        if award.value and award.value.amount >= least:
            evidence = Evidence(f"{award.path}/value/amount", award.value.amount)
            yield Finding((evidence,), {"title": award.title}, cites=(award.id,))


def test_an_audit_stores_every_outcome_and_the_flags(only_rules):
    only_rules(RULES["R018"], broken)
    load(release())

    tally = audit_due()

    written = Audit.objects.get()
    assert written.outcomes == {"R018": {"kind": "flagged"}, "X01": {"kind": "failed", "reason": "RuntimeError"}}
    flag = Flag.objects.get()
    assert (flag.rule, flag.severity, flag.state) == ("R018", "medium", "new")
    assert [entry["path"] for entry in flag.evidence] == ["/tender/numberOfTenderers", "/tender/procurementMethod"]
    assert (tally.processes, tally.audits_written, dict(tally.flags)) == (1, 1, {"R018": 1})


def test_a_flag_has_its_sentence_in_three_languages(single_bid):
    load(release())
    audit_due()
    flag = Flag.objects.get()
    assert len({flag.render(language) for language in ("en", "es", "pt")}) == 3
    assert "1" in flag.render("es")


def test_unchanged_input_writes_nothing(single_bid, django_assert_num_queries):
    load(release())
    audit_due()
    audited_at = Audit.objects.get().audited_at

    assert audit_due().processes == 0
    assert processes.audit_again([ContractingProcess.objects.get().pk]) == 0
    assert Audit.objects.get().audited_at == audited_at
    assert AuditAttempt.objects.count() == 0


def test_a_changed_record_is_due_and_its_flag_withdrawn(single_bid):
    load(release())
    audit_due()
    tender = {**release()["tender"], "numberOfTenderers": 3}
    load(release(id="2", date="2024-05-01T00:00:00Z", tender=tender))
    assert processes.count_due() == 1

    audit_due()

    flag = Flag.objects.get()
    assert (flag.state, flag.withdrawn_at is not None) == ("withdrawn", True)
    assert Audit.objects.get(is_current=True).outcomes["R018"] == {"kind": "clear"}


def test_a_flag_that_comes_back_is_the_same_flag(only_rules):
    only_rules(every_award)
    RuleOverride.objects.create(rule="X02", parameter="least", value=0, source="test")
    load(release())
    audit_due()
    pk = Flag.objects.get().pk
    RuleOverride.objects.update(value=5000)
    audit_due()
    assert Flag.objects.get().state == "withdrawn"
    RuleOverride.objects.update(value=0)
    audit_due()
    assert [(flag.pk, flag.state) for flag in Flag.objects.all()] == [(pk, "new")]


def test_a_decision_is_reopened_only_by_relevant_changes(only_rules, django_user_model):
    only_rules(every_award)
    reviewer = django_user_model.objects.create_user("auditor")
    load(release())
    audit_due()
    review_flag(flag=Flag.objects.get(), reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="seen")

    moved = [{"id": "0", "title": "new first"}, *release()["awards"]]
    load(release(id="2", date="2024-05-01T00:00:00Z", awards=moved, language="es"))
    audit_due()
    assert Flag.objects.get().state == "confirmed"

    dearer = [{**release()["awards"][0], "value": {"amount": 9999, "currency": "MXN"}}]
    load(release(id="3", date="2024-06-01T00:00:00Z", awards=dearer))
    audit_due()
    flag = Flag.objects.get()
    assert flag.state == "changed"
    assert flag.reviews.get().judged["evidence"][0]["value"] == "900.5"


def test_an_override_of_a_country_affects_only_that_country(only_rules):
    only_rules(every_award)
    load(release("ocds-test01-1"), release("ocds-test01-2", parties=[]))
    audit_due()
    assert Flag.objects.count() == 2
    RuleOverride.objects.create(country="MX", rule="X02", parameter="least", value=5000, source="test")

    assert processes.count_due() == 1
    audit_due()

    assert list(Flag.objects.standing().values_list("process__ocid", flat=True)) == ["ocds-test01-2"]


def test_an_override_without_parameter_switches_a_rule_off(only_rules):
    only_rules(every_award, RULES["R018"])
    RuleOverride.objects.create(rule="X02", source="test")
    load(release())
    audit_due()
    assert list(Audit.objects.get().outcomes) == ["R018"]


def test_the_rule_set_digest_tells_version_parameters_and_reference_apart():
    digests = {
        RuleSet([every_award]).digest,
        RuleSet([every_award], parameters={"X02": {"least": 1}}).digest,
        RuleSet([every_award], reference_digest="other list").digest,
        RuleSet([every_award, broken]).digest,
    }
    assert len(digests) == 4
    assert RuleSet([broken, every_award]).digest == RuleSet([every_award, broken]).digest


def test_an_unknown_parameter_is_refused():
    with pytest.raises(TypeError, match="X02 has no parameter most"):
        RuleSet([every_award], parameters={"X02": {"most": 1}})


def test_a_record_changed_during_judging_is_not_written(single_bid, after_snapshot):
    load(release())
    process = ContractingProcess.objects.get()
    after_snapshot(lambda: ContractingProcess.objects.update(digest=b"x" * 32))
    processes.audit_due([process.pk])
    assert (Audit.objects.count(), Flag.objects.count()) == (0, 0)
    assert processes.count_due() == 1


def test_leased_processes_are_skipped(single_bid):
    load(release())
    process = ContractingProcess.objects.get()
    digest = rule_sets.rule_sets_in_force().for_country("MX").digest
    key = attempts.attempt_key(bytes(process.digest), digest)
    assert attempts.begin({process.pk: key}) == {process.pk: 1}
    assert attempts.begin({process.pk: key}) == {}
    assert list(processes.due_batches()) == []
    assert processes.audit_due([process.pk]) == 0


def test_three_failed_attempts_are_given_up_until_the_record_changes(single_bid, settings):
    settings.VEEDOR_LEASE_SECONDS = -1
    load(release(), release("ocds-test01-2"))
    poison, other = ContractingProcess.objects.order_by("pk")
    key = attempts.attempt_key(bytes(poison.digest), rule_sets.rule_sets_in_force().for_country("MX").digest)
    assert [attempts.begin({poison.pk: key}) for _ in range(4)] == [*({poison.pk: n} for n in (1, 2, 3)), {}]
    assert list(processes.due_batches()) == [[poison.pk], [other.pk]]

    assert attempts.give_up_exhausted() == 1

    assert list(processes.due_batches()) == [[other.pk]]
    assert AuditAttempt.objects.failed().get().error.startswith("Tried 3 times")
    load(release("ocds-test01-1", id="2", date="2024-09-01T00:00:00Z"))
    assert [poison.pk, other.pk] in list(processes.due_batches())


def test_superseded_audits_are_removed_when_no_flag_refers_to_them(only_rules):
    only_rules(every_award)
    load(release(awards=[]))
    for value in (1, 2, 3):
        RuleOverride.objects.update_or_create(
            rule="X02", parameter="least", defaults={"value": value, "source": "test"}
        )
        audit_due()
    assert Audit.objects.count() == 1


def test_decisions_are_append_only(single_bid, django_user_model):
    load(release())
    audit_due()
    reviewer = django_user_model.objects.create_user("auditor")
    flag = Flag.objects.get()
    with pytest.raises(ValidationError):
        review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="  ")
    review = review_flag(
        flag=flag, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="one supplier exists"
    )
    assert Flag.objects.get().state == "dismissed"
    for statement in ("UPDATE audits_review SET reason = 'other'", "DELETE FROM audits_review"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    review.refresh_from_db()
    assert review.reason == "one supplier exists"
    assert review.judged["text"]["pt"].startswith("O registro conta 1")


def test_a_withdrawn_flag_cannot_be_decided(single_bid, django_user_model):
    load(release())
    audit_due()
    load(release(id="2", date="2024-05-01T00:00:00Z", tender={**release()["tender"], "numberOfTenderers": 2}))
    audit_due()
    reviewer = django_user_model.objects.create_user("auditor")
    with pytest.raises(ValidationError):
        review_flag(flag=Flag.objects.get(), reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="late")


def test_audit_command_prints_one_object(single_bid, capsys):
    load(release(), release("ocds-test01-2", tender={"title": "x"}))
    call_command("audit", "--json")
    printed = json.loads(capsys.readouterr().out)
    seconds = printed.pop("seconds")
    assert seconds >= 0
    assert printed == {
        "processes": 2,
        "organizations": 2,
        "audits_written": 4,
        "flags": {"R018": 1},
        "outcomes": {"R018": {"flagged": 1, "insufficient_data": 1}},
    }


@pytest.mark.parametrize(
    ("publication", "seen"),
    [("reviewed", {"confirmed"}), ("all", {"new", "confirmed", "changed", "needs_information"}), ("none", set())],
)
def test_the_public_sees_what_the_publication_setting_allows(
    single_bid, settings, publication, seen, django_user_model
):
    settings.VEEDOR_PUBLICATION = publication
    states = ["new", "confirmed", "changed", "dismissed", "needs_information", "withdrawn"]
    load(*(release(f"ocds-test01-{number}") for number in range(len(states))))
    audit_due()
    with pgtrigger.ignore():  # states without the decisions that make them
        for flag, state in zip(Flag.objects.order_by("pk"), states, strict=True):
            Flag.objects.filter(pk=flag.pk).update(
                state=state,
                decision=state if state in Review.Decision else "",
                withdrawn_at=flag.raised_at if state == "withdrawn" else None,
            )
    reader = django_user_model.objects.create_user("journalist")
    assert set(Flag.objects.visible_to(None).values_list("state", flat=True)) == seen
    assert set(Flag.objects.visible_to(reader).values_list("state", flat=True)) == seen
    chief = django_user_model.objects.create_superuser("lead")
    assert set(Flag.objects.visible_to(chief).values_list("state", flat=True)) == set(states)


def test_legal_limits_apply_only_in_their_country():
    in_force = rule_sets.rule_sets_in_force()
    limits = {country: in_force.for_country(country).rules for country in ("UY", "MX")}
    given = {
        country: {
            bound.rule.code: len(bound.parameters["thresholds"]) for bound in rules if "thresholds" in bound.parameters
        }
        for country, rules in limits.items()
    }
    assert given["UY"]["R049"] > 0
    assert set(given["MX"].values()) == {0}
    assert in_force.for_country("UY").digest != in_force.for_country("MX").digest


def test_a_failing_record_does_not_fail_its_batch(single_bid, monkeypatch):
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    build = engine_records.build_dossier

    def refuse(compiled, **options):
        if compiled["ocid"] == "ocds-test01-1":
            raise ValueError("odd record")
        return build(compiled, **options)

    monkeypatch.setattr(engine_records, "build_dossier", refuse)
    for _ in range(3):
        audit_due()
        AuditAttempt.objects.update(leased_until="2020-01-01T00:00:00Z")
    attempts.give_up_exhausted()

    assert Audit.objects.get().process.ocid == "ocds-test01-2"
    failed = AuditAttempt.objects.failed().get()
    assert (failed.attempts, failed.error) == (3, "Tried 3 times: ValueError: odd record")


def test_an_old_flag_without_a_value_still_has_a_sentence(single_bid):
    load(release())
    audit_due()
    flag = Flag.objects.get()
    del flag.values["method"]
    assert "…" in flag.render("es")
