"""Organizations: where a release names them, their roles and numbers."""

from decimal import Decimal

import pytest

from contracts.ocds.parsing.parse import parse_process


def test_ocds_1_0_organizations_become_parties():
    release = {
        "buyer": {"name": "Alcaldía", "identifier": {"scheme": "CO-NIT", "id": "800"}},
        "tender": {"amendment": {"rationale": "plazo"}},
        "awards": [{"id": "1", "suppliers": [{"name": "ACME"}]}],
    }
    process, _ = parse_process(release)
    assert [(party.id, party.identifier, party.roles) for party in process.parties] == [
        ("CO-NIT-800", "800", ("buyer",)),
        ("ACME", "", ("supplier",)),
    ]
    assert process.tender.amendments[0].rationale == "plazo"
    assert process.party(process.buyer).name == "Alcaldía"


def test_roles_are_those_stated_and_those_shown():
    release = {"parties": [{"id": "1", "roles": ["payer"]}], "buyer": {"id": "1"}}
    assert parse_process(release)[0].parties[0].roles == ("buyer", "payer")
    release["parties"][0]["roles"] = "payer; funder"
    assert parse_process(release)[0].parties[0].roles == ("buyer", "funder", "payer")


@pytest.mark.parametrize(
    ("roles", "named", "buyer"),
    [
        ((["buyer"], ["supplier"]), {}, ("1", "Uno", "/parties/0")),
        ((["buyer"], ["leadBuyer", "buyer"]), {}, ("2", "Dos", "/parties/1")),
        ((["buyer"], ["buyer"]), {}, None),
        ((["buyer"], ["supplier"]), {"buyer": {"id": "2"}}, ("2", "", "/buyer")),
        ((["buyer"], ["supplier"]), {"buyer": {"id": "", "name": None}}, ("1", "Uno", "/parties/0")),
    ],
)
def test_a_release_that_names_no_buyer_has_the_only_party_that_buys(roles, named, buyer):
    names = zip(("1", "2"), ("Uno", "Dos"), roles, strict=True)
    release = {"parties": [{"id": own, "name": name, "roles": given} for own, name, given in names], **named}
    process, corrections = parse_process(release)
    assert (process.buyer and (process.buyer.id, process.buyer.name, process.buyer.path)) == buyer
    assert corrections == []


@pytest.mark.parametrize(
    ("buyers", "named", "buyer"),
    [
        ([{"id": "1", "name": "Hospital"}] * 2, {}, ("1", "Hospital", "/contracts/0/buyer")),
        ([{"id": "1", "name": "Hospital"}, {}], {}, ("1", "Hospital", "/contracts/0/buyer")),
        ([{"name": "Hospital"}], {}, ("Hospital", "Hospital", "/contracts/0/buyer")),
        ([{"id": "1", "name": "Hospital"}, {"id": "2", "name": "Ministerio"}], {}, None),
        (
            [{"id": "1", "name": "Hospital"}],
            {"buyer": {"id": "2", "name": "Ministerio"}},
            ("2", "Ministerio", "/buyer"),
        ),
    ],
)
def test_a_release_that_names_no_buyer_has_the_one_that_its_contracts_name(buyers, named, buyer):
    """As the orders from the catalogues of Honduras."""
    release = {"contracts": [{"id": str(number), "buyer": given} for number, given in enumerate(buyers)], **named}
    process, corrections = parse_process(release)
    assert (process.buyer and (process.buyer.id, process.buyer.name, process.buyer.path)) == buyer
    assert corrections == []


def test_a_buyer_of_a_contract_is_a_party():
    process, _ = parse_process({"contracts": [{"id": "1", "buyer": {"id": "7", "name": "Hospital"}}]})
    assert [(party.id, party.name, party.roles) for party in process.parties] == [("7", "Hospital", ("buyer",))]


def test_a_buyer_that_is_listed_twice_is_one():
    party = {"id": "1", "name": "Uno", "roles": ["buyer"]}
    process, _ = parse_process({"parties": [party, {**party, "address": {"region": "Norte"}}]})
    assert process.buyer
    assert process.buyer.id == "1"


@pytest.mark.parametrize(
    ("identifier", "number"),
    [({}, ("MX-RFC", "AFI010203A12")), ({"id": ""}, ("MX-RFC", "AFI010203A12")), ({"id": "7"}, ("", "7"))],
)
def test_an_additional_identifier_stands_in_for_one_that_is_missing(identifier, number):
    others = [{"scheme": "X"}, {"scheme": "MX-RFC", "id": "AFI010203A12"}, {"scheme": "Y", "id": "2"}]
    release = {"parties": [{"id": "1", "identifier": identifier, "additionalIdentifiers": others}]}
    (party,) = parse_process(release)[0].parties
    assert (party.scheme, party.identifier) == number


@pytest.mark.parametrize(("number", "reason"), [(Decimal("501234567.0"), "number_as_text"), ("501234567.0", None)])
def test_a_number_of_an_organization_has_no_decimals(number, reason):
    party = {"id": number, "name": "Câmara", "identifier": {"scheme": "PT-NIF", "id": number}}
    process, corrections = parse_process({"parties": [party], "buyer": {"id": number}})
    assert process.buyer.id == process.parties[0].id == process.parties[0].identifier == "501234567"
    assert {entry.reason for entry in corrections} == {reason or "number_with_decimals"}


@pytest.mark.parametrize(
    "release",
    [
        {"tender": [{"procuringEntity": {"name": "A", "address": {"countryName": "PE"}}}]},
        {"tender": {"procuringEntity": [{"name": "A", "address": {"countryName": "PE"}}]}},
        {"tender": {"tenderers": {"name": "A", "address": {"countryName": "PE"}}}},
        {"buyer/": {"name": "A", "address": {"countryName": "PE"}}},
        {"awards": {"1/a": {"id": "1/a", "suppliers": [{"name": "A", "address": {"countryName": "PE"}}]}}},
    ],
)
def test_a_party_named_only_in_a_stage_is_read_in_full_in_any_shape(release):
    (party,) = parse_process(release)[0].parties
    assert (party.name, party.country) == ("A", "PE")
