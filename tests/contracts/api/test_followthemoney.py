"""Contracts as entities of FollowTheMoney."""

import json

import pytest

from contracts.api.followthemoney import MAX_NAME
from contracts.models import Organization, Submission
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/contracts.ftm"
# What the schemata of FollowTheMoney 4 know, of what is written here: own properties and those they inherit.
_THING = {"name", "country", "sourceUrl", "publisher", "publisherUrl"}
KNOWN = {
    "PublicBody": {*_THING, "registrationNumber"},
    "Company": {*_THING, "registrationNumber"},
    "LegalEntity": {*_THING, "registrationNumber"},
    "Contract": {
        *_THING,
        *("title", "authority", "amount", "currency", "contractDate", "procedureNumber", "method", "type", "status"),
    },
    "ContractAward": {
        *("contract", "supplier", "amount", "currency", "date", "startDate", "endDate", "role", "status", "recordId"),
        *("sourceUrl", "publisher", "publisherUrl"),
    },
}
REFERENCES = {
    "authority": {"PublicBody", "Company", "LegalEntity"},
    "supplier": {"PublicBody", "Company", "LegalEntity"},
    "contract": {"Contract"},
}


def entities(client, query: str = "") -> list[dict]:
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-followthemoney+ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def of(schema: str, found: list[dict]) -> list[dict]:
    return [entity for entity in found if entity["schema"] == schema]


def consortium() -> dict:
    record = release("ocds-test01-2")
    firms = [{"id": name, "name": name} for name in ("Uno S.A.", "Dos Ltda.", "María Pérez")]
    record["parties"] += [{**firm, "roles": ["supplier"]} for firm in firms]
    record["awards"][0]["suppliers"] = firms
    return record


def test_every_entity_has_properties_of_its_schema_and_refers_to_what_came_before(anonymous):
    load(release(), consortium())
    known: dict[str, str] = {}
    for entity in entities(anonymous):
        assert entity.keys() == {"id", "schema", "properties"}
        assert entity["properties"].keys() <= KNOWN[entity["schema"]]
        for name, values in entity["properties"].items():
            assert values
            assert all(isinstance(value, str) and value for value in values)
            if name in REFERENCES:
                assert {known[value] for value in values} <= REFERENCES[name]
        assert entity["id"] not in known, "an entity comes once"
        known[entity["id"]] = entity["schema"]
    assert set(known.values()) == {"PublicBody", "Company", "LegalEntity", "Contract", "ContractAward"}


def test_a_contract_names_its_buyer_its_amount_and_its_supplier(anonymous):
    load(release())
    found = entities(anonymous)
    (body,), (firm,) = of("PublicBody", found), of("Company", found)
    (contract,), (award,) = of("Contract", found), of("ContractAward", found)
    assert body["properties"]["name"] == ["Municipio de Prueba"]
    assert body["properties"]["country"] == ["mx"]
    assert contract["properties"]["authority"] == [body["id"]]
    assert (contract["properties"]["amount"], contract["properties"]["currency"]) == (["900.5"], ["MXN"])
    assert contract["properties"]["procedureNumber"] == ["ocds-test01-1"]
    assert award["properties"]["contract"] == [contract["id"]]
    assert award["properties"]["supplier"] == [firm["id"]]
    assert award["properties"]["amount"] == ["900.5"]
    address = contract["properties"]["sourceUrl"][0]
    assert anonymous.get(address).json()["cite"]["url"] == address


@pytest.mark.parametrize(
    ("number", "shown"), [("PEA800101AB1", ["PEA800101AB1"]), ("XAXX010101000", None), ("PEAA800101AB1", None)]
)
def test_a_number_of_anybody_or_of_a_person_is_not_a_number_of_a_register(anonymous, number, shown):
    supplier = {**release()["parties"][1], "identifier": {"scheme": "MX-RFC", "id": number}}
    load(release(parties=[release()["parties"][0], supplier]))
    (firm,) = of("Company", entities(anonymous))
    assert firm["properties"].get("registrationNumber") == shown


def test_the_amount_of_a_consortium_is_not_counted_for_each_member(anonymous):
    load(consortium())
    found = entities(anonymous)
    awards = of("ContractAward", found)
    assert len(awards) == 3
    assert not any("amount" in award["properties"] for award in awards)
    assert of("Contract", found)[0]["properties"]["amount"] == ["900.5"]
    kinds = {entity["properties"]["name"][0]: entity["schema"] for entity in found if "name" in entity["properties"]}
    assert (kinds["Uno S.A."], kinds["Dos Ltda."], kinds["María Pérez"]) == ("Company", "Company", "LegalEntity")


def test_ids_survive_reloading_the_records(anonymous):
    load(release())
    before = {entity["id"] for entity in entities(anonymous)}
    load(release(id="2", date="2030-01-01T00:00:00Z"))
    assert {entity["id"] for entity in entities(anonymous)} == before


def test_filters_and_order_are_those_of_the_list(anonymous):
    load(release(), release("ocds-test01-2"))
    (contract,) = of("Contract", entities(anonymous, "?ocid=ocds-test01-2"))
    assert contract["properties"]["procedureNumber"] == ["ocds-test01-2"]
    in_order = of("Contract", entities(anonymous, "?order_by=id"))
    assert [entity["properties"]["procedureNumber"] for entity in in_order] == [["ocds-test01-1"], ["ocds-test01-2"]]
    assert anonymous.get(f"{ADDRESS}?contry=PE").json()["code"] == "unknown_parameter"
    assert anonymous.get("/api/v1/contracts/?format=ftm").status_code == 200
    assert anonymous.get("/api/v1/flags.ftm").status_code == 406


def test_the_number_of_queries_does_not_grow_with_the_list(anonymous, django_assert_num_queries):
    load(*(release(f"ocds-test01-{number}") for number in range(30)))
    with django_assert_num_queries(4):
        assert len(of("Contract", entities(anonymous))) == 30


def test_a_name_is_as_long_as_the_format_takes_it_and_the_title_is_whole(anonymous):
    long = "Servicio de limpieza " * 30
    record = release()
    record["contracts"][0]["title"] = long
    load(record)
    (contract,) = of("Contract", entities(anonymous))
    assert contract["properties"]["name"] == [long.strip()[:MAX_NAME]]
    assert contract["properties"]["title"] == [long.strip()]


def test_claims_are_not_exported(anonymous):
    load(release(), channel=Submission.Channel.API)
    assert Organization.objects.exists()
    assert entities(anonymous) == []


def test_head_has_the_file_name(anonymous):
    answer = anonymous.head(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('.ftm.jsonl"')
