"""The data dictionary tells of every column of every list."""

import csv
import io

import pytest

from audits.api.columns import LISTS
from contracts.api.protocol.rows.including import MEMBER
from tests.support.clients import Client

pytestmark = pytest.mark.django_db
ON_REQUEST = {MEMBER, "cite"}


def columns(language: str = "en") -> dict[tuple[str, str], dict]:
    answer = Client().get("/api/v1/dictionary/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return {(row["list"], row["name"]): row for row in answer.json()["columns"]}


@pytest.mark.parametrize("name", [view.title for view in LISTS])
def test_every_column_of_a_file_is_in_the_dictionary(name):
    told = [column for listed, column in columns() if listed == name and column not in ON_REQUEST]
    # Some columns are there if a currency is asked for.
    query = "?in_currency=USD" if "converted" in told else ""
    file = b"".join(Client().get(f"/api/v1/{name}.csv{query}").streaming_content).decode()
    assert told == next(csv.reader(io.StringIO(file)))


def test_labels_are_those_of_the_files_in_the_readers_language():
    for language in ("es", "pt"):
        told = columns(language)
        file = b"".join(
            Client().get(f"/api/v1/contracts.csv?lang={language}&in_currency=USD").streaming_content
        ).decode()
        header = next(csv.reader(io.StringIO(file)))
        assert header == [
            row["label"] for (listed, name), row in told.items() if listed == "contracts" and name not in ON_REQUEST
        ]


def test_the_dictionary_has_types_and_paths():
    told = columns()
    amount = told["contracts", "amount"]
    assert (amount["type"], amount["path"]) == ("decimal", "contracts/value/amount")
    assert "award" in amount["description"]
    assert told["contracts", "date_signed"]["type"] == "date"
    # A name of a procuring entity without an id: who adds up by id must know.
    for name in ("contracting-processes", "contracts", "flags"):
        assert "or else of the procuring entity" in told[name, "buyer"]["description"]
        assert "null if the record names none" in told[name, "buyer_id"]["description"]
    assert told["contracts", "suppliers"]["type"] == "list"
    assert told["contracting-processes", "date"]["type"] == "instant"
    assert told["flags", "reviewed"]["type"] == "boolean"
    assert told["flags", "sentence"]["path"] == ""


@pytest.mark.parametrize("language", ["es", "pt"])
def test_the_evidence_sheet_has_translated_headers(language):
    labels = {
        name: row["label"] for (listed, name), row in columns(language).items() if listed == "flags?sheet=evidence"
    }
    assert [name for name, label in labels.items() if label == name] == ["ocid"]
    file = b"".join(Client().get(f"/api/v1/flags.csv?sheet=evidence&lang={language}").streaming_content).decode()
    assert set(labels.values()) <= set(next(csv.reader(io.StringIO(file))))
