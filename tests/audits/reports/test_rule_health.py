"""How the rules do: the arithmetic, the counts over real audits and decisions, the command."""

import json
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from msgspec import structs

from audits import tasks
from audits.engine import organizations
from audits.judging.rule.vocabulary import Subject
from audits.methodology.views import picture_of
from audits.models import Audit, Flag, OutcomeCount, Review
from audits.reports import rule_health
from audits.reports.publishing import public_health
from audits.reports.rule_health import (
    Decisions,
    assess,
    cached_health,
    context_rules,
    health_of_rules,
    refresh_outcome_counts,
    wilson_interval,
)
from audits.rules import RULES
from audits.triage import review_flag
from tests.support.auditing import audit_due
from tests.support.records import load, release
from tests.support.waiting import Beside


def health(*, flagged=0, clear=0, other=0):
    answers = {("flagged", ""): flagged, ("clear", ""): clear, ("not_applicable", ""): other}
    return assess("T01", 1, answers, {})


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe, Interval estimation for the difference between independent proportions (1998), tables of method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_stays_between_nothing_and_all():
    for trials in range(1, 200):
        for successes in (0, trials):
            low, high = wilson_interval(successes, trials)
            assert 0 <= low <= successes / trials <= high <= 1


def test_the_share_is_of_what_was_assessed():
    assert health(flagged=1, clear=3, other=96).share == 0.25


def test_a_rule_that_assessed_nothing_has_no_share_and_is_no_context():
    found = health(other=100)

    assert found.share is None
    assert not found.is_context


@pytest.mark.parametrize(
    ("flagged", "clear", "is_context"),
    [(7, 13, True), (6, 14, False), (19, 0, False), (20, 0, True)],
    ids=["just above 30 %", "exactly 30 %", "all of too few", "all of enough"],
)
def test_a_rule_that_flags_much_of_enough_is_context(flagged, clear, is_context):
    assert health(flagged=flagged, clear=clear, other=1000).is_context is is_context


@pytest.mark.parametrize(("context", "is_context"), [(900, False), (600, False), (599, True)])
def test_flags_that_are_context_make_no_rule_common(context, is_context):
    found = assess("T01", 1, {("flagged", "context"): context, ("flagged", ""): 900 - context, ("clear", ""): 100}, {})
    assert (found.outcomes["flagged"], found.share, found.is_context) == (900, 0.9, is_context)


def test_context_is_counted_apart_from_audits_and_for_one_rule(db, monkeypatch):
    load(*[release(f"ocds-test01-{number}") for number in range(20)])
    audit_due()
    organizations.audit_due()
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", -1)
    refresh_outcome_counts()
    assert context_rules() == {"R018": 1}
    told = {"R018": {"kind": "flagged", "reason": "trifle"}}
    for audit in Audit.objects.filter(is_current=True, outcomes__R018__kind="flagged")[:15]:
        Audit.objects.filter(pk=audit.pk).update(outcomes=told)
    OutcomeCount.objects.all().delete()
    counted_now, _never = cached_health("R018")
    refresh_outcome_counts()
    kept, _at = cached_health("R018")
    assert (counted_now.context, kept.context, kept.asking_share) == (15, 15, 0.25)
    assert context_rules() == {}


@pytest.mark.parametrize(("confirmed", "dismissed", "is_told"), [(4, 0, False), (4, 1, True), (0, 5, True)])
def test_precision_needs_five_decisions(confirmed, dismissed, is_told):
    assert (Decisions(confirmed, dismissed).precision is not None) is is_told


def test_what_one_person_confirmed_counts_as_what_one_dismissed():
    awaited = {(2, "first_confirmation"): 6, (2, "confirmed"): 2, (2, "dismissed"): 2}
    found = assess("T01", 2, {}, awaited)
    assert (found.decisions.confirmed, found.decisions.decided, found.decisions.precision.share) == (2, 10, 0.8)
    assert (found.as_json()["confirmed"], found.as_json()["precision"]) == (2, 0.8)
    public = public_health(structs.replace(found, months={"2026-11": Decisions(2, 2, 6)}))
    told = {name: public[name] for name in ("confirmed", "confirmed_by_one", "dismissed")}
    assert told == {"confirmed": None, "confirmed_by_one": 5, "dismissed": None}, "in steps of five, as all"
    assert public["versions"][-1] == {"version": 2, **told}
    assert public["months"] == [{"month": "2026-11", **told}]
    (picture,) = picture_of(public)
    assert [cell.value for cell in picture.rows[0]] == ["2026-11", "", 5, ""]


def test_precision_is_of_the_version_in_force_alone():
    found = assess("T01", 2, {}, {(1, "dismissed"): 50, (2, "confirmed"): 8, (2, "dismissed"): 2})

    assert found.decisions == Decisions(8, 2)
    assert found.decisions.precision.share == 0.8
    assert found.versions == {1: Decisions(0, 50), 2: Decisions(8, 2)}


def test_withheld_findings_are_counted_by_reason_and_small_counts_are_not_published():
    counted = {("clear", "last_mile"): 3, ("clear", "own_network"): 7, ("clear", ""): 90}
    found = assess("T07", 1, counted, {})

    assert (found.outcomes["clear"], found.withheld_records) == (100, 10)
    assert found.withheld == [("own_network", 7), ("last_mile", 3)]
    assert found.as_json()["withheld_because"] == [
        {"reason": "own_network", "records": 7},
        {"reason": "last_mile", "records": 3},
    ]
    public = public_health(found)
    assert (public["withheld"], public["withheld_because"]) == (10, [{"reason": "own_network", "records": 5}])


def test_missing_fields_come_by_how_often_they_are_missing():
    answers = {
        ("insufficient_data", "/tender/items"): 3,
        ("insufficient_data", "/tender/documents"): 5,
        ("insufficient_data", ""): 9,
    }
    found = assess("T21", 1, answers, {})

    assert found.missing == [("/tender/documents", 5), ("/tender/items", 3)]
    assert found.outcomes["insufficient_data"] == 17


@pytest.fixture
def audited(db):
    """Three records with one bid, one with two, one without a method, all audited."""
    load(*[release(f"ocds-test01-{number}") for number in range(1, 4)])
    two_bids = release("ocds-test01-4")
    two_bids["tender"]["numberOfTenderers"] = 2
    no_method = release("ocds-test01-5")
    del no_method["tender"]["procurementMethod"]
    load(two_bids, no_method)
    audit_due()
    organizations.audit_due()


def test_outcomes_of_current_audits_are_counted_for_every_rule(audited):
    rules = health_of_rules()

    assert set(rules) == set(RULES)
    assert rules["R018"].outcomes == {
        "flagged": 3,
        "clear": 1,
        "insufficient_data": 1,
        "not_applicable": 0,
        "failed": 0,
    }
    assert rules["R018"].missing == [("/tender/procurementMethod", 1)]
    assert rules["T04"].outcomes["not_applicable"] == 5
    organizations = Audit.objects.exclude(organization=None).count()
    asked = {Subject.PROCESS: 5, Subject.ORGANIZATION: organizations}
    assert organizations > 0
    assert all(sum(found.outcomes.values()) == asked[RULES[code].subject] for code, found in rules.items())


def test_audits_that_were_superseded_are_not_counted(audited):
    two_bids = release("ocds-test01-1", id="2", date="2024-05-01T00:00:00Z")
    two_bids["tender"]["numberOfTenderers"] = 2
    load(two_bids)
    audit_due()
    organizations.audit_due()

    outcomes = health_of_rules()["R018"].outcomes
    assert (outcomes["flagged"], outcomes["clear"]) == (2, 2)


def test_the_latest_decision_on_a_flag_counts_once(audited):
    reviewer = get_user_model().objects.create_user("reviewer")
    first, second, third = Flag.objects.filter(rule="R018").order_by("pk")
    for flag, decision in [
        (first, Review.Decision.DISMISSED),
        (first, Review.Decision.CONFIRMED),
        (second, Review.Decision.DISMISSED),
        (third, Review.Decision.CONFIRMED),
        (third, Review.Decision.IN_REVIEW),
    ]:
        review_flag(flag=flag, reviewer=reviewer, decision=decision, reason="Read the record")

    assert health_of_rules()["R018"].decisions == Decisions(confirmed=1, dismissed=1)


def test_a_decision_counts_for_a_later_version_that_asks_the_same(audited):
    reviewer = get_user_model().objects.create_user("reviewer")
    same, changed, gone = Flag.objects.filter(rule="R018").order_by("pk")
    for flag in (same, changed, gone):
        review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="Read the record")
    version = RULES["R018"].version
    Flag.objects.filter(rule="R018").update(rule_version=version + 1)
    Flag.objects.filter(pk=changed.pk).update(values={"count": 7}, judged_digest=b"0" * 32)
    Flag.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now(), state="withdrawn")
    found = health_of_rules()["R018"].versions
    assert (found[version], found[version + 1]) == (Decisions(dismissed=2), Decisions(dismissed=1))


def told(*options):
    out = StringIO()
    call_command("rulehealth", *options, stdout=out)
    return out.getvalue()


def test_the_command_tells_every_rule(audited):
    lines = told().splitlines()

    assert [line.split()[0] for line in lines[1:]] == list(RULES)
    assert next(line for line in lines if line.startswith("R018")).split() == [
        *("R018", "3", "1", "1", "0", "0", "0", "75.0%", "0", "0", "0", "-", "-")
    ]


def test_the_command_names_what_is_context(db):
    load(*[release(f"ocds-test01-{number}") for number in range(20)])
    audit_due()
    organizations.audit_due()

    assert told().splitlines()[-1] == "R018 flags 100% of the 20 records that it could assess: context"
    answer = json.loads(told("--json"))
    assert answer["context"] == ["R018"]
    assert answer["rules"]["R018"]["share"] == 1
    assert answer["rules"]["R018"]["is_context"] is True


def test_without_audits_the_command_tells_nothing_happened(db):
    answer = json.loads(told("--json"))

    assert answer["context"] == []
    assert {rule["assessed"] for rule in answer["rules"].values()} == {0}
    assert {rule["share"] for rule in answer["rules"].values()} == {None}


def test_what_is_counted_is_kept_until_it_is_counted_again(audited):
    live, counted_at = cached_health("R018")
    assert (live, counted_at) == (health_of_rules()["R018"], None)
    tasks.total_outcomes()
    kept, counted_at = cached_health("R018")
    assert kept == live
    assert counted_at is not None
    Audit.objects.filter(is_current=True).update(is_current=False)
    assert cached_health("R018") == (live, counted_at)
    assert refresh_outcome_counts() == 0
    assert not OutcomeCount.objects.exists()


def test_a_rule_that_no_audit_asked_has_no_answers(audited):
    refresh_outcome_counts()
    OutcomeCount.objects.filter(rule="T04").delete()
    health, counted_at = cached_health("T04")
    assert (health.assessed, sum(health.outcomes.values())) == (0, 0)
    assert counted_at is not None


def test_rules_that_are_context_are_known_for_a_minute(db, monkeypatch):
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", -1)
    assert context_rules() == {}
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", 60)
    OutcomeCount.objects.create(rule="R018", kind="flagged", records=31)
    OutcomeCount.objects.create(rule="R018", kind="clear", records=69)
    OutcomeCount.objects.create(rule="R003", kind="flagged", records=30)
    OutcomeCount.objects.create(rule="R003", kind="clear", records=70)
    assert context_rules() == {}
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", -1)
    assert context_rules() == {"R018": 0.31}


@pytest.mark.django_db(transaction=True)
def test_two_that_count_at_once_count_one_after_the_other():
    load(release())
    audit_due()

    counted: list[int] = []
    other = Beside(lambda: counted.append(refresh_outcome_counts()))
    with transaction.atomic():
        rows = refresh_outcome_counts()
        other.start_and_let_wait()
        assert counted == [], "it waits"
    assert other.join() == []
    assert counted == [rows] == [OutcomeCount.objects.count()]


def test_what_is_context_is_known_without_a_look_at_the_decisions(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", -1)
    with django_assert_num_queries(1):
        context_rules()
