import json
from datetime import UTC, datetime

import pytest

from contracts.ocds.parsing.plans import planned_method, read_method
from contracts.ocds.problems import Limits

LIMITS = Limits()


def content(day=1, method="open", tag=("planning",), **members):
    tender = {} if method is None else {"procurementMethod": method}
    date = f"2024-01-{day:02}T00:00:00Z"
    return json.dumps({"id": f"r{day}", "date": date, "tag": list(tag), "tender": tender, **members}).encode()


def planned(*contents, awarded=None):
    found = planned_method([read_method(entry, LIMITS) for entry in contents], awarded)
    return None if found is None else (found.release_id, found.method)


def test_a_method_is_read_without_the_rest_of_the_release():
    found = read_method(content(3, " open ", items=["x"] * 100), LIMITS)
    assert (found.release_id, found.method, found.is_plan, found.has_award) == ("r3", "open", True, False)
    assert found.date == datetime(2024, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "method"),
    [
        (b'{"tender":[{"procurementMethod":"open"}],"tag":"tender"}', "open"),
        (b'{"tender":null,"tag":["tender"]}', ""),
        (b'{"tag":["tender"]}', ""),
        (b'{"tender":{"procurementMethod":7},"tag":["tender"]}', "7"),
        (b'{"tender":{"procurementMethod":"op\\u0000en"},"tag":["tender"]}', "open"),
        (b'{"tender":{"procurementMethod":"open","x":"\\ud800"},"tag":["tender"]}', "open"),
        (b'{"tender":{"procurementMethod":"direct"},"tender":{"procurementMethod":"open"},"tag":["tender"]}', "open"),
    ],
)
def test_dirty_releases_are_read_as_the_gate_reads_them(text, method):
    found = read_method(text, LIMITS)
    assert (found.method, found.is_plan) == (method, True)


def test_what_the_gate_refuses_is_not_a_release():
    assert read_method(b'{"tender":{"procurementMethod":"open","x":1e99999}', LIMITS) is None


def test_the_earliest_method_before_the_award_is_the_plan():
    award = content(5, "direct", tag=["award"])
    assert planned(award, content(3, "limited", tag=["tender"]), content(2, "open")) == ("r2", "open")
    assert planned(content(1, None), content(3, "selective", tag=["tender"]), award) == ("r3", "selective")
    assert planned(content(1, None), award) == ("r1", "")


@pytest.mark.parametrize(
    "later",
    [
        content(6, "open"),
        content(5, "open", id="x"),
        content(2, "open", tag=["tender", "award"]),
        content(2, "open", awards=[{"id": "A"}]),
        content(2, "open", tag=["compiled"]),
        content(2, "open", tag=[]),
        content(2, "open", date=None),
    ],
    ids=["after", "on the same day", "with the award", "holding an award", "compiled", "no tag", "no date"],
)
def test_what_is_not_known_to_come_before_the_award_is_not_a_plan(later):
    assert planned(content(5, "direct", tag=["award"]), later) is None


def test_the_date_of_the_award_itself_is_an_end_too():
    plan = content(2, "open")
    assert planned(plan, awarded=datetime(2024, 1, 3, tzinfo=UTC)) == ("r2", "open")
    assert planned(plan, awarded=datetime(2024, 1, 2, tzinfo=UTC)) is None
    assert planned(plan) == ("r2", "open")


def test_of_two_releases_under_one_id_the_last_received_counts():
    assert planned(content(1, "open"), content(1, "direct")) == ("r1", "direct")


def test_the_order_of_arrival_does_not_matter():
    contents = [content(day, method) for day, method in ((1, None), (2, "open"), (3, "direct"))]
    assert {planned(*contents[turn:], *contents[:turn]) for turn in range(3)} == {("r2", "open")}
