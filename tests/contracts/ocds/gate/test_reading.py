import json

import pytest

from contracts.ocds.gate.reading import Package, Received, read_releases
from contracts.ocds.problems import Limits, Problem
from tests.support.shared import OCDS_FILES, needs_ocds_files


def read(*values, content=None):
    data = content if content is not None else b"\n".join(json.dumps(value).encode() for value in values)
    entries = list(read_releases([data], Limits()))
    releases = [(entry.ocid, entry.kind, entry.pointer) for entry in entries if isinstance(entry, Received)]
    problems = [(entry.code, entry.pointer) for entry in entries if isinstance(entry, Problem)]
    return releases, problems


RELEASE = {"ocid": "ocds-1", "id": "r", "date": "2024-01-01T00:00:00Z", "tag": ["tender"], "tender": {"id": "t"}}


def test_empty_input():
    assert read(content=b"") == ([], [("no_records", "")])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (RELEASE, [("ocds-1", "release", "")]),
        ([RELEASE], [("ocds-1", "release", "/0")]),
        ({"releases": [RELEASE]}, [("ocds-1", "release", "/releases/0")]),
        ({"releases": RELEASE}, [("ocds-1", "release", "/releases")]),
        (
            {"records": {"ocid": "ocds-1", "compiledRelease": RELEASE}},
            [("ocds-1", "compiled", "/records/compiledRelease")],
        ),
        ({"records": {"ocid": "ocds-1", "releases": [RELEASE]}}, [("ocds-1", "release", "/records/releases/0")]),
        ([{"releases": [RELEASE]}], [("ocds-1", "release", "/0/releases/0")]),
        ({"records": [{"ocid": "ocds-1", "releases": [RELEASE]}]}, [("ocds-1", "release", "/records/0/releases/0")]),
        (
            {"records": [{"ocid": "ocds-1", "compiledRelease": RELEASE}]},
            [("ocds-1", "compiled", "/records/0/compiledRelease")],
        ),
        (
            {"ocid": "ocds-1", "releases": [RELEASE], "compiledRelease": RELEASE},
            [("ocds-1", "release", "/releases/0"), ("ocds-1", "compiled", "/compiledRelease")],
        ),
        (
            {"releases": [{"ocid": "ocds-1", "compiledRelease": RELEASE}]},
            [("ocds-1", "compiled", "/releases/0/compiledRelease")],
        ),
        ({"records": [RELEASE]}, [("ocds-1", "release", "/records/0")]),
        (
            {"records": [{"ocid": "ocds-1", "tag": ["planning"], "planning": {}}]},
            [("ocds-1", "release", "/records/0")],
        ),
        (
            {"records": [{"ocid": "ocds-1", "releases": [RELEASE], "compiledRelease": None}]},
            [("ocds-1", "release", "/records/0/releases/0")],
        ),
    ],
)
def test_shape_is_detected(value, expected):
    assert read(value) == (expected, [])


def test_json_lines_of_packages_and_releases():
    releases, problems = read({"releases": [RELEASE]}, RELEASE)
    assert releases == [("ocds-1", "release", "/releases/0"), ("ocds-1", "release", "")]
    assert problems == []


def test_a_package_or_an_array_with_a_release_on_each_line_is_one_text():
    lines = b",\n".join([json.dumps(RELEASE).encode()] * 2)
    package = [("ocds-1", "release", "/releases/0"), ("ocds-1", "release", "/releases/1")]
    assert read(content=b'{"uri": "https://example.org", "releases": [\n' + lines + b"\n]}") == (package, [])
    array = [("ocds-1", "release", "/0"), ("ocds-1", "release", "/1")]
    assert read(content=b"[" + lines + b"]") == (array, [])


_INDENTED = json.dumps({"ocid": "ocds-1", "id": "1", "tag": ["tender"], "tender": {"id": "1"}}, indent=1).encode()
_IN_PART = b'{"ocid": "ocds-1", "id": "1", "tender": {"id": "1", "items": [\n{"id": "1"},\n{"id": "2"}]}}'
_ON_A_LINE = json.dumps(RELEASE).encode()


@pytest.mark.parametrize(
    "values",
    [[_INDENTED, _INDENTED], [_IN_PART, _IN_PART], [_INDENTED, _ON_A_LINE, _ON_A_LINE], [_IN_PART, _INDENTED]],
    ids=["indented", "in part on a line", "and then lines", "mixed"],
)
def test_short_values_of_several_lines_follow_each_other(values):
    assert read(content=b"\n".join(values)) == ([("ocds-1", "release", "")] * len(values), [])


def test_lines_are_told_after_a_broken_one():
    releases, problems = read(
        content=b"\n".join([b'{"ocid": "ocds-1", "title": "broken', b'off"}', *[_ON_A_LINE] * 3])
    )
    assert (releases, len(problems)) == ([("ocds-1", "release", "")] * 3, 2)


def test_broken_json_is_reported_by_its_place_in_the_file():
    """In words as in figures: in a package the release is a part of the file."""
    before = b'{"releases": [{"ocid": "a", "id": "1"}, '
    content = before + b'{"ocid": "b" "id": "2"}]}'
    (problem,) = [entry for entry in read_releases([content], Limits()) if isinstance(entry, Problem)]
    assert (problem.code, problem.pointer) == ("not_json", "/releases/1")
    assert problem.offset == problem.values["offset"] == len(before) + len(b'{"ocid": "b" ')


def test_linked_releases_are_kept_as_problems_not_fetched():
    record = {"ocid": "ocds-1", "releases": [{"url": "https://example.org/1.json"}], "compiledRelease": RELEASE}
    releases, problems = read({"records": [record]})
    assert releases == [("ocds-1", "compiled", "/records/0/compiledRelease")]
    assert problems == [("linked_release", "/records/0/releases/0")]


@pytest.mark.parametrize("compiled", [{}, {"compiledRelease": None}])
def test_a_record_of_links_alone_is_not_said_to_have_no_releases(compiled):
    record = {"ocid": "ocds-1", "releases": [{"url": "https://example.org/1.json"}], **compiled}
    assert read({"records": [record]}) == ([], [("linked_release", "/records/0/releases/0")])


def test_release_takes_the_ocid_of_its_record():
    releases, problems = read({"records": [{"ocid": "ocds-9", "releases": [{"id": "1", "tender": {}}]}]})
    assert releases == [("ocds-9", "release", "/records/0/releases/0")]
    assert problems == []


def test_number_as_ocid_becomes_text_and_is_logged():
    (entry,) = read_releases([b'{"ocid":22,"tender":{}}'], Limits())
    assert entry.ocid == "22"
    assert [correction.reason for correction in entry.document.corrections] == ["number_as_text"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"tender": {}}, ("ocid_missing", "/ocid")),
        ({"ocid": {"a": 1}, "tender": {}}, ("ocid_unreadable", "/ocid")),
        ({"ocid": "x" * 201, "tender": {}}, ("ocid_unreadable", "/ocid")),
        ({"foo": 1}, ("not_a_package", "")),
        ({"records": [{"ocid": "ocds-1"}]}, ("no_release", "/records/0")),
        ({"releases": [], "version": "9.9"}, ("version_unknown", "/version")),
    ],
)
def test_what_cannot_be_taken_is_reported_with_its_place(value, problem):
    releases, problems = read(value)
    assert releases == []
    assert problems == [problem]


def test_a_page_of_several_is_read_and_the_next_one_is_reported():
    package = {"releases": [{"ocid": "a", "tender": {}}], "links": {"next": "https://example.org/?page=2"}}
    assert read(package) == ([("a", "release", "/releases/0")], [("more_pages", "/links/next")])
    assert read({**package, "links": {"next": None, "prev": "https://example.org/?page=1"}})[1] == []


def test_a_patch_of_a_version_is_that_version():
    assert read({"releases": [], "version": "1.0.3"})[1] == [("no_records", "")]


def test_one_bad_release_does_not_stop_the_rest():
    releases, problems = read(content=b'{"releases":[{"ocid":"a","v":01},{"ocid":"b","tender":{}}]}')
    assert releases == [("b", "release", "/releases/1")]
    assert problems == [("not_json", "/releases/0")]


def test_metadata_of_the_package_is_reported():
    entries = list(
        read_releases([json.dumps({"uri": "u", "releases": [RELEASE], "version": "1.1"}).encode()], Limits())
    )
    assert entries[-1] == Package({"uri": "u", "version": "1.1"}, 1)


@needs_ocds_files
@pytest.mark.parametrize("path", OCDS_FILES, ids=lambda path: path.name)
def test_every_embedded_release_of_the_real_files_is_found_json_equal(path):
    document = json.loads(path.read_text("utf-8-sig"))
    expected = []
    for record in document.get("records", [document]):
        embedded = [release for release in record.get("releases", []) if "ocid" in release]
        compiled = [record["compiledRelease"]] if "compiledRelease" in record else []
        expected += embedded + compiled if embedded or compiled else [record]
    entries = [entry for entry in read_releases([path.read_bytes()], Limits()) if isinstance(entry, Received)]
    assert [json.loads(entry.content) for entry in entries] == expected
