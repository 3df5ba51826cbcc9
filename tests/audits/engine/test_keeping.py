"""Audits after a change of figures: which rules are asked again, and whose outcome is kept."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec import structs

from audits.engine import attempts, peers, processes
from audits.engine.catching_up import catch_up
from audits.engine.tally import Tally
from audits.judging.figures.processes import BuyerShare, ProcessFigures, SourceCoverage
from audits.judging.rule.vocabulary import Evidence, Finding
from audits.models import Audit, Flag, Review
from audits.reference.rule_sets import rule_sets_in_force
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import ContractingProcess, Publisher
from tests.support.purchases import add_terms, audit, forget_everything, purchase
from tests.support.records import load
from tests.support.rules import made_up

pytestmark = pytest.mark.django_db

asked: Counter[str] = Counter()
answers_as_before: dict[str, bool] = {}


@made_up("X01", "bought")
def reads_the_record(dossier):
    asked["X01"] += 1
    yield Finding((Evidence("/ocid", dossier.process.ocid),), {})


@made_up("X02", "bought before", reads=("purchases_before",))
def reads_a_figure(dossier):
    asked["X02"] += 1
    for earlier in () if answers_as_before.get("X02") else dossier.statistics.purchases_before or ():
        yield Finding((Evidence("/ocid", dossier.process.ocid),), {"ocid": earlier.ocid})


@pytest.fixture(autouse=True)
def rules(only_rules):
    asked.clear()
    answers_as_before.clear()
    only_rules(reads_the_record, reads_a_figure)


@pytest.fixture
def later():
    """Return the primary key of a process that is audited, before an earlier purchase of its buyer is known."""
    audit(purchase(2, date="2024-02-01", method="direct"))
    asked.clear()
    return ContractingProcess.objects.get().pk


def an_earlier_purchase_comes():
    load(purchase(1, date="2024-01-01", method="direct"))
    (new,) = next(processes.due_batches())
    processes.audit_due([new])
    asked.clear()


def test_only_rules_with_changed_figures_run_again(later):
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


def test_a_flag_is_unchanged_if_its_rule_does_not_run(later, admin_user):
    flag = Flag.objects.get(process=later)
    review_flag(flag=flag, reviewer=admin_user, decision=Review.Decision.CONFIRMED, reason="seen in the record")
    before = Flag.objects.get(process=later)

    an_earlier_purchase_comes()
    peers.find_due()
    processes.audit_due([later])

    after = Flag.objects.get(process=later, rule="X01")
    assert after.last_audit == Audit.objects.get(process=later, is_current=True)
    assert (after.state, after.changed_at, after.withdrawn_at) == (before.state, before.changed_at, None)


def test_an_audit_is_kept_and_no_flag_written_if_a_changed_figure_changes_no_outcome(later):
    flags = list(Flag.objects.values_list("pk", "last_audit", "changed_at"))
    before = Audit.objects.get(process=later)
    answers_as_before["X02"] = True
    an_earlier_purchase_comes()
    peers.find_due()
    with CaptureQueriesContext(connection) as queries:
        assert processes.audit_due([later]) == 1

    assert asked == {"X02": 1}
    after = Audit.objects.get(process=later)
    assert (after.pk, after.outcomes, after.is_due) == (before.pk, before.outcomes, False)
    assert after.dossier_digest != before.dossier_digest
    assert after.figures != before.figures
    assert after.audited_at > before.audited_at
    assert list(Flag.objects.filter(process=later).values_list("pk", "last_audit", "changed_at")) == flags
    assert not [
        query for query in queries if 'UPDATE "audits_flag"' in query["sql"] or "audits_flag f" in query["sql"]
    ]
    assert processes.count_due() == 0


def test_the_age_of_records_is_read_only_for_high_shares(only_rules):
    only_rules(RULES["R040"])
    rule_set = rule_sets_in_force().for_country("PE")
    share = BuyerShare(
        "S", 0.2, 24, "PEN", "Muni, PEN", suppliers=9, awards=5, largest=0.1, amount=900, ocids=("ocds-x-1",)
    )
    coverage = SourceCoverage("2023-02", 8, "2023-02", 3)

    def read(**changes):
        shares = [structs.replace(share, **changes)]
        return rule_set.reduced(ProcessFigures(buyer_shares=shares, source_coverage=coverage)).source_coverage

    assert read() == read(share=0.9, processes=2) == SourceCoverage("", 0, "", 0)
    assert read(share=0.9) == SourceCoverage("", 8, "", 3)


def test_restored_figures_restore_the_earlier_audit(later):
    first = Audit.objects.get(process=later)
    an_earlier_purchase_comes()
    peers.find_due()
    processes.audit_due([later])
    assert Audit.objects.filter(process=later).count() == 2  # flags name both

    answers_as_before["X02"] = True
    audit({**purchase(1, date="2024-01-01", amount=2000, method="direct"), "id": "2", "date": "2024-05-01T00:00:00Z"})
    catch_up()
    third = Audit.objects.get(process=later, is_current=True)
    assert third.pk != first.pk
    cancelled = purchase(1, date="2024-01-01", method="direct")
    cancelled["awards"][0]["status"] = "cancelled"
    audit({**cancelled, "id": "3", "date": "2024-06-01T00:00:00Z"})
    catch_up()
    back = Audit.objects.get(process=later, is_current=True)
    assert (back.pk, back.dossier_digest, back.is_due) == (first.pk, first.dossier_digest, False)
    assert processes.count_due() == 0


def test_an_audit_is_kept_if_no_figure_changed(later):
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
def test_all_rules_run_again_in_other_circumstances(change):
    publisher = Publisher.objects.create(slug="ministerio", name="Ministerio", country="PE")
    load(purchase(2, date="2024-02-01", method="direct"), publisher=publisher)
    audit()
    asked.clear()
    change()
    attempts.mark_due([ContractingProcess.objects.get().pk])
    processes.audit_due([ContractingProcess.objects.get().pk])
    assert asked == {"X01": 1, "X02": 1}


def test_audits_with_kept_outcomes_equal_full_audits(only_rules):
    only_rules(*RULES.values())
    add_terms()
    bought = [
        purchase(number, method="direct", date=f"2024-0{number}-01", amount=number * 100) for number in range(1, 8)
    ]
    for record in reversed(bought):
        audit(record)
    catch_up()
    kept = outcomes()
    forget_everything()
    audit(*bought)
    catch_up()
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))
    assert kept == outcomes()


def outcomes():
    current = Audit.objects.filter(is_current=True, organization=None)
    return {ocid: (found, read) for ocid, found, read in current.values_list("process__ocid", "outcomes", "figures")}
