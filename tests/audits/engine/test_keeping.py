"""A record that is audited again because of its figures: who is asked again, and whose answer is kept."""

from collections import Counter

import pytest

from audits.engine import attempts, peers, processes
from audits.engine.settling import settle
from audits.engine.tally import Tally
from audits.judging.vocabulary import Evidence, Finding, Severity, Stage, rule
from audits.models import Audit, Flag, Review
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import ContractingProcess, Publisher
from tests.support.purchases import add_terms, audit, forget_everything, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db

asked: Counter[str] = Counter()


@rule(code="X01", title="", stage=Stage.AWARD, severity=Severity.LOW, version=1, sentences={"default": "bought"})
def reads_the_record(dossier):
    asked["X01"] += 1
    yield Finding((Evidence("/ocid", dossier.process.ocid),), {})


@rule(
    code="X02",
    title="",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=1,
    sentences={"default": "bought before"},
    reads=("purchases_before",),
)
def reads_a_figure(dossier):
    asked["X02"] += 1
    for earlier in dossier.statistics.purchases_before or ():
        yield Finding((Evidence("/ocid", dossier.process.ocid),), {"ocid": earlier.ocid})


@pytest.fixture(autouse=True)
def rules(only_rules):
    asked.clear()
    only_rules(reads_the_record, reads_a_figure)


@pytest.fixture
def later():
    """Return the primary key of a process that is audited, before an earlier purchase of its buyer is known."""
    audit(purchase(2, date="2024-02-01"))
    asked.clear()
    return ContractingProcess.objects.get().pk


def an_earlier_purchase_comes():
    load(purchase(1, date="2024-01-01"))
    (new,) = next(processes.due_batches())
    processes.audit_due([new])
    asked.clear()


def test_only_the_rules_that_read_another_figure_are_asked_again(later):
    an_earlier_purchase_comes()
    tally = Tally()

    assert peers.find_due() == [later]
    assert processes.audit_due([later], tally) == 1

    assert asked == {"X02": 1}
    written = Audit.objects.get(process=later, is_current=True)
    assert written.outcomes == {"X01": {"kind": "flagged"}, "X02": {"kind": "flagged"}}
    assert dict(tally.flags) == {"X01": 1, "X02": 1}
    assert {code: dict(kinds) for code, kinds in tally.outcomes.items()} == {
        "X01": {"flagged": 1},
        "X02": {"flagged": 1},
    }


def test_a_flag_whose_rule_is_not_asked_again_stands_as_it_was(later, admin_user):
    flag = Flag.objects.get(process=later)
    review_flag(flag=flag, reviewer=admin_user, decision=Review.Decision.CONFIRMED, reason="seen in the record")
    before = Flag.objects.get(process=later)

    an_earlier_purchase_comes()
    peers.find_due()
    processes.audit_due([later])

    after = Flag.objects.get(process=later, rule="X01")
    assert after.last_audit == Audit.objects.get(process=later, is_current=True)
    assert (after.state, after.changed_at, after.withdrawn_at) == (before.state, before.changed_at, None)


def test_where_no_figure_changed_nobody_is_asked_and_the_audit_stands(later):
    attempts.mark_due([later])
    assert processes.audit_due([later]) == 0
    assert not asked
    assert processes.count_due() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: Publisher.objects.update(time_zone="America/Lima"),
        lambda: Audit.objects.update(failed=["X01"]),
        lambda: Audit.objects.update(figures={}),
    ],
    ids=["another time zone", "a rule that failed", "an audit of an earlier version"],
)
def test_everybody_is_asked_again_in_other_circumstances(change):
    publisher = Publisher.objects.create(slug="ministerio", name="Ministerio", country="PE")
    load(purchase(2, date="2024-02-01"), publisher=publisher)
    audit()
    asked.clear()
    change()
    attempts.mark_due([ContractingProcess.objects.get().pk])
    processes.audit_due([ContractingProcess.objects.get().pk])
    assert asked == {"X01": 1, "X02": 1}


def test_audits_that_kept_answers_are_those_of_a_full_audit(only_rules):
    only_rules(*RULES.values())
    add_terms()
    bought = [
        purchase(number, method="direct", date=f"2024-0{number}-01", amount=number * 100) for number in range(1, 8)
    ]
    for record in reversed(bought):
        audit(record)
    settle()
    kept = outcomes()
    forget_everything()
    audit(*bought)
    settle()
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))
    assert kept == outcomes()


def outcomes():
    current = Audit.objects.filter(is_current=True, organization=None)
    return {ocid: (found, read) for ocid, found, read in current.values_list("process__ocid", "outcomes", "figures")}
