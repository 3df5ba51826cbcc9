"""Warnings: rows that a filter could not judge, unknown values, and candidates for names."""

import csv
import hashlib
import io
import json
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from contracts.models import Organization, Publisher
from tests.contracts.api.files import taken
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def records():
    undated = release("ocds-test01-2")
    del undated["contracts"][0]["dateSigned"]
    unplaced = release("ocds-test01-3")
    del unplaced["parties"][0]["address"]
    unplaced["parties"][0]["identifier"] = {"scheme": "XX", "id": "9"}
    del unplaced["contracts"][0]["value"], unplaced["awards"][0]["value"], unplaced["tender"]["value"]
    load(release("ocds-test01-1"), undated, unplaced)


def answer(client, address: str) -> dict:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    ("query", "parameters", "rows"),
    [
        ("", [], None),
        ("date_signed__gte=2024-01-01&date_signed__lte=2024-12-31", ["date_signed__gte", "date_signed__lte"], 1),
        ("country=MX", ["country"], 1),
        ("amount__gte=1", ["amount__gte"], 1),
        # among the rows that the other filters let through
        ("date_signed=2024-04-10&country=MX", ["date_signed"], 1),
        ("date_signed__gte=2024-01-01&ocid=ocds-test01-1", [], None),
        ("date_signed=none", [], None),
        ("country=MX,none", [], None),
    ],
)
def test_undecided_rows_are_counted(anonymous, records, query, parameters, rows):
    found = answer(anonymous, f"contracts/?{query}")["warnings"]
    if rows is None:
        assert found == []
    else:
        entry = next(entry for entry in found if entry["parameters"] == parameters)
        assert (entry["code"], entry["rows"], entry["at_least"]) == ("not_judged", rows, False)
        assert parameters[0].split("__")[0] in entry["detail"]


@pytest.mark.parametrize("beside", ["per=process", "facets=country", "q=limpieza"])
def test_rows_are_counted_beside_what_is_written_for_one_request(anonymous, records, beside):
    found = answer(anonymous, f"contracts/?country=MX&{beside}")["warnings"]
    assert ["country"] in [entry["parameters"] for entry in found if entry["code"] == "not_judged"]


def test_words_are_not_searched_again_without_undecided_rows(anonymous):
    load(release("ocds-test01-1"))
    asked = {}
    for query in ("q=zzyzx", "q=zzyzx&country=MX&amount__gte=1"):
        with CaptureQueriesContext(connection) as queries:
            assert answer(anonymous, f"contracts/?{query}")["warnings"] == []
        asked[query] = sum("contract_words" in entry["sql"] for entry in queries)
    first, filtered = asked.values()
    assert first == filtered > 0


def test_counts_above_the_limit_are_lower_bounds(anonymous, records, monkeypatch):
    monkeypatch.setattr("contracts.api.protocol.query.warnings.MAX_COUNTED", 1)
    load(release("ocds-test01-4", contracts=[]), release("ocds-test01-5", contracts=[]))
    (found,) = answer(anonymous, "contracts/?date_signed__gte=2024-01-01")["warnings"]
    assert (found["rows"], found["at_least"]) == (1, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=none", {"3"}),
        ("country=MX,none", {"1", "2", "3"}),
        ("date_signed=none", {"2"}),
        ("ocid=ocds-test01-1,ocds-test01-3", {"1", "3"}),
        ("method=direct,open", {"1", "2", "3"}),
        ("currency=none", {"3"}),
    ],
)
@pytest.mark.parametrize("kind", ["contracts", "contracting-processes"])
def test_one_of_several_values_and_none_select_rows(anonymous, records, kind, query, expected):
    found = answer(anonymous, f"{kind}/?{query}")["results"]
    assert {row["ocid"][-1] for row in found} == expected


def test_a_value_with_a_comma_is_found(anonymous):
    record = release()
    record["tender"]["procurementMethod"] = "directa, por urgencia"
    load(record)
    assert answer(anonymous, "contracts/?method=directa,%20por%20urgencia")["results"]


def test_a_name_instead_of_an_id_gives_candidates(anonymous, records):
    found = answer(anonymous, "contracts/?supplier=Ficticia")
    assert found["results"] == []
    assert [entry["code"] for entry in found["warnings"]] == ["unknown_name"]
    names = {row["name"] for row in found["candidates"]}
    assert names == {"Proveedora Ficticia S.A. de C.V."}
    chosen = found["candidates"][0]
    assert (chosen["parameter"], Organization.objects.get(pk=chosen["id"]).key) == ("supplier", chosen["key"])
    assert answer(anonymous, f"contracts/?supplier={chosen['id']}")["results"]
    assert "candidates" not in answer(anonymous, f"contracts/?supplier={chosen['id']}")


@pytest.mark.parametrize(
    "name",
    ["Proveedora Ficticia S.A. de C.V.", "PROVEEDORA FICTICIA SA DE CV", " proveedóra  ficticia, s.a. de c.v. "],
)
def test_the_whole_name_of_an_organization_is_enough(anonymous, name):
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    found = answer(anonymous, f"contracts/?{urlencode({'supplier': name})}")
    assert {row["ocid"][-1] for row in found["results"]} == {"1", "2"}
    assert (found["warnings"], "candidates" in found) == ([], False)


def test_a_shared_name_matches_all_namesakes_and_lists_them(anonymous, records):
    found = answer(anonymous, "contracts/?buyer=municipio+de+prueba")
    assert {row["ocid"][-1] for row in found["results"]} == {"1", "2", "3"}
    (said,) = (entry for entry in found["warnings"] if entry["code"] == "shared_name")
    assert (said["parameters"], said["detail"][:43]) == (["buyer"], "2 organizations are called municipio de pru")
    assert {(row["parameter"], row["key"]) for row in found["candidates"]} == {
        ("buyer", "MX-RFC:MPR850101AAA"),
        ("buyer", "XX:9"),
    }
    for row in found["candidates"]:
        assert len(answer(anonymous, f"contracts/?buyer={row['id']}")["results"]) in {1, 2}


@pytest.mark.parametrize(
    ("language", "said"), [("es", "2 organizaciones se llaman"), ("pt", "2 organizações se chamam")]
)
def test_namesakes_are_named_in_the_language_of_the_reader(anonymous, records, language, said):
    found = anonymous.get("/api/v1/contracts/?buyer=Municipio+de+Prueba", headers={"Accept-Language": language}).json()
    assert any(entry["detail"].startswith(said) for entry in found["warnings"])


def _pk(name):
    return Organization.objects.filter(name=name).first().pk


@pytest.mark.parametrize("write", [str, lambda pk: Organization.objects.get(pk=pk).key])
def test_several_organizations_match_rows_of_any(anonymous, records, write):
    buyers = list(Organization.objects.filter(name="Municipio de Prueba").values_list("pk", flat=True))
    assert len(buyers) == 2
    found = answer(anonymous, f"contracts/?{urlencode({'buyer': ', '.join(map(write, buyers))})}")
    assert {row["ocid"][-1] for row in found["results"]} == {"1", "2", "3"}
    assert [entry["code"] for entry in found["warnings"]] == []
    posted = anonymous.post("/api/v1/contracts/search/", {"buyer": buyers}, content_type="application/json").json()
    assert posted["results"] == found["results"]


def test_names_with_commas_work_among_several(anonymous, records):
    both = "Municipio de Prueba, Proveedora Ficticia S.A. de C.V."
    found = answer(anonymous, f"contracts/?{urlencode({'supplier': both})}")
    assert {row["ocid"][-1] for row in found["results"]} == {
        row["ocid"][-1] for row in answer(anonymous, "contracts/?supplier=Proveedora+Ficticia+S.A.+de+C.V.")["results"]
    }
    Organization.objects.filter(name="Municipio de Prueba").update(name="Municipio, de, Prueba")
    whole = answer(anonymous, f"contracts/?{urlencode({'buyer': 'Municipio, de, Prueba'})}")
    assert {row["ocid"][-1] for row in whole["results"]} == {"1", "2", "3"}


def test_one_unknown_organization_gives_no_rows_and_a_warning(anonymous, records):
    supplier = _pk("Proveedora Ficticia S.A. de C.V.")
    found = answer(anonymous, f"contracts/?supplier={supplier},Hikvision,Ficticia")
    assert found["results"] == []
    unknown = [entry["detail"] for entry in found["warnings"]]
    assert [text.partition(" is not ")[0] for text in unknown] == ["Hikvision", "Ficticia"]
    assert {row["id"] for row in found["candidates"]} >= {supplier}


def test_an_organization_only_in_a_claim_is_unknown_among_several(anonymous, records):
    supplier = _pk("Proveedora Ficticia S.A. de C.V.")
    hidden = Organization.objects.create(key="MX-RFC:OOO010101OOO", name="Oculta")
    for named in (hidden.pk, hidden.key, hidden.name):
        found = answer(anonymous, f"contracts/?supplier={supplier},{named}")
        assert (found["results"], found["warnings"][0]["code"]) == ([], "unknown_name")


def test_too_many_organizations_in_a_filter_are_refused(anonymous, records):
    said = anonymous.get(f"/api/v1/contracts/?supplier={','.join(map(str, range(1, 52)))}")
    assert (said.status_code, said.json()["errors"][0]["detail"]) == (400, "More than 50 values.")


def test_a_name_that_one_record_alone_gives_an_organization_is_enough(anonymous, records):
    other = release("ocds-test01-4")
    other["buyer"]["name"] = other["parties"][0]["name"] = "H. Ayuntamiento de Prueba"
    load(other)
    found = answer(anonymous, "contracts/?buyer=h+ayuntamiento+de+prueba")
    assert {row["ocid"][-1] for row in found["results"]} == {"1", "2", "4"}


@pytest.mark.parametrize("name", ["Ficticia S.A. de C.V.", "***", "de"])
def test_a_part_of_a_name_is_no_whole_one(anonymous, records, name):
    found = answer(anonymous, f"contracts/?{urlencode({'supplier': name})}")
    assert (found["results"], found["warnings"][0]["code"]) == ([], "unknown_name")


@pytest.mark.parametrize("value", ["Huawei", "99999999", "MX-RFC:ZZZ010101ZZZ", "name:MX:Nadie S.A."])
@pytest.mark.parametrize("parameter", ["supplier", "buyer", "procuring_entity"])
def test_a_warning_for_an_organization_that_is_not_on_record(anonymous, records, parameter, value):
    found = answer(anonymous, f"contracts/?{parameter}={value}")
    assert (found["results"], "candidates" in found) == ([], False)
    (said,) = found["warnings"]
    assert (said["code"], said["parameters"]) == ("unknown_name", [parameter])
    assert said["detail"].startswith(f"{value} is not the id, key or whole name of an organization")


def test_no_warning_for_an_organization_on_record_without_rows(anonymous, records):
    pk = Organization.objects.filter(name__startswith="Proveedora").first().pk
    assert answer(anonymous, f"contracts/?buyer={pk}")["warnings"] == []


def test_an_organization_named_only_by_a_claim_is_unknown(anonymous, records):
    hidden = Organization.objects.create(key="MX-RFC:OOO010101OOO", name="Oculta")
    for value, unknown in (
        (hidden.pk, hidden.pk + 1),
        (hidden.key, "MX-RFC:OOO010101OO1"),
        (hidden.name, "Desconocida"),
    ):
        told, other = (answer(anonymous, f"contracts/?supplier={named}") for named in (value, unknown))
        assert str(told).replace(str(value), "") == str(other).replace(str(unknown), "")


@pytest.mark.parametrize(
    ("address", "parameter", "hint"),
    [
        ("contracts/?method=directo", "method", "`facets=method`"),
        ("contracts/?method=directo,open&country=MX&ocid=ocds-test01-3", "method", "has directo as"),
        ("contracts/?ocid=ocds-nowhere-1", "ocid", ""),
        ("contracts/?publisher=mx", "publisher", "Did you mean"),
        ("contracts/?country=DE", "country", "`facets=country`"),
        ("contracting-processes/?currency=XXY", "currency", "`facets=currency`"),
        ("organizations/?role=suplier", "role", ""),
    ],
)
def test_a_warning_for_a_value_that_no_row_has(anonymous, records, address, parameter, hint):
    Publisher.objects.create(slug="mx-1", name="México")
    found = answer(anonymous, address)
    (said,) = (entry for entry in found["warnings"] if entry["code"] == "unknown_value")
    assert (found["results"], said["parameters"]) == ([], [parameter])
    assert hint in said["detail"]


def test_a_publisher_without_public_rows_is_no_spelling_mistake(anonymous, records):
    """Whose records are all held has none in any list: the nearest name is then its own."""
    Publisher.objects.create(slug="mx-1", name="México")
    (said,) = answer(anonymous, "contracts/?publisher=mx-1")["warnings"]
    assert (said["code"], said["detail"]) == ("unknown_value", "No row of this list has mx-1 as its publisher.")


def test_known_values_without_common_rows_give_no_warning(anonymous, records):
    both = answer(anonymous, "contracts/?country=MX&ocid=ocds-test01-3")
    assert both["results"] == []
    assert {entry["code"] for entry in both["warnings"]} <= {"not_judged"}
    assert answer(anonymous, "contracts/?country=MX,DE")["results"]


def test_files_end_with_their_warnings(anonymous, records):
    address = "contracts.{}?date_signed__gte=2000-01-01&lang=en&fields=ocid"
    *lines, comment, end = taken(anonymous, address.format("csv")).decode().splitlines()
    assert comment == "# 1 row has no date_signed – so this filter cannot decide on it – it is not in the response."
    assert end.startswith(f"# rows={len(lines) - 1} ")
    body = "".join(f"{line}\n" for line in (*lines, comment)).encode()
    assert end.endswith(hashlib.sha256(body).hexdigest())
    assert b"#" not in taken(anonymous, address.format("csv") + "&trailer=0")
    last = json.loads(taken(anonymous, address.format("jsonl")).decode().splitlines()[-1])
    said = "1 row has no date_signed, so this filter cannot decide on it; it is not in the response."
    assert last["_end"]["warnings"] == [said]
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, address.format("xlsx"))))
    assert ["Not told by the rows", said] in [row[:2] for row in book.get_sheet_by_name("README").to_python()]
    unknown = taken(anonymous, "contracts.csv?supplier=Huawei&lang=es&fields=ocid").decode().splitlines()
    assert unknown[1].startswith("# Huawei no ")


@pytest.mark.parametrize("delimiter", ["comma", "semicolon"])
@pytest.mark.parametrize("name", ['x,=HYPERLINK("http://evil.example"),', "x;=1+1;", 'x,"y', 'x;"y'])
def test_a_warning_in_a_file_is_one_cell_that_is_not_a_formula(anonymous, records, delimiter, name):
    content = taken(anonymous, f"contracts.csv?{urlencode({'supplier': name, 'delimiter': delimiter})}").decode()
    for asked_as in (",", ";"):
        *_rows, said, end = csv.reader(io.StringIO(content, newline=""), delimiter=asked_as)
        assert len(said) == 1
        assert said[0].startswith("# x –")
        assert end[0].startswith("# rows=0 sha256=")
        assert not re.search('[;\t]"*[=+@-]', said[0])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_warning_that_takes_too_long_is_left_out_of_a_file(anonymous, records, monkeypatch, kind):
    def slow(*_arguments):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(10)")

    monkeypatch.setattr("contracts.api.protocol.list_view.MAX_SECONDS", 1)
    monkeypatch.setattr("contracts.api.protocol.query.filters.unjudged_rows", slow)
    address = f"contracts.{kind}?date_signed__gte=2000-01-01&supplier=Huawei&lang=en&fields=ocid"
    lines = taken(anonymous, address).decode().splitlines()
    assert "Huawei" in lines[-2 if kind == "csv" else -1], "the others are told"
    assert ("# rows=0 " if kind == "csv" else '"rows":0') in lines[-1]


def test_candidates_are_limited_to_visible_organizations(anonymous, records):
    Organization.objects.create(key="name:MX:oculta ficticia", name="Oculta Ficticia")
    names = {row["name"] for row in answer(anonymous, "contracts/?supplier=Ficticia")["candidates"]}
    assert names == {"Proveedora Ficticia S.A. de C.V."}


@pytest.mark.parametrize(
    "query",
    [
        "buyer=mx-rfc:MPR-850101.AAA",
        "supplier=name:mx:PROVEEDORA FICTICIA SA DE CV",
        "supplier=name:MX:Proveedora Ficticia, S. A. de C.V.",
    ],
)
def test_spelling_and_legal_forms_do_not_matter(anonymous, query):
    load(release())
    assert answer(anonymous, f"contracts/?{query}")["results"], query


def test_sa_and_s_a_are_one_name(anonymous):
    other = release("ocds-test01-2")
    other["parties"][1]["name"] = other["awards"][0]["suppliers"][0]["name"] = "Proveedora Ficticia SA de CV"
    load(release(), other)
    assert Organization.objects.filter(name__startswith="Proveedora").count() == 2
    found = answer(anonymous, "contracts/?supplier=name:MX:Proveedora%20Ficticia%20SA%20DE%20CV")["results"]
    assert len(found) == 2


@pytest.mark.parametrize("number", ["MPR850101AAA", "mpr-850101-aaa", "MPR 850101.AAA"])
def test_an_identifier_is_found_in_any_punctuation(anonymous, number):
    load(release())
    assert len(answer(anonymous, f"organizations/?identifier={number}&scheme=mx-rfc")["results"]) == 1


def test_ids_of_organizations_are_not_taken_for_personal_numbers(anonymous, records):
    found = answer(anonymous, "contracts/?supplier=12345,Hikvision")
    assert "numbers_withheld" not in [entry["code"] for entry in found["warnings"]]
