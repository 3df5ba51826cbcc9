"""The purchase history of a buyer agrees with a search in Python, on random purchases."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from audits.judging.figures.processes import SupplierPurchase
from audits.models import Purchase
from audits.statistics import history, statistics_for
from contracts.models import ContractingProcess, Organization, Party

pytestmark = pytest.mark.django_db

START = datetime(2020, 1, 1, 12, tzinfo=UTC)
YEAR, THREE_YEARS = timedelta(days=366), timedelta(days=3 * 365)
MOST = 4


@pytest.fixture
def purchases(monkeypatch):
    """Purchases of two buyers from three suppliers over five years, many on one day, some in two currencies."""
    monkeypatch.setattr(history, "MAX_PURCHASES", MOST)
    chance = random.Random(12)
    bodies = Organization.objects.bulk_create(Organization(key=f"PE-RUC:{n}", name=str(n)) for n in range(5))
    processes = ContractingProcess.objects.bulk_create(
        ContractingProcess(
            ocid=f"ocds-test01-{n}",
            digest=b"",
            compiled_release={},
            buyer=chance.choice(bodies[:2]),
            buyer_name="Comprador",
            procurement_method=chance.choice(["direct", "direct", "limited", "open"]),
            procurement_method_details=chance.choice(["Compra menor", "COMPRA MENOR", "Compra menor", "Excepción"]),
            title=chance.choice(["Sillas", "Mesas", ""]),
            tender_start=START,
            tender_end=START + timedelta(days=chance.choice([20, 30])),
            verification=chance.choice(["official", "official", "unverified"]),
        )
        for n in chance.sample(range(1000), 500)
    )
    rows = []
    for process in processes:
        place = {
            "process": process,
            "buyer": process.buyer,
            "procurement_method": process.procurement_method,
            "date": START + timedelta(days=chance.choice([0, 365, 730, 1095, *range(0, 1800, 30)])),
            "sectors": chance.choice([["cloud"], ["cloud", "ai"], ["ai"], []]),
            "subjects": chance.choice([["CPV:3"], ["CPV:3", "CPV:4"], ["CPV:4"], []]),
            "is_gift": chance.random() < 0.2,
        }
        for supplier in chance.sample(bodies[2:], chance.choice([1, 1, 1, 2])):
            for currency in chance.choice([["PEN"], ["PEN"], ["USD"], ["PEN", "USD"], [""]]):
                amount = chance.choice([None, Decimal(0), *[Decimal(chance.randrange(1, 60)) / 8] * 8])
                rows.append(Purchase(supplier=supplier, currency=currency, amount=amount, **place))
    Purchase.objects.bulk_create(rows)
    Party.objects.bulk_create(
        Party(process=process, organization=body, party_id=f"S{body.pk}", name="S", path=f"/parties/{body.pk}")
        for process, body in {(row.process, row.supplier) for row in rows}
    )
    return rows


def found(name, purchases):
    ids = sorted({row.process_id for row in purchases})
    return {pk: getattr(figures, name) for pk, figures in statistics_for(ids, reads=frozenset([name])).items()}


def sold_alike(purchases, row):
    """The other purchases from the supplier of a process, in its currencies; ``None`` if it has several suppliers."""
    own = [other for other in purchases if other.process_id == row.process_id]
    if len({other.supplier_id for other in own}) > 1:
        return None
    currencies = {other.currency for other in own} - {""}
    return [
        other
        for other in purchases
        if other.process_id != row.process_id
        and (other.buyer_id, other.supplier_id) == (row.buyer_id, row.supplier_id)
        and other.amount
        and other.currency in currencies
    ]


def priced(rows):
    return sorted(
        (
            SupplierPurchase(f"S{row.supplier_id}", row.process.ocid, row.date.date(), row.amount, row.currency)
            for row in rows
        ),
        key=lambda entry: (entry.date, entry.ocid, entry.supplier, entry.currency),
    )


def test_purchases_before_are_the_first_and_the_largest(purchases):
    figures, told = found("purchases_before", purchases), 0
    for row in purchases:
        others = sold_alike(purchases, row)
        if row.procurement_method == "open":
            others = None
        before = [other for other in others or () if row.date - THREE_YEARS < other.date < row.date]
        wanted = {}
        for currency in {other.currency for other in before}:
            alike = sorted(
                (other for other in before if other.currency == currency),
                key=lambda other: (other.date, other.process.ocid),
            )
            largest = max(alike, key=lambda other: other.amount)
            wanted |= {id(alike[0]): alike[0], id(largest): largest}
        assert figures[row.process_id] == priced(wanted.values())
        told += len(before) > len(wanted)
    assert told > 50


def test_purchases_beside_are_the_nearest(purchases):
    figures, told = found("purchases_beside", purchases), 0
    for row in purchases:
        beside = [
            other
            for other in sold_alike(purchases, row) or ()
            if row.procurement_method == other.procurement_method != "open"
            and abs(other.date - row.date) <= YEAR
            and set(other.subjects) & set(row.subjects)
            and other.process.procurement_method_details.lower() == row.process.procurement_method_details.lower()
            and not any(
                twin.process_id == other.process_id and twin.supplier_id != other.supplier_id for twin in purchases
            )
        ]
        nearest = sorted(beside, key=lambda other: (abs(other.date - row.date), other.process.ocid))
        if len({other.process_id for other in nearest}) == len(nearest):  # of two currencies of one record any is cut
            assert figures[row.process_id] == priced(nearest[:MOST])
            told += len(nearest) > MOST
    assert told > 5


def test_the_history_is_the_latest_of_one_sector(purchases):
    figures, told = found("supplier_history", purchases), 0
    for process_id in {row.process_id for row in purchases if row.sectors}:
        own = [row for row in purchases if row.process_id == process_id]
        wanted = []
        for supplier in {row.supplier_id for row in own}:
            before = {
                other.process.ocid: other
                for other in purchases
                if (other.buyer_id, other.supplier_id) == (own[0].buyer_id, supplier)
                and other.date < own[0].date
                and set(other.sectors) & set(own[0].sectors)
                and ((other.is_gift and not own[0].is_gift) or other.procurement_method in ("direct", "limited"))
            }
            latest = sorted(before.values(), key=lambda other: other.process.ocid)
            latest.sort(key=lambda other: other.date, reverse=True)
            told += len(latest) > MOST
            wanted += [(other.date.date(), other.process.ocid, f"S{supplier}") for other in latest[:MOST]]
        assert [(entry.date, entry.ocid, entry.supplier) for entry in figures[process_id]] == sorted(wanted)
    assert told > 50


def test_the_first_record_is_the_first_public_one_of_the_tender(purchases):
    processes = {row.process_id: row.process for row in purchases}
    figures, told = found("first_record", purchases), 0
    for process in processes.values():
        alike = [
            other.ocid
            for other in ContractingProcess.objects.filter(
                buyer=process.buyer, tender_end=process.tender_end, title=process.title, verification="official"
            )
            if process.title and other.ocid < process.ocid
        ]
        assert figures[process.pk] == min(alike, default=None)
        told += bool(alike)
    assert told > 50
