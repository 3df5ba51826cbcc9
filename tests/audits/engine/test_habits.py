"""Habits of sources: counted, refreshed, and not asked about."""

import pytest

from audits.cohorts import compute_cohorts
from audits.engine import processes
from audits.engine.cohorts import refresh_cohorts
from audits.engine.retiring import retire
from audits.judging.figures.processes import SourceHabit
from audits.judging.rule.vocabulary import Evidence, Finding
from audits.models import Audit, Cohort, Flag, Observation
from audits.statistics import statistics_for
from audits.statistics.habits import sample_size
from contracts.models import ContractingProcess, Publisher
from tests.support.auditing import audit_due, settle_cohorts
from tests.support.purchases import audit, forget_everything
from tests.support.records import load, release
from tests.support.rules import made_up

pytestmark = pytest.mark.django_db

asked: list[str] = []


@made_up("X01", "there")
def reads_the_record(dossier):
    asked.append(f"X01 {dossier.subject}")
    yield Finding((Evidence("/ocid", dossier.process.ocid),), {})


@made_up("X02", "as estimated", reads=("source_habits.estimate_equals_award",))
def reads_a_habit(dossier):
    asked.append(f"X02 {dossier.subject}")
    yield Finding((Evidence("/ocid", dossier.process.ocid),), {})


@made_up("X03", "not as estimated", reads=("source_habits.estimate_equals_award",))
def reads_a_habit_and_finds_nothing(dossier):
    asked.append(f"X03 {dossier.subject}")
    return ()


@pytest.fixture(autouse=True)
def rules(only_rules):
    asked.clear()
    only_rules(reads_the_record, reads_a_habit)


def bought(number, *, estimate, prefix="ocds-test01", **changes):
    """A record whose award is of 900.5, and its estimate as given."""
    made = release(f"{prefix}-{number}", **changes)
    made["tender"]["value"]["amount"] = estimate
    return made


def numbers(first, last):
    return range(first, last + 1)


def outcomes(code="X02"):
    found = Audit.objects.filter(is_current=True, process__isnull=False).order_by("process__ocid")
    return {audit.process.ocid.rpartition("-")[2]: audit.outcomes[code]["kind"] for audit in found}


def test_habits_are_counted_by_publisher_or_by_prefix():
    publisher = Publisher.objects.create(slug="prueba", name="Prueba")
    load(*(bought(number, estimate=900.5) for number in numbers(1, 3)), publisher=publisher)
    load(bought(4, estimate=1000), publisher=publisher)
    load(bought(5, estimate=1000, prefix="ocds-other1"), bought(6, estimate=1000, prefix="22"))
    settle_cohorts()

    cohorts = {cohort.key: cohort for cohort in Cohort.objects.filter(name="source_habits")}

    assert {key: cohort.n for key, cohort in cohorts.items()} == {"prueba": 4, "ocds-other1": 1, "22-6": 1}
    habits = cohorts["prueba"].figures["habits"]
    assert habits["estimate_equals_award"] == {"answer": "yes", "same": 3, "n": 4}
    assert habits["no_planning_documents"] == {"answer": "yes", "same": 4, "n": 4}
    assert habits["number_of_tenderers"] == {"answer": "1", "same": 4, "n": 4}
    assert habits["no_method"] == {"answer": "no", "same": 4, "n": 4}
    assert "signed_at_end_of_term" not in habits


def test_methods_are_counted_by_label_and_code():
    tenders = [("direct", "AD"), ("direct", "AD"), ("selective", "AD"), ("open", "LP"), ("open", "")]
    for number, (code, label) in enumerate(tenders):
        made = bought(number, estimate=1)
        made["tender"] |= {"procurementMethod": code, "procurementMethodDetails": label}
        load(made)
    settle_cohorts()
    (cohort,) = Cohort.objects.filter(name="source_habits")
    assert cohort.figures["methods"] == {"AD": {"direct": 2, "selective": 1}, "LP": {"open": 1}}


def test_habits_of_a_source_are_not_flagged():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 16)))
    load(*(bought(number, estimate=1000) for number in numbers(17, 20)))
    load(*(bought(number, estimate=900.5, prefix="ocds-other1") for number in numbers(30, 32)))
    settle_cohorts()

    # 7 of 11 do so, and those are not asked; of the other source too little is known
    unasked = {number for number, kind in outcomes().items() if kind == "insufficient_data"}
    assert unasked == {str(number) for number in numbers(10, 16)}
    assert set(outcomes("X01").values()) == {"flagged"}
    answer = Audit.objects.get(process__ocid="ocds-test01-10", is_current=True).outcomes["X02"]
    assert answer == {
        "kind": "insufficient_data",
        "reason": "source_habit",
        "field": "/tender/value/amount",
        "values": {"habit": "estimate_equals_award", "share": "60%", "number": 10},
    }
    assert not Flag.objects.standing().filter(rule="X02", process__ocid="ocds-test01-10").exists()


def test_a_habit_needs_more_than_half_of_at_least_five_records():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 14)))
    load(*(bought(number, estimate=1000) for number in numbers(15, 19)))
    load(*(bought(number, estimate=900.5, prefix="ocds-other1") for number in numbers(30, 33)))
    settle_cohorts()
    assert set(outcomes().values()) == {"flagged"}


def test_a_changed_habit_reruns_only_affected_rules_and_records():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 15)))
    load(*(bought(number, estimate=1000) for number in numbers(16, 21)))
    settle_cohorts()
    assert set(outcomes().values()) == {"flagged"}
    asked.clear()

    audit(bought(22, estimate=900.5))
    asked.clear()
    refreshed = settle_cohorts()

    assert len(refreshed.stale) == 7
    assert set(asked) == {f"X02 ocds-test01-{number}" for number in (*numbers(10, 15), 22)}


def test_a_changed_habit_keeps_audits_without_findings(only_rules):
    only_rules(reads_the_record, reads_a_habit_and_finds_nothing)
    load(*(bought(number, estimate=900.5) for number in numbers(10, 15)))
    load(*(bought(number, estimate=1000) for number in numbers(16, 21)))
    settle_cohorts()
    before = Audit.objects.get(process__ocid="ocds-test01-10")
    audit(bought(22, estimate=900.5))
    asked.clear()

    assert len(settle_cohorts().stale) == 7

    assert asked == []
    after = Audit.objects.get(process__ocid="ocds-test01-10")
    assert (after.pk, after.outcomes, after.is_due) == (before.pk, before.outcomes, False)
    assert after.figures != before.figures
    assert processes.count_due() == 0


def test_a_few_more_records_make_nothing_due():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 29)))
    settle_cohorts()
    load(bought(30, estimate=900.5))
    audit_due()
    assert refresh_cohorts().stale == []


def test_retired_records_are_not_counted():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 20)))
    settle_cohorts()
    process_ids = list(ContractingProcess.objects.order_by("ocid").values_list("pk", flat=True))
    retire(process_ids[:1])
    refresh_cohorts()
    assert Cohort.objects.get(name="source_habits").n == 10
    retire(process_ids[1:])
    refresh_cohorts()
    assert not Cohort.objects.filter(name="source_habits").exists()


def test_the_same_records_give_the_same_habits_in_any_order():
    records = [bought(number, estimate=900.5 if number % 3 else 1000) for number in numbers(10, 24)]
    load(*records)
    settle_cohorts()
    first = [(cohort.key, cohort.n, cohort.figures) for cohort in compute_cohorts() if cohort.name == "source_habits"]
    forget_everything()
    load(*reversed(records))
    settle_cohorts()
    assert first == [
        (cohort.key, cohort.n, cohort.figures) for cohort in compute_cohorts() if cohort.name == "source_habits"
    ]


def test_an_observation_stores_how_a_record_fills_fields():
    audit(bought(1, estimate=900.5))
    habits = Observation.objects.get().habits
    assert habits == sorted(habits)
    assert {"estimate_equals_award:yes", "number_of_tenderers:1", "no_method:no"} <= set(habits)


@pytest.mark.parametrize(
    ("n", "told"),
    [(1, 1), (9, 9), (19, 10), (999, 500), (1_000, 1_000), (9_999, 1_000), (640_000, 100_000)],
)
def test_large_numbers_of_records_are_rounded_to_tens(n, told):
    assert sample_size(n) == told


def test_figures_are_rounded_to_steps():
    load(*(bought(number, estimate=900.5) for number in numbers(10, 34)), bought(35, estimate=1000))
    settle_cohorts()
    process = ContractingProcess.objects.get(ocid="ocds-test01-10")
    reads = frozenset({"source_habits.estimate_equals_award"})
    figures = statistics_for([process.pk], reads=reads)[process.pk]
    assert figures.source_habits == {"estimate_equals_award": SourceHabit(0.95, 20)}


def test_records_without_a_prefix_belong_to_their_named_publisher():
    """Its package names it, or its release; a prefix of the standard tells more, and no name is that of a slug."""
    Publisher.objects.create(slug="prueba", name="Prueba", ocid_prefix="ocds-prueba")
    named = {"packageInfo": {"publisher": {"name": "Grupo de Prueba"}}}
    load(*(bought(number, estimate=900.5, prefix="X", **named) for number in numbers(1, 5)))
    load(bought(6, estimate=900.5, prefix="X", publisher={"name": "Grupo de Prueba"}))
    load({"publisher": {"name": "Grupo de Prueba"}, "releases": [bought(7, estimate=900.5, prefix="X")]})
    load(bought(8, estimate=900.5, prefix="ocds-other1", **named))
    load(bought(9, estimate=900.5, prefix="X", publisher={"name": "prueba"}), bought(1, estimate=900.5, prefix="Y"))
    load(bought(1, estimate=900.5, prefix="ocds-prueba"))
    settle_cohorts()

    counted = {cohort.key: cohort.n for cohort in Cohort.objects.filter(name="source_habits")}

    assert counted == {"publisher:Grupo de Prueba": 7, "ocds-other1": 1, "publisher:prueba": 1, "Y-1": 1, "prueba": 1}
    found = outcomes()
    assert {found[str(number)] for number in numbers(2, 7)} == {"insufficient_data"}
    assert {found[str(number)] for number in (8, 9)} == {"flagged"}
