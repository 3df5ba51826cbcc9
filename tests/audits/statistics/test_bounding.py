"""Shares by sums of months, against the same worked out of each purchase: no rule can tell them apart."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from audits.judging.rule_set import RuleSet
from audits.models import Purchase
from audits.rules import RULES
from audits.statistics import statistics_for
from contracts.models import ContractingProcess, Organization, Party

pytestmark = pytest.mark.django_db

SHARES = ("buyer_shares", "supplier_shares")
READS = frozenset(SHARES)
WINDOW = timedelta(days=3 * 365)
MICROSECOND = timedelta(microseconds=1)
# As in force, and others by which other numbers are near.
PARAMETERS = (
    {},
    {"R040": {"share": 0.2, "processes": 25, "suppliers": 3}, "T07": {"dominant_share": 0.2, "dominant_processes": 9}},
    {"R040": {"share": 0.0, "processes": 0, "suppliers": 1}, "T08": {"share": 0.8, "supplier_processes": 6}},
    {"R040": {"share": 0.35, "suppliers": 1}, "T08": {"share": 0.3, "processes": 12, "supplier_processes": 2}},
)


def rules_with(parameters):
    return RuleSet([RULES[code] for code in ("R040", "T07", "T08")], parameters=parameters)


def days(chance):
    """Moments over five years, many on the edges of months, of windows, or the same."""
    first = [datetime(year, month, 1, tzinfo=UTC) for year in range(2019, 2024) for month in range(1, 13)]
    edges = [
        moment + step for moment in first for step in (-MICROSECOND, timedelta(0), MICROSECOND, timedelta(days=9))
    ]
    return [
        *edges,
        *(moment + WINDOW + step for moment in chance.sample(edges, 60) for step in (timedelta(0), MICROSECOND)),
    ]


def write(chance, rows):
    """Write purchases: buyer, suppliers, date, currency, sectors, amount, number of the contest in the month."""
    processes = ContractingProcess.objects.bulk_create(
        ContractingProcess(
            ocid=f"ocds-test01-{row[0]}-{n}", digest=b"", compiled_release={}, buyer_id=row[0], buyer_name="B"
        )
        for n, row in zip(chance.sample(range(9000), len(rows)), rows, strict=True)
    )
    Purchase.objects.bulk_create(
        Purchase(
            process=process,
            buyer_id=buyer,
            supplier_id=supplier,
            date=date,
            currency=currency,
            sectors=sectors,
            amount=amount,
            contest=contest and f"{buyer}|{date:%Y-%m}|{contest}",
        )
        for process, (buyer, suppliers, date, currencies, sectors, amount, contest) in zip(
            processes, rows, strict=True
        )
        for supplier in suppliers
        for currency in currencies
    )
    Party.objects.bulk_create(
        Party(
            process=process,
            organization_id=supplier,
            party_id=f"S{supplier}{more}",
            name="S",
            path=f"/parties/{supplier}{more}",
        )
        for process, row in zip(processes, rows, strict=True)
        for supplier in row[1]
        for more in ("", "b")[: 1 + (chance.random() < 0.05)]
    )
    with connection.cursor() as cursor:
        # Without it PostgreSQL takes the tables for empty, and compares each row of one with each of the other.
        cursor.execute("ANALYZE contracts_contractingprocess, contracts_party, audits_purchase")
    return [process.pk for process in processes]


def bodies(number):
    made = Organization.objects.bulk_create(Organization(key=f"PE-RUC:{n}", name=str(n)) for n in range(number))
    return [body.pk for body in made]


def purchases_by_chance(seed):
    """Buyers of many and of few purchases, in one currency or two, from suppliers of whom one may take most."""
    chance = random.Random(seed)
    moments, known = days(chance), bodies(26)
    rows = []
    for place, buyer in enumerate(known[:6]):
        suppliers = known[6 : 6 + (2, 2, 4, 9, 20, 20)[place]]
        currencies = chance.choice([["PEN"], ["PEN", "USD"], ["PEN"] * 9 + ["USD"]])
        rows += [
            (
                buyer,
                suppliers[:1] if chance.random() < 0.3 else chance.sample(suppliers, chance.choice([1, 1, 1, 2])),
                chance.choice(moments),
                chance.choice([[chance.choice(currencies)]] * 9 + [["PEN", "USD"], [""]]),
                chance.choice([["cloud"], ["cloud", "ai"], ["ai", "cloud"], [], []]),
                chance.choice([None, Decimal(0), *[round(Decimal(chance.randrange(1, 900)) / 7, 10)] * 9]),
                chance.choice(["", "", 1, 2]),
            )
            for _ in range((12, 40, 90, 150, 200, 300)[place])
        ]
    return chance, write(chance, rows)


def batches(chance, pks):
    """Processes in batches of chance, as by age and by buyer."""
    left = chance.sample(pks, len(pks))
    while left:
        size = chance.choice([1, 5, 60, 300])
        yield left[:size]
        left = left[size:]


@pytest.mark.parametrize("seed", range(3))
def test_no_rule_can_tell_shares_by_sums_of_months_from_those_of_all_purchases(seed):
    chance, pks = purchases_by_chance(seed)
    for parameters in PARAMETERS:
        rules = rules_with(parameters)
        cut = kept = 0
        for batch in batches(chance, pks):
            whole = statistics_for(batch, reads=READS)
            bounded = statistics_for(batch, reads=READS, bounds=rules.bounds)
            for pk in batch:
                assert rules.reduced(bounded[pk]) == rules.reduced(whole[pk])
                for name in SHARES:
                    shares = getattr(whole[pk], name)
                    cut += getattr(bounded[pk], name) != shares
                    kept += bool(shares) and getattr(bounded[pk], name) == shares
        assert min(kept, cut) > 20, parameters


def test_reading_a_process_costs_the_same_whatever_its_buyer_bought_from_others(monkeypatch):
    """Rows that PostgreSQL passes on: a row of the buyer for each month, and what was bought from the supplier."""
    execute, passed_on = CursorWrapper.execute, []

    def counting(self, *arguments):
        found = execute(self, *arguments)
        passed_on.append(self.cursor.rowcount)
        return found

    chance, (little, much, supplier, *others) = random.Random(1), bodies(13)
    start = datetime(2021, 1, 10, tzinfo=UTC)
    counted = []
    for buyer, times in ((little, 1), (much, 40)):
        rows = [(buyer, [supplier], start + timedelta(days=300 * n), ["PEN"], ["ai"], 5, "") for n in range(5)]
        rows += [
            (buyer, [chance.choice(others)], start + timedelta(days=30 * month), ["PEN"], ["ai"], 9, "")
            for month in range(-30, 40)
            for _ in range(times)
        ]
        of_supplier = write(chance, rows)[:5]
        passed_on.clear()
        with monkeypatch.context() as patched:
            patched.setattr(CursorWrapper, "execute", counting)
            statistics_for(of_supplier, reads=READS | {"purchases_before"}, bounds=rules_with({}).bounds)
        counted.append(sum(passed_on))
    assert counted[1] == counted[0] < 200


def test_shares_stand_in_the_order_of_the_sectors_whatever_else_is_in_the_batch():
    chance, (buyer, supplier) = random.Random(1), bodies(2)
    date = datetime(2021, 1, 10, tzinfo=UTC)
    first, second = write(
        chance, [(buyer, [supplier], date, ["PEN"], sectors, 5, "") for sectors in (["ai"], ["cloud", "ai"])]
    )
    for batch in ([second], [first, second]):
        shares = statistics_for(batch, reads=READS)[second].supplier_shares
        assert [share.sector for share in shares] == ["cloud", "ai"]
