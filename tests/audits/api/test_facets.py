"""Counts by columns, and lists filtered by flags: only of what the reader may see."""

import pytest

from audits.models import Review
from audits.triage import review_flag
from tests.audits.api.reading import rows
from tests.support.buying import purchase
from tests.support.clients import Client, new_user

pytestmark = pytest.mark.django_db


def facets(client, address: str) -> dict:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    found = response.json()["facets"]
    return {name: {row["value"]: row["count"] for row in entry["values"]} for name, entry in found.items()}


def test_rows_are_counted_by_the_values_of_columns(late_flags, auditor):
    assert facets(auditor, "contracts/?facets=country,method,year") == {
        "country": {"MX": 5},
        "method": {"open": 5},
        "year": {2024: 5},
    }
    assert facets(auditor, "contracts/?facets=basis&ocid=ocds-test01-2")["basis"] == {"contract": 1}
    assert "facets" not in auditor.get("/api/v1/contracts/").json()


@pytest.mark.parametrize("kind", ["contracts", "contracting-processes"])
def test_rows_are_counted_for_each_of_their_suppliers_and_sectors(buy, anonymous, kind):
    cloud = purchase(3, title="Contratación de servicio de nube", suppliers=())
    buy(purchase(1), purchase(2, suppliers=("Proveedora Ficticia S.A.", "Otra S.A.")), cloud)

    found = facets(anonymous, f"{kind}/?facets=supplier,sector")
    assert found["supplier"] == {"Proveedora Ficticia S.A.": 2, "Otra S.A.": 1, "": 1}
    assert found["sector"] == {"surveillance": 2, "cloud": 1}
    narrow = facets(anonymous, f"{kind}/?sector=cloud&facets=supplier,sector")
    assert narrow == {"supplier": {"": 1}, "sector": {"cloud": 1}}


def test_the_public_counts_no_flag_that_nobody_confirmed(late_flags, settings):
    settings.VEEDOR_PUBLICATION = "reviewed"
    anonymous = Client()
    assert facets(anonymous, "flags/?facets=rule,state") == {"rule": {}, "state": {}}
    for kind in ("contracts", "contracting-processes"):
        assert rows(anonymous, f"{kind}/?rule=R060") == []
        assert rows(anonymous, f"{kind}/?flag_state=new,withdrawn") == []
    review_flag(flag=late_flags[0], reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Late")
    assert facets(anonymous, "flags/?facets=rule,state") == {"rule": {"R060": 1}, "state": {"confirmed": 1}}
    assert {row["ocid"] for row in rows(anonymous, "contracting-processes/?rule=R060")} == {"ocds-test01-1"}


@pytest.mark.parametrize("kind", ["contracts", "contracting-processes"])
def test_rule_and_state_must_match_the_same_flag(late_flags, auditor, kind):
    review_flag(flag=late_flags[0], reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Late")

    def found(query):
        return {row["ocid"][-1] for row in rows(auditor, f"{kind}/?{query}")}

    assert found("rule=R060&flag_state=confirmed") == {"1"}
    assert found("rule=R018&flag_state=confirmed") == set()
    assert found("rule=R018,R060&flag_state=new") >= {"1"}
    assert auditor.get(f"/api/v1/{kind}/?rule=X99").json()["errors"][0]["parameter"] == "rule"
    counted = facets(auditor, f"{kind}/?rule=R060&flag_state=confirmed&facets=country")
    assert list(counted["country"]) == ["MX"]


def test_an_unknown_facet_is_refused(auditor):
    error = auditor.get("/api/v1/contracts/?facets=county").json()["errors"][0]
    assert (error["parameter"], "country" in error["hint"]) == ("facets", True)
