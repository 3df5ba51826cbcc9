"""A rule on trial runs and is counted like others, but its flags stay out of the queue until a lead ends the trial."""

import pytest

from audits.engine.processes import audit_again
from audits.judging.rule.readings import trial_figures
from audits.models import Audit, Flag, Review, RuleOverride
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import Change
from tests.support.triage import load_release, made_up_release

pytestmark = pytest.mark.django_db

PAID_TWICE = {
    "id": "C",
    "value": {"amount": 1_000_000, "currency": "MXN"},
    "implementation": {"transactions": [{"id": "1", "value": {"amount": 2_000_000, "currency": "MXN"}}]},
}


def flag_of(ocid, country):
    made = made_up_release(ocid) | {"contracts": [PAID_TWICE]}
    made["parties"][0]["address"] = {"countryName": country}
    process = load_release(made)
    audit_again([process.pk])
    return Flag.objects.get(process=process, rule="R068")


def test_flags_on_trial_are_context_outside_queues(only_rules):
    only_rules(RULES["R068"])
    flag = flag_of("ocds-madeup-paid", "México")

    assert (flag.severity, flag.state) == ("context", "new")
    assert not Flag.objects.at_the_desk().filter(pk=flag.pk).exists()
    outcome = Audit.objects.get(process=flag.process, is_current=True).outcomes["R068"]
    assert (outcome["kind"], outcome["reason"]) == ("flagged", "on_trial")
    assert outcome["values"] == trial_figures("R068")


def test_a_lead_ends_the_trial_in_one_country(only_rules):
    only_rules(RULES["R068"])
    mexican, peruvian = flag_of("ocds-madeup-mx", "México"), flag_of("ocds-madeup-pe", "Perú")
    RuleOverride.objects.create(rule="R068", country="MX", parameter="on_trial", value=False, source="50 flags read")
    audit_again([mexican.process_id, peruvian.process_id])

    severities = dict(Flag.objects.values_list("pk", "severity"))
    assert severities == {mexican.pk: "medium", peruvian.pk: "context"}


def test_decisions_survive_the_start_and_end_of_a_trial(only_rules, make_user):
    only_rules(RULES["R068"])
    ended = RuleOverride.objects.create(rule="R068", parameter="on_trial", value=False, source="50 flags read")
    flag = flag_of("ocds-madeup-decided", "México")
    decision = Review.Decision.DISMISSED
    review_flag(flag=flag, reviewer=make_user("Leads"), decision=decision, reason="An advance, paid back.")
    states = [(flag.severity, "dismissed")]
    for enabled in (False, True):
        RuleOverride.objects.filter(pk=ended.pk).update(enabled=enabled)
        audit_again([flag.process_id])
        flag.refresh_from_db()
        states.append((flag.severity, flag.state))

    assert states == [("medium", "dismissed"), ("context", "dismissed"), ("medium", "dismissed")]
    assert flag.changed_because == ""


def test_changes_report_the_end_of_a_trial(only_rules):
    only_rules(RULES["R068"])
    flag = flag_of("ocds-madeup-told", "México")
    RuleOverride.objects.create(rule="R068", parameter="on_trial", value=False, source="50 flags read")
    audit_again([flag.process_id])
    raised_at = flag.changed_at
    flag.refresh_from_db()

    assert (flag.severity, flag.state, flag.changed_because) == ("medium", "new", "")
    assert flag.changed_at > raised_at
    assert list(Change.objects.filter(flag_id=flag.pk).order_by("pk").values_list("kind", flat=True)) == [
        "flag_raised",
        "flag_changed",
    ]
