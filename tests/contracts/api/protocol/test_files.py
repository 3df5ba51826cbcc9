"""Whole lists as files."""

import hashlib
import io
import json
import re
from decimal import Decimal

import pytest
from django.core.handlers.base import BaseHandler
from python_calamine import CalamineWorkbook

from contracts.api.protocol.files import lists, workbook
from contracts.api.protocol.rows import written_by_postgres
from tests.contracts.api.files import csv_rows, taken
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
LISTS = ["contracts", "contracting-processes", "organizations", "publishers"]


@pytest.fixture
def records():
    from contracts.models import Publisher

    Publisher.objects.create(slug="mx", name="México", ocid_prefix="ocds-test01")
    odd = release("ocds-test01-odd/é 1")
    odd["tender"]["title"] = odd["contracts"][0]["title"] = '=cmd|"/c calc"!A1; "comillas",\nlínea'
    odd["awards"][0]["suppliers"].append({"id": "X", "name": "@Otra"})
    del odd["contracts"][0]["value"], odd["awards"][0]["value"], odd["contracts"][0]["dateSigned"]
    load(release("ocds-test01-1"), release("ocds-test01-2"), odd)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_is_the_same_in_every_format(anonymous, records, kind):
    page = anonymous.get(f"/api/v1/{kind}/?limit=100").json()["results"]
    *lines, end = [json.loads(line) for line in taken(anonymous, f"{kind}.jsonl").splitlines()]
    assert lines == page
    assert end["_end"]["rows"] == len(page)
    rows = csv_rows(taken(anonymous, f"{kind}.csv"))
    assert len(rows) == len(page)
    for row, answered in zip(rows, page, strict=True):
        assert row.keys() == answered.keys()
        for name, value in answered.items():
            told = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
            if name.endswith("url") and told.startswith("/"):
                told = f"http://testserver{told}"  # a sheet leaves the site
            assert name in {"flags", "replies", "comment_requests"} or row[name].lstrip("'") == told, name
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, f"{kind}.xlsx")))
    names, *lines = book.get_sheet_by_name(kind).to_python()
    assert [line[names.index("url")] for line in lines] == [row["url"] for row in rows]


@pytest.mark.parametrize(
    "how",
    [{"path": "/api/v1/contracts/?format=csv"}, {"path": "/api/v1/contracts/", "headers": {"Accept": "text/csv"}}],
)
def test_a_format_is_chosen_by_suffix_parameter_or_accept(anonymous, records, how):
    response = anonymous.get(**how)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(response.streaming_content) == taken(anonymous, "contracts.csv")
    assert re.fullmatch(r'attachment; filename="veedor-contracts-[\d-]+\.csv"', response["Content-Disposition"])


def test_cells_are_never_formulas(anonymous, records):
    rows = csv_rows(taken(anonymous, "contracts.csv"))
    assert [row["title"] for row in rows if "cmd" in row["title"]] == ['\'=cmd|"/c calc"!A1; "comillas",\nlínea']
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@")]
    for text, told in (("\tx", "'\tx"), ("-5", "'-5"), ("", "")):
        assert written_by_postgres.neutral(text, ",") == told


@pytest.mark.parametrize("sign", "=+-@\uff1d\uff0b\uff0d\uff20")
def test_formula_signs_are_escaped_in_any_width(anonymous, sign):
    """As PostgreSQL writes the cell, and as we do."""
    begun, within = f"{sign}1+1", f"uno;{sign}1+1"
    load(release("ocds-test01-1", tender={"id": "T", "title": begun}, buyer={"id": "B", "name": within}))
    (row,) = csv_rows(taken(anonymous, "contracting-processes.csv"))
    assert (row["title"], row["buyer"]) == (f"'{begun}", f"uno;'{sign}1+1")
    assert [written_by_postgres.neutral(text, ",") for text in (begun, within)] == [row["title"], row["buyer"]]


def test_the_last_line_has_row_count_and_digest(anonymous, records):
    content = taken(anonymous, "contracts.csv?bom=1&delimiter=semicolon")
    before, _mark, last = content.rpartition(b"# rows=")
    assert content.startswith(b"\xef\xbb\xbf")
    assert last.decode() == f"3 sha256={hashlib.sha256(before).hexdigest()}\n"
    assert len(csv_rows(content.removeprefix(b"\xef\xbb\xbf"), ";")) == 3
    assert b"sha256" not in taken(anonymous, "contracts.csv?trailer=0")
    before, _mark, last = taken(anonymous, "contracts.jsonl").rpartition(b'{"_end"')
    assert json.loads(b'{"_end"' + last)["_end"]["sha256"] == hashlib.sha256(before).hexdigest()


def test_semicolon_files_have_decimal_commas(anonymous, records):
    """Office programs that part cells so take 1234.567 for a text or for a million: sums were wrong without a word."""
    load(release("ocds-test01-7", contracts=[{"id": "C", "value": {"amount": 1234.567, "currency": "BRL"}}]))
    address = "contracts.csv?ocid=ocds-test01-7&fields=amount"
    assert csv_rows(taken(anonymous, address)) == [{"amount": "1234.567"}]
    assert csv_rows(taken(anonymous, f"{address}&delimiter=semicolon"), ";") == [{"amount": "1234,567"}]


def test_an_interrupted_stream_has_no_last_line(anonymous, records, monkeypatch):
    def broken(*_, **_options):
        yield b"a,b\n"
        raise OSError

    monkeypatch.setattr(lists, "csv_lines", broken)
    got: list[bytes] = []
    stream = anonymous.get("/api/v1/contracts.csv").streaming_content
    with pytest.raises(OSError):
        got.extend(stream)
    assert b"sha256" not in b"".join(got)


def test_headers_are_names_paths_or_labels(anonymous, records):
    def header(query):
        return taken(anonymous, f"contracts.csv?fields=contract_id,date_signed,basis&{query}").decode().splitlines()[0]

    assert header("") == "contract_id,basis,date_signed"
    assert header("headers=ocds") == "contracts/id,basis,contracts/dateSigned"
    assert header("lang=es") == "contrato,base,firmado el"
    for language in ("pt", "PT", "pt-BR"):
        assert header(f"lang={language}") == "contrato,base,assinado em"


def test_filters_orders_and_fields_are_those_of_the_list(anonymous, records):
    rows = csv_rows(taken(anonymous, "contracts.csv?date_signed=none&fields=ocid,amount"))
    assert rows == [{"ocid": "ocds-test01-odd/é 1", "amount": ""}]
    rows = csv_rows(taken(anonymous, "contracts.csv?order_by=amount"))
    assert [row["amount"] for row in rows] == ["900.5", "900.5", ""]


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("contracts.csv?cursor=x", "cursor"),
        ("contracts.csv?delimiter=tab", "delimiter"),
        ("contracts.csv?lang=xx", "lang"),
    ],
)
def test_parameters_of_pages_are_refused_for_files(anonymous, address, parameter):
    response = anonymous.get(f"/api/v1/{address}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == parameter


def test_a_format_that_is_not_there_is_a_problem(anonymous):
    assert anonymous.get("/api/v1/contracts.parquet").status_code == 406


def test_too_many_rows_for_a_workbook_is_reported_before_it_starts(anonymous, records, monkeypatch):
    monkeypatch.setattr("contracts.api.protocol.files.lists.MAX_ROWS", 2)
    response = anonymous.get("/api/v1/contracts.xlsx")
    assert response.status_code == 413
    assert (response.json()["code"], response.json()["limit"]) == ("too_many_rows", 2)
    assert anonymous.get("/api/v1/contracts.csv").status_code == 200


def test_a_workbook_describes_itself(anonymous, records):
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, "contracts.xlsx?country=MX&lang=es")))
    assert book.sheet_names == ["README", "contracts"]
    told = {row[0]: row[1] for row in book.get_sheet_by_name("README").to_python()}
    assert "country=MX" in told["Consulta"]
    assert told["Filas"] == 3
    assert "pregunta" in told["Señales"]
    (header, *_others, last) = book.get_sheet_by_name("contracts").to_python()
    assert header[0] == "ocid"
    assert 900.5 in last, "amounts are numbers"
    assert "15 dígitos" in told["Importes"]
    assert "Sume por los ids" in told["Nombres"], "one organization has several names"
    assert "/process/?ocid=" in told["Páginas"], "who cites a row needs an address that people can read"


@pytest.mark.parametrize("language", ["en", "es", "pt-br", "pt-pt"])
def test_a_workbook_has_translated_labels_and_english_descriptions(anonymous, records, language):
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, f"contracts.xlsx?lang={language}")))
    lines = book.get_sheet_by_name("README").to_python()
    columns = lines[lines.index(["", "", "", ""]) + 2 :]
    assert [label for _name, label, _path, _more in columns] == book.get_sheet_by_name("contracts").to_python()[0]
    more = {name: text for name, _label, _path, text in columns}
    assert more["amount"] == "Amount of the contract, or else of its award."


def test_values_that_do_not_fit_a_cell_are_marked():
    """A spreadsheet rounds numbers to fifteen digits, and takes no text above a length."""
    long, exact = "x" * (workbook.MAX_CELL + 1), Decimal("12345678901234567.89")
    rows = [(long, exact), (long[1:], Decimal("1250000.50"))]
    with workbook.write_workbook([workbook.Sheet("rows", ("text", "amount"), rows)]) as file:
        _head, first, second = CalamineWorkbook.from_filelike(file).get_sheet_by_name("rows").to_python()
    assert first == [f"{long[: workbook.MAX_CELL - 1]}…", "12345678901234567.89"]
    assert second == [long[1:], 1250000.5]


def test_booleans_are_spreadsheet_values():
    """As words they would stand there in English, and no filter of a spreadsheet would know them."""
    with workbook.write_workbook([workbook.Sheet("rows", ("a", "b"), [(True, False)])]) as file:
        _head, cells = CalamineWorkbook.from_filelike(file).get_sheet_by_name("rows").to_python()
    assert (cells[0] is True, cells[1] is False) == (True, True)


def test_json_lines_are_also_called_ndjson(anonymous, records):
    lines = taken(anonymous, "contracts.jsonl")
    for address in ("contracts.ndjson", "contracts/?format=ndjson"):
        answer = anonymous.get(f"/api/v1/{address}")
        assert answer["Content-Type"] == "application/x-ndjson"
        assert b"".join(answer.streaming_content) == lines


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_search_by_post_is_a_file_by_its_suffix(anonymous, records, kind):
    body = {"country": ["MX"], "fields": ["ocid", "amount"]}
    answer = anonymous.post(f"/api/v1/contracts/search.{kind}", body, content_type="application/json")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == taken(anonymous, f"contracts.{kind}?country=MX&fields=ocid,amount")


@pytest.mark.parametrize("address", ["contracts.csv", "contracts/search.csv/", "contracts/search", "flags/1.csv"])
def test_other_addresses_of_files_take_no_post(anonymous, records, address):
    answer = anonymous.post(f"/api/v1/{address}", {"country": ["MX"]}, content_type="application/json")
    assert answer.status_code in {404, 405}
    assert answer["Content-Type"] == "application/problem+json"
    assert anonymous.get("/api/v1/contracts/search.csv").status_code == 405


def test_head_of_a_file_reads_no_rows(rf, records, monkeypatch):
    read: list[object] = []

    def lines(rows, *_others, **_options):
        read.append(rows)
        yield from ()

    monkeypatch.setattr(lists, "csv_lines", lines)
    handler = BaseHandler()
    handler.load_middleware()
    # Not by the client: it empties what answers HEAD itself.
    response = handler.get_response(rf.head("/api/v1/contracts.csv"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(response.streaming_content) == b""
    assert read == []
    assert b"".join(handler.get_response(rf.get("/api/v1/contracts.csv")).streaming_content)
    assert len(read) == 1


def test_the_releases_of_a_workbook_are_counted_without_being_read(anonymous, django_assert_max_num_queries):
    """They may be many, and each may have megabytes."""
    load(release(), release(id="2", date="2024-05-01T00:00:00Z"))
    address = "contracting-processes/ocds-test01-1/releases/?format=xlsx"
    with django_assert_max_num_queries(20) as asked:
        assert anonymous.head(f"/api/v1/{address}").status_code == 200
    assert not [query["sql"] for query in asked if '"content"' in query["sql"]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, address)))
    names, *lines = book.get_sheet_by_name("release").to_python()
    assert [json.loads(line[names.index("release")])["id"] for line in lines] == ["1", "2"]


def test_a_release_that_arrived_in_several_lines_is_one_of_json_lines(anonymous):
    load(content=json.dumps(release(), indent=2).replace("\n", "\r\n").encode())
    sent = taken(anonymous, "contracting-processes/ocds-test01-1/releases/?format=jsonl")
    row, end = map(json.loads, sent.splitlines())
    assert row["release"] == release()
    head = sent[: sent.rindex(b"\n", 0, -1) + 1]
    assert end["_end"] == {"rows": 1, "sha256": hashlib.sha256(head).hexdigest()}
