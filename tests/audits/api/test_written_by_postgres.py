"""Whole lists written by PostgreSQL equal the pages written by Python, on odd and on real records."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audits.dumps.tables import TABLES
from audits.engine import processes
from audits.models import Flag
from audits.triage import review_flag
from contracts.api.protocol.files import streams
from contracts.api.protocol.rendering import JSONRenderer
from contracts.api.protocol.rows.columns import iterate_rows
from contracts.api.protocol.rows.written_by_postgres import (
    SEPARATOR,
    can_be_copied,
    csv_lines,
    decimal_mark,
    json_lines,
    neutral,
)
from contracts.models import Contract, ContractingProcess, Publisher
from tests.support.clients import new_user
from tests.support.records import load, release
from tests.support.shared import SHARED, needs_ocds_files

pytestmark = pytest.mark.django_db
LISTS = {table.name: table for table in TABLES}
ODD = '=cmd|"/c calc"!A1; "",\\\r\nlínea\t{}%s %% \\. 😀 \x7f\x01'


def audit_all() -> None:
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))


@pytest.fixture
def odd(settings):
    settings.VEEDOR_PUBLICATION = "all"
    Publisher.objects.create(slug="mx", name="@México", ocid_prefix="ocds-test01", time_zone="America/Bogota")
    first, second = release("ocds-test01-a/b ñ"), release("ocds-test01-2")
    first["tender"]["title"] = first["contracts"][0]["title"] = first["buyer"]["name"] = ODD
    first["awards"][0]["suppliers"] += [{"id": "X", "name": "-Otra; más"}, {"id": "Y", "name": "  +3 "}]
    first["contracts"][0] |= {
        "value": {"amount": 10**15 + 0.25, "currency": "COP"},
        "dateSigned": "2024-01-01T00:00:00",
    }
    second["tender"]["title"] = "\\."
    del (
        second["contracts"],
        second["awards"][0]["date"],
        second["awards"][0]["value"],
        second["tender"]["procurementMethod"],
    )
    load(first, second, *(release(f"ocds-test01-{number}") for number in range(3, 6)))
    audit_all()
    flags = Flag.objects.order_by("pk")
    assert flags.count() > 2
    for flag in flags[:2]:
        review_flag(flag=flag, reviewer=new_user(f"lead {flag.pk}"), decision="confirmed", reason="Seen")
    # One says what no rule says any more, one changed since it was confirmed.
    Flag.objects.filter(pk=flags[0].pk).update(sentence=ODD)
    Flag.objects.filter(pk=flags[1].pk).update(changed_because="record")


def rows_and_fields(name: str):
    table = LISTS[name]
    rows, fields = table.open()
    assert can_be_copied(fields)
    return rows.order_by("pk"), fields


def cells(rows, fields, delimiter: str) -> list[list[str]]:
    """Return the rows as Python reads them, as cells."""
    found, mark = [], decimal_mark(delimiter)
    for _keys, row in iterate_rows(rows, fields):
        as_text = {name: field.as_text for name, field in fields.items() if hasattr(field, "as_text")}
        values = {name: as_text.get(name, lambda value: value)(value) for name, value in row.items()}
        texts = {name: streams.cell(value, mark) for name, value in values.items()}
        found.append([str(neutral(value, delimiter)) if value is not None else "" for value in texts.values()])
    return found


def assert_same(name: str) -> int:
    rows, fields = rows_and_fields(name)
    for delimiter in ",;":
        written = b"".join(csv_lines(rows, fields, delimiter, is_neutral=True)).decode()
        table = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
        for found, expected in zip(table, cells(rows, fields, delimiter), strict=True):
            for column, cell, told in zip(fields, found, expected, strict=True):
                if cell.startswith("[{"):
                    assert json.loads(cell) == json.loads(told), column
                else:
                    assert cell == told, column
    lines = [bytes(line) for line in json_lines(rows, fields)]
    answered = [JSONRenderer().render(row) for _keys, row in iterate_rows(rows, fields)]
    assert len(lines) == len(answered)
    for line, answer in zip(lines, answered, strict=True):
        assert line.endswith(b"}\n")
        assert json.loads(line) == json.loads(answer)
        assert list(json.loads(line)) == list(json.loads(answer)), "members are in the order of the list"
    return len(lines)


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_unusual_records_are_written_as_on_pages(odd, name, language):
    with translation.override(language):
        assert assert_same(name)


def test_only_possible_formulas_are_escaped(odd):
    rows, fields = rows_and_fields("flags")
    written = b"".join(csv_lines(rows, {"sentence": fields["sentence"]}, ",", is_neutral=True)).decode()
    first, *_others = csv.reader(io.StringIO(written, newline=""))
    assert first == [f"'{ODD}"]
    written = b"".join(csv_lines(rows, {"sentence": fields["sentence"]}, ",", is_neutral=False)).decode()
    assert next(csv.reader(io.StringIO(written, newline=""))) == [ODD]


HIDDEN = 'Compra;=1+1;x\t+2\n-3\r@4;""=5;x;;-6; =7;a=8, -9,=10'
SHOWN = "Compra;'=1+1;x\t'+2\n'-3\r'@4;\"\"'=5;x;;'-6; =7;a=8, -9,=10"


def test_formulas_are_escaped_for_other_delimiters_too(odd):
    assert neutral(HIDDEN, ",") == SHOWN
    assert neutral(f"\t={HIDDEN}", ",") == f"'\t'={SHOWN}"
    # A comma in a file of semicolons has no quotes around it.
    assert neutral(HIDDEN, ";") == SHOWN.replace(",=", ",'=")
    Flag.objects.update(sentence=HIDDEN)
    ContractingProcess.objects.update(title=HIDDEN)
    Contract.objects.update(title=HIDDEN)
    for name in ("flags", "contracts", "contracting-processes"):
        assert assert_same(name)
        rows, fields = rows_and_fields(name)
        for own in ",;":
            written = b"".join(csv_lines(rows, fields, own, is_neutral=True)).decode()
            assert "Compra" in written
            for delimiter in ",;\t":
                for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
                    assert not [cell for cell in row if cell[:1] in tuple("=+-@")], name
    rows, fields = rows_and_fields("flags")
    written = b"".join(csv_lines(rows, {"sentence": fields["sentence"]}, ",", is_neutral=False)).decode()
    assert next(csv.reader(io.StringIO(written, newline=""))) == [HIDDEN]


def test_a_list_is_one_statement_whose_rows_python_does_not_read(odd):
    from django.db import connection

    rows, fields = rows_and_fields("flags")
    with CaptureQueriesContext(connection) as queries:
        assert len(list(csv_lines(rows, fields, ",", is_neutral=True))) == rows.count()
    assert len(queries) == 1, "the count alone: COPY goes past Django's cursor"


@needs_ocds_files
def test_real_records_are_written_as_on_pages(settings):
    settings.VEEDOR_PUBLICATION = "all"
    call_command("load", str(SHARED / "data" / "ocds"), "--json")
    audit_all()
    for name in ("contracts", "contracting-processes", "flags", "organizations"):
        assert assert_same(name) > 5, name


def test_lists_in_cells_are_joined_with_separators(odd):
    rows, fields = rows_and_fields("contracts")
    written = b"".join(csv_lines(rows, {"suppliers": fields["suppliers"]}, ",", is_neutral=True)).decode()
    assert SEPARATOR.join(["Proveedora Ficticia S.A. de C.V.", "-Otra; más", "+3"]) in written
