import copy
import json
import random

import pytest
from ocdsmerge import Merger
from ocdsmerge.exceptions import InconsistentTypeError

from contracts.ocds.gate.reading import Received, read_releases
from contracts.ocds.merging.merge import MERGE_RULES, compile_releases
from contracts.ocds.problems import Limits
from tests.support.shared import ALL_OCDS_FILES, needs_ocds_files

OF_SHAPE = {
    *("array_expected", "array_where_object", "object_expected"),
    *("object_of_entries", "object_where_array", "text_where_array"),
}


def release(date, **members):
    return {"ocid": "ocds-1", "id": date, "date": date, "tag": ["tender"], **members}


def test_later_values_replace_earlier_ones_whatever_the_order_of_arrival():
    old, new = release("2024-01-01", language="es"), release("2024-02-01", language="pt")
    assert compile_releases([new, old])[0]["language"] == "pt"


def test_lists_of_objects_merge_by_id_and_classifications_as_a_whole():
    items = [{"id": 1, "additionalClassifications": [{"id": "a"}]}]
    later = [{"id": 1, "additionalClassifications": [{"id": "b"}]}, {"id": 2}]
    compiled, corrections = compile_releases(
        [release("2024-01-01", tender={"items": items}), release("2024-02-01", tender={"items": later})]
    )
    assert compiled["tender"]["items"] == later
    assert corrections == []


def test_a_release_without_date_is_merged_first_and_logged():
    undated = {"ocid": "ocds-1", "id": "x", "language": "es"}
    compiled, corrections = compile_releases([release("2024-01-01", language="pt"), undated])
    assert compiled["language"] == "pt"
    assert [correction.reason for correction in corrections] == ["release_without_date_merged_first"]


def test_what_is_written_at_length_is_noted_in_short():
    """Each correction would hold megabytes, once for each release."""
    releases = [release("x" * 100_000, parties=[{"id": "1" * 100_000}] * 2) for _number in range(2)]
    _compiled, corrections = compile_releases(releases)
    assert {correction.reason for correction in corrections} >= {
        "release_without_date_merged_first",
        "duplicate_id_merged",
    }
    assert max(len(str(correction.found)) for correction in corrections) < 200


@pytest.mark.parametrize(
    ("member", "old", "new", "merged", "reason"),
    [
        ("awards", {"id": "1", "a": 1}, [{"id": "1", "b": 2}], [{"id": "1", "a": 1, "b": 2}], "object_where_array"),
        ("awards", {"1": {"id": "1"}}, [{"id": "1", "b": 2}], [{"id": "1", "b": 2}], "object_of_entries"),
        ("contracts", {"id": "1"}, {"id": "2"}, [{"id": "1"}, {"id": "2"}], "object_where_array"),
        ("awards", "none", [{"id": "1"}], [{"id": "1"}], "array_expected"),
        ("buyer", {"id": "B"}, [{"name": "b"}], {"id": "B", "name": "b"}, "array_where_object"),
        ("buyer", [{"id": "B"}], {"name": "b"}, {"id": "B", "name": "b"}, "array_where_object"),
        ("buyer", {"id": "B"}, "Municipio", {"id": "B"}, "object_expected"),
        ("buyer", ["B", "C"], {"name": "b"}, {"name": "b"}, "object_expected"),
        ("tender", {"value": 5}, {"value": {"amount": 1}}, {"value": {"amount": 1}}, "object_expected"),
        ("tender", {"criteria": "a"}, {"criteria": ["b"]}, {"criteria": ["b"]}, "text_where_array"),
        ("bids", {"details": {"id": 1}}, {"details": [{"id": 1}]}, {"details": [{"id": 1}]}, "object_where_array"),
        ("awards", [[{"id": "1"}]], [{"id": "1", "b": 2}], [{"id": "1", "b": 2}], "object_expected"),
        ("awards", [{"id": "1"}], [None, {"id": "2"}], [{"id": "1"}, {"id": "2"}], "object_expected"),
    ],
)  # fmt: skip
def test_releases_that_give_a_member_in_several_shapes_are_merged(member, old, new, merged, reason):
    """One odd member cost all that earlier releases had said."""
    releases = [release("2024-01-01", language="es", **{member: old}), release("2024-02-01", **{member: new})]
    before = copy.deepcopy(releases)
    compiled, corrections = compile_releases(releases)
    assert (compiled["language"], compiled[member]) == ("es", merged)
    assert {correction.reason for correction in corrections} == {reason}
    assert releases == before


def test_a_shape_that_differs_deep_inside_is_reported_where_it_stands():
    old = [{"id": 7, "suppliers": {"id": "S", "name": "Uno"}}, {"id": 8}]
    new = [{"id": 9}, {"id": "7", "suppliers": [{"id": "S", "name": "Dos"}]}]
    compiled, corrections = compile_releases([release("2024-01-01", awards=old), release("2024-02-01", awards=new)])
    assert compiled["awards"][0]["suppliers"] == [{"id": "S", "name": "Dos"}]
    assert [correction.path for correction in corrections] == ["/awards/0/suppliers"]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("A", {"name": "b"}, {"name": "b"}),
        ("A", [{"id": "x"}], [{"id": "x"}]),
        (["A"], {"name": "b"}, {"name": "b"}),
        ([{"id": "x", "of": "A"}, {"id": "x", "of": {"name": "b"}}], None, [{"id": "x", "of": {"name": "b"}}]),
    ],
)
@pytest.mark.parametrize("own", [{"id": "1"}, {"id": None}, {"id": ["1"]}])
def test_entries_of_one_release_that_share_an_id_and_differ_in_kind_cost_nothing_else(one, other, kept, own):
    """The release could not be stored: a fault of one member cost all that it said."""
    single = release("2024-01-01", language="es", awards=[{**own, "of": one}, {**own, "of": other}])
    before = copy.deepcopy(single)
    compiled, corrections = compile_releases([single])
    (award,) = compiled["awards"]
    assert (compiled["language"], award["of"]) == ("es", kept)
    assert {correction.reason for correction in corrections} & OF_SHAPE
    assert single == before


def test_details_of_parties_are_an_object_and_stay_one():
    parties = [{"id": "S", "details": {"scale": "sme"}}]
    compiled, corrections = compile_releases(
        [release("2024-01-01", parties=parties), release("2024-02-01", parties=parties)]
    )
    assert (compiled["parties"], corrections) == (parties, [])


def test_whatever_releases_hold_they_are_merged():
    for seed in range(2000):
        rng = random.Random(seed)
        releases = [
            release(
                f"2024-0{month}-01",
                title=seed,
                **{name: random_json(rng) for name in ("tender", "awards", "buyer", "bids")},
            )
            for month in range(1, rng.randint(3, 4))
        ]
        assert compile_releases(releases)[0]["title"] == seed


def test_objects_that_share_an_id_are_logged():
    _, corrections = compile_releases([release("2024-01-01", awards=[{"id": "1"}, {"id": "1"}])])
    assert [correction.reason for correction in corrections] == ["duplicate_id_merged"]


@needs_ocds_files
@pytest.mark.filterwarnings("ignore::ocdsmerge.exceptions.DuplicateIdValueWarning")
def test_compiled_releases_of_all_real_files_equal_those_of_ocdsmerge():
    """Where it refuses releases that do not fit together, ours says so, and goes on."""
    merger = Merger(merge_rules=MERGE_RULES)
    differ, refused = [], []
    for path in ALL_OCDS_FILES:
        entries = [entry for entry in read_releases([path.read_bytes()], Limits()) if isinstance(entry, Received)]
        own = [entry for entry in entries if entry.kind == "release"] or entries
        ours, corrections = compile_releases([entry.document.value for entry in own])
        ours.pop("veedor", None)  # what sharing an id would have lost
        try:
            theirs = merger.create_compiled_release([json.loads(entry.content) for entry in own])
        except InconsistentTypeError:
            refused.append(path.name)
            assert {one.reason for one in corrections} & OF_SHAPE
            continue
        if json.loads(json.dumps(ours, default=float)) != theirs:
            differ.append(path.name)
    assert differ == []
    assert len(ALL_OCDS_FILES) > 500
    assert len(refused) < 5


def random_json(rng, depth=0):
    kind = rng.random()
    if depth > 3 or kind < 0.35:
        return rng.choice([None, 1, "a", "", True, 2.5, []])
    if kind < 0.6:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    names = ["id", "items", "roles", "parties", "additionalClassifications", "tender", "changes", "amendment", "x"]
    return {rng.choice(names): random_json(rng, depth + 1) for _ in range(rng.randrange(5))}


@pytest.mark.filterwarnings("ignore::ocdsmerge.exceptions.DuplicateIdValueWarning")
def test_a_single_release_compiles_as_ocdsmerge_compiles_it():
    merger = Merger(merge_rules=MERGE_RULES)
    compared = 0
    for seed in range(3000):
        rng = random.Random(seed)
        members = {name: random_json(rng) for name in ("tender", "parties", "awards", "buyer", "relatedProcesses")}
        single = {**release("2024-01-01"), **members}
        try:
            theirs = merger.create_compiled_release([copy.deepcopy(single)])
        except (TypeError, AttributeError):
            continue  # an id that is an object: ocdsmerge breaks, and we mend
        ours, _ = compile_releases([single])
        assert ours == theirs, seed
        compared += 1
    assert compared > 2000


def test_what_one_release_says_in_full_is_not_copied_to_be_compiled():
    single = {**release("2024-01-01"), "tender": {"items": [{"id": "1"}]}, "buyer": {"name": "A", "id": None}}
    compiled, _ = compile_releases([single])
    assert compiled["tender"] is single["tender"]
    assert compiled["buyer"] == {"name": "A"}
    assert single["buyer"] == {"name": "A", "id": None}
