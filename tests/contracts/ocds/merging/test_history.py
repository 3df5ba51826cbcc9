from itertools import permutations

import pytest

from contracts.ocds.merging.history import History, read_history, stamp_of
from contracts.ocds.merging.merge import compile_releases


def counted(*releases):
    return [releases[place]["n"] for place in read_history([told(entry) for entry in releases]).counted]


def told(entry):
    return stamp_of(entry, is_of_record=entry.get("record", False))


def content(n, date=None, **members):
    return {"n": n, "id": str(n), "date": date, **members}


def test_of_releases_with_one_id_the_latest_date_counts_not_the_latest_arrival():
    new, old = content("new", "2024-05-01", id="1"), content("old", "2023-05-01", id="1")
    assert counted(new, old) == counted(old, new) == ["new"]


def test_of_one_id_and_one_date_the_content_that_came_last_counts():
    assert counted(content(1, "2024-05-01", id="1"), content(2, "2024-05-01", id="1")) == [2]
    assert read_history([told(content(1, id="1")), told(content(2, id="1"))]) == History([1], [0])


def test_dates_are_compared_as_instants():
    evening, night = (
        content("evening", "2024-05-01T20:00:00-05:00", id="1"),
        content(2, "2024-05-02T00:30:00Z", id="1"),
    )
    assert counted(evening, night) == counted(night, evening) == ["evening"]


def test_releases_without_id_all_count():
    assert counted(content(1, id=None), content(2, id=""), content(3, id={})) == [1, 2, 3]


@pytest.mark.parametrize("members", [{"record": True}, {"tag": ["compiled"]}, {"tag": "compiled"}])
def test_a_compiled_release_stands_for_what_was_before_and_what_is_later_is_merged_onto_it(members):
    before, compiled, after = content(1, "2024-01-01"), content(2, "2024-02-01", **members), content(3, "2024-03-01")
    for order in permutations([before, compiled, after]):
        assert sorted(counted(*order)) == [2, 3]


def test_a_compiled_release_adds_nothing_where_the_last_one_that_it_is_made_of_is_known():
    first, last = content(1, "2024-01-01"), content(2, "2024-02-01T00:00:00Z")
    compiled = content(3, "2024-02-01T01:00:00+01:00", record=True)
    for order in permutations([first, last, compiled]):
        assert sorted(counted(*order)) == [1, 2]


def test_of_compiled_releases_the_latest_counts_alone():
    old, new = content("old", "2023-01-01", record=True), content("new", "2024-01-01", tag=["compiled"])
    assert counted(old, new) == counted(new, old) == ["new"]


def test_a_compiled_release_without_date_counts_where_there_is_nothing_else():
    compiled = content("compiled", record=True)
    assert counted(compiled) == ["compiled"]
    assert counted(compiled, content(1, "2024-01-01")) == [1]


def test_releases_without_date_count_beside_a_compiled_one():
    assert counted(content(1), content(2, "2024-01-01", record=True)) == [1, 2]


def test_releases_are_merged_in_the_order_of_their_instants():
    evening = {"ocid": "ocds-1", "id": "1", "date": "2024-05-01T20:00:00-05:00", "language": "es"}
    night = {"ocid": "ocds-1", "id": "2", "date": "2024-05-02T00:30:00Z", "language": "pt"}
    unread = {"ocid": "ocds-1", "id": "3", "date": "June 2024", "language": "en"}
    for order in permutations([evening, night, unread]):
        compiled, corrections = compile_releases(order)
        assert (compiled["language"], compiled["date"]) == ("es", evening["date"])
        assert [(one.found, one.reason) for one in corrections] == [("June 2024", "release_without_date_merged_first")]
