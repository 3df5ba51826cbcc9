"""What each supplier of a contract is among them: told where the record says it, and never guessed."""

import pytest

from contracts.models import Contract, Organization, Party
from contracts.ocds.parsing.parse import parse_process
from tests.contracts.api.files import csv_rows, taken
from tests.support.clients import Client
from tests.support.migrations import fill_again
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
CONTRACTS = "/api/v1/contracts/"


def party(own_id, *roles, **members):
    return {"id": own_id, "name": f"Empresa {own_id} S.A.", "roles": list(roles), **members}


def supplied(ocid, suppliers, *parties):
    """A record with one contract of some suppliers, worth 900."""
    record = release(ocid)
    record["parties"][1:] = parties
    record["tender"]["tenderers"] = [{"id": own_id} for own_id in suppliers]
    record["awards"][0]["suppliers"] = [{"id": own_id} for own_id in suppliers]
    record["contracts"][0]["value"]["amount"] = 900
    return record


LED = supplied("ocds-test01-1", "SR", party("S", "supplier"), party("R", "supplier", "leadTenderer"))
UNLED = supplied("ocds-test01-2", "RS", party("R", "supplier"), party("S", "supplier"))
TWO_LEADS = supplied("ocds-test01-3", "RS", party("R", "leadTenderer"), party("S", "leadTenderer"))
ALONE = supplied("ocds-test01-4", "S", party("S", "supplier", "leadTenderer"))
GROUP = supplied(
    "ocds-test01-5",
    "G",
    party("G", "supplier"),
    party("S", "tenderer", memberOf=[{"id": "G"}, {"id": "unknown"}]),
    party("R", "leadTenderer", memberOf=[{"id": "G", "name": "Empresa G S.A."}]),
)
ALL = (LED, UNLED, TWO_LEADS, ALONE, GROUP)


def pk(own_id):
    return Organization.objects.get(name=f"Empresa {own_id} S.A.").pk


def roles():
    return dict(Contract.objects.values_list("process__ocid", "supplier_roles"))


ROLES = {
    "ocds-test01-1": ["member", "lead"],
    "ocds-test01-2": ["member", "member"],
    "ocds-test01-3": ["member", "member"],
    "ocds-test01-4": ["sole"],
    "ocds-test01-5": ["consortium"],
}


def test_suppliers_have_the_roles_that_records_say():
    load(*ALL)
    assert roles() == ROLES
    members = Party.objects.exclude(member_of=[]).values_list("organization", "member_of")
    assert sorted(members) == sorted([(pk("S"), [pk("G")]), (pk("R"), [pk("G")])])


def test_an_award_without_contract_has_them_too():
    load({**LED, "contracts": []})
    assert roles() == {"ocds-test01-1": ["member", "lead"]}


def test_a_group_in_place_of_a_list_of_groups_is_read_and_told():
    record = supplied("ocds-test01-1", "G", party("G", "supplier"), party("S", memberOf={"id": "G"}))
    process, corrections = parse_process(record)
    assert [group.id for group in process.parties[2].member_of] == ["G"]
    assert "/parties/2/memberOf" in {correction.path for correction in corrections}


def test_rows_from_before_get_what_they_would_be_written_with():
    load(*ALL)
    members = sorted(Party.objects.values_list("pk", "member_of"))
    Contract.objects.update(supplier_roles=[])
    Party.objects.update(member_of=[])
    fill_again("contracts", "0041_fill_supplier_roles")
    assert roles() == ROLES
    assert sorted(Party.objects.values_list("pk", "member_of")) == members


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("supplier_role=lead", {"1"}),
        ("supplier_role=member", {"1", "2", "3"}),
        ("supplier_role=sole,consortium", {"4", "5"}),
        ("supplier={S}&supplier_role=lead", set()),
        ("supplier={R}&supplier_role=lead", {"1"}),
        ("supplier={S}&supplier_role=sole,member", {"1", "2", "3", "4"}),
    ],
)
def test_contracts_are_found_by_the_role(query, found):
    load(*ALL)
    address = CONTRACTS + "?fields=ocid&" + query.format(S=pk("S"), R=pk("R"))
    rows = Client().get(address).json()["results"]
    assert {row["ocid"][-1] for row in rows} == found


def test_an_unknown_role_is_refused():
    answer = Client().get(CONTRACTS + "?supplier_role=boss")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "supplier_role"


def test_lists_details_and_files_tell_them():
    load(*ALL)
    client = Client()
    rows = client.get(CONTRACTS + "?ocid=ocds-test01-1").json()["results"]
    assert (rows[0]["supplier_ids"], rows[0]["supplier_roles"]) == ([pk("S"), pk("R")], ["member", "lead"])
    (line,) = csv_rows(taken(client, "contracts.csv?ocid=ocds-test01-1"))
    assert line["supplier_roles"] == "member; lead"
    detail = client.get("/api/v1/contracting-processes/ocds-test01-5/").json()
    assert detail["contracts"][0]["supplier_roles"] == ["consortium"]
    assert [party["member_of"] for party in detail["parties"]] == [[], [], [pk("G")], [pk("G")]]


def test_an_organization_tells_its_sums_by_role_and_none_is_doubled():
    load(*ALL)
    client = Client()
    read = {own_id: client.get(f"/api/v1/organizations/{pk(own_id)}/").json() for own_id in "RSG"}
    told = {
        own_id: {row["role"]: (row["contracts"], row["amount"]) for row in body["supplied_as"]}
        for own_id, body in read.items()
    }
    assert told == {
        "R": {"lead": (1, "450"), "member": (2, "900")},
        "S": {"member": (3, "1350"), "sole": (1, "900")},
        "G": {"consortium": (1, "900")},
    }
    sums = [float(row["amount"]) for body in read.values() for row in body["supplied"]]
    assert sum(sums) == 5 * 900
    group = {"id": pk("G"), "url": f"/api/v1/organizations/{pk('G')}/", "name": "Empresa G S.A.", "processes": 1}
    assert read["R"]["member_of"] == [{**group, "as_lead": 1}]
    assert read["S"]["member_of"] == [{**group, "as_lead": 0}]
    assert [(row["name"], row["as_lead"]) for row in read["G"]["members"]] == [
        ("Empresa R S.A.", 1),
        ("Empresa S S.A.", 0),
    ]
    assert read["S"]["members"] == read["G"]["member_of"] == []


def test_the_pages_show_them_and_double_no_sum():
    load(*ALL)
    client = Client()
    page = client.get(f"/organizations/{pk('R')}/?lang=en").content.decode()
    assert "lead of several: 1; one of several: 2." in page
    assert "Empresa G S.A." in page
    assert "1,350" in page  # of 2,700
    assert "2,700" not in page
    record = client.get("/processes/ocds-test01-1/?lang=en").content.decode()
    assert "one of several: Empresa S S.A. · lead of several: Empresa R S.A." in record
    assert "one of several" not in client.get("/processes/ocds-test01-4/?lang=en").content.decode()


def test_the_role_of_many_suppliers_is_said_once():
    own_ids = [str(number) for number in range(30)]
    load(supplied("ocds-test01-6", own_ids, *(party(own_id, "supplier") for own_id in own_ids)))
    record = Client().get("/processes/ocds-test01-6/?lang=en").content.decode()
    assert record.count("one of several") == 1
    assert "one of several: Empresa 0 S.A.; Empresa 1 S.A.;" in record
