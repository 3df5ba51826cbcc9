"""The share of each supplier in what a buyer spends on technology, and the processes that it is counted from."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from audits.api import organizations
from audits.engine.cohorts import refresh_cohorts
from audits.models import Flag
from contracts.models import Organization
from tests.support.clients import Client
from tests.support.purchases import add_terms, audit, purchase

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def told(name: str) -> dict:
    pk = Organization.objects.get(name=name).pk
    return Client().get(f"{API}organizations/{pk}/?fields=technology_bought").json()["technology_bought"]


def test_shares_are_by_year_and_currency_for_technology_only():
    add_terms()
    audit(
        purchase(1, supplier="S1", amount=300, date="2024-01-01"),
        purchase(2, suppliers=("S1", "S2"), amount=100, date="2024-05-01"),
        purchase(3, supplier="S1", amount=70, date="2024-05-01", currency="USD"),
        purchase(4, supplier="S2", amount=10, date="2023-05-01"),
        purchase(5, supplier="S2", amount=999, date="2024-05-01", title="Zapatos"),
        purchase(6, supplier="S2", amount=999, date="2024-05-01", buyer="B2"),
        purchase(7, supplier="S3", amount=None, date="2022-05-01"),
    )
    found = [
        (row["year"], row["currency"], row["supplier"], row["processes"], row["amount"], row["share"])
        for row in told("Municipalidad B1")
    ]
    assert found == [
        (2024, "PEN", "Empresa S1", 2, "350", "0.8750"),
        (2024, "PEN", "Empresa S2", 1, "50", "0.1250"),
        (2024, "USD", "Empresa S1", 1, "70", "1.0000"),
        (2023, "PEN", "Empresa S2", 1, "10", "1.0000"),
        (2022, "", "Empresa S3", 1, None, None),
    ]
    assert told("Empresa S1") == []
    assert told("Municipalidad B1")[0]["supplier_url"].startswith(f"{API}organizations/")


def test_shares_agree_with_contract_sums():
    """An award in one year that was signed in the next, one that only its release dates, one cancelled, one free."""
    add_terms()
    signed, undated = purchase(1, amount=300, date="2023-12-20"), purchase(2, amount=50)
    signed["contracts"] = [{"id": "C", "awardID": "A", "status": "active", "dateSigned": "2024-01-10T12:00:00Z"}]
    signed["contracts"][0]["value"] = {"amount": 310, "currency": "PEN"}
    del undated["awards"][0]["date"]
    cancelled, free = purchase(3, amount=700, date="2024-02-01"), purchase(4, amount=0, date="2024-02-01")
    cancelled["awards"][0]["status"] = "cancelled"
    audit(signed, undated, cancelled, free)
    sums = Client().get(f"{API}contracts/sums/?by=supplier,year&sector=surveillance").json()["results"]
    shares = told("Municipalidad B1")
    by_year = {(row["year"], row["currency"], row["supplier"]): row["amount"] for row in shares}
    assert by_year == {(row["year"], row["currency"], row["supplier"]): row["amount"] for row in sums}
    assert by_year == {(2024, "PEN", "Empresa S1"): "310", (None, "PEN", "Empresa S1"): "50"}
    assert [(row["year"], row["processes"]) for row in shares] == [(2024, 2), (None, 1)]


def test_only_returned_groups_are_read_and_shares_are_of_the_total(monkeypatch):
    add_terms()
    audit(*(purchase(number, supplier=f"S{number}", amount=100 * number, date="2024-01-01") for number in (1, 2, 3)))
    monkeypatch.setattr(organizations, "MAX_SHARES", 2)
    read = organizations.read_rows
    lengths: list[int] = []

    def counted(rows, *others):
        found = read(rows, *others)
        lengths.append(len(found))
        return found

    monkeypatch.setattr(organizations, "read_rows", counted)
    assert [row["share"] for row in told("Municipalidad B1")] == ["0.5000", "0.3333"]
    assert lengths == [2]


def test_files_of_evidence_cite_the_processes_that_a_share_was_counted_from(auditor):
    """Of real audits: twelve purchases in a year, of which eleven went to one supplier."""
    add_terms()
    places = (
        *("puerto", "plaza", "estadio", "mercado", "terminal", "avenida"),
        *("parque", "museo", "hospital", "escuela", "puente", "muelle"),
    )
    audit(
        *(
            purchase(
                number,
                supplier="S2" if number == 2 else "S1",
                amount=300_000,
                date=f"2023-{number:02}-01",
                title=f"Cámaras de videovigilancia de {place}",
            )
            for number, place in enumerate(places, 1)
        )
    )
    refresh_cohorts()
    audit()
    counted = sorted(f"ocds-test01-{number}" for number in range(1, 13) if number != 2)
    assert set(Flag.objects.standing().values_list("rule", flat=True)) >= {"R040", "T08"}
    content = b"".join(auditor.get(f"{API}flags.csv?sheet=evidence&rule=R040,T08&trailer=0").streaming_content)
    lines = list(csv.DictReader(content.decode().splitlines()))
    last = b"".join(auditor.get(f"{API}flags.jsonl?rule=R040,T08&include=evidence").streaming_content).splitlines()
    workbook = b"".join(auditor.get(f"{API}flags.xlsx?rule=R040,T08").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name("evidence").to_python()

    for flag in Flag.objects.standing().filter(rule__in=("R040", "T08")):
        own, pk = flag.process.ocid, str(flag.pk)
        assert own == "ocds-test01-12"
        cited = [line for line in lines if line["flag_id"] == pk]
        assert sorted(line["ocid"] for line in cited) == counted
        processes = "http://testserver/api/v1/contracting-processes/"
        assert all(line["process_url"] == f"{processes}{line['ocid']}/" for line in cited if line["ocid"] != own)
        assert sorted(row[1] for row in sheet if str(row[0]).removesuffix(".0") == pk) == counted
        (row,) = (row for row in map(json.loads, last) if row.get("id") == flag.pk)
        places = row["included"]["evidence"][0]["places"]
        assert sorted(place["ocid"] or own for place in places) == counted
