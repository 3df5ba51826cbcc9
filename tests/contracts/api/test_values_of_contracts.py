"""Values of contracts: no sum counts the same money twice."""

import pytest

from contracts.models import Organization
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def awarded(number=1, **contracts):
    """A record with one award of 900; of its contracts each has a status and, if it is not None, an amount."""
    return release(
        f"ocds-test01-{number}",
        awards=[
            {
                "id": "A",
                "status": "active",
                "suppliers": release()["awards"][0]["suppliers"],
                "value": {"amount": 900, "currency": "MXN"},
            }
        ],
        contracts=[
            {"id": name, "awardID": "A", "status": status}
            | ({"value": {"amount": amount, "currency": "MXN"}} if amount is not None else {})
            for name, (status, amount) in contracts.items()
        ],
    )


def amounts(client, query=""):
    rows = client.get(f"/api/v1/contracts/?order_by=id&{query}").json()["results"]
    return {row["contract_id"]: row["amount"] for row in rows}


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        ({"one": ("active", None)}, {"one": "900"}),
        ({"one": ("cancelled", None)}, {"one": "900"}),
        # Of several contracts none tells how the award is divided.
        ({"one": ("active", None), "two": ("active", None)}, {"one": None, "two": None}),
        ({"one": ("active", 300), "two": ("active", None)}, {"one": "300", "two": None}),
        # What was signed anew after the first was cancelled is the whole of it.
        ({"one": ("cancelled", None), "two": ("active", None)}, {"one": None, "two": "900"}),
    ],
    ids=["one", "one-cancelled", "two", "two-of-which-one-has-a-value", "signed-anew"],
)
def test_what_was_awarded_is_worth_its_contract_and_not_each_of_several(anonymous, contracts, expected):
    load(awarded(**contracts))
    assert amounts(anonymous) == expected


def test_a_process_in_several_currencies_is_not_worth_what_was_estimated(anonymous):
    record = awarded(one=("active", 100), two=("active", 50), three=("cancelled", 9))
    record["tender"]["value"] = {"amount": 7, "currency": "MXN"}
    record["contracts"][1]["value"]["currency"] = "USD"
    load(record)
    (row,) = anonymous.get("/api/v1/contracting-processes/").json()["results"]
    assert (row["amount"], row["currency"], row["amount_usd"], row["tender_amount"]) == (None, "", None, "7")
    # An amount without a currency contradicts none.
    record["contracts"][1]["value"] = {"amount": 50}
    load(record | {"ocid": "ocds-test01-2"})
    row = anonymous.get("/api/v1/contracting-processes/ocds-test01-2/").json()
    assert (row["amount"], row["currency"]) == ("900", "MXN")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"contracts": [("active", 100)]}, ("100", "contracts")),
        ({"contracts": [("cancelled", 100)]}, ("900", "awards")),
        ({"contracts": [("active", None)]}, ("900", "awards")),
        ({"contracts": [], "awards": []}, ("1000", "tender")),
        ({"contracts": [], "awards": [], "tender": {"id": "T"}}, (None, "")),
    ],
)
def test_a_process_tells_what_its_amount_is_of(anonymous, members, expected):
    record = awarded(**{str(place): contract for place, contract in enumerate(members["contracts"])})
    load(record | {name: value for name, value in members.items() if name != "contracts"})
    (row,) = anonymous.get("/api/v1/contracting-processes/").json()["results"]
    assert (row["amount"], row["amount_basis"]) == expected


def test_sums_of_an_organization_are_those_of_the_contracts_that_were_not_cancelled(anonymous):
    load(
        awarded(1, one=("active", 100), two=("cancelled", 7000)),
        awarded(2, three=("terminated", 200), four=("unsuccessful", 5000)),
    )
    assert amounts(anonymous, "cancelled=no") == {"one": "100", "three": "200"}
    assert amounts(anonymous, "cancelled=yes") == {"two": "7000", "four": "5000"}
    assert len(amounts(anonymous, "cancelled=yes,no")) == 4
    assert amounts(anonymous, "cancelled=none") == {}
    refused = anonymous.get("/api/v1/contracts/?cancelled=perhaps").json()
    assert refused["errors"][0]["parameter"] == "cancelled"

    for kind, role in (("supplied", "supplier"), ("bought", "buyer")):
        body = Organization.objects.get(roles__contains=[role])
        (row,) = anonymous.get(f"/api/v1/organizations/{body.pk}/").json()[kind]
        assert (row["contracts"], row["amount"]) == (2, "300")


def test_a_contract_without_id_that_two_releases_tell_of_is_one(anonymous):
    contract = {"awardID": "A", "status": "active", "value": {"amount": 62000, "currency": "MXN"}}
    for day in ("01", "02"):
        load(release(id=day, date=f"2024-02-{day}T00:00:00Z", contracts=[contract]))
    assert list(amounts(anonymous).values()) == ["62000"]
    record = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()
    assert (record["amount"], record["contract_count"]) == ("62000", 1)
    assert [row["reason"] for row in record["corrections"]] == ["repeated_without_id"]
