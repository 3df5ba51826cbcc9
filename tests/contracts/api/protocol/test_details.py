import json
from urllib.parse import quote, urljoin

import pytest
from django.contrib.auth.models import Group

from contracts.api.protocol.rows.columns import fields_of
from contracts.api.records import CorrectionRow
from contracts.models import ContractingProcess, Organization, Release
from contracts.ocds.gate.document import decode
from contracts.ocds.problems import Limits
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release
from tests.support.shared import OCDS_FILES, needs_ocds_files

pytestmark = pytest.mark.django_db


def test_a_process_has_its_columns_its_rows_and_its_compiled_release(anonymous):
    load(release())
    body = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()
    assert body["title"] == "Servicio de limpieza de oficinas"
    assert {party["name"] for party in body["parties"]} == {"Municipio de Prueba", "Proveedora Ficticia S.A. de C.V."}
    assert [award["award_id"] for award in body["awards"]] == ["A"]
    assert [(contract["contract_id"], contract["amount"]) for contract in body["contracts"]] == [("C", "900.5")]
    assert [bid["basis"] for bid in body["bids"]] == ["tenderer"]
    assert [row["release_id"] for row in body["releases"]] == ["1"]
    assert body["corrections"] == ContractingProcess.objects.get().corrections
    assert body["compiled_release"]["tender"]["procurementMethod"] == "open"
    party = body["parties"][0]
    assert anonymous.get(party["organization_url"]).json()["id"] == party["organization_id"]


def test_corrections_have_the_members_that_are_described(anonymous):
    record = release()
    record["contracts"][0]["dateSigned"] = "2024-02-03"
    load(record)
    rows = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()["corrections"]
    assert [row["path"] for row in rows] == ["/contracts/0/dateSigned"]
    assert all(row.keys() == fields_of(CorrectionRow).keys() for row in rows)


def test_the_number_of_queries_does_not_grow_with_the_process(anonymous, django_assert_num_queries):
    record = release()
    record["awards"] = [{**record["awards"][0], "id": f"A{number}"} for number in range(40)]
    record["contracts"] = [
        {**record["contracts"][0], "id": f"C{number}", "awardID": f"A{number}"} for number in range(40)
    ]
    load(record)
    with django_assert_num_queries(9):
        body = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()
    assert len(body["contracts"]) == 40


def test_omitted_members_are_not_read(anonymous, django_assert_num_queries):
    load(release())
    with django_assert_num_queries(1):
        body = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/?fields=ocid,compiled_release").json()
    assert list(body) == ["ocid", "compiled_release"]


def test_numbers_of_the_compiled_release_keep_every_digit(anonymous):
    text = json.dumps(release()).replace('"amount": 1000', '"amount": 100000000000000.123456789')
    load(content=text.encode())
    answer = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").content
    assert b"100000000000000.123456789" in answer


@pytest.mark.parametrize("ocid", ["ocds-a/b/1", "ocds a b", "ocds-é%2F?x=1#y", "ocds-a/", "a.b~c:d@e"])
def test_an_ocid_may_contain_reserved_characters(anonymous, ocid):
    load(release(ocid))
    address = f"/api/v1/contracting-processes/{quote(ocid, safe='')}/"
    body = anonymous.get(address).json()
    assert (body["ocid"], body["url"]) == (ocid, address)
    assert anonymous.get(f"{address}releases/").json()["results"][0]["release"]["ocid"] == ocid


@pytest.mark.parametrize(
    "ocid",
    [".", "..", "../ocds-b", "ocds-a/..", "ocds-a/releases", "a\nb", "ocds-a\n", " ocds-a\u2028", "ocds-a\tb&c=d"],
)
def test_an_ocid_that_no_path_can_hold_is_addressed_by_query(sender, ocid):
    load(release(ocid), release("ocds-a"), release("ocds-b"))
    (row,) = (row for row in sender.get("/api/v1/contracting-processes/").json()["results"] if row["ocid"] == ocid)
    assert not set(row["url"]) & set("\n\t\u2028 ")
    # As a program does that follows the link.
    address = urljoin("http://testserver/api/v1/contracting-processes/", row["url"])
    body = sender.get(address).json()
    assert (body["ocid"], body["url"]) == (ocid, row["url"])
    releases = sender.get(address.replace("/contracting-process/?", "/contracting-process/releases/?")).json()
    assert [entry["release"]["ocid"] for entry in releases["results"]] == [ocid]
    (contract,) = (row for row in sender.get("/api/v1/contracts/").json()["results"] if row["ocid"] == ocid)
    assert contract["process_url"] == row["url"]


@pytest.mark.parametrize("address", ["contracting-process/", "contracting-process/releases/"])
def test_the_address_by_query_requires_an_ocid(anonymous, address):
    load(release())
    assert anonymous.get(f"/api/v1/{address}").json()["errors"][0]["parameter"] == "ocid"
    assert anonymous.get(f"/api/v1/{address}?ocid=ocds-none").status_code == 404
    assert anonymous.get(f"/api/v1/{address}?ocid=ocds-test01-1").status_code == 200
    assert anonymous.get(f"/api/v1/{address}?ocid=ocds-test01-1&ocdi=1").json()["code"] == "unknown_parameter"


def test_releases_by_query_are_paged(anonymous):
    load(*(release("ocds-a/releases", id=str(number)) for number in range(3)))
    page = anonymous.get("/api/v1/contracting-process/releases/?ocid=ocds-a%2Freleases&limit=2").json()
    assert [row["release_id"] for row in anonymous.get(page["next"]).json()["results"]] == ["2"]


@pytest.mark.parametrize(
    "address",
    [
        "contracting-processes/ocds-none/",
        "contracting-processes/%00/",
        "contracting-processes/ocds-none/releases/",
        "contracting-processes/" + "x" * 3000 + "/",
        "organizations/1/",
        "organizations/٣/",
        "organizations/18446744073709551616/",
        "organizations/" + "9" * 5000 + "/",
        "organizations/x/",
        "organizations/%00/",
    ],
)
def test_an_unknown_resource_is_a_404_problem(anonymous, address):
    response = anonymous.get(f"/api/v1/{address}")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_release_is_returned_as_received(anonymous):
    odd = (
        b'{"ocid": "ocds-odd", "id": 1, "tag":["tender"], "tender": {"title": "caf\\u00e9 \\u0000",'
        b' "description": "\\ud800", "value": {"amount": 1.10}, "id": 12345678901234567890123}, "__proto__": {"x": 1}}'
    )
    load(content=odd)
    answer = anonymous.get("/api/v1/contracting-processes/ocds-odd/releases/").content
    assert odd in answer
    assert json.loads(answer)["results"][0]["release"]["tender"]["id"] == 12345678901234567890123


def test_releases_are_in_the_order_of_arrival(anonymous):
    load(release(id="1"))
    load(release(id="2", date="2023-01-01T00:00:00Z"))
    body = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/releases/").json()
    assert [row["release_id"] for row in body["results"]] == ["1", "2"]
    assert body["results"][0]["digest"] == bytes(Release.objects.order_by("pk")[0].digest).hex()


def test_only_the_day_of_arrival_is_published(anonymous):
    load(release())
    row = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/releases/").json()["results"][0]
    assert len(row["received"]) == len("2024-03-01")


@needs_ocds_files
def test_every_real_release_is_found_again_json_equal():
    user = new_user("desk")
    user.groups.add(Group.objects.get(name="Auditors"))
    desk = client_with_token(user, "read", "review")
    for path in OCDS_FILES:
        load(content=path.read_bytes())
    found = 0
    for process in ContractingProcess.objects.all():
        rows = decode(
            desk.get(f"/api/v1/contracting-processes/{quote(process.ocid, safe='')}/releases/").content, Limits()
        ).value["results"]
        stored = Release.objects.filter(ocid=process.ocid).order_by("pk")
        assert [row["release"] for row in rows] == [decode(bytes(entry.content), Limits()).value for entry in stored]
        found += len(rows)
    assert found == Release.objects.count() == 29


def test_an_organization_counts_its_purchases_and_supplies(anonymous):
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    buyer = Organization.objects.get(key="MX-RFC:MPR850101AAA")
    supplier = Organization.objects.exclude(pk=buyer.pk).get()
    body = anonymous.get(f"/api/v1/organizations/{buyer.pk}/").json()
    assert (body["processes_bought"], body["contracts_supplied"], body["processes_financed"]) == (2, 0, 0)
    body = anonymous.get(f"/api/v1/organizations/{supplier.pk}/").json()
    assert (body["processes_bought"], body["contracts_supplied"]) == (0, 2)


def test_an_unchanged_detail_is_a_304(anonymous):
    load(release())
    address = "/api/v1/contracting-processes/ocds-test01-1/"
    first = anonymous.get(address)
    again = anonymous.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    load(release(id="2", date="2025-01-01T00:00:00Z"))
    changed = anonymous.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("etag", ["nonsense", '"', "*" * 5000, 'W/"x"'])
def test_an_invalid_etag_is_ignored(anonymous, etag):
    load(release())
    response = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/", headers={"If-None-Match": etag})
    assert response.status_code == 200


def test_shared_caches_must_not_mix_readers(anonymous):
    load(release())
    response = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/")
    assert {"Authorization", "Cookie", "Accept-Language"} <= {name.strip() for name in response["Vary"].split(",")}
    assert response["Cache-Control"] == "no-cache"
