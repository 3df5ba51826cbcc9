"""How long a source and an organization are on record."""

from datetime import date

import pytest

from audits.cohorts.habits import held_months
from audits.engine.cohorts import refresh_cohorts
from audits.judging.figures.months import month_of, month_text, read_month
from audits.judging.figures.processes import SourceCoverage
from audits.models import Cohort
from audits.statistics.organizations import figures_of
from audits.statistics.windows import stretch
from contracts.models import ContractingProcess, Organization
from tests.support.purchases import audit, figures, purchase

MAY = month_of(date(2024, 5, 31))


def test_months_are_numbers_that_follow_each_other():
    assert [month_text(month_of(date(2023, 12, 1)) + more) for more in (0, 1)] == ["2023-12", "2024-01"]
    assert read_month("2024-05") == MAY


@pytest.mark.parametrize(
    ("held", "gap", "expected"),
    [
        ([], 1, (MAY + 1, 0)),
        ([MAY], 0, (MAY, 1)),
        ([MAY - 2, MAY - 1, MAY], 0, (MAY - 2, 3)),
        ([MAY - 3, MAY - 1, MAY], 0, (MAY - 1, 2)),
        ([MAY - 3, MAY - 1, MAY], 1, (MAY - 3, 3)),
        ([MAY - 4, MAY - 1], 1, (MAY - 1, 1)),  # the last month may be empty where one is no gap
        ([MAY - 2], 1, (MAY + 1, 0)),
        ([MAY + 1], 1, (MAY + 1, 0)),  # what comes later says nothing of before
    ],
)
def test_a_stretch_ends_at_the_first_gap(held, gap, expected):
    assert stretch(held, MAY, gap=gap) == expected


def test_a_month_with_a_few_late_records_is_not_held():
    records = {MAY: 1, MAY - 1: 100, MAY - 2: 9, MAY - 3: 80, MAY - 50: 2}
    assert held_months(records) == {"months": ["2024-02", "2024-04"], "without_gaps": False, "records": 100}
    assert held_months({MAY: 1, MAY - 1: 2}) == {"months": ["2024-04", "2024-05"], "without_gaps": True, "records": 2}
    assert held_months({}) == {"months": [], "without_gaps": True, "records": 0}


def bought(number, date, **changes):
    return purchase(number, date=date, **changes)


@pytest.mark.django_db
def test_a_process_is_told_how_long_its_source_and_its_buyer_are_on_record():
    audit(
        *(bought(month, f"2023-{month:02}-10", buyer=f"B{month % 2}") for month in (1, 2, 3, 4, 5, 8, 9, 10)),
        bought(30, "2023-10-20", buyer="B7"),
    )
    assert figures(10, "source_coverage") is None  # before the months of sources are counted
    refresh_cohorts()
    (cohort,) = Cohort.objects.filter(name="source_habits")
    assert cohort.figures["coverage"] == {
        "months": [f"2023-{month:02}" for month in (1, 2, 3, 4, 5, 8, 9, 10)],
        "without_gaps": False,
        "records": 1,
    }
    # June and July are a gap of the source; the buyer may leave out a quarter of a year
    assert figures(10, "source_coverage") == SourceCoverage("2023-08", 3, "2023-02", 2)
    assert figures(5, "source_coverage") == SourceCoverage("2023-01", 5, "2023-01", 3)
    assert figures(30, "source_coverage") == SourceCoverage("2023-08", 3, "2023-10", 1)


@pytest.mark.django_db
def test_a_buyer_that_buys_seldom_is_on_record_all_the_same():
    audit(
        *(bought(month, f"2023-{month:02}-10", buyer="B9") for month in range(2, 12)),
        *(bought(20 + month, f"2023-{month:02}-11", buyer="B1") for month in (1, 6, 11)),
    )
    refresh_cohorts()
    assert figures(31, "source_coverage") == SourceCoverage("2023-01", 11, "2023-11", 3)
    buyer = Organization.objects.get(key="PE-RUC:20B1")
    (found,) = figures_of([buyer.pk], reads=frozenset({"source_coverage"}))[buyer.pk].source_coverage
    assert found == SourceCoverage("2023-01", 11, "2023-11", 3, "buyer")


@pytest.mark.django_db
def test_what_comes_later_from_before_has_those_asked_again_that_it_reaches():
    audit(*(bought(month, f"2023-{month:02}-10") for month in (6, 7, 8)))
    refresh_cohorts()
    audit()
    assert figures(6, "source_coverage").since == "2023-06"
    audit(bought(5, "2023-05-10", buyer="B9"))
    refreshed = refresh_cohorts()
    assert refreshed.stale == sorted(ContractingProcess.objects.values_list("pk", flat=True))
    assert len(refreshed.organizations) == 3  # two buyers and a supplier
    audit()
    assert figures(6, "source_coverage").since == "2023-05"
    assert refresh_cohorts() == ([], [], [])


@pytest.mark.django_db
def test_an_organization_is_told_by_role_of_the_source_of_most_of_its_purchases():
    audit(*(bought(month, f"2023-{month:02}-10", supplier="S1") for month in (1, 2, 3)))
    refresh_cohorts()
    buyer, supplier = (Organization.objects.get(key=f"PE-RUC:{key}") for key in ("20B1", "10S1"))
    found = figures_of([buyer.pk, supplier.pk], reads=frozenset({"source_coverage"}))
    assert found[buyer.pk].source_coverage == [SourceCoverage("2023-01", 3, "2023-01", 3, "buyer")]
    assert found[supplier.pk].source_coverage == [SourceCoverage("2023-01", 3, "2023-01", 3, "supplier")]
