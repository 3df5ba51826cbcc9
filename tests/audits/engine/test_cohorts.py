import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

import audits.cohorts
from audits import tasks
from audits.contributions.sources import OBSERVED
from audits.engine import cohorts, processes
from audits.engine.cohorts import refresh_cohorts
from audits.judging.figures.processes import Fences, PublisherPractice
from audits.models import Audit, Cohort, Flag, Observation, PopulationChange
from audits.models.cohort import POPULATION_TABLES
from contracts.models import ContractingProcess, Publisher
from tests.support.auditing import settle, settle_cohorts
from tests.support.purchases import add_terms, figures, forget_everything, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db


def contested(number, *, gap, method="open", category="goods", country="PE", currency="PEN"):
    """A competitive process whose second bid lies ``gap`` percent above the winning one."""
    release = purchase(number, method=method, mainProcurementCategory=category, country=country)
    release["tag"] = ["award", "contract"]
    release["bids"] = {
        "details": [
            {
                "id": "1",
                "status": "valid",
                "tenderers": [{"id": "S1"}],
                "value": {"amount": 100, "currency": currency},
            },
            {
                "id": "2",
                "status": "valid",
                "tenderers": [{"id": "L"}],
                "value": {"amount": 100 + gap, "currency": currency},
            },
        ]
    }
    return release


def written():
    return set(Cohort.objects.values_list("name", "key", "n", "computed_at")), set(
        Audit.objects.values_list("pk", "audited_at")
    )


# Fences


def test_fences_are_those_of_country_method_and_category_with_n_and_window():
    load(*(contested(number, gap=number) for number in range(1, 13)))
    load(contested(20, gap=90, category="services"))
    settle_cohorts()
    cohort = Cohort.objects.get(name="price_gaps", key="PE|open|goods")
    assert cohort.n == 12
    assert (cohort.window_start.date().isoformat(), cohort.window_end.date().isoformat()) == ("2024-03-01",) * 2
    # Hyndman and Fan's type 8 of 0.01 … 0.12: h = (12 + 1/3) p + 1/3
    assert cohort.figures["q1"] == pytest.approx(0.0341666667)
    assert cohort.figures["q3"] == pytest.approx(0.0958333333)
    every = Cohort.objects.get(name="price_gaps", key="")
    own = Fences(n=12, cohort="PE, open, goods", **cohort.figures)
    assert figures(1, "price_gap_fence") == Fences(n=13, cohort="*", own=own, **every.figures)


def test_a_small_cohort_gives_no_figures():
    load(*(contested(number, gap=number) for number in range(1, 10)))
    load(*(contested(number, gap=number, method="selective") for number in range(10, 15)))
    settle_cohorts()
    assert (figures(1, "price_gap_fence").n, figures(1, "price_gap_fence").own) == (14, None)
    load(contested(30, gap=5))
    settle_cohorts()
    own = figures(1, "price_gap_fence").own
    assert (own.cohort, own.n) == ("PE, open, goods", 10)
    assert figures(10, "price_gap_fence").own is None


def test_flags_of_fences_need_a_known_cohort():
    load(*(contested(number, gap=10 + number % 5) for number in range(1, 20)), contested(99, gap=80))
    settle()
    assert not Flag.objects.filter(rule="R058").exists()
    assert Audit.objects.filter(organization=None).first().outcomes["R058"]["field"] == "statistics/price_gap_fence"
    refresh_cohorts()
    settle()
    (flag,) = Flag.objects.filter(rule="R058")
    assert (flag.process.ocid, flag.values["n"]) == ("ocds-test01-99", 20)


# Practice of publishers


@pytest.mark.parametrize(("with_ground", "severity"), [(9, "low"), (0, None)])
def test_a_missing_field_is_weighted_by_the_publishers_habit(with_ground, severity):
    Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01", country="PE")
    load(
        *(
            purchase(number, method="direct", amount=900_000, procurementMethodRationale="Único proveedor")
            if number < with_ground
            else purchase(number, method="direct", amount=900_000)
            for number in range(12)
        )
    )
    settle()
    assert set(Flag.objects.filter(rule="R010").values_list("severity", flat=True)) == {"context"}
    settle_cohorts()
    cohort = Cohort.objects.get(name="publisher_practice", key="R010|test")
    assert (cohort.n, cohort.figures) == (12, {"share": with_ground * 100 // 12 / 100})
    standing = Flag.objects.standing().filter(rule="R010")
    assert set(standing.values_list("severity", flat=True)) == ({severity} if severity else set())
    assert standing.count() == (12 - with_ground if severity else 0)
    assert refresh_cohorts() == ([], [], [])  # what the flags became changes no practice


def test_missing_planning_documents_are_judged_by_the_source():
    bidding = {"documents": [{"id": "1", "documentType": "biddingDocuments"}]}
    given = {"planning": {"documents": [{"id": "2", "documentType": "marketStudies"}]}}
    load(*({**purchase(number, **bidding), **(given if number < 4 else {})} for number in range(12)))
    settle()
    settle_cohorts()
    cohort = Cohort.objects.get(name="publisher_practice", key="R001|ocds-test01")
    assert (cohort.n, cohort.figures) == (12, {"share": 0.33})
    assert not Flag.objects.standing().filter(rule="R001")  # what a source seldom gives is not asked of one


def test_a_few_more_records_of_a_publisher_make_nothing_due():
    def give(numbers):
        load(*(purchase(number, method="direct", amount=900_000) for number in numbers))
        settle()
        return refresh_cohorts().stale

    assert len(give(range(21))) == 21
    # 24 are told as "20 or more", of whom as many give a ground: none
    assert give(range(21, 24)) == []
    assert Cohort.objects.get(name="publisher_practice", key="R010|ocds-test01").n == 24
    assert figures(1, "publisher_practice")["R010"] == PublisherPractice(0.0, 20)
    assert len(give(range(24, 50))) == 50


# Spend of a country


def test_dependence_of_a_country_is_known_from_twenty_processes_of_three_buyers():
    add_terms()
    load(
        *(
            purchase(
                number,
                supplier="S1" if number % 4 else f"S{number}",
                amount=1000,
                buyer=f"B{number % 10}",
                date=f"{2023 + number // 12}-{number % 12 + 1:02}-01",
            )
            for number in range(20)
        )
    )
    settle_cohorts()
    cohort = Cohort.objects.get(name="country_spend")
    assert (cohort.key, cohort.n) == ("PE|surveillance|PEN|2024", 20)
    assert cohort.figures["suppliers"]["PE-RUC:10S1"] == 0.75
    assert len(cohort.figures["suppliers"]) == 6
    in_country = [figure for figure in figures(13, "supplier_shares") if figure.population.startswith("PE, ")]
    assert [(figure.share, figure.processes) for figure in in_country] == [(0.75, 20)]
    flagged = Flag.objects.standing().filter(rule="T08", values__population="PE, PEN, 2022 – 2024")
    assert flagged.count() == 6  # those of 2024 from S1
    # When too few are left, nothing may go on citing them.
    load({**purchase(0, supplier="S0", buyer="B0", title="Zapatos"), "id": "2", "date": "2024-06-01T00:00:00Z"})
    settle_cohorts()
    assert not Cohort.objects.filter(name="country_spend").exists()
    assert not flagged.exists()


# Coming to rest


def test_a_refresh_without_changes_writes_nothing():
    load(*(contested(number, gap=number) for number in range(1, 13)))
    settle_cohorts()
    before = written()
    assert refresh_cohorts() == ([], [], [])
    settle()
    assert written() == before


def test_a_refresh_after_which_nothing_was_written_computes_nothing(monkeypatch):
    load(*(contested(number, gap=number) for number in range(1, 13)))
    settle_cohorts()
    refresh_cohorts()
    monkeypatch.setattr(cohorts, "compute_cohorts", lambda: pytest.fail("computed"))
    assert refresh_cohorts() == ([], [], [])


@pytest.mark.parametrize("table", POPULATION_TABLES)
def test_every_write_to_a_cohorts_input_triggers_a_refresh(table, monkeypatch):
    refresh_cohorts()
    computed = []
    monkeypatch.setattr(cohorts, "compute_cohorts", lambda: computed.append(table) or [])
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE false")
    refresh_cohorts()
    refresh_cohorts()
    assert computed == [table]


def test_a_new_version_has_all_cohorts_computed():
    refresh_cohorts()
    call_command("loadreference", verbosity=0)
    assert PopulationChange.objects.exists()


def test_the_tables_with_change_marks_are_the_inputs_of_cohorts():
    read = set()
    for path in Path(audits.cohorts.__path__[0]).glob("*.py"):
        sql = path.read_text().replace("{OBSERVED}", OBSERVED.strip())
        read.update(re.findall(r"(?:FROM|JOIN) ((?:audits|contracts)_\w+)", sql))
    assert read == set(POPULATION_TABLES)


def test_the_order_of_loading_does_not_matter():
    records = [contested(number, gap=number if number < 12 else 90) for number in range(1, 13)]

    def flags():
        return sorted(
            (flag.process.ocid, flag.rule, bytes(flag.fingerprint), str(sorted(flag.values.items())))
            for flag in Flag.objects.standing().select_related("process")
        )

    def cohort_rows():
        return sorted((cohort.name, cohort.key, cohort.n, bytes(cohort.digest)) for cohort in Cohort.objects.all())

    results = []
    for order in (records, records[::-1]):
        for start in range(0, 12, 5):
            load(*order[start : start + 5])
            settle_cohorts()
        results.append((flags(), cohort_rows()))
        forget_everything()
    assert results[0] == results[1]
    assert "R058" in {flag[1] for flag in results[0][0]}


def test_only_readers_of_a_changed_cohort_become_due():
    load(*(contested(number, gap=number) for number in range(1, 11)), purchase(50))
    settle_cohorts()
    load(contested(12, gap=3))
    settle()
    changed, stale, _ = refresh_cohorts()
    assert {cohort.key for cohort in changed if cohort.name == "price_gaps"} == {"", "PE|open|goods"}
    ocids = set(ContractingProcess.objects.filter(pk__in=stale).values_list("ocid", flat=True))
    assert ocids == {f"ocds-test01-{number}" for number in (*range(1, 11), 12)}
    assert processes.count_due() == 11


def test_a_process_that_leaves_a_cohort_leaves_its_figures():
    load(*(contested(number, gap=number) for number in range(1, 13)))
    settle_cohorts()
    load({**contested(12, gap=12), "id": "2", "date": "2024-06-01T00:00:00Z", "bids": {"details": []}, "awards": []})
    cancelled = {"id": "3", "date": "2024-07-01T00:00:00Z", "awards": [{"id": "A", "status": "cancelled"}]}
    load({**contested(12, gap=12), **cancelled})
    settle_cohorts()
    assert Cohort.objects.get(name="price_gaps", key="").n == 11
    assert not Observation.objects.filter(process__ocid="ocds-test01-12").exclude(price_gaps=[]).exists()


def test_changes_within_the_tolerance_wait_a_day():
    load(*(contested(number, gap=number) for number in range(1, 12)))
    settle_cohorts()
    load(contested(12, gap=3))
    settle()
    assert refresh_cohorts(tolerance=0.5) == ([], [], [])
    Cohort.objects.update(computed_at=timezone.now() - timedelta(days=2))
    assert len(refresh_cohorts(tolerance=0.5).stale) == 12


def test_a_clock_that_was_ahead_hides_no_change_of_a_cohort():
    load(*(contested(number, gap=number) for number in range(1, 12)))
    settle_cohorts()
    ahead = timezone.now() + timedelta(days=400)
    Cohort.objects.update(computed_at=ahead)
    load(contested(12, gap=3))
    settle()
    assert len(refresh_cohorts(tolerance=0.5).stale) == 12

    one, other = Cohort.objects.order_by("pk")[:2]
    Cohort.objects.filter(pk=one.pk).update(computed_at=ahead)
    before = cohorts.cohorts_version()
    Cohort.objects.filter(pk=other.pk).update(computed_at=timezone.now())
    assert cohorts.cohorts_version() != before


def test_a_cohort_that_changes_while_a_process_is_judged_has_it_judged_again(after_snapshot):
    load(*(contested(number, gap=number) for number in range(1, 12)))
    settle()
    load(contested(12, gap=3))
    after_snapshot(refresh_cohorts)
    processes.audit_due(next(processes.due_batches()))
    assert Audit.objects.get(process__ocid="ocds-test01-12", is_current=True).outcomes["R024"]["field"] == (
        "statistics/price_gap_fence"
    )
    assert processes.count_due() == 12
    settle()
    assert not Audit.objects.filter(is_current=True, outcomes__R024__field="statistics/price_gap_fence").exists()


# Commands and tasks


def test_the_command_refreshes_audits_and_is_idempotent(capsys):
    load(*(contested(number, gap=10 + number % 5) for number in range(1, 20)), contested(99, gap=80))
    settle()
    capsys.readouterr()
    call_command("cohorts", "--json")
    told = json.loads(capsys.readouterr().out)
    assert {(entry["name"], entry["key"], entry["n"]) for entry in told["changed"]} == {
        *(("price_gaps", key, 20) for key in ("", "PE|open|goods")),
        *(("bids_won", "tenderer", 2), ("bids_disqualified", "buyer", 1), ("bids_disqualified", "tenderer", 2)),
        ("source_habits", "ocds-test01", 20),
    }
    assert (told["cohorts"], told["processes"], told["organizations"], told["audits_written"]) == (6, 20, 3, 23)
    assert Flag.objects.filter(rule="R058").count() == 1
    before = written()
    call_command("cohorts", "--json")
    again = json.loads(capsys.readouterr().out)
    assert (again["cohorts"], again["changed"], again["processes"], again["audits_written"]) == (6, [], 0, 0)
    assert written() == before
    call_command("cohorts")
    assert capsys.readouterr().out.startswith(
        "6 cohorts, 0 changed; 0 processes and 0 organizations judged again, 0 audits written"
    )


def test_the_task_enqueues_readers_of_changed_cohorts(monkeypatch):
    load(*(contested(number, gap=number) for number in range(1, 13)))
    settle()
    nudged = []
    monkeypatch.setattr(tasks, "enqueue", nudged.append)
    tasks.refresh_cohorts()
    tasks.refresh_cohorts()
    assert [len(entry) for entry in nudged] == [12, 0]
    assert cohorts.cohorts_version()[0] == 6


@pytest.mark.django_db(transaction=True)
def test_a_refresh_disables_parallel_queries_only_for_itself(monkeypatch):
    def workers():
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_parallel_workers_per_gather")
            return cursor.fetchone()[0]

    seen = []
    monkeypatch.setattr(cohorts, "compute_cohorts", lambda: seen.append(workers()) or [])
    before = workers()
    refresh_cohorts()
    assert (before != "0", seen, workers()) == (True, ["0"], before)
