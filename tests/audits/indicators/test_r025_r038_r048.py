"""Indicators about organizations."""

import pytest

from tests.audits.indicators.making import award, bid, compute, duel, flags, release


def test_a_tenderer_that_bids_often_and_wins_rarely_is_flagged():
    made = [duel(f"l{number}", 100, 110, winner=f"W{number}", loser="F") for number in range(9)]
    made.append(duel("won", 100, 110, winner="F", loser="W0"))
    found = compute(*made, settings="[R025]\nthreshold = 0.1")
    assert flags(found, "R025") == {"Tenderer": {"F": 0.1}}
    assert found["Meta"] == {"R025": {"upper_fence": 1.0833, "lower_fence": 0.1}}


def test_a_tenderer_counts_once_in_a_process():
    made = release("x", [bid("W", 1), bid("L", 2), bid("L", 3), bid("L", 4)], [award("W")])
    found = compute(made, duel("y", 1, 2, winner="L", loser="V"), settings="[R025]\nthreshold = 0.5\npercentile = 100")
    assert flags(found, "R025") == {"Tenderer": {"L": 0.5}}


def test_only_valid_bids_of_one_tenderer_count():
    bids = [
        bid("W"),
        bid("D", status="disqualified"),
        bid("P", status="pending"),
        bid(["A", "B"]),
        bid("N", status=None),
    ]
    found = compute(release("x", bids, [award("W")]), settings="[R025]\nthreshold = 1\npercentile = 0")
    assert flags(found, "R025") == {"Tenderer": {"W": 1.0}}


@pytest.mark.parametrize(("percentile", "flagged"), [(0, {"A", "B"}), (75, {"A", "B"}), (100, {"A"}), (101, set())])
def test_the_percentile_says_who_bids_often(percentile, flagged):
    made = [duel(f"o{number}", 1, 2, winner=f"W{number}", loser="A") for number in range(4)]
    made.append(duel("b", 1, 2, winner="W4", loser="B"))
    found = compute(*made, settings=f"[R025]\nthreshold = 0.5\npercentile = {percentile}")
    assert flags(found, "R025").get("Tenderer", {}).keys() == flagged
    assert (found["Meta"]["R025"]["upper_fence"] is None) is (percentile > 100)


def test_the_fence_of_the_win_ratios_decides_without_a_threshold():
    made = []
    for tenderer in range(12):  # each wins 8 or 9 of 10
        for number in range(10):
            winner = f"T{tenderer}" if number < 8 + tenderer % 2 else "W"
            made.append(release(f"{tenderer}-{number}", [bid(f"T{tenderer}"), bid(winner)], [award(winner)]))
    made += [release(f"f{number}", [bid("F"), bid("W")], [award("W")]) for number in range(9)]
    made.append(release("f9", [bid("F"), bid("W")], [award("F")]))
    found = compute(*made, settings="[R025]\npercentile = 50")
    assert flags(found, "R025") == {"Tenderer": {"F": 0.1}}
    assert found["Meta"]["R025"].keys() == {"q1", "q3", "upper_fence", "lower_fence"}


def test_no_verdict_if_most_tenderers_never_win():
    made = [duel(f"{number}", 1, 2, winner="W", loser=f"L{number}") for number in range(9)]
    found = compute(*made, settings="[R025]")
    assert flags(found, "R025") == {}
    assert found["Meta"]["R025"]["q1"] == 0.0


def judged(ocid: str, statuses: str, buyer: str = "B", tenderers: str = "TU", entity: str | None = None) -> dict:
    """A process with a bid for each letter: v valid, d disqualified, p pending, i invited, w withdrawn."""
    words = {"v": "valid", "d": "disqualified", "p": "pending", "i": "invited", "w": "withdrawn"}
    bids = [
        bid(tenderers[position % len(tenderers)], status=words[letter]) for position, letter in enumerate(statuses)
    ]
    return release(ocid, bids, buyer={"id": buyer}, tender={"procuringEntity": {"id": entity or buyer}})


def test_disqualified_bids_are_a_ratio_of_submitted_bids():
    found = compute(judged("x", "ddvpiw"), settings="[R038]\nthreshold = 0.5", maps=True)
    assert flags(found, "R038") == {
        "Buyer": {"B": 0.5},
        "ProcuringEntity": {"B": 0.5},
        "Tenderer": {"T": 0.5, "U": 0.5},
    }
    assert found["Meta"]["R038"] == {
        "Buyer_upper_fence": 0.5,
        "ProcuringEntity_upper_fence": 0.5,
        "Tenderer_upper_fence": 0.5,
    }
    assert found["Maps"]["ocid_buyer_r038"] == {"x": "B"}
    assert found["Maps"]["ocid_procuringentity_r038"] == {"x": "B"}
    assert found["Maps"]["ocid_tenderer"] == {"x": ["T", "U"]}


def test_a_process_without_disqualified_bids_is_not_mapped():
    found = compute(judged("x", "vv"), settings="[R038]", maps=True)
    assert found["Maps"]["ocid_buyer_r038"] == {}
    assert found["Maps"]["ocid_tenderer"] == {"x": ["T", "U"]}


def test_the_cardinal_profile_holds_buyers_to_their_bids():
    settings = "[R038]\nthreshold = 0.5\nminimum_contracting_processes = 2"
    assert flags(compute(judged("x", "dv"), settings=settings), "R038")["Buyer"] == {"B": 0.5}
    assert "Buyer" not in flags(compute(judged("x", "d"), settings=settings), "R038")


def test_tenderers_need_a_number_of_submitted_bids():
    made = [judged("x", "dd"), judged("y", "d", tenderers="T")]
    settings = "[R038]\nthreshold = 1\nminimum_submitted_bids = "
    assert flags(compute(*made, settings=settings + "2"), "R038")["Tenderer"].keys() == {"T"}
    assert flags(compute(*made, settings=settings + "1"), "R038")["Tenderer"].keys() == {"T", "U"}


def test_groups_without_an_organization_have_no_meta():
    assert compute(release("x", [bid([], status="valid")]), settings="[R038]")["Meta"] == {}


def test_the_upper_fence_of_a_group_decides_without_a_threshold():
    made = [judged(f"{number}", "v" * 9 + "d", buyer=f"B{number}", tenderers="TUVWXYZSRQ") for number in range(8)]
    made += [judged("a", "vvvvvvvvdd", buyer="A"), judged("c", "ddddddddddd", buyer="C")]
    found = compute(*made, settings="[R038]")
    assert flags(found, "R038")["Buyer"] == {"A": 0.2, "C": 1.0}
    assert found["Meta"]["R038"].keys() == {
        f"{group}_{name}" for group in ("Buyer", "ProcuringEntity", "Tenderer") for name in ("q1", "q3", "upper_fence")
    }


def test_no_verdict_if_nobody_disqualifies():
    found = compute(judged("x", "vvvv"), settings="[R038]")
    assert flags(found, "R038") == {}
    assert found["Meta"]["R038"]["Buyer_upper_fence"] == 0.0


def supplied(ocid: str, supplier: str, *ids: str, **fields: object) -> dict:
    items = [{"classification": {"scheme": "UNSPSC", "id": id_}} for id_ in ids]
    return release(ocid, [], [award(supplier, items=items, **fields)])


def test_categories_are_the_distinct_first_digits():
    made = [supplied("a", "S", "431122", "4399", "10"), supplied("b", "S", "4300", "áé1"), supplied("c", "R", "43")]
    settings = "[R048]\nthreshold = {}\nminimum_contracting_processes = 1\n"
    assert flags(compute(*made, settings=settings.format(3)), "R048") == {"Tenderer": {"S": 3.0}}
    assert flags(compute(*made, settings=settings.format(4)), "R048") == {}
    assert flags(compute(*made, settings=settings.format(0)), "R048") == {"Tenderer": {"S": 3.0, "R": 1.0}}
    assert flags(compute(*made, settings=settings.format(1) + "digits = 4"), "R048")["Tenderer"]["S"] == 5.0
    assert flags(compute(*made, settings=settings.format(1) + "digits = 0"), "R048")["Tenderer"]["S"] == 1.0


def test_suppliers_below_the_minimum_are_never_flagged():
    made = [supplied(f"{number}", "S", f"{number}0") for number in range(10, 29)]
    assert flags(compute(*made, settings="[R048]\nthreshold = 1"), "R048") == {}
    made.append(supplied("29", "S", "290"))
    assert flags(compute(*made, settings="[R048]\nthreshold = 1"), "R048") == {"Tenderer": {"S": 20.0}}


def test_a_process_counts_once_for_a_supplier():
    twice = release("x", [], [award("S", items=[{"classification": {"id": "10"}}])] * 2)
    settings = "[R048]\nthreshold = 0\nminimum_contracting_processes = 2"
    assert flags(compute(twice, settings=settings), "R048") == {}


@pytest.mark.parametrize(
    "other",
    [
        award("S", "pending", items=[{"classification": {"id": "10"}}]),
        award(["S", "R"], items=[{"classification": {"id": "10"}}]),
        award("S", items=[{"classification": {"id": 10}}, {"description": "x"}]),
        award("S", items=[]),
        award("S"),
    ],
)
def test_only_classified_items_of_active_awards_to_one_supplier_count(other):
    found = compute(release("x", [], [other]), settings="[R048]\nthreshold = 0\nminimum_contracting_processes = 1")
    assert flags(found, "R048") == {}


def test_an_empty_sample_of_suppliers_has_empty_quartiles():
    assert compute(settings="[R025]\n[R048]")["Meta"] == {
        "R025": {"q1": None, "q3": None, "upper_fence": None, "lower_fence": None},
        "R048": {"q1": None, "q3": None, "upper_fence": None},
    }
