"""Lists that are no query, in every format."""

import csv
import io
import json

import pytest
from django.test import Client

from audits.api import changes
from audits.rules import RULES
from contracts.api.protocol.files import lists
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def taken(address: str) -> bytes:
    answer = Client().get(address)
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def rows(address: str) -> tuple[list[dict], str]:
    *lines, last = taken(address).decode().splitlines()
    return list(csv.DictReader(io.StringIO("\n".join(lines)))), last


def test_rules_can_be_downloaded_as_a_table():
    found, last = rows("/api/v1/rules.csv?fields=code,parameters")
    assert [row["code"] for row in found] == list(RULES)
    assert list(found[0]) == ["code", "parameters"]
    assert last.startswith(f"# rows={len(RULES)} sha256=")


def test_rules_can_be_downloaded_as_json_lines_and_workbook():
    *lines, last = taken("/api/v1/rules.jsonl").splitlines()
    assert [json.loads(line)["code"] for line in lines] == list(RULES)
    assert json.loads(last)["_end"]["rows"] == len(RULES)
    assert taken("/api/v1/rules.xlsx").startswith(b"PK")


def test_files_of_changes_ignore_the_limit(monkeypatch):
    monkeypatch.setattr(changes, "MAX_LIMIT", 2)
    for number in range(5):
        load(release(ocid=f"ocds-test01-{number}"))
    found, last = rows("/api/v1/changes.csv?limit=1")
    assert [row["ocid"] for row in found] == [f"ocds-test01-{number}" for number in range(5)]
    assert last.startswith("# rows=5 ")
    later, _last = rows(f"/api/v1/changes.csv?limit=1&since={found[2]['cursor']}")
    assert later == found[3:]
    assert rows("/api/v1/changes.csv?limit=1&since=now")[0] == []


def test_too_many_rows_for_a_workbook_are_refused_first(monkeypatch):
    monkeypatch.setattr(lists, "MAX_ROWS", 3)
    answer = Client().get("/api/v1/rules.xlsx")
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_many_rows"


def test_file_parameters_are_refused_for_pages():
    assert Client().get("/api/v1/rules/?bom=1").status_code == 400
    assert Client().get("/api/v1/rules.csv?bom=1").status_code == 200
