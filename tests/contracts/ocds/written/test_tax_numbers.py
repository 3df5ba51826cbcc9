"""A check digit tells which numbers are of the register of a country."""

import pytest

from contracts.ocds.written.tax_numbers import REGISTERS, own_number

# Made up, with the check digits that they must have.
NUMBERS = [
    ("AR", "30504030209"),
    ("BR", "50403020000181"),
    ("BR", "AB1CD2EF000170"),  # with letters, as they are given out from July 2026 on
    ("CL", "76504006K"),
    ("CL", "765040302"),
    ("CO", "9005040301"),
    ("EC", "1790504034001"),
    ("EC", "1760504030001"),
    ("GT", "50403028"),
    ("MX", "AFI010203A12"),
    ("MX", "AUFI010203A12"),
    ("PE", "20504030203"),
    ("PT", "505040301"),
    ("PY", "800504038"),
    ("UY", "210504030019"),
]


@pytest.mark.parametrize(("country", "number"), NUMBERS)
def test_a_number_is_of_a_register_where_its_check_digit_holds(country, number):
    assert number.startswith(own_number(number, country) or "-")
    end = {"EC": len(number) - 4 + (number[2] == "9") - 1}.get(country, len(number) - 1)
    others = [number[:end] + digit + number[end + 1 :] for digit in "0123456789AK" if digit != number[end]]
    assert not any(own_number(other, country) for other in others)
    assert not any(own_number(other, country) for other in (f"{number}00", "", "²" * len(number)))


def test_of_colombia_a_number_is_known_without_its_check_digit():
    assert own_number("9005040301", "CO") == "900504030"


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("BR", "00000000000000"),
        ("BR", "11111111000191"),
        ("BR", "12345678000195"),
        ("CL", "666666666"),
        ("MX", "XAXX010101000"),
        ("PE", "20123456786"),
        ("PT", "999999990"),
    ],
)
def test_what_is_typed_in_place_of_a_number_is_none(country, number):
    assert own_number(number, country) == ""


@pytest.mark.parametrize("country", ["BO", "CR", "HN", "SV"])
def test_where_no_check_digit_is_known_a_number_alone_tells_nothing(country):
    assert own_number("08019999123456", country) == ""


@pytest.mark.parametrize(
    ("country", "scheme"),
    [
        ("BO", "NIT"),
        ("CO", "Nit de Persona Jurídica"),
        ("CR", "Cédula jurídica"),
        ("HN", "RTN"),
        ("MX", "rfc"),
        ("PE", "PE-RUC"),
        ("PY", "Registro Único de Contribuyente emitido por el Ministerio de Hacienda"),
    ],
)
def test_records_name_a_register_in_their_own_way(country, scheme):
    assert REGISTERS[country].is_called(scheme)


@pytest.mark.parametrize(("country", "scheme"), [("CO", "Cédula de Ciudadanía"), ("CL", "RUTA"), ("PE", "EC-RUC")])
def test_other_registers_are_not_taken_for_it(country, scheme):
    assert not REGISTERS[country].is_called(scheme)
