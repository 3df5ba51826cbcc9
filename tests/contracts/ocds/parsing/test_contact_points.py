"""Records without the personal data of their contact points."""

import json

import pytest

from contracts.ocds.parsing.contact_points import is_of_contact_point, without_contact_points

PERSON = {"name": "Ana Prueba", "email": "ana@example.org", "telephone": "+51 1 555", "faxNumber": "+51 1 556"}


def shown(record) -> dict:
    return json.loads(without_contact_points(json.dumps(record).encode()))


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
    assert without_contact_points(record) == record


def test_names_with_escapes_and_members_given_twice_are_found_and_numbers_stay_exact():
    record = (
        b'{"amount": 12345678901234567.890, "\\u0063ontactPoint": {"name": "Ana\\u0000"},'
        b'"contactPoint": {"email": "ana@example.org"}}'
    )
    assert without_contact_points(record) == b'{"amount":12345678901234567.890,"contactPoint":{}}'


def test_it_reaches_every_person_at_the_limit_of_depth():
    party = json.dumps({"contactPoint": PERSON})
    nested = "[" * 60 + party + "]" * 60
    record = f"[{','.join([nested] * 4000)}]".encode()
    assert b"Ana" not in without_contact_points(record)


def test_pointers_into_contact_points_are_known():
    assert is_of_contact_point("/parties/0/contactPoint")
    assert is_of_contact_point("/parties/0/additionalContactPoints/1/name")
    assert is_of_contact_point("/parties/0/contact_point/name")
    assert not is_of_contact_point("/parties/0/name")
