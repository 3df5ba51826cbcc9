import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from audits.statistics.spend import Running, Spend, Spent, spend_before

START = datetime(2024, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=30)
SUPPLIERS = range(6)


def spent(day, supplier, amount, process=None, contest=None):
    process = process if process is not None else day
    return Spent(START + timedelta(days=day), process, contest or str(process), supplier, amount)


def before(purchases, *days):
    return spend_before(purchases, [START + timedelta(days=day) for day in days], WINDOW, SUPPLIERS)


def test_shares_and_concentration_are_exact_and_cut():
    spend = Spend(SUPPLIERS)
    for entry in (spent(1, 1, 1), spent(2, 2, 1), spent(3, 3, 1)):
        spend.add(entry)
    assert (spend.share(1), spend.hhi, spend.contests, spend.suppliers) == (0.333333, 0.333333, 3, 3)


def test_a_share_just_below_a_half_is_not_a_half():
    spend = Spend(SUPPLIERS)
    spend.add(spent(1, 1, 4_999_999_999))
    spend.add(spent(2, 2, 5_000_000_001))
    assert spend.share(1) == 0.499999
    assert spend.share(2) == 0.5


def test_nothing_spent_gives_shares_of_zero():
    assert (Spend(SUPPLIERS).share(1), Spend(SUPPLIERS).hhi) == (0, 0)


def test_a_window_holds_its_last_moment_and_not_its_first():
    purchases = [spent(0, 1, 10), spent(15, 2, 20), spent(30, 3, 30), spent(31, 4, 40)]
    seen = {
        (moment - START).days: (spend.total, spend.contests)
        for moment, spend in spend_before(
            purchases, [START + timedelta(days=day) for day in (31, 0, 30)], WINDOW, SUPPLIERS
        )
    }
    assert seen == {0: (10, 1), 30: (50, 2), 31: (90, 3)}


def test_a_sliding_window_agrees_with_adding_up_anew():
    rng = random.Random(1)
    purchases = sorted(spent(rng.randrange(400), rng.randrange(6), rng.randrange(1, 900), n) for n in range(300))
    for moment, spend in spend_before(purchases, {entry.date for entry in purchases}, WINDOW, SUPPLIERS):
        within = [entry for entry in purchases if moment - WINDOW < entry.date <= moment]
        total = sum(entry.amount for entry in within)
        by_supplier = {
            supplier: sum(entry.amount for entry in within if entry.supplier == supplier)
            for supplier in {entry.supplier for entry in within}
        }
        squares = sum(Fraction(amount, total) ** 2 for amount in by_supplier.values())
        assert (spend.total, spend.contests, spend.suppliers) == (total, len(within), len(by_supplier))
        assert spend.hhi == int(squares * 10**6) / 10**6
        for supplier in by_supplier:
            paid = {entry.process: entry.amount for entry in within if entry.supplier == supplier}
            largest_first = sorted(paid, key=lambda process: (-paid[process], process))
            assert spend.processes_of(supplier, 4) == largest_first[:4]
            assert spend.contests_of(supplier) == len(paid)
            assert spend.largest_of(supplier) == int(Fraction(max(paid.values()), total) * 10**6) / 10**6
        assert all(
            spend.share(supplier) == int(Fraction(amount, total) * 10**6) / 10**6
            for supplier, amount in by_supplier.items()
        )


def test_the_processes_of_a_supplier_leave_with_their_window():
    purchases = [spent(0, 1, 50), spent(10, 1, 20), spent(20, 2, 30), spent(30, 1, 10)]
    seen = {}
    for moment, spend in before(purchases, 20, 30):
        seen[(moment - START).days] = (spend.processes_of(1, 9), spend.largest_of(1))
    assert seen == {20: ([0, 10], 0.5), 30: ([10, 30], 0.333333)}
    assert (Spend(SUPPLIERS).processes_of(1, 9), Spend(SUPPLIERS).largest_of(1)) == ([], 0)


def test_lots_of_one_contest_count_once_and_leave_together():
    purchases = [
        spent(0, 1, 10, process=1, contest="A"),
        spent(1, 1, 30, process=2, contest="A"),
        spent(2, 2, 60, process=3),
    ]
    seen = {}
    for moment, spend in spend_before(
        purchases, [START + timedelta(days=day) for day in (2, 30, 31)], WINDOW, SUPPLIERS
    ):
        seen[(moment - START).days] = (spend.contests, spend.contests_of(1), spend.largest_of(1))
    assert seen == {2: (2, 1, 0.4), 30: (2, 1, 0.333333), 31: (1, 0, 0)}


def test_contests_of_one_title_are_one_where_titles_are_counted():
    purchases = [
        spent(0, 1, 10, process=1, contest="7|2024-01|ab"),
        spent(10, 1, 30, process=2, contest="7|2024-02|ab"),
        spent(11, 1, 20, process=3, contest="7|2024-02|cd"),
        spent(12, 1, 40, process=4, contest="ocds-x-4"),
    ]
    seen = {
        (moment - START).days: (spend.contests_of(1), spend.titles_of(1), spend.largest_of(1))
        for moment, spend in before(purchases, 11, 12, 40)
    }
    assert seen == {11: (3, 2, 0.666666), 12: (4, 3, 0.4), 40: (2, 2, 0.666666)}


def test_of_suppliers_that_nobody_asks_for_sums_are_kept():
    purchases = [spent(0, 1, 10), spent(1, 2, 30), spent(2, 2, 60)]
    ((_, spend),) = spend_before(purchases, [START + timedelta(days=2)], WINDOW, [1])
    assert (spend.share(1), spend.share(2), spend.contests, spend.suppliers) == (0.1, 0.9, 3, 2)
    assert (spend.processes_of(1, 9), spend.contests_of(1)) == ([0], 1)
    with pytest.raises(KeyError):
        spend.processes_of(2, 9)


def test_running_sums_hold_the_last_key_and_not_the_first():
    running = Running([(1, 10), (2, 20), (2, 30), (4, 40)])
    assert [
        (running.total(*ends), running.count(*ends)) for ends in ((0, 9), (1, 2), (2, 4), (2, 3), (4, 9), (3, 1))
    ] == [(100, 4), (50, 2), (40, 1), (0, 0), (0, 0), (0, 0)]
