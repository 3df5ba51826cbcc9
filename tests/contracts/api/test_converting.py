"""Amounts converted to one currency: columns, filters, orders, files, and the number of rows without one."""

import csv
import io
import json

import pytest

from contracts.models import Organization
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("kind", ["contracts", "contracting-processes"])


def bought(number: int, amount: float, currency: str, signed: str = "2021-03-10") -> dict:
    value = {"value": {"amount": amount, "currency": currency}}
    return release(
        f"ocds-test01-{number}",
        awards=[{"id": "A", "status": "active", **value}],
        contracts=[{"id": "C", "awardID": "A", "dateSigned": f"{signed}T12:00:00Z", **value}],
    )


@pytest.fixture(autouse=True)
def records(db):
    load(
        bought(1, 388.06, "PEN"),
        bought(2, 4150, "MXN"),
        bought(3, 50, "USD"),
        bought(4, 1000, "CLF"),
        bought(5, 1000, "BOB", "2026-07-01"),
        bought(6, 1000, "EUR", "2021-05-01"),
    )


def numbers(client, query: str, kind: str) -> list[int]:
    return [int(row["ocid"][-1]) for row in client.get(f"/api/v1/{kind}/?{query}").json()["results"]]


def warned(client, query: str, kind: str) -> dict:
    rows = client.get(f"/api/v1/{kind}/?{query}").json()["warnings"]
    return {row["code"]: (row["parameters"], row["rows"]) for row in rows}


@BOTH
def test_each_row_has_its_dollars_and_the_period_of_the_rate(anonymous, kind):
    rows = anonymous.get(f"/api/v1/{kind}/?order_by=id").json()["results"]
    assert [(row["amount_usd"], row["rate_period"]) for row in rows] == [
        ("100", "2021"),
        ("200", "2021-03"),
        ("50", ""),
        (None, ""),
        (None, ""),
        ("1214.62", "2021-05"),
    ]
    assert "converted" not in rows[0]


@BOTH
def test_rows_are_ordered_by_dollars_and_those_without_a_rate_come_last(anonymous, kind):
    assert numbers(anonymous, "order_by=-amount_usd", kind) == [6, 2, 1, 3, 5, 4]
    first = anonymous.get(f"/api/v1/{kind}/?order_by=amount_usd&limit=2").json()
    second = anonymous.get(first["next"]).json()
    assert [row["ocid"][-1] for row in first["results"] + second["results"]] == ["3", "1", "2", "6"]


@BOTH
def test_rows_are_filtered_by_dollars_and_what_could_not_be_judged_is_counted(anonymous, kind):
    query = "converted__gte=100&converted__lte=200"
    assert sorted(numbers(anonymous, query, kind)) == [1, 2]
    assert warned(anonymous, query, kind) == {"not_judged": (["converted__gte", "converted__lte"], 2)}


@BOTH
def test_a_requested_currency_applies_to_rows_and_filters(anonymous, kind):
    rows = anonymous.get(f"/api/v1/{kind}/?in_currency=eur&order_by=id").json()["results"]
    # 100 USD of March 2021, at 0.8402 EUR; EUR are EUR.
    assert [(row["converted"], row["converted_period"]) for row in rows] == [
        ("84.02", "2021-03"),
        ("168.04", "2021-03"),
        ("42.01", "2021-03"),
        (None, "2021-03"),
        (None, "2026-07"),
        ("1000", ""),
    ]
    assert numbers(anonymous, "in_currency=EUR&converted__gte=168.04&order_by=id", kind) == [2, 6]


@BOTH
def test_rows_without_a_rate_are_counted_and_stay(anonymous, kind):
    assert warned(anonymous, "in_currency=USD", kind) == {"no_rate": (["in_currency"], 2)}
    assert len(numbers(anonymous, "in_currency=USD", kind)) == 6
    # Bolivianos are known up to June 2026: what is in bolivianos needs no rate.
    assert warned(anonymous, "in_currency=BOB&converted__gte=1", kind) == {"not_judged": (["converted__gte"], 1)}
    assert 5 in numbers(anonymous, "in_currency=BOB&converted__gte=1000&converted__lte=1000", kind)
    # No record is of Peru: that is told, and no rate lacks.
    assert warned(anonymous, "in_currency=USD&country=PE", kind) == {"unknown_value": (["country"], None)}


@BOTH
@pytest.mark.parametrize("currency", ["CLF", "VES", "XXX", "soles", "%00"])
def test_a_currency_without_rates_is_refused(anonymous, kind, currency):
    answer = anonymous.get(f"/api/v1/{kind}/?in_currency={currency}")
    assert answer.status_code == 400
    if "%" not in currency:
        (error,) = answer.json()["errors"]
        assert error["parameter"] == "in_currency"
        assert "EUR" in error["allowed"]


@BOTH
def test_files_have_the_converted_columns(anonymous, kind):
    query = "in_currency=EUR&order_by=id"
    content = b"".join(anonymous.get(f"/api/v1/{kind}.csv?{query}&trailer=0").streaming_content)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [row["converted"] for row in rows] == ["84.02", "168.04", "42.01", "", "", "1000"]
    assert [row["amount_usd"] for row in rows] == ["100", "200", "50", "", "", "1214.62"]
    lines = b"".join(anonymous.get(f"/api/v1/{kind}.jsonl?{query}").streaming_content).splitlines()
    page = anonymous.get(f"/api/v1/{kind}/?{query}").json()["results"]
    assert [json.loads(line) for line in lines][:-1] == page


def test_dictionary_and_options_describe_the_converted_columns(anonymous):
    body = anonymous.options("/api/v1/contracts/", headers={"Accept-Language": "es"}).json()
    labels = {field["name"]: field["label"] for field in body["fields"]}
    assert labels["amount_usd"] == "valor en dólares estadounidenses"
    (entry,) = (entry for entry in body["filters"] if entry["name"] == "in_currency")
    assert {"USD", "EUR", "BRL", "PEN"} <= set(entry["choices"])


def test_an_organization_tells_its_totals_by_year_and_currency_and_doubles_none(anonymous):
    shared = bought(7, 300, "USD")
    names = {"S": "Proveedora Ficticia S.A. de C.V.", "X": "Otra"}
    shared["awards"][0]["suppliers"] = [{"id": key, "name": name} for key, name in names.items()]
    load(shared)
    buyer, supplier, other = (
        anonymous.get(f"/api/v1/organizations/{Organization.objects.get(name=name).pk}/").json()
        for name in ("Municipio de Prueba", *names.values())
    )
    assert buyer["bought"][0] == {
        "year": 2021,
        "currency": "CLF",
        "contracts": 1,
        "without_amount": 0,
        "amount": "1000",
        "amount_usd": None,
        "without_rate": 1,
    }
    told = [
        (row["year"], row["currency"], row["contracts"], row["amount"], row["amount_usd"]) for row in buyer["bought"]
    ]
    assert told[1:] == [
        (2021, "EUR", 1, "1000", "1214.62"),
        (2021, "MXN", 1, "4150", "200"),
        (2021, "PEN", 1, "388.06", "100"),
        (2021, "USD", 2, "350", "350"),
        (2026, "BOB", 1, "1000", None),
    ]
    assert [row["amount"] for row in supplier["supplied"] if row["currency"] == "USD"] == ["150"]
    assert [row["amount"] for row in other["supplied"]] == ["150"]
    assert supplier["bought"] == []
