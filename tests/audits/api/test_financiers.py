"""Who pays: the filter `funder` of the lists, and what an organization finances."""

import pytest

from contracts.models import Organization
from tests.support.buying import TITLE, purchase

pytestmark = pytest.mark.django_db
API = "/api/v1/"
BANK = "Banco Ficticio de Desarrollo"


@pytest.fixture
def financed(buy) -> int:
    """Two purchases that a bank pays for, one that another does, one that nobody is known to; the key of the bank."""
    cancelled = purchase(5, funder=BANK)
    cancelled["contracts"][0]["status"] = "cancelled"
    twice = purchase(2, funder=BANK, amount=500, year=2021, title=TITLE)
    # A record may name one body twice, in a role each or in the same.
    twice["parties"].append({**twice["parties"][-1], "id": "again"})
    buy(purchase(1, funder=BANK), twice, purchase(3, funder="Fondo Ficticio"), purchase(4), cancelled)
    return Organization.objects.get(name=BANK).pk


def ocids(client, address: str) -> list[str]:
    answer = client.get(f"{API}{address}")
    assert answer.status_code == 200, answer.content
    return sorted({row["ocid"].rpartition("-")[2] for row in answer.json()["results"]})


def test_lists_can_be_filtered_by_financier(financed, anonymous, settings):
    settings.VEEDOR_PUBLICATION = "all"
    for named in (financed, "banco FICTICIO de desarrollo", Organization.objects.get(pk=financed).key):
        assert ocids(anonymous, f"contracting-processes/?funder={named}") == ["1", "2", "5"]
        assert ocids(anonymous, f"contracts/?funder={named}&counted=yes") == ["1", "2"]
        assert ocids(anonymous, f"flags/?funder={named}&rule=T01") == ["1", "2", "5"]
    assert ocids(anonymous, "contracts/?funder=Fondo Ficticio") == ["3"]
    answer = anonymous.post(f"{API}contracts/search/", {"funder": BANK}, content_type="application/json")
    assert len(answer.json()["results"]) == 3
    file = b"".join(anonymous.get(f"{API}contracts.csv?funder={financed}&fields=ocid").streaming_content)
    assert file.count(b"ocds-test01-") == 3


def test_buyers_and_suppliers_are_not_funders_and_an_unknown_name_is_reported(financed, anonymous):
    for name in ("Municipio de Prueba", "Proveedora Ficticia S.A."):
        assert ocids(anonymous, f"contracts/?funder={name}") == []
    unknown = anonymous.get(f"{API}contracts/?funder=Banco Ficticio").json()
    assert [warning["code"] for warning in unknown["warnings"]] == ["unknown_name"]
    assert [row["id"] for row in unknown["candidates"]] == [financed]


def test_the_sums_of_what_it_finances_are_of_whole_contracts_that_count(financed, anonymous):
    (row,) = anonymous.get(f"{API}contracts/sums/?funder={financed}&by=supplier").json()["results"]
    assert (row["supplier"], row["contracts"], row["amount"]) == ("Proveedora Ficticia S.A.", 2, "1500")
    body = anonymous.get(f"{API}organizations/{financed}/").json()
    assert [(row["year"], row["contracts"], row["amount"]) for row in body["financed"]] == [
        (2020, 1, "1000"),
        (2021, 1, "500"),
    ]
    assert (body["processes_financed"], body["processes_bought"], body["contracts_supplied"]) == (3, 0, 0)
    assert (body["bought"], body["supplied"]) == ([], [])
    supplier = Organization.objects.get(name="Proveedora Ficticia S.A.").pk
    body = anonymous.get(f"{API}organizations/{supplier}/").json()
    assert (body["processes_financed"], body["financed"]) == (0, [])


def test_the_financier_filter_includes_merged_organizations(financed, anonymous):
    fund = Organization.objects.get(name="Fondo Ficticio")
    Organization.objects.filter(pk=fund.pk).update(merged_into=financed)
    # A merge takes effect where the parties of a record become rows; the filter takes each member of the body.
    assert ocids(anonymous, f"contracts/?funder={fund.pk}") == ["1", "2", "3", "5"]
