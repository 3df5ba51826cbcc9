"""Paths by ids: what they lead to, and the part of a release that they choose."""

import pytest

from contracts.ocds.merging.merge import compile_releases
from contracts.ocds.merging.paths import leaves, read_path, select, write_path

RELEASE = {
    "ocid": "ocds-x-1",
    "id": "1",
    "date": "2024-01-01",
    "tag": ["award"],
    "buyer": {"id": "B", "name": "Tula"},
    "tender": {
        "id": "T",
        "title": "Cameras",
        "value": {"amount": 5, "currency": "MXN"},
        "submissionMethod": ["written"],
    },
    "awards": [
        {"id": "A/1", "title": "first", "suppliers": [{"id": "S1", "name": "One"}, {"id": 2, "name": "Two"}]},
        {"id": "A~2", "title": "second", "items": [{"id": "1", "additionalClassifications": [{"id": "c"}]}]},
    ],
    "parties": [{"name": "without an id"}],
    "planning": {},
}


def test_leaves_go_by_ids_and_lists_without_them_are_one_value():
    found = {write_path(path): value for path, value in leaves(RELEASE)}
    assert found["/tender/value/amount"] == 5
    assert found["/awards/A~11/suppliers/2/name"] == "Two"
    assert found["/awards/A~02/items/1/additionalClassifications"] == [{"id": "c"}]
    assert found["/parties"] == [{"name": "without an id"}]
    assert found["/planning"] == {}
    assert found["/tender/submissionMethod"] == ["written"]


@pytest.mark.parametrize("path", [("a/b", "~c", ""), ("x",)])
def test_a_path_reads_as_it_was_written(path):
    assert read_path(write_path(path)) == path


MERGED = {"ocid": "ocds-x-1", "id": "1", "date": "2024-01-01", "tag": ["award"]}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (["/tender/title"], {"tender": {"title": "Cameras"}}),
        (["tender"], {"tender": RELEASE["tender"]}),
        (["/tender", "/tender/title"], {"tender": RELEASE["tender"]}),
        (["/tender/title", "/tender"], {"tender": RELEASE["tender"]}),
        (["/tender/value"], {"tender": {"value": {"amount": 5, "currency": "MXN"}}}),
        (["/awards/A~11/title"], {"awards": [{"id": "A/1", "title": "first"}]}),
        (["/awards/A~11/suppliers/2"], {"awards": [{"id": "A/1", "suppliers": [{"id": 2, "name": "Two"}]}]}),
        (["/awards/A~02"], {"awards": [RELEASE["awards"][1]]}),
        (["/awards/unknown/title", "/nothing", "/buyer/name/deeper", "/parties/0/name"], {}),
        (["/parties"], {"parties": RELEASE["parties"]}),
        ([""], {}),
    ],
)
def test_a_part_is_chosen_by_paths(chosen, expected):
    assert select(RELEASE, chosen) == MERGED | expected


def test_an_entry_of_which_a_part_is_chosen_is_merged_into_that_of_its_id():
    record = {
        **MERGED,
        "id": "0",
        "date": "2023-01-01",
        "awards": [{"id": "A/1", "title": "as published", "status": "active"}],
    }
    merged, _corrections = compile_releases([record, select(RELEASE, ["/awards/A~11/title"])])
    assert merged["awards"] == [{"id": "A/1", "title": "first", "status": "active"}]


@pytest.mark.parametrize(
    "entries", [[{"id": "1"}, {"id": 1}], [{"id": True}], [{"id": ""}], [{"id": None}], [1], [{"id": "1"}, "x"], []]
)
def test_entries_that_no_id_tells_apart_are_one_value(entries):
    assert list(leaves({"awards": entries})) == [(("awards",), entries)]
