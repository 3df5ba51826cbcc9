"""Monthly sums of purchases equal a fresh count after any write."""

import random
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audits.contributions import monthly_sums
from audits.contributions.recording import bump_peer_groups
from audits.models import MonthlySpend, PeerGroup, Purchase
from contracts.models import ContractingProcess, Organization
from tests.benchmarks.hosts import forget_results
from tests.support.purchases import add_terms, audit, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db

START = datetime(2023, 12, 31, 22, tzinfo=UTC)
fill = import_module("audits.migrations.0088_fill_monthly_spend").fill


def bodies(number):
    return [Organization.objects.create(key=f"PE-RUC:{n}", name=str(n)).pk for n in range(number)]


def processes(number):
    made = ContractingProcess.objects.bulk_create(
        ContractingProcess(ocid=f"ocds-test01-{n}", digest=b"", compiled_release={}) for n in range(number)
    )
    return [process.pk for process in made]


def by_chance(chance, process, known):
    """Purchases of one process: a consortium of one or two, in one currency or two, some without value or buyer."""
    buyer = chance.choice([*known[:3], None]) if chance.random() < 0.2 else known[0]
    date = START + timedelta(hours=chance.randrange(90 * 24))
    contest = chance.choice(["", "", *(f"{buyer}|{date:%Y-%m}|{number}" for number in range(3))])
    sectors = chance.choice([[], ["ai"], ["ai", "cloud"]])
    return [
        Purchase(
            process_id=process,
            buyer_id=buyer,
            supplier_id=supplier,
            date=date,
            currency=currency,
            sectors=sectors,
            amount=chance.choice([None, Decimal(0), Decimal("0.1") / 3, Decimal(chance.randrange(1, 900)), 7]),
            contest=contest,
        )
        for supplier in chance.sample(known[3:], chance.choice([1, 1, 2]))
        for currency in chance.choice([["PEN"], ["PEN"], ["USD"], ["PEN", "USD"], [""]])
    ]


def as_stored():
    columns = "buyer_id", "month", "sector", "currency", "amount", "contests", "purchases"
    return sorted(MonthlySpend.objects.values_list(*columns))


@pytest.mark.parametrize("seed", range(4))
def test_after_any_change_sums_are_those_of_all_purchases(seed):
    chance, known, pks = random.Random(seed), bodies(9), processes(60)
    written = set()
    for _ in range(40):
        changed = chance.sample(pks, chance.choice([1, 3, 20]))
        step = chance.choice(["write", "write", "write", "change", "remove"])
        if step == "remove":
            Purchase.objects.filter(process__in=changed).delete()
        elif step == "change":
            Purchase.objects.filter(process__in=changed).update(
                amount=chance.choice([None, 5]),
                sectors=chance.choice([[], ["cloud"]]),
                contest=chance.choice(["", f"{known[0]}|2024-01|9"]),
                date=START + timedelta(days=chance.randrange(90)),
            )
        else:
            Purchase.objects.filter(process__in=changed).delete()
            Purchase.objects.bulk_create(entry for pk in changed for entry in by_chance(chance, pk, known))
        assert monthly_sums.check_sums() == 0, step
        written.update(MonthlySpend.objects.values_list("contests", flat=True))
    assert max(written) > 4
    ContractingProcess.objects.all().delete()
    assert as_stored() == []


def test_records_that_change_are_added_up_as_they_are():
    add_terms()
    audit(*(purchase(n, amount=n + 1, supplier=f"S{n % 3}", date=f"2024-0{n % 4 + 1}-01") for n in range(9)))
    before = as_stored()
    assert before
    load(*(purchase(n, amount=100, buyer=f"B{n}", date="2024-05-01", title="Libros") for n in range(4)))
    audit()
    assert as_stored() != before
    assert monthly_sums.check_sums() == 0


def test_differing_sums_are_corrected_and_logged_and_their_processes_rechecked(caplog, capsys):
    known, pks = bodies(5), processes(20)
    Purchase.objects.bulk_create(entry for pk in pks for entry in by_chance(random.Random(1), pk, known))
    right = as_stored()
    MonthlySpend.objects.filter(buyer=known[0], sector="").update(amount=1)
    assert monthly_sums.check_sums() == 1
    assert f"buyer {known[0]} differed" in caplog.text
    group = PeerGroup.objects.get()
    assert (group.buyer_id, group.version > group.checked, group.version == group.replaced) == (known[0], True, True)
    MonthlySpend.objects.filter(buyer=known[0]).delete()
    call_command("monthlysums", "--json")
    assert '"buyers_put_right": 1' in capsys.readouterr().out
    call_command("monthlysums")
    assert "of 0 buyers put right" in capsys.readouterr().out
    assert as_stored() == right


@pytest.mark.django_db(transaction=True)
def test_a_benchmark_that_forgets_purchases_forgets_their_sums():
    Purchase.objects.bulk_create(by_chance(random.Random(1), processes(1)[0], bodies(5)))
    assert as_stored()
    forget_results()
    assert monthly_sums.check_sums() == 0


@pytest.mark.django_db(transaction=True)
def test_earlier_purchases_are_added_up_once_however_often_the_migration_is_interrupted():
    known, pks = bodies(5), processes(30)
    Purchase.objects.bulk_create(entry for pk in pks for entry in by_chance(random.Random(2), pk, known))
    MonthlySpend.objects.all().delete()
    Purchase.objects.filter(process__in=pks[:5]).delete()  # by the version before, meanwhile
    for _ in range(2):
        with connection.schema_editor(atomic=False) as editor:
            fill(None, editor)
        assert monthly_sums.check_sums() == 0
    assert as_stored()


@pytest.mark.django_db(transaction=True)
def test_the_first_purchase_of_a_buyer_during_the_migration_waits_and_counts_once():
    buyer, supplier = bodies(2)
    (pk,) = processes(1)
    written = []

    def write():
        try:
            Purchase.objects.create(
                process_id=pk, buyer_id=buyer, supplier_id=supplier, date=START, currency="PEN", amount=5
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:

        def write_in_between(execute, sql, *rest):
            result = execute(sql, *rest)
            if sql.startswith("DELETE"):
                written.append(other.submit(write))
                wait(written, 0.3)
            return result

        with connection.execute_wrapper(write_in_between), connection.schema_editor(atomic=False) as editor:
            fill(None, editor)
        for writing in written:
            writing.result(30)
    assert [row.purchases for row in MonthlySpend.objects.all()] == [1]


@pytest.mark.django_db(transaction=True)
def test_purchases_of_one_contest_that_are_written_at_once_count_once():
    buyer, *suppliers = bodies(4)
    pks = processes(3)
    bump_peer_groups({buyer: START})

    def write(place):
        try:
            with transaction.atomic():
                Purchase.objects.create(
                    process_id=pks[place],
                    buyer_id=buyer,
                    supplier_id=suppliers[place],
                    date=START,
                    currency="PEN",
                    amount=5,
                    contest=f"{buyer}|2023-12|1",
                )
        finally:
            if place:
                connection.close()

    with ThreadPoolExecutor(2) as others:
        with transaction.atomic():
            write(0)
            later = [others.submit(write, place) for place in (1, 2)]
            with pytest.raises(TimeoutError):  # they wait until this one is written
                later[0].result(0.3)
        for waiting in later:
            waiting.result(30)
    assert [(row.amount, row.contests, row.purchases) for row in MonthlySpend.objects.all()] == [(15, 1, 3)]
