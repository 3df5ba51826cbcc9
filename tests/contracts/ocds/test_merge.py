import copy
import json
import random

import pytest
from ocdsmerge import Merger
from ocdsmerge.exceptions import InconsistentTypeError

from contracts.ocds.merge import MERGE_RULES, compile_releases
from contracts.ocds.problems import Limits
from contracts.ocds.reading import Received, read_releases
from tests.support.shared import ALL_OCDS_FILES, needs_ocds_files


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


def test_a_lone_object_merges_with_a_list():
    compiled, corrections = compile_releases(
        [
            release("2024-01-01", awards={"id": "1", "title": "a"}),
            release("2024-02-01", awards=[{"id": "1", "status": "active"}]),
        ]
    )
    assert compiled["awards"] == [{"id": "1", "title": "a", "status": "active"}]
    assert corrections[0].reason == "releases_disagree_in_shape"


def test_where_nothing_helps_the_newest_release_stands_alone():
    compiled, corrections = compile_releases(
        [release("2024-01-01", tender="text"), release("2024-02-01", tender={"value": {"amount": 1}})]
    )
    assert compiled["tender"] == {"value": {"amount": 1}}
    assert corrections[-1].reason == "releases_can_not_be_merged"


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
            assert {one.reason for one in corrections} & {"releases_disagree_in_shape", "releases_can_not_be_merged"}
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
