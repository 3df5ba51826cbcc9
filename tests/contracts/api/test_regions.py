"""Processes, contracts and their sums of a region: that of the buyer's address."""

import pytest

from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def bought(number, region):
    record = release(f"ocds-test01-{number}")
    record["parties"][0]["address"] = {"countryName": "México", "region": region}
    return record


@pytest.fixture(autouse=True)
def _records():
    load(bought(1, "Jalisco"), bought(2, "Sonora"), bought(3, "Sonora"))


@pytest.mark.parametrize("name", ["contracting-processes", "contracts"])
def test_lists_can_be_filtered_by_region(anonymous, name):
    def regions(query):
        rows = anonymous.get(f"/api/v1/{name}/?order_by=id&{query}").json()["results"]
        return [(row["ocid"][-1], row["region"]) for row in rows]

    assert regions("region=Sonora") == [("2", "Sonora"), ("3", "Sonora")]
    assert len(regions("region=Sonora,Jalisco")) == 3
    assert regions("region=Lima") == []


@pytest.mark.parametrize("name", ["contracting-processes", "contracts"])
def test_regions_have_a_facet(anonymous, name):
    found = anonymous.get(f"/api/v1/{name}/?facets=region").json()["facets"]["region"]["values"]
    assert found == [{"value": "Sonora", "count": 2}, {"value": "Jalisco", "count": 1}]


def test_sums_can_be_filtered_by_region(anonymous):
    (row,) = anonymous.get("/api/v1/contracts/sums/?by=country&region=Sonora").json()["results"]
    assert row["contracts"] == 2
