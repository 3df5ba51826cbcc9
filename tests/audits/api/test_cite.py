"""Every detail says how to cite it, by an address that lasts, and contracts have such an address."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from audits.models import Flag
from contracts.models import Contract, ContractingProcess, Organization, Publisher
from contracts.ocds.gate.document import decode_stored, encode
from tests.support.clients import Client
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def cited(client: Client, address: str) -> dict:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()["cite"]


@pytest.mark.parametrize("by_query", [False, True])
def test_a_process_is_cited_by_its_address_and_record_hash(anonymous, by_query):
    Publisher.objects.create(slug="mx", name="Portal {MX} & Co", ocid_prefix="ocds-test01")
    load(release())
    address = "contracting-process/?ocid=ocds-test01-1" if by_query else "contracting-processes/ocds-test01-1/"
    found = cited(anonymous, API + address)
    process = ContractingProcess.objects.get()
    assert found["sha256"] == bytes(process.digest).hex()
    assert found["sha256_of"] == "compiled_release"
    assert found["url"] == "http://testserver/api/v1/contracting-processes/ocds-test01-1/"
    assert found["retrieved"] == datetime.now(UTC).date().isoformat()
    assert found["apa"].startswith(f"Portal {{MX}} & Co ({process.date.year}). {process.title} [")
    assert found["apa"].endswith(f"{found['url']} (read {found['retrieved']} UTC)")
    assert "author = {{Portal \\{MX\\} \\& Co}}" in found["bibtex"]
    assert found["sha256"] in found["bibtex"]
    assert found["bibtex"].count("{") == found["bibtex"].count("}")


def test_other_resources_are_cited_by_the_hash_of_the_response(flags, anonymous):
    Publisher.objects.create(slug="mx", name="México", country="MX")
    for address in (f"organizations/{Organization.objects.first().pk}/", "publishers/mx/", "rules/R018/"):
        answer = anonymous.get(API + address)
        text = answer.content.decode()
        body = decode_stored(text)
        found = body.pop("cite")
        assert found["sha256_of"] == "answer", address
        assert found["sha256"] == hashlib.sha256(encode(body)).hexdigest(), address
        assert found["url"] == f"http://testserver{API}{address}"


def test_a_flag_is_cited_as_a_question_with_the_record_that_it_was_asked_of(flags, anonymous):
    confirmed = flags[Flag.State.CONFIRMED]
    found = cited(anonymous, f"{API}flags/{confirmed.pk}/")
    assert found["sha256"] == bytes(confirmed.process.digest).hex()
    assert "[question about a contracting record, ocds-test01-1, Municipio de Prueba, SHA-256" in found["apa"]
    assert f"R018 v{confirmed.rule_version}: " in found["apa"]
    # Who cites both has two entries in a list of references, which takes each key once.
    record = cited(anonymous, f"{API}contracting-processes/{confirmed.process.ocid}/")
    assert record["sha256"] == found["sha256"]
    load(release(confirmed.process.ocid, id="2", date="2030-01-01T00:00:00Z", language="es"))
    amended = cited(anonymous, f"{API}contracting-processes/{confirmed.process.ocid}/")
    assert amended["sha256"] != record["sha256"]
    assert len({each["bibtex"].partition(",")[0] for each in (found, record, amended)}) == 3


def test_citations_are_in_the_readers_language(anonymous):
    load(release(date=None))
    address = f"{API}contracting-processes/ocds-test01-1/"
    assert (
        "[registro de contratación, ocds-test01-1, SHA-256"
        in anonymous.get(address, headers={"Accept-Language": "es"}).json()["cite"]["apa"]
    )
    assert (
        "[registro de contratação, ocds-test01-1, SHA-256"
        in anonymous.get(address, headers={"Accept-Language": "pt"}).json()["cite"]["apa"]
    )


def test_omitting_the_citation_saves_its_cost(anonymous, django_assert_num_queries):
    load(release())
    with django_assert_num_queries(1):
        body = anonymous.get(f"{API}contracting-processes/ocds-test01-1/?fields=cite").json()
    assert list(body) == ["cite"]
    assert "cite" not in anonymous.get(f"{API}contracting-processes/ocds-test01-1/?omit=cite").json()


# Addresses of contracts


def contracts(client: Client) -> list[dict]:
    return client.get(f"{API}contracts/").json()["results"]


@pytest.mark.parametrize(
    ("ocid", "contract_id"),
    [("ocds-test01-1", "C"), ("ocds a/..", "á&b=c#d"), ("ocds-test01-1", "a+b %2F"), ("ocds-test01-1", "x\ny")],
)
def test_a_contract_is_read_at_its_address_whatever_its_id(anonymous, ocid, contract_id):
    record = release(ocid)
    record["contracts"][0]["id"] = contract_id
    load(record)
    (row,) = contracts(anonymous)
    body = anonymous.get(row["url"]).json()
    assert (body["ocid"], body["contract_id"]) == (ocid, row["contract_id"]) == (ocid, contract_id)
    assert {name: body[name] for name in row} == row
    assert body["cite"]["url"] == f"http://testserver{row['url']}"
    assert body["cite"]["sha256"] == bytes(ContractingProcess.objects.get().digest).hex()


def test_files_name_the_same_addresses(anonymous):
    odd = release("ocds á/1")
    odd["contracts"][0]["id"] = "ñ&1"
    unnamed = release("ocds-test01-2")
    unnamed["contracts"][0] |= {"id": "", "awardID": ""}
    load(release(), odd, unnamed)
    rows = contracts(anonymous)
    assert len(rows) >= 3
    file = anonymous.get(f"{API}contracts.csv?fields=url&trailer=0")
    lines = b"".join(file.streaming_content).decode().splitlines()[1:]
    assert lines == [f"http://testserver{row['url']}" for row in rows]
    for row in rows:
        assert anonymous.get(row["url"]).json()["path"] == row["path"]


def test_the_address_lasts_while_the_record_is_amended(anonymous):
    load(release())
    (before,) = contracts(anonymous)
    amended = release(id="2", date="2030-01-01T00:00:00Z")
    amended["contracts"] = [
        {**amended["contracts"][0], "id": "B", "awardID": "A"},
        {**amended["contracts"][0], "value": {"amount": 5, "currency": "MXN"}},
    ]
    load(amended)
    assert len(contracts(anonymous)) == 2
    body = anonymous.get(before["url"]).json()
    assert (body["contract_id"], body["amount"]) == ("C", "5")


def test_the_address_of_an_award_leads_to_its_contract_once_it_is_signed(anonymous):
    record = release()
    signed = record.pop("contracts")
    load(record)
    (award,) = contracts(anonymous)
    assert award["url"].endswith("&award_id=A")
    load(release(id="2", date="2030-01-01T00:00:00Z", contracts=signed))
    body = anonymous.get(award["url"]).json()
    assert (body["basis"], body["contract_id"]) == ("contract", "C")
    assert body["cite"]["url"].endswith("&contract_id=C")


def test_an_ambiguous_contract_is_refused_with_the_candidates(anonymous):
    record = release()
    record["contracts"] = [{**record["contracts"][0], "id": name} for name in ("C1", "C2")]
    load(record)
    answer = anonymous.get(f"{API}contract/?ocid=ocds-test01-1&award_id=A")
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["parameter"]) == (400, "contract_id")
    assert error["allowed"] == ["C1", "C2"]
    assert Contract.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("ocid=ocds-test01-1", 400),
        ("ocid=ocds-test01-1&contract_id=none", 404),
        ("ocid=ocds-none&contract_id=C", 404),
        ("ocid=ocds-test01-1&contract=C", 400),
        ("ocid=ocds-test01-1&contract_id=C&award_id=other", 404),
        ("ocid=ocds-test01-1&contract_id=C&award_id=A&path=/contracts/0", 200),
    ],
)
def test_an_incomplete_contract_address_is_refused(anonymous, query, status):
    load(release())
    assert anonymous.get(f"{API}contract/?{query}").status_code == status


def test_a_citation_without_a_date_says_so(anonymous):
    load(release(date=None))
    found = cited(anonymous, f"{API}contracting-processes/ocds-test01-1/")
    assert " (n.d.). " in found["apa"]
    assert date.fromisoformat(found["retrieved"])


def test_a_citation_names_the_publishers_licence(anonymous, flags):
    licence = {"licence": "CC BY 4.0", "licence_source": "https://mx.example/terms"}
    own = Publisher.objects.create(slug="mx", name="México", ocid_prefix="ocds-test01", **licence)
    ContractingProcess.objects.update(publisher=own)
    flag = flags[Flag.State.CONFIRMED]
    contract = Contract.objects.first()
    for address in (
        f"contracting-processes/{flag.process.ocid}/",
        f"contract/?ocid={contract.process.ocid}&contract_id={contract.contract_id}",
        f"flags/{flag.pk}/",
        "publishers/mx/",
    ):
        found = cited(anonymous, API + address)
        assert {name: found[name] for name in licence} == licence, address
    nobody = cited(anonymous, f"{API}organizations/{Organization.objects.first().pk}/")
    assert (nobody["licence"], nobody["licence_source"]) == ("", "")


# Citations in lists and files


@pytest.mark.parametrize("name", ["contracts", "contracting-processes", "flags"])
def test_rows_of_lists_are_cited_as_their_details_are(flags, anonymous, name):
    for row in anonymous.get(f"{API}{name}/?include=cite").json()["results"]:
        detail = cited(anonymous, row["url"])
        assert row["cite"] == detail
        assert row["ocid"] in row["cite"]["apa"]
        assert row["buyer"] in row["cite"]["apa"]


def test_a_row_without_a_record_has_no_digest_in_a_list_and_that_of_the_response_in_its_detail(flags, anonymous):
    """The digest of an empty response was given for it."""
    about_a_supplier = flags[Flag.State.CONFIRMED]
    Flag.objects.filter(pk=about_a_supplier.pk).update(process=None, organization=Organization.objects.first())
    rows = anonymous.get(f"{API}flags/?include=cite").json()["results"]
    (row,) = (row for row in rows if row["id"] == about_a_supplier.pk)
    assert (row["cite"]["sha256"], row["cite"]["sha256_of"]) == ("", "")
    assert "SHA-256" not in row["cite"]["apa"] + row["cite"]["bibtex"]
    assert cited(anonymous, row["url"])["sha256_of"] == "answer"


@pytest.mark.parametrize("name", ["contracts", "contracting-processes", "flags"])
def test_files_have_the_citation_as_a_column_beside_the_chosen_ones(flags, anonymous, name):
    listed = anonymous.get(f"{API}{name}/?include=cite").json()["results"]
    texts = [(row["ocid"], row["cite"]["apa"]) for row in listed]
    file = b"".join(anonymous.get(f"{API}{name}.csv?include=cite&fields=ocid&trailer=0").streaming_content)
    header, *lines = csv.reader(io.StringIO(file.decode()))
    assert header == ["ocid", "cite"]
    assert list(map(tuple, lines)) == texts
    book = b"".join(anonymous.get(f"{API}{name}.xlsx?include=cite&fields=ocid").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(name)
    assert [tuple(line) for line in sheet.to_python()[1:]] == texts


def test_a_citation_is_no_formula(anonymous):
    Publisher.objects.create(slug="mx", name="=HYPERLINK(1)", ocid_prefix="ocds-test01")
    load(release())
    file = b"".join(anonymous.get(f"{API}contracts.csv?include=cite&fields=cite").streaming_content)
    assert file.decode().splitlines()[1].startswith("\"'=HYPERLINK(1)")


def test_a_page_with_citations_is_one_query(anonymous, django_assert_num_queries):
    load(release())
    with django_assert_num_queries(1):
        anonymous.get(f"{API}contracting-processes/?include=cite")


def test_sums_are_cited_by_the_address_that_asks_for_them(anonymous):
    load(release())
    address = f"{API}contracts/sums/?by=buyer,year&country=MX"
    answer = anonymous.get(address, headers={"Accept-Language": "es"})
    body = decode_stored(answer.content.decode())
    found = body.pop("cite")
    assert found["url"] == f"http://testserver{address}"
    assert found["sha256"] == hashlib.sha256(encode(body)).hexdigest()
    assert f"({found['retrieved'][:4]}). Sumas de contratos por buyer, year [" in found["apa"]


def test_a_workbook_says_how_to_cite_it(anonymous):
    load(release())
    book = b"".join(anonymous.get(f"{API}contracts.xlsx?country=MX&lang=pt").streaming_content)
    readme = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("README").to_python()
    told = dict(line[:2] for line in readme)
    today = datetime.now(UTC).date()
    assert told["Citar"].startswith(
        f"Veedor ({today.year}). contracts [1 linha]. http://testserver{API}contracts.xlsx?"
    )
    assert told["Citar"].endswith(f"(lido em {today} UTC)")
