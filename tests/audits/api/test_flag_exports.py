"""Flags to take home: as far as the reader may see them, with the passages that they rest on."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

pytestmark = pytest.mark.django_db


def taken(client, address: str) -> bytes:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode().partition("# rows=")[0], newline="")))


@pytest.mark.parametrize("published", ["none", "reviewed", "all"])
def test_an_export_equals_the_list(flags, settings, anonymous, auditor, published):
    settings.VEEDOR_PUBLICATION = published
    for client in (anonymous, auditor):
        for kind in ("flags", "contracts", "contracting-processes"):
            listed = client.get(f"/api/v1/{kind}/").json()["results"]
            *lines, end = [json.loads(line) for line in taken(client, f"{kind}.jsonl").splitlines()]
            assert lines == listed
            assert end["_end"]["rows"] == len(listed)
            table = rows(taken(client, f"{kind}.csv"))
            assert len(table) == len(listed)
            for row, answered in zip(table, listed, strict=True):
                found = [text.split()[0] for text in row.get("flags", "").split("; ") if text]
                assert found == [entry["rule"] for entry in answered.get("flags", [])]
    assert len(rows(taken(anonymous, "flags.csv"))) == {"none": 0, "reviewed": 1, "all": 3}[published]


def test_every_row_has_its_source_and_review_state(flags, auditor):
    for row in rows(taken(auditor, "flags.csv")):
        assert (row["source"], row["verification"]) == ("operator", "official")
        assert row["reviewed"] in {"true", "false"}
        assert row["sentence"]


def test_passages_are_separate_rows(flags, settings, anonymous, auditor):
    settings.VEEDOR_PUBLICATION = "reviewed"
    own = rows(taken(anonymous, "flags.csv?sheet=evidence"))
    assert {row["flag_id"] for row in own} == {str(flags["confirmed"].pk)}
    assert [row["path"] for row in own] == ["/tender/numberOfTenderers", "/tender/procurementMethod"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(anonymous, "flags.xlsx")))
    assert book.sheet_names == ["README", "flags", "evidence"]
    assert len(book.get_sheet_by_name("evidence").to_python()) == 1 + len(own)
    assert len(rows(taken(auditor, "flags.csv?sheet=evidence"))) == 4 * len(own)
