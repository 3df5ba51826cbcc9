import copy
from decimal import Decimal

import pytest

from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.problems import RefusedError
from contracts.ocds.written.simple import read_simple, release_from_simple
from contracts.translating import problem_detail

CONTRACT = {
    "id": "LPN-12",
    "title": "Cámaras de videovigilancia",
    "description": "Suministro de 40 cámaras",
    "buyer": "Municipalidad de Ejemplo",
    "suppliers": ["Ejemplo S.A.", {"name": "Otra S.R.L.", "scheme": "PE-RUC", "id": 20123456789}],
    "funder": {"name": "Banco Interamericano de Desarrollo", "country": "US"},
    "value": 1250000.5,
    "currency": "pen",
    "date": "2024-03-01",
    "end_date": "2029-03-01",
    "method": "Contratación directa",
    "method_details": "proveedor único",
    "country": "Perú",
    "language": "es",
    "source_url": "https://example.org/12",
    "documents": ["https://example.org/bases.pdf"],
}


def problems_of(contract):
    with pytest.raises(RefusedError) as error:
        release_from_simple(contract)
    return {problem.pointer: problem_detail(problem) for problem in error.value.problems}


def test_a_whole_contract_is_read_back_through_the_typed_views():
    process, _ = parse_process(release_from_simple(CONTRACT))

    assert process.ocid.startswith("veedor-")
    assert process.country == "PE"
    assert process.tender.title == "Cámaras de videovigilancia"
    assert process.tender.method_details == "Contratación directa / proveedor único"
    assert process.buyer.name == "Municipalidad de Ejemplo"
    assert [supplier.name for supplier in process.suppliers()] == ["Ejemplo S.A.", "Otra S.R.L."]
    assert process.parties_with_role("funder")[0].country == "US"
    assert process.planning.budget_sources[0].name == "Banco Interamericano de Desarrollo"
    assert process.awards[0].value.amount == Decimal("1250000.5")
    assert process.awards[0].value.currency == "PEN"
    assert process.contracts[0].period.end.year == 2029
    assert {document.url for document in process.documents()} == {
        "https://example.org/12",
        "https://example.org/bases.pdf",
    }


@pytest.mark.parametrize(
    ("change", "pointer", "near"),
    [
        ({"contact": "Ana, +51 999"}, "/contact", None),
        ({"notes": "seen at night"}, "/notes", None),
        ({"suplier": "X"}, "/suplier", "supplier"),
        ({"supplier": [{"name": "X", "identifer": 1}]}, "/supplier/0/identifer", None),
        ({"buyer": {"name": "X", "a/b": 1}}, "/buyer/a~1b", None),
        ({"documents": ["https://a.b", {"title": "x", "link": 1}]}, "/documents/1/link", None),
        ({"value": {"amount": 1, "moneda": "PEN"}}, "/value/moneda", None),
    ],
)
def test_an_unknown_member_is_refused_with_its_pointer_and_never_published(change, pointer, near):
    with pytest.raises(RefusedError) as refused:
        release_from_simple(CONTRACT | change)
    (found,) = refused.value.problems
    assert (found.code, found.pointer, found.values.get("near")) == ("simple_contract", pointer, near)


@pytest.mark.parametrize(
    ("name", "near"),
    [("suplier", "supplier"), ("Buyer", "buyer"), ("url", "source_url"), ("date-signed", "date_signed")],
)
def test_the_nearest_known_name_is_given(name, near):
    with pytest.raises(RefusedError) as refused:
        release_from_simple({"title": "Nube", name: "x"})
    assert refused.value.problems[0].values["near"] == near


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"proveedor": "X"}, "supplier, suppliers, title"),
        ({"value": {"amount": 1, "moneda": "PEN"}}, "amount, currency"),
    ],
)
def test_where_none_is_near_the_known_names_are_given(change, names):
    """Who leaves a field out because its name is Spanish loses the supplier."""
    with pytest.raises(RefusedError) as refused:
        release_from_simple({"title": "Nube"} | change)
    (found,) = refused.value.problems
    assert names in found.values["names"]
    assert names in problem_detail(found)


def test_a_contract_of_nothing_but_unknown_members_gets_at_most_a_hundred_problems():
    with pytest.raises(RefusedError) as refused:
        release_from_simple({"title": "x"} | {f"z{number}": 1 for number in range(1000)})
    assert len(refused.value.problems) == 100


def test_the_contract_is_left_as_it_was():
    contract = copy.deepcopy(CONTRACT)

    release_from_simple(contract)

    assert contract == CONTRACT


def test_the_same_contract_gives_the_same_release_whatever_the_order_of_its_fields():
    turned = dict(reversed(CONTRACT.items()))

    assert release_from_simple(turned) == release_from_simple(CONTRACT)


def test_a_changed_contract_with_the_same_id_is_a_new_release_of_the_same_process():
    first, second = release_from_simple(CONTRACT), release_from_simple({**CONTRACT, "value": 2})

    assert first["ocid"] == second["ocid"]
    assert first["id"] != second["id"]


WITHOUT_ID = {name: value for name, value in CONTRACT.items() if name != "id"}


@pytest.mark.parametrize(
    "change",
    [
        {"value": "1.250.000,50", "currency": "S/"},
        {"title": "CAMARAS DE VIDEOVIGILANCIA"},
        {"description": "Otras palabras", "source_url": "https://example.org/other"},
        {"date": "01/03/2024", "country": "PE"},
        {"suppliers": ["Otra S.R.L.", "ejemplo s.a."]},
    ],
)
def test_the_same_contract_in_other_words_is_not_a_second_one(change):
    first, second = release_from_simple(WITHOUT_ID), release_from_simple(WITHOUT_ID | change)
    assert first["ocid"] == second["ocid"]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"value": 7},
        {"currency": "USD"},
        {"title": "Nube"},
        {"date": "2024-03-02"},
        {"suppliers": ["Otra S.R.L."]},
        {"buyer": "Otra"},
        {"country": "MX"},
    ],
)
def test_what_tells_contracts_apart_makes_it_another(change):
    assert release_from_simple(WITHOUT_ID | change)["ocid"] != release_from_simple(WITHOUT_ID)["ocid"]


def test_where_too_little_is_known_the_whole_content_tells_contracts_apart():
    plain = {"title": "Nube", "buyer": "Tula"}
    assert release_from_simple(plain)["ocid"] != release_from_simple(plain | {"description": "Otra"})["ocid"]


def test_the_same_number_at_two_buyers_names_two_processes():
    other = release_from_simple({**CONTRACT, "buyer": "Otra Municipalidad"})

    assert other["ocid"] != release_from_simple(CONTRACT)["ocid"]


def test_a_notice_without_supplier_is_a_tender_with_its_value():
    release = release_from_simple({"title": "Nube", "amount": "10.50", "currency": "USD", "method": "Open"})

    assert release["tag"] == ["tender"]
    assert release["tender"]["value"] == {"amount": Decimal("10.50"), "currency": "USD"}
    assert release["tender"]["procurementMethod"] == "open"
    assert "awards" not in release
    assert "date" not in release


def test_a_signed_contract_whose_supplier_nobody_knows_is_a_contract():
    """Its day of signing was lost, and its value taken for an estimate."""
    process, _ = parse_process(
        release_from_simple(
            {"title": "Cámaras", "value": 12, "currency": "HNL", "date_signed": "2023-05-06", "end_date": "2024-05-05"}
        )
    )
    (contract,) = process.contracts
    assert (contract.value.amount, str(contract.date_signed.date())) == (12, "2023-05-06")
    assert str(contract.period.end.date()) == "2024-05-05"
    assert (process.tender.value, process.awards[0].suppliers) == (None, ())


def test_the_date_received_dates_a_contract_that_names_none():
    assert read_simple({"title": "Nube"}, received="2024-01-01T00:00:00Z").release["date"] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": 3}, "/title"),
        ({"value": "1.250"}, "/value"),
        ({"value": "USD 5"}, "/value"),
        ({"value": {"amount": True}}, "/value/amount"),
        ({"date": "01-03-24"}, "/date"),
        ({"date": "03/04/2024", "language": "en"}, "/date"),
        ({"date": "2024-02-30"}, "/date"),
        ({"dates": {"start_date": "2024-01-01"}}, "/dates"),
        ({"country": "Atlantis"}, "/country"),
        ({"buyer": 12}, "/buyer"),
        ({"suppliers": ["Ejemplo S.A.", {"id": 4}]}, "/suppliers/1"),
        ({"documents": "https://example.org"}, "/documents"),
        ({"documents": ["ftp://example.org"]}, "/documents/0"),
        ({"source_url": "example"}, "/source_url"),
    ],
)
def test_a_field_of_the_wrong_type_is_a_problem_at_its_pointer(change, pointer):
    assert list(problems_of({**CONTRACT, **change})) == [pointer]


def test_every_problem_is_reported_at_once():
    assert set(problems_of({**CONTRACT, "title": [], "date": "soon"})) == {"/title", "/date"}


def test_a_contract_that_does_not_say_what_is_bought_is_a_problem():
    assert "title or a description" in problems_of({"buyer": "Municipalidad"})["/title"]


def test_a_list_is_not_a_contract():
    assert problems_of([CONTRACT]) == {"": "expected a JSON object, found a list: send one contract as an object"}


def test_two_amounts_are_asked_about_and_equal_ones_are_one():
    assert "which one is it?" in problems_of({**CONTRACT, "amount": 6})["/amount"]
    both, one = {**CONTRACT, "value": 5, "amount": "5"}, {**CONTRACT, "value": 5}
    assert release_from_simple(both)["contracts"][0]["value"] == release_from_simple(one)["contracts"][0]["value"]
    del one["value"]
    assert release_from_simple({**one, "amount": 5})["contracts"][0]["value"]["amount"] == 5


@pytest.mark.parametrize("long", ["9" * 60, "12345678901234567890123456789.99"])
def test_an_amount_of_more_digits_than_are_computed_is_refused_where_it_stands(long):
    assert "more than 28 digits" in problems_of({**CONTRACT, "value": long})["/value"]
