"""A tax number beside the name of its register belongs to no name."""

import pytest

from contracts.intake.rows.organization_keys import organization_key, with_register
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.problems import Problem
from contracts.ocds.written.named_numbers import misspelt, number_in_name, scheme_of_header
from contracts.ocds.written.simple import read_simple
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import read_csv
from contracts.tables.table import RowRelease


@pytest.mark.parametrize(
    ("text", "country", "read"),
    [
        ("ACME Ltda CNPJ 11.222.333/0001-81", "BR", ("ACME Ltda", "BR-CNPJ", "11222333000181")),
        ("ACME Ltda. (CNPJ: 11.222.333/0001-81)", "BR", ("ACME Ltda.", "BR-CNPJ", "11222333000181")),
        ("ACME S.A. – CNPJ nº 11 222 333 0001 81", "", None),
        ("ACME S.A. - cnpj:11222333000181", "", ("ACME S.A.", "BR-CNPJ", "11222333000181")),
        ("ACME SRL NIT 1020304050", "BO", ("ACME SRL", "BO-NIT", "1020304050")),
        ("ACME SRL, NIT: 1020304050", "BO", ("ACME SRL", "BO-NIT", "1020304050")),
        ("ACME SpA RUT 76.192.083-9", "CL", ("ACME SpA", "CL-RUT", "761920839")),
        ("ACME SA de CV RFC AAA010101AAA", "MX", None),
        # The check digit does not hold, the country is another's or not known, or it is no number.
        ("ACME Ltda CNPJ 11.222.333/0001-82", "BR", None),
        ("ACME Ltda CNPJ 11.222.333/0001-81", "MX", None),
        ("ACME SRL NIT 1020304050", "", None),
        ("ACME SRL NIT 99", "BO", None),
        ("ACME SRL NIT 0000000", "BO", None),
        # Several numbers, or several bodies: it is of none of them alone.
        ("ACME SRL NIT 1020304050 2024", "BO", None),
        ("ACME SRL NIT 1020304050 (2)", "BO", None),
        ("ACME SRL NIT 1020304050 y Beta SRL NIT 2030405060", "BO", None),
        ("ACME Ltda CNPJ 11.222.333/0001-81 e Beta Ltda CNPJ 11.222.333/0001-81", "BR", None),
        ("Consorcio Villa (líder: ACME SRL, NIT 1020304050)", "BO", None),
        ("ACME (Bolivia) SRL (NIT 1020304050)", "BO", ("ACME (Bolivia) SRL", "BO-NIT", "1020304050")),
        # It would be one of Guatemala, and may be one of Bolivia or El Salvador.
        ("ACME SRL NIT 1234567-9", "", None),
        ("ACME SRL NIT 1234567-9", "GT", ("ACME SRL", "GT-NIT", "12345679")),
        # In Colombia a "RUT" holds a NIT, written without its check digit: by chance one of eleven is Chile's.
        ("ACME SAS RUT 900.123.450", "", None),
        ("ACME SAS RUT 900.123.450", "CL", ("ACME SAS", "CL-RUT", "900123450")),
        ("ACME S.A. RUT 90.012.345-0", "", ("ACME S.A.", "CL-RUT", "900123450")),
        ("Centro de Estudos do CNPJ", "BR", None),
        ("CNPJ 11.222.333/0001-81", "BR", None),
        ("João da Silva CPF 111.444.777-35", "BR", None),
    ],
)
def test_it_is_read_out_of_a_name(text, country, read):
    found = number_in_name(text, country)
    assert (tuple(found) if found else None) == read


@pytest.mark.parametrize(
    ("header", "number", "country", "scheme"),
    [
        ("NIT", "1020304050", "BO", "BO-NIT"),
        ("Proveedor / NIT", "1020304050", "BO", "BO-NIT"),
        ("NIT", "1020304050", "CO", ""),
        ("NIT", "99", "BO", ""),
        ("NIT/CI", "1020304050", "BO", ""),
        ("Identificación", "1020304050", "BO", ""),
        ("NIT", "1020304050", "", ""),
    ],
)
def test_a_header_names_the_register_where_no_check_digit_tells_it(header, number, country, scheme):
    assert scheme_of_header(header, number, country) == scheme


@pytest.mark.parametrize(
    ("header", "number", "country", "scheme"),
    [
        ("CNPJ", "11.222.333/0001-82", "BR", "BR-CNPJ"),
        ("CNPJ do fornecedor", "11222333000182", "", "BR-CNPJ"),
        ("CNPJ", "11.222.333/0001-81", "BR", ""),
        ("CNPJ", "00.000.000/0000-00", "BR", ""),
        ("CNPJ", "111.444.777-35", "BR", ""),
        ("CPF/CNPJ", "11.222.333/0001-82", "BR", ""),
        ("CNPJ", "11.222.333/0001-82", "MX", ""),
        ("Documento", "11.222.333/0001-82", "BR", ""),
        ("RUT proveedor", "76.192.083-8", "CL", "CL-RUT"),
        ("NIT", "1020304050", "BO", ""),
        # Nine digits of Colombia, without the check digit, have the form of Guatemala's.
        ("NIT", "900123456", "", ""),
        ("NIT", "900123456", "CO", ""),
        ("NIT", "890903938-1", "CO", "CO-NIT"),
        # So they have that of Chile's, where people call them so.
        ("RUT", "900.123.456", "", ""),
        ("RUT", "900.123.456", "CL", "CL-RUT"),
        ("RUT", "90.012.345-6", "", "CL-RUT"),
        ("NIT", "9001234-6", "GT", "GT-NIT"),
        ("RUC", "20100047210", "", "PE-RUC"),
    ],
)
def test_a_number_whose_check_digits_do_not_fit_is_told(header, number, country, scheme):
    assert misspelt(header, number, country) == scheme


@pytest.mark.parametrize(("number", "told"), [("11.222.333/0001-82", ["number_doubtful"]), ("11.222.333/0001-81", [])])
def test_it_is_taken_all_the_same(number, told):
    text = f"Objeto;Órgão;Fornecedor;CNPJ\nRádios;Prefeitura;ACME Ltda;{number}\n"
    read = list(read_table(read_csv([text.encode()])))
    (row,) = (entry for entry in read if isinstance(entry, RowRelease))
    problems = [entry for entry in read if isinstance(entry, Problem)]
    assert [problem.code for problem in problems] == told
    assert [(problem.pointer, problem.is_warning) for problem in problems] == [("/2/CNPJ", True)] * len(told)
    assert row.release["parties"][1]["identifier"]["id"] == number


def _supplier_key(release) -> str:
    process, _corrections = parse_process(release)
    (party,) = (party for party in process.parties if "supplier" in party.roles)
    return organization_key(with_register(party, process.country), process.country, process.ocid)


def test_who_is_typed_with_a_number_is_who_a_table_gives_with_it():
    """Spelt otherwise, it would be another body by its name."""
    told = {"title": "Cámaras", "buyer": "GAM Villa", "country": "Bolivia"}
    simple = read_simple(told | {"supplier": "Seguridad Andina SRL NIT 1020304050"})
    assert [(fact.pointer, fact.used) for fact in simple.understood][-1] == (
        "/supplier",
        "Seguridad Andina SRL, BO-NIT 1020304050",
    )
    assert simple.release["awards"][0]["suppliers"][0]["name"] == "Seguridad Andina SRL"
    text = "Objeto;Entidad;Proveedor;NIT;País\nRadios;GAM Villa;SEGURIDAD ANDINA S.R.L.;1020304050;Bolivia\n"
    (row,) = (entry for entry in read_table(read_csv([text.encode()])) if isinstance(entry, RowRelease))
    assert _supplier_key(simple.release) == _supplier_key(row.release) == "BO-NIT:1020304050"


def test_a_number_that_is_given_apart_stays_as_it_is():
    given = {"name": "ACME Ltda CNPJ 11.222.333/0001-81", "id": "7"}
    release = read_simple({"title": "x", "country": "BR", "supplier": given}).release
    assert release["parties"][0]["identifier"] == {"id": "7"}
    assert release["parties"][0]["name"] == given["name"]


@pytest.mark.parametrize("own", [{"id": "7"}, {"supplier": "Radios SRL", "amount": 9, "currency": "BOB"}])
def test_bodies_of_one_name_have_contracts_of_their_own(own):
    """What is read out of a name does not make one contract of two, nor two of one that was sent before."""
    told = {"title": "Radios", "country": "Bolivia", **own}
    releases = [
        read_simple(told | {"buyer": f"GAM Villa NIT {number}"}).release for number in (1020304050, 2030405060)
    ]
    assert [release["buyer"]["name"] for release in releases] == ["GAM Villa"] * 2
    assert releases[0]["ocid"] != releases[1]["ocid"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("11.222.333/0001-81 - ACME Ltda.", "ACME Ltda."),
        ("ACME Ltda. [11.222.333/0001-81]", "ACME Ltda."),
        ("ACME Ltda (11.222.333/0001-81)", "ACME Ltda"),
        ("ACME - 11.222.333/0001-81", "ACME"),
    ],
)
def test_a_cnpj_as_it_is_written_needs_no_name_of_the_register(text, name):
    assert number_in_name(text, "") == number_in_name(text, "BR") == (name, "BR-CNPJ", "11222333000181")


@pytest.mark.parametrize(
    "text",
    ["11.222.333/0001-82 - ACME", "Consórcio A (11.222.333/0001-81) e B (11.444.777/0001-61)", "11222333000181 ACME"],
)
def test_a_wrong_one_or_several_stay_in_the_name(text):
    assert number_in_name(text, "BR") is None
