"""Shares in the spend of a country, against the same sums in Python."""

import random
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from audits.cohorts.shares import MIN_BUYERS, MIN_PROCESSES, MIN_SHARE, compute_country_spend, compute_market_shares
from audits.models import Purchase
from contracts.models import ContractingProcess, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchases():
    """Some thousand purchases by twelve buyers from nine suppliers, at times from two at once, over eight years."""
    chance = random.Random(7)
    organizations = Organization.objects.bulk_create(Organization(key=f"PE-RUC:{n}", name=str(n)) for n in range(21))
    processes = ContractingProcess.objects.bulk_create(
        ContractingProcess(ocid=f"ocds-test01-{n}", digest=b"", compiled_release={}) for n in range(900)
    )
    rows = []
    for process in processes:
        place = {
            "process": process,
            "buyer": chance.choice(organizations[:12]),
            "country": chance.choice(["PE", "PE", "PE", "CL", ""]),
            "currency": chance.choice(["PEN", "PEN", "USD", ""]),
            "date": datetime(chance.choice([2014, 2016, 2017, 2018, 2019, 2021]), 12, 31, 23, 30, tzinfo=UTC),
            "sectors": chance.choice([["cloud"], ["cloud", "ai"], []]),
            "subjects": chance.choice([["UNSPSC:432226"], ["CPV:3241"], ["CPV:3241", "CPV:4800"], ["title:camaras"]]),
        }
        for supplier in chance.sample(organizations[12:], chance.choice([1, 1, 2])):
            amount = chance.choice([None, Decimal(0), *[Decimal(chance.randrange(1, 5000)) / 7] * 6])
            rows.append(Purchase(supplier=supplier, amount=amount and round(amount, 10), **place))
    Purchase.objects.bulk_create(rows)
    return rows


def shares(purchases, parts_of):
    """The figures of every country, part, currency and year that is large enough: number of processes, shares, HHI."""
    counted = [
        (row.country, part, row.currency, row)
        for row in purchases
        for part in parts_of(row)
        if row.country and row.currency and row.amount
    ]
    found = {}
    for country, part, currency, year in {(*where, row.date.year) for *where, row in counted}:
        rows = [
            row for *where, row in counted if where == [country, part, currency] and 0 <= year - row.date.year <= 2
        ]
        processes = {row.process_id for row in rows}
        if len(processes) < MIN_PROCESSES or len({row.buyer_id for row in rows}) < MIN_BUYERS:
            continue
        by_supplier = defaultdict(Decimal)
        for row in rows:
            by_supplier[row.supplier.key] += row.amount
        total = sum(by_supplier.values())
        found[f"{country}|{part}|{currency}|{year}"] = (
            len(processes),
            pytest.approx(float(sum((amount / total) ** 2 for amount in by_supplier.values())), abs=2e-6),
            {
                key: pytest.approx(float(amount / total), abs=2e-6)
                for key, amount in by_supplier.items()
                if amount / total >= MIN_SHARE
            },
            (min(row.date for row in rows), max(row.date for row in rows)),
        )
    return found


def one_class(row):
    return row.subjects if len(row.subjects) == 1 and not row.subjects[0].startswith("title:") else []


@pytest.mark.parametrize(
    ("compute", "parts_of"),
    [(compute_country_spend, lambda row: row.sectors), (compute_market_shares, one_class)],
    ids=["sectors", "classes"],
)
def test_shares_are_the_sums_of_three_calendar_years(purchases, compute, parts_of):
    wanted = shares(purchases, parts_of)
    assert len(wanted) > 5
    assert {
        cohort.key: (
            cohort.n,
            cohort.figures["hhi"],
            cohort.figures["suppliers"],
            (cohort.window_start, cohort.window_end),
        )
        for cohort in compute()
    } == wanted
