import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from audits.statistics.spend import Spend, Spent, spend_before

START = datetime(2024, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=30)


def spent(day, supplier, amount, process=None, contest=None):
    process = process if process is not None else day
    return Spent(START + timedelta(days=day), process, contest or str(process), supplier, amount)


def test_shares_and_concentration_are_exact_and_cut():
    spend = Spend()
    for entry in (spent(1, 1, 1), spent(2, 2, 1), spent(3, 3, 1)):
        spend.add(entry)
    assert (spend.share(1), spend.hhi, spend.contests, spend.suppliers) == (0.333333, 0.333333, 3, 3)


def test_a_share_just_below_a_half_is_no_half():
    spend = Spend()
    spend.add(spent(1, 1, 4_999_999_999))
    spend.add(spent(2, 2, 5_000_000_001))
    assert spend.share(1) == 0.499999
    assert spend.share(2) == 0.5


def test_nothing_spent_gives_shares_of_zero():
    assert (Spend().share(1), Spend().hhi) == (0, 0)


def test_a_window_holds_its_last_moment_and_not_its_first():
    purchases = [spent(0, 1, 10), spent(15, 2, 20), spent(30, 3, 30), spent(31, 4, 40)]
    seen = {
        (moment - START).days: (spend.total, spend.contests)
        for moment, spend in spend_before(purchases, [START + timedelta(days=day) for day in (31, 0, 30)], WINDOW)
    }
    assert seen == {0: (10, 1), 30: (50, 2), 31: (90, 3)}


def test_a_sliding_window_agrees_with_adding_up_anew():
    rng = random.Random(1)
    purchases = sorted(spent(rng.randrange(400), rng.randrange(6), rng.randrange(1, 900), n) for n in range(300))
    for moment, spend in spend_before(purchases, {entry.date for entry in purchases}, WINDOW):
        within = [entry for entry in purchases if moment - WINDOW < entry.date <= moment]
        total = sum(entry.amount for entry in within)
        by_supplier = {
            supplier: sum(entry.amount for entry in within if entry.supplier == supplier)
            for supplier in {entry.supplier for entry in within}
        }
        squares = sum(Fraction(amount, total) ** 2 for amount in by_supplier.values())
        assert (spend.total, spend.contests, spend.suppliers) == (total, len(within), len(by_supplier))
        assert spend.hhi == int(squares * 10**6) / 10**6
        assert all(
            spend.share(supplier) == int(Fraction(amount, total) * 10**6) / 10**6
            for supplier, amount in by_supplier.items()
        )


def test_the_processes_of_a_supplier_leave_with_their_window():
    purchases = [spent(0, 1, 50), spent(10, 1, 20), spent(20, 2, 30), spent(30, 1, 10)]
    seen = {}
    for moment, spend in spend_before(purchases, [START + timedelta(days=day) for day in (20, 30)], WINDOW):
        seen[(moment - START).days] = (spend.processes_of(1), spend.largest_of(1))
    assert seen == {20: ([0, 10], 0.5), 30: ([10, 30], 0.333333)}
    assert (Spend().processes_of(1), Spend().largest_of(1)) == ([], 0)


def test_lots_of_one_contest_count_once_and_leave_together():
    purchases = [
        spent(0, 1, 10, process=1, contest="A"),
        spent(1, 1, 30, process=2, contest="A"),
        spent(2, 2, 60, process=3),
    ]
    seen = {}
    for moment, spend in spend_before(purchases, [START + timedelta(days=day) for day in (2, 30, 31)], WINDOW):
        seen[(moment - START).days] = (spend.contests, dict(spend.contests_of(1)), spend.largest_of(1))
    assert seen == {2: (2, {"A": 40}, 0.4), 30: (2, {"A": 30}, 0.333333), 31: (1, {}, 0)}
