"""Indicators from the bids of one process."""

import pytest

from tests.audits.indicators.making import award, bid, compute, flags, release

DEADLINE = {"tenderPeriod": {"endDate": "2024-01-10T00:00:00Z"}}
LATE = "2024-01-11T00:00:00Z"


def test_identical_prices_of_different_tenderers_are_flagged():
    made = release("x", [bid("A", 10), bid("B", 10.0), bid("C", 11), bid("A", 10)])
    found = compute(made, settings="[R028]", maps=True)
    assert flags(found, "R028") == {"OCID": {"x": 1.0}, "Tenderer": {"A": 1.0, "B": 1.0}}
    assert sorted(found["Maps"]["ocid_tenderer_r028"]["x"]) == ["A", "B"]


@pytest.mark.parametrize(
    "other",
    [
        bid("A", 10),
        bid("B", 10, "invited"),
        bid("B", 10, "withdrawn"),
        bid("B", 10, None),
        bid("B", 10, currency="PEN"),
        bid([], 10),
        bid(None, 10),
        bid("B"),
        {"status": "valid", "tenderers": [{"id": "B"}], "value": {"amount": 10}},
    ],
)
def test_not_every_equal_number_is_an_identical_price(other):
    assert flags(compute(release("x", [bid("A", 10), other])), "R028") == {}


@pytest.mark.parametrize("status", ["pending", "disqualified", "anything"])
def test_a_submitted_bid_has_any_other_status(status):
    assert flags(compute(release("x", [bid("A", 10), bid("B", 10, status)])), "R028")["OCID"] == {"x": 1.0}


def test_in_the_cardinal_profile_overlapping_consortia_are_different_tenderers():
    found = compute(release("x", [bid(["A", "B"], 10), bid(["B"], 10)]))
    assert flags(found, "R028")["Tenderer"].keys() == {"A", "B"}
    assert flags(compute(release("x", [bid(["A", "B"], 10), bid(["B", "A"], 10)])), "R028") == {}


def test_a_late_bid_that_won_flags_the_winners():
    bids = [bid(["W", "L"], date=LATE), bid("O", date=LATE)]
    made = release("x", bids, [award(["W", "S"]), award("Z", "pending")], tender=DEADLINE)
    found = compute(made, settings="[R030]", maps=True)
    assert flags(found, "R030") == {"OCID": {"x": 1.0}, "Tenderer": {"W": 1.0}}
    assert found["Maps"]["ocid_tenderer_r030"] == {"x": ["W"]}


@pytest.mark.parametrize(
    ("other", "status"),
    [
        (bid("W", date="2024-01-10T00:00:00Z"), "active"),
        (bid("W", date=LATE, status="disqualified"), "active"),
        (bid("W", date=LATE), "pending"),
        (bid("W", date=LATE), None),
        (bid("W"), "active"),
        (bid("O", date=LATE), "active"),
    ],
)
def test_not_every_late_bid_won_late(other, status):
    assert flags(compute(release("x", [other], [award("W", status)], tender=DEADLINE)), "R030") == {}


def test_the_cardinal_profile_compares_dates_as_text():
    made = release("x", [bid("W", date="2024-01-09T20:00:00-05:00")], [award("W")], tender=DEADLINE)
    assert flags(compute(made), "R030") == {}
    made = release("x", [bid("W", date="yesterday")], [award("W")], tender=DEADLINE)
    assert flags(compute(made), "R030")["OCID"] == {"x": 1.0}


def test_all_others_disqualified_flags_the_winner():
    bids = [
        bid("W"),
        bid("W", status="disqualified"),
        bid(["A", "B"], status="disqualified"),
        bid("P", status="pending"),
    ]
    found = compute(release("x", bids, [award("W"), award("W")]), settings="[R035]", maps=True)
    assert flags(found, "R035") == {"OCID": {"x": 2.0}, "Tenderer": {"W": 0.0}}
    assert found["Maps"]["ocid_tenderer_r035"] == {"x": ["W"]}


@pytest.mark.parametrize(
    ("bids", "awards"),
    [
        ([bid("W"), bid("A")], [award("W")]),
        ([bid("W"), bid("V"), bid("A", status="disqualified")], [award("W")]),
        ([bid("W"), bid("A", status="disqualified")], [award("V")]),
        ([bid("W"), bid("A", status="disqualified")], [award(["W", "V"])]),
        ([bid("W"), bid("A", status="disqualified")], [award("W"), award("W", "pending")]),
        ([bid("W"), bid("A", status="disqualified")], []),
        ([bid(["W", "V"]), bid("A", status="disqualified")], [award(["W", "V"])]),
        ([bid("A", status="disqualified")], [award("A")]),
    ],
)
def test_other_outcomes_are_not_all_others_disqualified(bids, awards):
    assert flags(compute(release("x", bids, awards)), "R035") == {}


def test_an_award_without_a_status_does_not_hinder():
    made = release("x", [bid("W"), bid("A", status="disqualified")], [award("W"), award("V", None)])
    assert flags(compute(made), "R035")["OCID"] == {"x": 1.0}


@pytest.mark.parametrize(("threshold", "flagged"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_number_of_others_must_be_disqualified(threshold, flagged):
    made = release("x", [bid("W"), bid(["A", "B"], status="disqualified")], [award("W")])
    nobody = release("y", [bid("W")], [award("W")])
    found = flags(compute(made, nobody, settings=f"[R035]\nthreshold = {threshold}"), "R035")
    assert found.get("OCID", {}) == ({"x": 2.0} if flagged else {})


def test_the_lowest_bid_was_disqualified():
    made = release("x", [bid("W", 10), bid("D", 9, "disqualified"), bid("P", 12, "pending")], [award("W")])
    assert flags(compute(made), "R036") == {"OCID": {"x": 1.0}}


@pytest.mark.parametrize(
    ("bids", "awards"),
    [
        ([bid("W", 9), bid("D", 10, "disqualified")], [award("W")]),
        ([bid("W", 10), bid("D", 10, "disqualified")], [award("W")]),
        ([bid("W"), bid("D", 9, "disqualified")], [award("W")]),
        ([bid("W", 10), bid("D", 9, "disqualified")], [award("W", "pending")]),
        ([bid("W", 10), bid("D", 9, "disqualified")], []),
        ([bid("W", 10), bid("D", 9, "disqualified"), bid("P", 8, "pending")], [award("W")]),
        ([bid("W", 10), bid("D", 9, "disqualified", "PEN")], [award("W")]),
    ],
)
def test_otherwise_the_lowest_bid_was_not_disqualified(bids, awards):
    assert flags(compute(release("x", bids, awards)), "R036") == {}


def test_of_equally_low_bids_the_first_decides():
    tied = [bid("D", 10, "disqualified"), bid("W", 10)]
    assert flags(compute(release("x", tied, [award("W")])), "R036")["OCID"] == {"x": 1.0}


def test_the_cardinal_profile_does_not_read_the_award_criteria():
    made = release(
        "x", [bid("W", 10), bid("D", 9, "disqualified")], [award("W")], tender={"awardCriteria": "qualityOnly"}
    )
    assert flags(compute(made), "R036")["OCID"] == {"x": 1.0}
