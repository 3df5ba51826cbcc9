"""Flags on organizations, as the API tells them."""

import csv

import pytest

from audits.models import Flag, Review, RuleOverride
from audits.triage import review_flag
from contracts.models import Organization
from tests.support.auditing import settle
from tests.support.bidding import process
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load

pytestmark = pytest.mark.django_db
FLAGS = "/api/v1/flags/"


@pytest.fixture
def flagged(db) -> Flag:
    """The flag on a buyer half of whose bids were disqualified."""
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")
    load(process(1), process(2))
    settle()
    return Flag.objects.get(rule="R038", sentence="buyer_threshold")


def test_a_flag_on_an_organization_names_it_and_no_process(flagged, auditor):
    rows = auditor.get(f"{FLAGS}?subject=organization&order_by=id").json()["results"]
    assert {row["organization"] for row in rows} == {"Organización B", "Organización S1"}
    (row,) = [row for row in rows if row["id"] == flagged.pk]
    organization = flagged.organization
    assert row["organization_id"] == organization.pk
    assert row["organization_url"] == f"/api/v1/organizations/{organization.pk}/"
    assert [row[name] for name in ("ocid", "process_url", "title", "buyer", "buyer_id")] == [None] * 5
    assert (row["subject"], row["country"], row["rule"]) == ("organization", "PE", "R038")


def test_its_evidence_names_the_processes_that_were_counted(flagged, auditor):
    evidence = auditor.get(f"{FLAGS}{flagged.pk}/").json()["evidence"]
    assert [(place["ocid"], place["path"]) for place in evidence] == [
        ("ocds-test01-1", "/bids/details"),
        ("ocds-test01-2", "/bids/details"),
    ]
    assert {str(place["value"]) for place in evidence} == {"{'submitted': 2, 'disqualified': 1}"}


def test_exported_passages_name_the_counted_processes(flagged, auditor):
    address = f"{FLAGS.rstrip('/')}.csv?sheet=evidence&rule=R038"
    content = b"".join(auditor.get(address).streaming_content).decode()
    lines = list(csv.DictReader(content.splitlines()))
    assert [line["ocid"] for line in lines if line["flag_id"] == str(flagged.pk)] == ["ocds-test01-1", "ocds-test01-2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("subject=organization", True),
        ("subject=process", False),
        ("organization=PE-RUC:10B", True),
        ("organization=PE-RUC:10S0", False),
        ("country=PE&rule=R038", True),
        ("country=BR", False),
        ("q=organizacion b", True),
        ("q=nobody", False),
    ],
)
def test_filters_find_flags_on_organizations(flagged, auditor, query, found):
    response = auditor.get(f"{FLAGS}?{query}")
    assert response.status_code == 200, response.content
    assert (flagged.pk in {row["id"] for row in response.json()["results"]}) is found


def test_the_public_sees_a_confirmed_flag_on_an_organization(flagged):
    anonymous = Client()
    page = f"/api/v1/organizations/{flagged.organization_id}/"
    assert anonymous.get(page).json()["flags"] == []
    review_flag(flag=flagged, reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Read.")
    (row,) = anonymous.get(page).json()["flags"]
    assert (row["id"], row["reviewed"]) == (flagged.pk, True)
    assert [entry["id"] for entry in anonymous.get(FLAGS).json()["results"]] == [flagged.pk]


def test_an_organization_counts_the_outcomes_of_its_rules(flagged, auditor):
    body = auditor.get(f"/api/v1/organizations/{flagged.organization_id}/").json()
    assert sum(body["outcomes"].values()) == 6
    assert body["outcomes"]["flagged"] == 1
    assert body["audited"]
    unknown = Organization.objects.create(key="x", name="x")
    # Nobody but an auditor sees an organization that no public record names.
    assert Client().get(f"/api/v1/organizations/{unknown.pk}/").status_code == 404
    desk = client_with_token(new_user("desk", "contracts.view_claim", "audits.view_flag"), "review")
    body = desk.get(f"/api/v1/organizations/{unknown.pk}/").json()
    assert (body["audited"], body["outcomes"], body["flags"]) == (None, None, [])


def test_stats_count_flags_on_organizations_by_country(flagged, auditor):
    body = auditor.get("/api/v1/stats/").json()
    assert body["by_rule"]["R038"] == {"new": 2}
    assert body["by_country"]["PE"]["new"] == body["total"]
