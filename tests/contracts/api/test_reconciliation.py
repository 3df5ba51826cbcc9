"""The reconciliation service: its messages have the shapes of the protocol (0.2), and it finds who is meant."""

import json
import re
from urllib.parse import urlencode

import pytest
from msgspec import structs

from contracts.api.reconciliation.properties import PROPERTIES
from contracts.models import Organization, Submission
from contracts.names.spelling import likeness
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
SERVICE = "/api/v1/reconcile/"
FORM = "application/x-www-form-urlencoded"


def party(name: str, number: str | None = None, role: str = "supplier", country: str = "PE", **more) -> dict:
    identifier = {"identifier": {"scheme": "PE-RUC", "id": number}} if number else {}
    return {"id": name, "name": name, "roles": [role], "address": {"countryName": country}, **identifier, **more}


def record(number: int, buyer: dict, *suppliers: dict) -> dict:
    found = release(f"ocds-test01-{number}", parties=[buyer, *suppliers])
    found["buyer"] = {"id": buyer["id"], "name": buyer["name"]}
    found["awards"][0]["suppliers"] = [{"id": one["id"], "name": one["name"]} for one in suppliers]
    found["tender"].pop("procuringEntity", None)
    found["tender"]["tenderers"] = []
    return found


@pytest.fixture
def organizations(db) -> dict[str, int]:
    """Name → primary key, of organizations that are alike."""
    town = party("Municipalidad Provincial de Huánuco", "20-172383531", "buyer")
    load(
        record(
            1,
            town,
            party("Telecom Andina S.A.C.", "20100000001"),
            party("Telecom Andina del Sur E.I.R.L.", "20100000002"),
        ),
        record(2, town, party("Andina de Telecom", country="CO")),
        record(3, town, party("Cámaras & Redes S.A.", "20100000003")),
    )
    return {row.name: row.pk for row in Organization.objects.all()}


def asked(client, query: dict | str) -> list[dict]:
    batch = {"q0": {"query": query} if isinstance(query, str) else query}
    answer = client.get(SERVICE, {"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    is_result_batch(body)
    return body["q0"]["result"]


# The shapes of the protocol


def is_result_batch(body: dict) -> None:
    for result in body.values():
        assert result.keys() == {"result"}
        for row in result["result"]:
            assert isinstance(row["id"], str)
            assert isinstance(row["name"], str)
            assert type(row["score"]) in {int, float}
            assert type(row["match"]) is bool
            assert all(isinstance(kind["id"], str) for kind in row["type"])
            for feature in row["features"]:
                assert isinstance(feature["id"], str)
                assert type(feature["value"]) in {bool, int, float}


def test_the_service_describes_itself(anonymous):
    body = anonymous.get(SERVICE).json()
    assert "0.2" in body["versions"]
    for name in ("name", "identifierSpace", "schemaSpace"):
        assert isinstance(body[name], str)
    assert {kind["id"] for kind in body["defaultTypes"]} == {"organization", "buyer", "supplier"}
    assert "{{id}}" in body["view"]["url"]
    assert "${id}" in body["suggest"]["entity"]["flyout_service_path"]
    assert set(body["suggest"]) == {"entity", "type", "property"}
    for service in (*body["suggest"].values(), body["extend"]["propose_properties"]):
        address = service["service_url"] + service["service_path"]
        assert address.startswith("http://testserver/api/v1/reconcile/")
        assert anonymous.get(address, {"prefix": "a"} if "suggest" in address else {}).status_code == 200
    assert body["extend"]["property_settings"] == []


def test_the_manifest_templates_lead_to_organizations(anonymous, organizations):
    body = anonymous.get(SERVICE).json()
    (found, *_others) = asked(anonymous, "Cámaras & Redes S.A.")
    assert anonymous.get(body["view"]["url"].replace("{{id}}", found["id"])).status_code == 200
    assert anonymous.get(f"{body['identifierSpace']}{found['id']}/").json()["name"] == found["name"]
    entity = body["suggest"]["entity"]
    flyout = entity["flyout_service_url"] + entity["flyout_service_path"].replace("${id}", found["id"])
    answer = anonymous.get(flyout).json()
    assert answer["id"] == found["id"]
    assert "Cámaras &amp; Redes S.A." in answer["html"]


def test_a_batch_goes_by_get_and_by_post(anonymous, organizations):
    batch = {"a": {"query": "telecom andina sac"}, "b": {"query": "camaras y redes"}, "c": {"query": "zzz qqq"}}
    by_get = anonymous.get(SERVICE, {"queries": json.dumps(batch)}).json()
    answer = anonymous.post(SERVICE, f"queries={json.dumps(batch)}", content_type=FORM)
    assert answer.json() == by_get
    assert answer["Access-Control-Allow-Origin"] == "*"
    is_result_batch(by_get)
    assert list(by_get) == ["a", "b", "c"]
    assert by_get["c"] == {"result": []}


def test_properties_extend_a_table(anonymous, organizations):
    names = ["name", "country", "identifier", "key", "roles", "processes_bought", "contracts_supplied"]
    town, firm = organizations["Municipalidad Provincial de Huánuco"], organizations["Telecom Andina S.A.C."]
    extend = {"ids": [str(town), str(firm), "999999999", "x"], "properties": [{"id": name} for name in names]}
    body = anonymous.post(SERVICE, f"extend={json.dumps(extend)}", content_type=FORM).json()
    assert [entry["id"] for entry in body["meta"]] == names
    assert all(isinstance(entry["name"], str) for entry in body["meta"])
    assert list(body["rows"]) == extend["ids"]
    for row in body["rows"].values():
        for cells in row.values():
            assert all(len(cell) == 1 and {*cell} <= {"str", "int"} for cell in cells)
    assert body["rows"][str(town)]["processes_bought"] == [{"int": 3}]
    assert body["rows"][str(firm)]["contracts_supplied"] == [{"int": 1}]
    assert body["rows"][str(firm)]["roles"] == [{"str": "supplier"}]
    assert body["rows"]["999999999"] == body["rows"]["x"] == {name: [] for name in names}


def test_suggestions_for_what_somebody_types(anonymous, organizations):
    entities = anonymous.get(f"{SERVICE}suggest/entity/", {"prefix": "telec"}).json()["result"]
    assert {row["name"] for row in entities} == {
        "Telecom Andina S.A.C.",
        "Telecom Andina del Sur E.I.R.L.",
        "Andina de Telecom",
    }
    assert all(row.keys() == {"id", "name", "description"} for row in entities)
    kinds = anonymous.get(f"{SERVICE}suggest/type/", {"prefix": "suppl"}).json()["result"]
    assert [row["id"] for row in kinds] == ["supplier"]
    properties = anonymous.get(f"{SERVICE}suggest/property/", {"prefix": "cou"}).json()["result"]
    assert "country" in {row["id"] for row in properties}
    proposed = anonymous.get(f"{SERVICE}extend/propose/", {"type": "supplier", "limit": 2}).json()
    assert proposed["type"] == "supplier"
    assert len(proposed["properties"]) == 2


# Who is meant


@pytest.mark.parametrize(
    "text",
    ["Telecom Andina S.A.C.", "TELECOM ANDINA SAC", "telecom  andina, s. a. c.", "Andina Telecom SAC"],
)
def test_a_name_in_another_spelling_is_the_one(anonymous, organizations, text):
    best, *_others = asked(anonymous, text)
    assert (best["id"], best["match"]) == (str(organizations["Telecom Andina S.A.C."]), True)
    (name,) = (feature for feature in best["features"] if feature["id"] == "name")
    assert (name["value"], name["query"], name["matched"]) == (best["score"], text, "Telecom Andina S.A.C.")


@pytest.mark.parametrize("text", ["Telecom Andina", "Telecom Andyna SAC", "telecom"])
def test_a_name_that_leaves_a_doubt_is_not_a_match(anonymous, organizations, text):
    found = asked(anonymous, text)
    assert found
    assert not any(row["match"] for row in found)
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)


@pytest.mark.parametrize("number", ["20100000001", "20-10000000-1", "PE-RUC:20100000001", "pe-ruc:20.100000001"])
def test_an_identifier_matches_in_any_punctuation(anonymous, organizations, number):
    expected = str(organizations["Telecom Andina S.A.C."])
    by_property = asked(anonymous, {"properties": [{"pid": "identifier", "v": number}]})
    assert [(row["id"], row["match"], row["score"]) for row in by_property] == [(expected, True, 100.0)]
    by_name = asked(anonymous, number)
    assert (by_name[0]["id"], by_name[0]["match"]) == (expected, True)


@pytest.mark.parametrize("number", ["900504030", "900.504.030-1", "CO-NIT:9005040301", "co-nit:900504030"])
def test_a_number_of_colombia_is_found_with_and_without_its_check_digit(anonymous, db, number):
    """Keys have it without, and people copy it with it."""
    identifier = {"identifier": {"scheme": "NIT", "id": "900.504.030-1"}}
    load(record(1, party("Alcaldía", role="buyer", country="CO", **identifier), party("Redes", country="CO")))
    expected = Organization.objects.get(key="CO-NIT:900504030").pk
    (found,) = asked(anonymous, {"properties": [{"pid": "identifier", "v": number}]})
    assert (found["id"], found["match"], found["score"]) == (str(expected), True, 100.0)
    for parameter in ["key"] if ":" in number else ["identifier", "q"]:
        listed = anonymous.get("/api/v1/organizations/", {parameter: number}).json()["results"]
        assert [row["id"] for row in listed] == [expected]


def test_an_identifier_of_another_is_told_and_counts_against(anonymous, organizations):
    query = {"query": "Telecom Andina S.A.C.", "properties": [{"pid": "identifier", "v": "20100000002"}]}
    found = {row["name"]: row for row in asked(anonymous, query)}
    named, numbered = found["Telecom Andina S.A.C."], found["Telecom Andina del Sur E.I.R.L."]
    values = {feature["id"]: feature["value"] for feature in named["features"]}
    assert values == {"name": 100.0, "identifier": False}
    assert not named["match"]
    assert {feature["id"]: feature["value"] for feature in numbered["features"]}["identifier"] is True
    assert numbered["score"] > named["score"]


def test_a_country_counts_against_those_of_others(anonymous, organizations):
    plain = {row["name"]: row["score"] for row in asked(anonymous, "Andina Telecom")}
    query = {"query": "Andina Telecom", "properties": [{"pid": "country", "v": "Colombia"}]}
    placed = {row["name"]: row for row in asked(anonymous, query)}
    assert placed["Andina de Telecom"]["score"] == plain["Andina de Telecom"]
    assert placed["Telecom Andina S.A.C."]["score"] == pytest.approx(plain["Telecom Andina S.A.C."] - 20)


@pytest.mark.parametrize(
    ("kind", "strict", "number"),
    [("buyer", "any", 0), ("supplier", "any", 3), (["buyer", "supplier"], "all", 0), ("buyer", "should", 3)],
)
def test_a_type_selects_or_is_reported(anonymous, organizations, kind, strict, number):
    found = asked(anonymous, {"query": "telecom andina", "type": kind, "type_strict": strict})
    assert len(found) == number
    if strict == "should":
        assert {feature["value"] for row in found for feature in row["features"] if feature["id"] == "type"} == {False}


def test_a_limit_is_kept(anonymous, organizations):
    assert len(asked(anonymous, {"query": "telecom andina", "limit": 1})) == 1


def test_an_exact_name_is_not_a_match_where_two_have_it(anonymous):
    town = party("Municipio", None, "buyer")
    load(record(1, town, party("Acme S.A.", "20100000001")), record(2, town, party("ACME SA", "20100000002")))
    found = asked(anonymous, "Acme SA")
    assert [row["score"] for row in found] == [100.0, 100.0]
    assert not any(row["match"] for row in found)


def test_a_kind_of_supplier_is_not_a_candidate(anonymous):
    load(record(1, party("Municipio", role="buyer"), party("Persona natural")))
    assert asked(anonymous, "persona natural") == []
    assert asked(anonymous, "municipio")


def test_who_is_only_in_a_claim_is_found_by_auditors_alone(anonymous):
    load(record(1, party("Municipio", None, "buyer"), party("Secreta Ltda.")), channel=Submission.Channel.API)
    assert asked(anonymous, "Secreta Ltda.") == []
    assert anonymous.get(f"{SERVICE}suggest/entity/", {"prefix": "secreta"}).json() == {"result": []}
    pk = Organization.objects.get(name="Secreta Ltda.").pk
    extend = {"ids": [str(pk)], "properties": [{"id": "name"}]}
    assert anonymous.get(SERVICE, {"extend": json.dumps(extend)}).json()["rows"] == {str(pk): {"name": []}}
    assert anonymous.get(f"{SERVICE}flyout/?id={pk}").status_code == 400
    auditor = client_with_token(new_user("auditor", "contracts.view_claim", "audits.view_flag"), "read", "review")
    assert [row["name"] for row in asked(auditor, "Secreta Ltda.")] == ["Secreta Ltda."]


# What it refuses


@pytest.mark.parametrize(
    ("queries", "pointer"),
    [
        ("", ""),
        ("[]", ""),
        ("{}", ""),
        ('{"q0": {}}', "/q0/query"),
        ('{"q0": {"query": " "}}', "/q0/query"),
        ('{"q0": {"query": "x", "typo": 1}}', ""),
        ('{"q0": {"query": 1}}', ""),
        ('{"q0": {"query": "x", "type": "person"}}', "/q0/type"),
        ('{"q0": {"query": "x", "type_strict": "some"}}', "/q0/type_strict"),
        ('{"q0": {"query": "x", "properties": [{"pid": "colour", "v": "red"}]}}', "/q0/properties/0/pid"),
        ('{"q0": {"query": "x", "properties": [{"pid": "country", "v": "Atlantis"}]}}', "/q0/properties"),
        ('{"q0": {"query": "x", "limit": "many"}}', ""),
        (json.dumps({f"q{number}": {"query": "x"} for number in range(51)}), ""),
        # Each number is looked for in every scheme: of 150,000 a second became fifteen, and memory with it.
        (json.dumps({"q0": {"properties": [{"pid": "identifier", "v": [*range(21)]}]}}), "/q0/properties"),
        (json.dumps({"q0": {"query": "x", "properties": [{"pid": "country", "v": "PE"}] * 21}}), "/q0/properties"),
        ('{"q0": {"query": "\\u0000"}}', None),
        ('{"q0": {"query": "\\ud800"}}', ""),
        ("[" * 5000, ""),
    ],
)
def test_what_is_not_a_batch_is_refused_with_its_place(anonymous, queries, pointer):
    for answer in (
        anonymous.get(SERVICE, {"queries": queries[:1900]}),
        anonymous.generic("POST", SERVICE, urlencode({"queries": queries}), content_type=FORM),
    ):
        assert answer.status_code == 400, queries[:50]
        if pointer is not None and len(queries) < 1900:
            assert answer.json()["errors"][0]["pointer"] == pointer
            assert answer.json()["errors"][0]["parameter"] == "queries"


@pytest.mark.parametrize(
    "extend", ["{}", '{"ids": ["1"], "properties": [{"id": "colour"}]}', '{"ids": [1], "properties": []}']
)
def test_what_is_not_an_extension_is_refused(anonymous, extend):
    answer = anonymous.get(SERVICE, {"extend": extend})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "extend")


def test_a_property_that_is_asked_for_many_times_is_worked_out_once(anonymous, organizations, monkeypatch):
    worked_out = []
    country = PROPERTIES["country"]
    told = structs.replace(country, value=lambda row: worked_out.append(row) or country.value(row))
    monkeypatch.setitem(PROPERTIES, "country", told)
    pk = str(organizations["Andina de Telecom"])
    extend = {"ids": [pk], "properties": [{"id": "country"}] * 30}
    answer = anonymous.get(SERVICE, {"extend": json.dumps(extend)}).json()
    assert ([entry["id"] for entry in answer["meta"]], len(worked_out)) == (["country"], 1)
    assert answer["rows"][pk]["country"]


def test_invalid_limits_are_not_a_500(anonymous, organizations):
    for limit in (0, -1, 1e300, 10**400, 2.5):
        batch = f'{{"q0": {{"query": "telecom", "limit": {limit}}}}}'
        assert anonymous.get(SERVICE, {"queries": batch}).status_code in {200, 400}


@pytest.mark.parametrize("body", ["", "other=1", "queries"])
def test_a_post_without_queries_says_what_it_lacks(anonymous, body):
    assert anonymous.generic("POST", SERVICE, body, content_type=FORM).status_code == 400


def test_json_as_a_body_is_refused(anonymous):
    assert anonymous.post(SERVICE, {"queries": {}}, format="json").status_code == 415


# Names


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Acme S.A.", "ACME SA", 100, 100),
        ("Acme S.A. de C.V.", "Acme", 95, 99),
        ("Huawei do Brasil Telecomunicações Ltda", "HUAWEI DO BRASIL TELECOMUNICACOES LTDA.", 100, 100),
        ("Acme", "Otra cosa", 0, 45),
        ("S.A.", "SA", 100, 100),
        ("", "Acme", 0, 0),
    ],
)
def test_names_are_alike_whatever_their_legal_form(one, other, least, most):
    assert least <= likeness(one, other) <= most
    assert likeness(one, other) == likeness(other, one)


def test_the_same_words_are_used_in_both_languages_of_the_service(anonymous):
    names = {}
    for language in ("es", "pt", "en"):
        body = anonymous.get(SERVICE, headers={"Accept-Language": language}).json()
        names[language] = [kind["name"] for kind in body["defaultTypes"]]
        assert re.fullmatch(r"Veedor: .+", body["name"])
    assert len({tuple(found) for found in names.values()}) == 3
