"""Placeholders and numbers of nobody are not read as texts, names or ids, and are reported."""

import csv
from pathlib import Path

import pytest

from contracts.intake.rows.process_rows import ProcessRows
from contracts.ocds.folding import folded
from contracts.ocds.messages import CORRECTIONS
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.placeholders import (
    ANYBODY,
    MAX_LENGTH,
    MAX_NOBODY_LENGTH,
    NAME,
    NOBODY,
    NUMBER,
    TEXT,
    is_placeholder,
    names_nobody,
)
from contracts.ocds.written.simple import release_from_simple

FILE = Path(__file__).parents[3] / "fixtures" / "reading" / "placeholders.csv"
CODES = {"placeholder", "party_without_name"}


def read(*, ocid="ocds-test01-1", **members):
    return parse_process({"ocid": ocid, "date": "2016-02-01T00:00:00Z", **members})


def noted(corrections):
    return [(entry.path, entry.reason) for entry in corrections if entry.reason in CODES]


def test_the_list_is_folded_sorted_and_says_where_it_is_from():
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["list"] for row in rows} == {TEXT, NUMBER, NAME, NOBODY, ANYBODY}
    assert all(row["value"] == folded(row["value"]) and row["source"] for row in rows)
    assert max(len(row["value"]) for row in rows if row["list"] != NOBODY) + 4 <= MAX_LENGTH
    assert max(len(row["value"]) for row in rows) + 4 <= MAX_NOBODY_LENGTH
    places = [((TEXT, NUMBER, NAME, NOBODY, ANYBODY).index(row["list"]), row["value"]) for row in rows]
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    "text",
    ["N/A", "n/a.", "-", "--", ".", "S/N", "Sin dato", "NO APLICA", "Não se aplica", "null", "Test", "Nama Lelang"],
)
def test_what_is_written_where_nothing_is_known_is_no_text(text):
    process, corrections = read(tender={"title": text, "procurementMethodRationale": text})
    assert (process.tender.title, process.tender.method_rationale) == ("", "")
    assert noted(corrections) == [
        ("/tender/title", "placeholder"),
        ("/tender/procurementMethodRationale", "placeholder"),
    ]
    assert [entry.found for entry in corrections] == [text, text]


@pytest.mark.parametrize(
    "text",
    [
        "Sin dato de origen: compra de equipo",
        "A",
        "No",
        "Naranjas",
        "Pruebas de ADN",
        "Test de VIH",
        "0",
        "Ñ",
        "Հ",
        "X",
    ],
)
def test_a_text_that_says_something_is_kept(text):
    process, corrections = read(tender={"title": text})
    assert process.tender.title == text
    assert corrections == []


@pytest.mark.parametrize("number", ["0", "0000", "00-00", "XXX", "S/N", "nd", 0])
def test_a_placeholder_is_not_an_id_of_an_organization(number):
    supplier = {"id": number, "name": "ACME", "identifier": {"scheme": "PE-RUC", "id": number}}
    process, corrections = read(parties=[{**supplier, "roles": ["supplier"]}], awards=[{"suppliers": [supplier]}])
    assert [(party.id, party.name, party.identifier) for party in process.parties] == [("ACME", "ACME", "")]
    assert process.awards[0].suppliers[0].id == ""
    assert ProcessRows(process).party_keys == ["name::acme"]
    assert ("/parties/0/id", "placeholder") in noted(corrections)


def test_numbers_of_items_and_awards_may_be_zero():
    process, corrections = read(tender={"items": [{"id": "0", "description": "Papel"}]}, awards=[{"id": "0"}])
    assert (process.tender.items[0].id, process.awards[0].id) == ("0", "0")
    assert corrections == []


def test_a_reference_by_a_placeholder_finds_the_only_party_that_bears_it():
    parties = [{"id": "0", "name": "ACME"}, {"id": "1", "name": "Otra"}]
    process, _ = read(parties=parties, awards=[{"suppliers": [{"id": "0"}]}])
    assert process.awards[0].suppliers[0].name == "ACME"
    assert [(party.id, party.roles) for party in process.parties] == [("ACME", ("supplier",)), ("1", ())]
    process, _ = read(parties=[*parties, {"id": "0", "name": "Tercera"}], awards=[{"suppliers": [{"id": "0"}]}])
    assert process.awards[0].suppliers[0].name == ""


def test_names_of_a_template_are_no_names():
    process, corrections = read(
        tender={"tenderers": [{"id": "7", "name": "Nama Peserta 1"}, {"id": "8", "name": "ACME 1"}]}
    )
    assert [reference.name for reference in process.tender.tenderers] == ["ACME 1"]
    assert noted(corrections) == [
        ("/tender/tenderers/0/name", "placeholder"),
        ("/tender/tenderers/0", "party_without_name"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "persona natural",
        "PERSONA FÍSICA",
        "Pessoa Física",
        "Particular",
        "Varios",
        "various suppliers",
        "Confidencial.",
        "Persona natural 2",
    ],
)
def test_a_kind_of_supplier_is_kept_and_joins_no_two_records(name):
    supplier = {"id": "P1", "name": name, "roles": ["supplier"], "address": {"countryName": "PE"}}
    keys = set()
    for number in (1, 2):
        process, corrections = read(
            ocid=f"ocds-test01-{number}", parties=[supplier], awards=[{"suppliers": [supplier]}]
        )
        assert noted(corrections) == []
        rows = ProcessRows(process)
        keys.update(rows.party_keys)
        assert rows.organizations[rows.party_keys[0]][1] == name
        assert rows.key_of(process.awards[0].suppliers[0]) == rows.party_keys[0]
    assert len(keys) == 2


def test_who_has_neither_name_nor_number_is_of_one_process():
    supplier = {"id": "N/A", "name": "N/A", "roles": ["supplier"]}
    first, second = (
        ProcessRows(read(ocid=ocid, parties=[supplier])[0]) for ocid in ("ocds-test01-1", "ocds-test01-2")
    )
    assert first.party_keys == ["name:: @ocds-test01-1"]
    assert first.party_keys != second.party_keys
    assert first.organizations[first.party_keys[0]][1] == "N/A"


def test_a_long_name_without_letters_is_not_a_name():
    assert names_nobody("-" * 40)
    assert names_nobody("")
    assert not names_nobody("-" * 40 + "Acme")


def test_a_number_says_who_it_is_whatever_the_name():
    supplier = {"name": "persona natural", "identifier": {"scheme": "PE-RUC", "id": "10402030501"}}
    assert ProcessRows(read(parties=[supplier])[0]).party_keys == ["PE-RUC:10402030501"]


def test_a_number_of_no_register_says_who_it_is_where_the_name_does_not():
    facts = {"title": "Cámaras", "buyer": "Municipio", "country": "PE"}

    def keys(number, **supplier):
        made = release_from_simple(facts | {"id": number, "suppliers": [{"name": "persona natural", **supplier}]})
        return ProcessRows(parse_process(made)[0]).party_keys[-1:]

    assert keys("C-1", id="10456789012") == keys("C-2", id="10456789012") == ["name:PE:10456789012"]
    assert keys("C-1", id="varios") != keys("C-2", id="varios")


def test_spaces_make_no_name_of_a_kind_of_supplier():
    supplier = {"id": "P1", "name": "persona" + " " * 40 + "natural", "roles": ["supplier"]}
    assert ProcessRows(read(parties=[supplier])[0]).party_keys == ["name::persona natural @ocds-test01-1"]


@pytest.mark.parametrize(
    "name", ["Particulares Unidos S.A.", "Varios y Cía.", "Confidencial Seguridad", "Ana Paz", "3M"]
)
def test_a_name_that_begins_so_is_a_name(name):
    assert not names_nobody(name)


def test_rows_of_a_table_with_a_kind_of_supplier_are_no_one_supplier():
    facts = {"title": "Cámaras", "buyer": "Municipio", "suppliers": ["persona natural"], "country": "PE"}
    releases = [release_from_simple(facts | {"id": number}) for number in ("C-1", "C-2")]
    rows = [ProcessRows(parse_process(release)[0]) for release in releases]
    first, second = ([key for key in one.party_keys if "persona" in key] for one in rows)
    assert len(first) == len(second) == 1
    assert first != second
    assert {row[1] for one in rows for row in one.organizations.values()} == {"Municipio", "persona natural"}


@pytest.mark.parametrize(
    ("tenderer", "parties", "counted"),
    [
        ({"id": "7", "name": ""}, [], False),
        ({"id": "7", "name": " "}, [{"id": "7", "identifier": {"scheme": "XX", "id": "7"}}], False),
        ({"id": "7", "name": ""}, [{"id": "7", "name": "ACME"}], True),
        ({"id": "7", "name": ""}, [{"id": "7", "identifier": {"legalName": "ACME S.A."}}], True),
        ({"id": "7"}, [], True),
        ({"name": "ACME"}, [], True),
    ],
)
def test_who_is_given_a_name_of_no_letters_makes_no_offer(tenderer, parties, counted):
    process, corrections = read(
        parties=parties, tender={"tenderers": [tenderer]}, bids={"details": [{"tenderers": [tenderer]}]}
    )
    assert (len(process.tender.tenderers), len(process.bids[0].tenderers)) == (counted, counted)
    paths = (
        []
        if counted
        else [("/tender/tenderers/0", "party_without_name"), ("/bids/details/0/tenderers/0", "party_without_name")]
    )
    assert noted(corrections) == paths


def test_every_code_has_a_text():
    assert CORRECTIONS.keys() >= CODES


def test_no_placeholder_counts_anything():
    # What has such a digit is not even folded, but for names, which templates number.
    with FILE.open(encoding="utf-8", newline="") as file:
        listed = [row["value"] for row in csv.DictReader(file) if row["list"] in {TEXT, NUMBER}]
    assert listed
    assert not [value for value in listed if any(digit in value for digit in "123456789")]
    assert not is_placeholder("LP-7", TEXT)
    assert is_placeholder("000", NUMBER)


SUPPLIER = {"roles": ["supplier"]}


def of_rows(*suppliers, ocid, parties=None, **members):
    parties = parties or [{"id": supplier["id"], "roles": ["supplier"]} for supplier in suppliers]
    return read(ocid=ocid, parties=parties, awards=[{"id": "1", "suppliers": list(suppliers)}], **members)


def test_the_rank_of_a_bidder_joins_nobody_and_is_called_by_those_who_refer_to_it():
    found = [of_rows({"id": "1", "name": name}, ocid=f"ocds-test01-{name}") for name in ("Rajat Thakur", "Asha Devi")]
    keys = [ProcessRows(process).party_keys for process, _ in found]
    assert keys == [["name::rajat thakur"], ["name::asha devi"]]
    assert [(entry.path, entry.found, entry.used, entry.reason) for entry in found[0][1]] == [
        ("/parties/0/id", "1", "Rajat Thakur", "id_is_row_number")
    ]


def test_a_row_that_nobody_or_several_names_tell_is_of_its_process_alone():
    process, corrections = of_rows({"id": "12"}, ocid="ocds-test01-1")
    assert ProcessRows(process).party_keys == ["name::12 @ocds-test01-1"]
    assert [entry.used for entry in corrections] == [None]
    party = [{"id": "1", "roles": ["supplier"]}]
    process, _ = of_rows({"id": "1", "name": "A SA"}, {"id": "1", "name": "B SA"}, ocid="ocds-test01-2", parties=party)
    assert ProcessRows(process).party_keys == ["name::1 @ocds-test01-2"]


def bought(ocid, *names, **members):
    buyer, entity = ({"id": "12", **({"name": name} if name else {})} for name in names)
    party = {"id": "12", "roles": ["buyer"], **members}
    return read(ocid=ocid, parties=[party], buyer=buyer, tender={"procuringEntity": entity})


def test_names_that_differ_in_capitals_are_one():
    process, corrections = bought("ocds-test01-1", "Ministerio de Salud", "MINISTERIO DE SALUD")
    assert ProcessRows(process).party_keys == ["name::ministerio de salud"]
    assert [entry.reason for entry in corrections] == ["id_is_row_number"]


def test_a_buyer_without_name_is_that_of_its_row_in_all_records_of_its_publisher():
    keys = [
        ProcessRows(bought(ocid, "", "")[0]).party_keys for ocid in ("ocds-test01-1", "ocds-test01-2", "ocds-other1-1")
    ]
    assert keys == [["name::12 ocds-test01"], ["name::12 ocds-test01"], ["name::12 ocds-other1"]]


def test_the_kind_of_a_supplier_is_not_a_number_of_a_row():
    process, corrections = of_rows({"id": "varios"}, ocid="ocds-test01-1")
    assert ProcessRows(process).party_keys == ["name::varios @ocds-test01-1"]
    assert corrections == []


@pytest.mark.parametrize(
    ("party", "key"),
    [
        ({"id": "7", "name": "Alcaldía de Cali"}, "name::alcaldia de cali"),
        ({"id": "7", "identifier": {"scheme": "PE-RUC", "id": "7"}}, "PE-RUC:7"),
        ({"id": "PWD_2000"}, "name::pwd 2000"),
        ({"id": "9012"}, "name::9012"),
    ],
)
def test_small_numbers_beside_a_name_or_of_a_register_and_longer_ones_are_ids(party, key):
    process, corrections = of_rows({"id": party["id"], "name": "Otra"}, ocid="ocds-test01-1", parties=[party])
    assert ProcessRows(process).party_keys == [key]
    assert corrections == []


@pytest.mark.parametrize(
    ("ocid", "noted"),
    [
        ("ocds-abcd12-placeholder", True),
        ("ocds-abcd12-null", True),
        ("ocds-abcd12-1", False),
        ("ocds-abcd12-", False),
        ("0000", False),
        ("ocds-abcd12-null-1", False),
        ("ocds-abcd12-LPN-2024-S.D", False),
        ("ocds-abcd12-LP-2024-N/A", False),
    ],
)
def test_an_ocid_of_nothing_is_reported(ocid, noted):
    process, corrections = read(ocid=ocid, tender={"title": "Papel"})
    assert process.ocid == ocid
    assert [entry.reason for entry in corrections] == (["ocid_placeholder"] if noted else [])


@pytest.mark.parametrize("number", ["XAXX010101000", "XEXX 010101000", "xaxx-010101-000", "MX-RFC-XAXX010101000"])
def test_a_number_that_anybody_has_joins_nobody(number):
    def key(name):
        process, _ = read(
            parties=[
                {"id": f"MX-RFC-{number}", "name": name, "identifier": {"scheme": "MX-RFC", "id": number}, **SUPPLIER}
            ]
        )
        return ProcessRows(process).party_keys

    assert key("Ana Pérez") == ["name::ana perez"]
    assert key("Luis Gómez") == ["name::luis gomez"]


@pytest.mark.parametrize("name", ["RFC XAXX010101000", "Público en general", "PROVEEDOR EXTRANJERO"])
def test_a_party_with_a_generic_name_is_known_only_within_its_process(name):
    party = {"id": "MX-RFC-XAXX010101000", "name": name, "identifier": {"scheme": "MX-RFC", "id": "XAXX010101000"}}
    process, _ = read(ocid="ocds-test01-1", parties=[{**party, **SUPPLIER}])
    assert ProcessRows(process).party_keys == [f"name::{folded(name)} @ocds-test01-1"]


@pytest.mark.parametrize(
    ("own_id", "is_nothing"),
    [
        ("IT-CF-NAN", True),
        ("MX-RFC-N/A", True),
        ("Municipio de Prueba", False),
        ("IT-CF-Pruebas", False),
        ("Gente NA", False),
    ],
)
def test_a_placeholder_behind_a_register_is_not_a_number(own_id, is_nothing):
    assert is_placeholder(own_id, NUMBER) == is_nothing


def test_a_name_beside_a_number_of_anybody_is_a_name():
    assert not names_nobody("Ana Paz XAXX010101000")


@pytest.mark.parametrize("own_id", ["XAXX010101000", "MX-RFC-XAXX010101000", "RFC: XAXX010101000"])
def test_a_number_that_anybody_has_names_nobody_either(own_id):
    party = {"id": own_id, "identifier": {"scheme": "MX-RFC", "id": "XAXX010101000"}, **SUPPLIER}
    process, _ = read(ocid="ocds-test01-1", parties=[party])
    assert ProcessRows(process).party_keys == [f"name::{folded(own_id)} @ocds-test01-1"]


def test_a_number_of_one_of_them_joins_as_before():
    party = {"id": "1", "name": "A SA", "identifier": {"scheme": "MX-RFC", "id": "AAA010101AAA"}, **SUPPLIER}
    assert ProcessRows(read(parties=[party])[0]).party_keys == ["MX-RFC:AAA010101AAA"]


def test_suppliers_with_a_number_that_anybody_has_are_as_many_as_their_names():
    suppliers = [
        {"id": "XAXX010101000", "name": "Ana Pérez"},
        {"id": "XAXX010101000", "name": "Luis Gómez"},
        {"id": "AAA010101AAA", "name": "A SA"},
        {"id": "AAA010101AAA", "name": "A, S.A. de C.V."},
    ]
    process, _ = read(awards=[{"id": "1", "suppliers": suppliers}])
    assert [supplier.name for supplier in process.suppliers()] == ["Ana Pérez", "Luis Gómez", "A SA"]
