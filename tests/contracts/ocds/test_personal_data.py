"""Records without the personal data of contact points, and without numbers of natural persons."""

import json

import pytest

from contracts.ocds.parsing.contact_points import is_of_contact_point
from contracts.ocds.personal_data import tells_number, without_personal_data

PERSON = {"name": "Ana Prueba", "email": "ana@example.org", "telephone": "+51 1 555", "faxNumber": "+51 1 556"}


def shown(record) -> dict:
    return json.loads(without_personal_data(json.dumps(record).encode()))


@pytest.mark.parametrize(
    ("contact", "left"),
    [
        (PERSON, {}),
        ({**PERSON, "url": "https://example.org/buzon"}, {"url": "https://example.org/buzon"}),
        ({**PERSON, "url": "mailto:ana@example.org"}, {}),
        ({**PERSON, "url": {"name": "Ana Prueba"}}, {}),
        ([PERSON, "Ana Prueba", [PERSON]], [{}, {}, {}]),
        ("Ana Prueba", {}),
        ({"person": {"contactPoint": PERSON}}, {}),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "contactPoint",
        "additionalContactPoints",
        "contactpoint",
        "ContactPoint",
        "contact_point",
        "Contact Point ",
        "contactPoints",
        "additional_contact_points",
    ],
)
def test_the_web_address_alone_is_left_at_any_depth(name, contact, left):
    party = {"id": "B", "name": "Municipio", name: contact}
    record = {"buyer": party, "tender": {"x": [[{"procuringEntity": party}]]}}
    reduced = party | {name: left}
    assert shown(record) == {"buyer": reduced, "tender": {"x": [[{"procuringEntity": reduced}]]}}


@pytest.mark.parametrize(
    "record",
    [
        b'{ "b": 1.50, "a" :"contactPoint" }',
        b'{"name": "\\u00f1", "big": 12345678901234567890123456789012345678.10}',
        b'{"contactPoint" : {"url":"https://example.org"}}',
    ],
)
def test_a_record_that_names_no_person_is_the_same_bytes(record):
    assert without_personal_data(record) == record


def test_names_with_escapes_and_members_given_twice_are_found_and_numbers_stay_exact():
    record = (
        b'{"amount": 12345678901234567.890, "\\u0063ontactPoint": {"name": "Ana\\u0000"},'
        b'"contactPoint": {"email": "ana@example.org"}}'
    )
    assert without_personal_data(record) == b'{"amount":12345678901234567.890,"contactPoint":{}}'


def test_it_reaches_every_person_at_the_limit_of_depth():
    party = json.dumps({"contactPoint": PERSON})
    nested = "[" * 60 + party + "]" * 60
    record = f"[{','.join([nested] * 4000)}]".encode()
    assert b"Ana" not in without_personal_data(record)


def test_pointers_into_contact_points_are_known():
    assert is_of_contact_point("/parties/0/contactPoint")
    assert is_of_contact_point("/parties/0/additionalContactPoints/1/name")
    assert is_of_contact_point("/parties/0/contact_point/name")
    assert not is_of_contact_point("/parties/0/name")


def co(number: str, **more) -> dict:
    return {"id": number, "name": "Ana", "identifier": {"scheme": "CO-CC", "id": number}, **more}


def test_numbers_that_end_alike_stay_apart_and_references_hold():
    record = {"parties": [co("1012362575"), co("1099999575")], "awards": [{"suppliers": [{"id": "1099999575"}]}]}
    first, second = shown(record)["parties"]
    assert (first["id"], second["id"]) == ("•••••575", "•••••575 (2)")
    assert first["identifier"]["id"] == first["id"]
    assert shown(record)["awards"][0]["suppliers"][0]["id"] == second["id"]
    # What is masked once is so for good.
    assert shown(shown(record)) == shown(record)


def test_a_number_stands_in_ids_names_and_members_called_as_its_register_but_not_in_prose():
    record = {
        "parties": [co("1012362575", details={"cedula": 1012362575, "seats": 1012362575})],
        "contracts": [{"id": "CPS-1012362575", "title": "Contrato 1012362575", "value": {"amount": 1012362575}}],
    }
    seen = shown(record)
    assert seen["parties"][0]["details"] == {"cedula": "•••••575", "seats": 1012362575}
    assert seen["contracts"] == [
        {"id": "CPS-•••••575", "title": "Contrato 1012362575", "value": {"amount": 1012362575}}
    ]


def test_who_buys_is_not_a_person_unless_the_scheme_says_so():
    body = {"id": "12345678", "name": "Alcaldía", "roles": ["buyer"], "identifier": {"id": "12345678"}}
    record = {"buyer": {"id": "12345678"}, "parties": [body], "tender": {"value": {"currency": "COP"}}}
    assert shown(record) == record
    assert shown({"parties": [co("12345678", roles=["buyer"])]})["parties"][0]["id"] == "•••••678"


def test_the_id_beside_a_firms_identifier_is_not_a_number_of_a_person():
    firm = {"id": "12345678", "name": "Acme", "identifier": {"scheme": "CO-NIT", "id": "900504030"}}
    record = {"parties": [firm], "awards": [{"suppliers": [{"id": "12345678", "name": "Acme"}]}]}
    assert shown(record) == record


@pytest.mark.parametrize(
    "where",
    [
        {"address": {"countryName": "Brasil"}},
        {"identifiers": {"scheme": "BR-CNPJ"}},
        {"value": {"currency": "BRL"}},
        {},  # the check digits are enough
    ],
)
def test_the_country_of_a_number_without_a_scheme_is_that_of_the_record(where):
    record = {"parties": [{"id": "52998224725", "name": "Ana"}], **where}
    assert shown(record)["parties"][0]["id"] == "***.982.247-**"


def test_the_country_may_be_known_from_elsewhere():
    record = json.dumps({"parties": [{"id": "1012362575", "name": "Ana"}]}).encode()
    assert without_personal_data(record) == record
    assert "•••••575" in without_personal_data(record, country="CO").decode()


def test_contact_points_may_be_shown_and_numbers_are_not():
    record = json.dumps({"parties": [co("1012362575", contactPoint=PERSON)]}).encode()
    (party,) = json.loads(without_personal_data(record, with_contact_points=True))["parties"]
    assert (party["contactPoint"], party["id"]) == (PERSON, "•••••575")


@pytest.mark.parametrize(
    ("pointer", "found", "tells"),
    [
        ("/parties/1/identifier/id", "1012362575", True),
        ("/parties/1/additionalIdentifiers/0/id", "101.236.257-5", True),
        ("/awards/0/suppliers/0/id", "1012362575", True),
        ("/parties/1/identifier/scheme", "cc", False),
        ("/tender/value/amount", "1012362575", False),
        ("/parties/1/id", None, False),
    ],
)
def test_corrections_of_numbers_are_known(pointer, found, tells):
    assert tells_number(pointer, found) is tells
