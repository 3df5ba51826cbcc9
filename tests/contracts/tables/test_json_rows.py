"""JSON that lists contracts as portals export them → rows; OCDS stays OCDS."""

import json
import time

import pytest

from contracts.ocds.problems import Limits, Problem, RefusedError
from contracts.tables.headers.recognition import recognise
from contracts.tables.json_rows import HEAD_BYTES, is_json, lists_rows, read_json
from contracts.tables.sheets.rows import Row
from tests.support.tables import parts

ROW = {"objeto": "Cámaras para el mercado", "entidad": "Municipalidad", "proveedor": "ACME", "monto": 1250.5}
OTHER = {**ROW, "objeto": "Nube para el archivo", "monto": None}


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def rows_of(value: object, *, chunk: int = 7) -> list[list]:
    """Read it in small chunks; the first list is the header."""
    content = value if isinstance(value, bytes) else encoded(value)
    chunks = [content[at : at + chunk] for at in range(0, len(content), chunk)]
    return [list(row.cells) for row in read_json(chunks, Limits()) if isinstance(row, Row)]


LINES = encoded(ROW) + b"\n" + encoded(OTHER) + b"\n"


@pytest.mark.parametrize(
    "value",
    [
        [ROW, OTHER],
        {"meta": {"total": 2, "columnas": ["objeto"]}, "data": [ROW, OTHER], "count": 2},
        {"success": True, "result": {"fields": [{"id": "objeto", "type": "text"}] * 4, "records": [ROW, OTHER]}},
        {"type": "FeatureCollection", "features": [{"properties": ROW}, {"properties": OTHER}]},
        {"contracts": [ROW, OTHER]},
        LINES,
    ],
)
def test_rows_are_found_wherever_they_are_listed(value):
    content = value if isinstance(value, bytes) else encoded(value)
    assert is_json(content)
    assert lists_rows(content, Limits())
    header, first, second = rows_of(value)
    assert header == list(ROW)
    assert first == list(ROW.values())
    assert second == ["Nube para el archivo", "Municipalidad", "ACME", ""]


def test_a_contract_with_its_items_is_one_row():
    contract = {**ROW, "items": [{"descripcion": "Cámara", "monto": 10}, {"descripcion": "Cable", "monto": 20}]}
    header, row = rows_of(contract)
    assert header == [*ROW, "items.descripcion [1, 2 …]", "items.monto [1, 2 …]"]
    assert row == [*ROW.values(), "Cámara; Cable", "10; 20"]


def test_members_of_members_are_columns_and_are_known_by_both_names():
    row = {
        "objeto": "Nube",
        "comprador": {"nombre": "Muni", "id": {"ruc": "20"}},
        "fornecedores": [{"nome": "A"}, {"nome": "B"}],
        "licitantes": [{"nome": "A"}, {"nome": "C"}],
        "contrato": {"fechaFirma": "2024-03-01", "monto": 5},
        "ganador": None,
    }
    header, cells, _other = rows_of([row, {**row, "ganador": {"nombre": "B"}}])
    assert dict(zip(header, cells, strict=True)) == {
        "objeto": "Nube",
        "comprador.nombre": "Muni",
        "id.ruc": "20",
        "fornecedores.nome": "A; B",
        "licitantes.nome [1, 2 …]": "A; C",
        "contrato.fechaFirma": "2024-03-01",
        "contrato.monto": 5,
        "ganador.nombre": "",
    }
    columns = recognise(header).columns
    assert columns["comprador.nombre"] == "buyer"
    assert columns["contrato.fechaFirma"] == "date_signed"
    assert columns["contrato.monto"] == "amount"
    assert columns["ganador.nombre"] == "supplier"
    assert recognise(["objeto", "fornecedores.nome"]).columns["fornecedores.nome"] == "supplier"
    # Who else made an offer supplies nothing.
    assert "licitantes.nome [1, 2 …]" not in columns


@pytest.mark.parametrize(
    "value",
    [
        {"releases": [{"ocid": "ocds-1", "tender": {"title": "x"}}]},
        {"records": [{"ocid": "ocds-1", "compiledRelease": {"tender": {}}}]},
        [{"ocid": "ocds-1", "tender": {"title": "x"}, "buyer": {"name": "y"}}],
        {"contracts": [{"id": "1", "awardID": "1", "title": "x"}], "title": "z"},
        {"ocid": "ocds-1", "awards": [{"id": "1", "value": {"amount": 1}}]},
        [[1, 2], [3, 4]],
        [{"a": 1}],
        {"title": "x", "buyer": "y"},
        {"foo": 1},
        {},
        [],
    ],
)
def test_other_json_is_no_table(value):
    assert not lists_rows(encoded(value), Limits())
    with pytest.raises(RefusedError, match="file_refused"):
        rows_of(value)


def test_a_list_whose_columns_are_not_known_is_read_and_its_sender_asked():
    unknown = [{"abcd": 1, "efgh": 2}] * 2
    _releases, problems, (sheet,) = parts(read_json([encoded(unknown)], Limits()))
    assert [problem.code for problem in problems] == ["table_not_recognised"]
    assert sheet.rows == 2


def test_an_object_that_cannot_be_read_is_told_with_its_place_and_spoils_no_other():
    content = b"[" + encoded(ROW) + b", {'objeto': 1}, 5, " + encoded(OTHER) + b"]"
    found = list(read_json([content], Limits()))
    assert [entry.number for entry in found if isinstance(entry, Row)] == [0, 1, 3]
    assert [(entry.code, entry.pointer) for entry in found if isinstance(entry, Problem)] == [
        ("not_json", "/2"),
        ("object_expected", "/2"),
    ]


def test_a_member_that_appears_late_is_told_once():
    found = list(read_json([encoded([ROW] * 1000 + [{**ROW, "modalidad": "directa"}] * 2)], Limits()))
    (problem,) = (entry for entry in found if isinstance(entry, Problem))
    assert (problem.code, problem.variant, problem.values, problem.line) == (
        "row_broken",
        "member",
        {"text": "modalidad"},
        1001,
    )


def test_rows_behind_much_else_are_not_looked_for():
    content = encoded({"aviso": "x" * HEAD_BYTES, "data": [ROW]})
    assert not lists_rows(content, Limits())


def test_what_stands_behind_the_list_is_not_read():
    content = encoded({"data": [ROW], "log": [{"x": "y"}]})[:-1] + b', broken }]]]"'
    assert rows_of(content) == [list(ROW), list(ROW.values())]


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a":' + b"[" * HEAD_BYTES,
        b'[{"a":' + b'{"a":' * (HEAD_BYTES // 5),
        b'[{"a":' + b'"\\' * (HEAD_BYTES // 2),
        b"{" + b",".join(b'"k%d":[{"a":1},{"a":2}]' % number for number in range(HEAD_BYTES // 25)),
    ],
    ids=["arrays in arrays", "objects in objects", "strings without an end", "lists beside lists"],
)
def test_no_beginning_takes_long_to_look_for_rows_in(content):
    # While its sender waits, in the web server: a megabyte took over an hour where time grew with the square.
    started = time.process_time()
    assert not lists_rows(content, Limits())
    assert time.process_time() - started < 20


def test_large_objects_show_the_columns_before_a_thousand_of_them_are_in_memory():
    wide = {**ROW, **{f"m{number}": 1 for number in range(400)}}
    found = list(read_json([encoded([wide] * 600 + [{**ROW, "modalidad": "directa"}])], Limits()))
    (problem,) = (entry for entry in found if isinstance(entry, Problem))
    assert (problem.variant, problem.values, problem.line) == ("member", {"text": "modalidad"}, 601)
