"""Numbers of natural persons, country by country, beside those of firms."""

import re

import pytest

from contracts.ocds.codelists.countries import country_codes
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.written.person_numbers import masked, masked_id, names_scheme

# country, scheme, a person's number and what is shown of it, a firm's number of the same scheme or its country's.
CASES = [
    ("BR", "BR-CPF", "529.982.247-25", "***.982.247-**", "11.222.333/0001-81"),
    ("BR", "CPF/CNPJ", "52998224725", "***.982.247-**", "11222333000181"),
    ("BR", "", "52998224725", "***.982.247-**", "11222333000181"),
    ("MX", "MX-RFC", "GODE561231GR8", "•••••GR8", "MAB9307148T4"),
    ("MX", "", "GODE561231GR8", "•••••GR8", "MAB9307148T4"),
    ("MX", "CURP", "HEGG560427MVZRRL04", "•••••L04", "MAB9307148T4"),
    ("CL", "CL-RUT", "12.531.909-2", "•••••092", "76.086.428-5"),
    ("CL", "", "125319092", "•••••092", "760864285"),
    ("CO", "CO-NIT", "1012362575-0", "•••••750", "900504030"),
    ("CO", "Cédula de Ciudadanía", "36302955", "•••••955", "no number"),
    ("CO", "Nit de Persona Natural", "80123456-7", "•••••567", "no number"),
    ("CO", "", "1012362575", "•••••575", "900504030"),
    ("PE", "PE-RUC", "10054148289", "•••••289", "20512333797"),
    ("PE", "DNI", "10117410", "•••••410", "20512333797"),
    ("PE", "", "10054148289", "•••••289", "20512333797"),
    ("EC", "EC-RUC", "1714307103001", "•••••001", "1790085783001"),
    ("EC", "Cédula", "1714307103", "•••••103", "1790085783001"),
    ("EC", "", "1714307103", "•••••103", "1790085783001"),
    ("DO", "DO-RNC", "00113918205", "•••••205", "101850043"),
    ("DO", "", "00113918205", "•••••205", "101850043"),
    ("CR", "Cédula", "3-0455-0175", "•••••175", "3-101-123456"),
    ("CR", "", "0304550175", "•••••175", "3101123456"),
    ("PA", "RUC", "8-74-317", "•••••317", "4578-586-9873"),
    ("PA", "", "PE-12-345", "•••••345", "155612345-2-2015"),
    ("VE", "RIF", "V-11470283-4", "•••••834", "J-30984132-7"),
    ("AR", "AR-CUIT", "20-05536168-2", "•••••682", "30-50001091-2"),
    ("AR", "DNI", "20.123.456", "•••••456", "30500010912"),
    ("AR", "", "20055361682", "•••••682", "30500010912"),
    ("UY", "CI", "1.234.567-2", "•••••672", "211003420017"),
    ("UY", "", "12345672", "•••••672", "211003420017"),
    ("PY", "PY-RUC", "1234567-8", "•••••678", "80028061-0"),
    ("BO", "Carnet de Identidad", "4567890", "•••••890", "no number"),
    ("PT", "NIF", "123456789", "•••••789", "501964843"),
    ("PT", "", "123456789", "•••••789", "501964843"),
    ("ES", "ES-NIF", "54362315K", "•••••15K", "B58378431"),
    ("ES", "NIE", "X-2482300W", "•••••00W", "B58378431"),
    ("ES", "", "54362315K", "•••••15K", "B58378431"),
    ("GT", "DPI", "2430 48874 0101", "•••••101", "no number"),
    ("SV", "SV-DUI", "04567890-3", "•••••903", "0614-123456-101-2"),
    ("HN", "HN-RTN", "0801-1990-123451", "•••••451", "08019003241234"),
    ("HN", "", "0801199012345", "•••••345", "08019003241234"),
    ("NI", "RUC", "001-010180-0001A", "•••••01A", "J0310000001234"),
]


@pytest.mark.parametrize(("country", "scheme", "person", "shown", "firm"), CASES)
def test_a_persons_number_is_masked_and_a_firms_is_not(country, scheme, person, shown, firm):
    assert masked(scheme, person, country) == shown
    assert masked(scheme, firm, country) == ""
    # A mask is no number.
    assert masked(scheme, shown, country) == ""


@pytest.mark.parametrize("country", ["BR", "CL", "PE", "EC", "DO", "AR", "UY", "PT", "ES"])
def test_without_a_scheme_the_check_digit_must_be_right(country):
    (number,) = (case[2] for case in CASES if case[:2] == (country, ""))
    wrong = number[:-1] + {"K": "L"}.get(number[-1], str((int(number[-1], 36) + 1) % 10))
    assert masked("", number, country)
    assert masked("", wrong, country) == ""


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("XX-FOO", "52998224725"),
        ("UNSPSC", "43211503"),
        ("MX-RFC", "XAXX010101000"),
        ("BR-CPF", "00000000000"),
        ("BR-CPF", "9" * 10_000),
        ("CPF", "não informado"),
        ("GT-NIT", "25771407"),
    ],
)
def test_other_schemes_and_what_is_no_number_are_left_alone(scheme, number):
    assert masked(scheme, number, "") == ""


def test_zeros_that_a_spreadsheet_lost_are_there_again():
    assert masked("CPF", "1144477735", "BR") == masked("CPF", "01144477735", "BR") == "***.444.777-**"


def test_a_scheme_of_several_countries_is_that_of_the_record():
    assert masked("NIF", "501964843", "PT") == masked("NIF", "B58378431", "ES") == ""
    assert masked("Cédula", "3101123456", "CR") == ""
    # Where it is unknown, a number that any of them gives to persons is one.
    assert masked("DNI", "10117410", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("BR-CPF-52998224725", "BR-CPF-***.982.247-**"),
        ("MX-RFC-GODE561231GR8", "MX-RFC-•••••GR8"),
        ("CO-NIT-900504030", ""),
        ("ocds-213czf-52998224725", ""),
        ("52998224725", "***.982.247-**"),
    ],
)
def test_an_id_keeps_its_scheme(text, shown):
    assert masked_id(text, ["BR"]) == shown


def test_members_are_called_as_registers():
    assert names_scheme("cpf")
    assert names_scheme("Cédula")
    assert not names_scheme("title")
    assert not names_scheme("id")


def test_each_row_of_the_table_can_be_read_and_tells_its_source():
    codes = country_codes()
    for row in fixture_rows("facts/person_numbers"):
        assert row["country"] in codes
        assert re.compile(row["form"])
        assert row["kind"] in {"person", "firm"}
        assert row["checked"] in {"yes", "no"}
        assert row["source"].startswith("http")
        assert row["rule"]
        assert row["names"] or row["kind"] == "person"
