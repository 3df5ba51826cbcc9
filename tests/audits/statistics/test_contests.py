"""Which records are of one contest, and which are not."""

from datetime import UTC, datetime
from importlib import import_module
from itertools import count

import pytest
from django.db import connection

from audits.contributions.contests import CONTEST_OF_PROCESS
from audits.models import Purchase
from contracts.models import ContractingProcess, Organization

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = datetime(2024, 1, 10, tzinfo=UTC), datetime(2024, 2, 10, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture
def bodies():
    return Organization.objects.bulk_create(Organization(key=f"PE-RUC:{n}", name=str(n)) for n in range(2))


def contests(*rows) -> int:
    """Store processes of (title, buyer, procuring entity, award date) and return of how many contests they are."""
    stored = ContractingProcess.objects.bulk_create(
        ContractingProcess(
            ocid=f"ocds-test01-{next(_NUMBERS)}",
            digest=b"",
            compiled_release={},
            title=title,
            buyer=buyer,
            procuring_entity=entity,
            award_date=date,
        )
        for title, buyer, entity, date in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT {CONTEST_OF_PROCESS}) FROM contracts_contractingprocess p WHERE id = ANY(%s)",
            [[process.pk for process in stored]],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Sillas, Lote 1", "SILLAS, LOTE B", "Sillas, lote XVIII"), 1),
        (("Obra civil", "Obra 2"), 2),  # "civil" is no number
        (("Cámaras", "Sillas"), 2),
        (("LP-001-2024", "LP-002-2024", "CM-109"), 3),  # a number says nothing of what is bought
        (("", ""), 2),
    ],
)
def test_titles_that_differ_in_numbers_alone_are_of_one_contest(bodies, titles, expected):
    assert contests(*((title, bodies[0], None, JANUARY) for title in titles)) == expected


def test_bodies_that_stand_as_procuring_entities_alone_are_kept_apart(bodies):
    title = "Compra Directa 12/2024"
    assert contests(*((title, None, body, JANUARY) for body in bodies)) == 2
    assert contests(*((title, None, bodies[0], JANUARY) for _ in range(2))) == 1
    assert contests((title, bodies[0], bodies[1], JANUARY), (title, bodies[0], None, JANUARY)) == 1


def test_the_migration_fills_in_what_is_written_since(bodies):
    rows = [("Sillas, Lote 1", bodies[0]), ("Sillas, lote XVIII", bodies[0]), ("LP-001", bodies[1]), ("Obra", None)]
    contests(*((title, None, body, JANUARY) for title, body in rows))
    processes = list(ContractingProcess.objects.order_by("pk"))
    Purchase.objects.bulk_create(Purchase(process=row, supplier=bodies[0], date=JANUARY) for row in processes)
    migration = import_module("audits.migrations.0059_fill_contests_of_purchases")
    with connection.cursor() as cursor:
        cursor.execute(migration._FILL, [processes[0].pk, processes[-1].pk])
        cursor.execute(f"SELECT p.id, {CONTEST_OF_PROCESS} FROM contracts_contractingprocess p")
        expected = dict(cursor.fetchall())
    filled = dict(Purchase.objects.values_list("process", "contest"))
    assert filled == expected
    assert len(set(filled.values())) == 3


def test_without_a_body_or_an_award_and_in_other_months_each_is_one_by_itself(bodies):
    assert contests(*(("Sillas por lotes", None, None, JANUARY) for _ in range(2))) == 2
    assert contests(*(("Sillas por lotes", bodies[0], None, None) for _ in range(2))) == 2
    assert contests(*(("Sillas por lotes", bodies[0], None, date) for date in (JANUARY, FEBRUARY))) == 2
