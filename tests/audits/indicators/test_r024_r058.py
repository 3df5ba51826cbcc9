"""The gap between the winning bid and the next one, and what is concluded from it."""

import pytest

from tests.audits.indicators.making import award, bid, compute, duel, flags, release

FIXED = "[R024]\nthreshold = 0.05\n[R058]\nthreshold = 0.5"


def gap(made: dict, settings: str = "[R058]\nthreshold = 0.000001") -> float | None:
    return flags(compute(made, settings=settings), "R058").get("OCID", {}).get(made["ocid"])


def test_a_close_bid_flags_the_process_winner_and_runner_up():
    found = compute(duel("close", 100, 105), duel("far", 100, 106), settings=FIXED, maps=True)
    assert flags(found, "R024") == {"OCID": {"close": 0.05}, "Tenderer": {"W": 0.0, "L": 0.0}}
    assert found["Maps"]["ocid_tenderer_r024"] == {"close": ["W", "L"]}


def test_a_distant_bid_flags_the_process_and_the_winner():
    found = compute(duel("deep", 100, 150), duel("flat", 100, 149), settings=FIXED, maps=True)
    assert flags(found, "R058") == {"OCID": {"deep": 0.5}, "Tenderer": {"W": 0.0}}
    assert found["Maps"]["ocid_tenderer_r058"] == {"deep": ["W"]}


def test_without_thresholds_the_fences_of_all_gaps_decide():
    usual = [duel(f"u{number}", 100, 110 + number / 10) for number in range(20)]
    found = compute(
        *usual, duel("close", 100, 101, loser="C"), duel("deep", 100, 300, winner="D"), settings="[R024]\n[R058]"
    )
    assert flags(found, "R024") == {"OCID": {"close": 0.01}, "Tenderer": {"W": 0.0, "C": 0.0}}
    assert flags(found, "R058") == {"OCID": {"deep": 2.0}, "Tenderer": {"D": 0.0}}
    assert found["Meta"]["R024"].keys() == {"q1", "q3", "lower_fence"}
    assert found["Meta"]["R058"].keys() == {"q1", "q3", "upper_fence"}


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_a_threshold_of_zero_flags_nothing(code):
    found = compute(duel("equal", 100, 100), settings=f"[{code}]\nthreshold = 0")
    assert flags(found, code) == {}
    assert list(found["Meta"][code].values()) == [0.0]


def test_an_empty_sample_has_empty_quartiles():
    assert compute(settings="[R024]\n[R058]") == {
        "Meta": {
            "R024": {"q1": None, "q3": None, "lower_fence": None},
            "R058": {"q1": None, "q3": None, "upper_fence": None},
        }
    }


def test_the_lowest_bid_of_the_winner_and_of_the_others_count():
    made = release("x", [bid("W", 120), bid("L", 200), bid("W", 100), bid("M", 150), bid("N", 150)], [award("W")])
    found = compute(made, settings="[R024]\nthreshold = 1")
    assert flags(found, "R024") == {"OCID": {"x": 0.5}, "Tenderer": {"W": 0.0, "M": 0.0}}


@pytest.mark.parametrize(
    "awards",
    [
        [],
        [award("W"), award("W")],
        [award(["W", "V"])],
        [award([])],
        [award("W", "cancelled")],
        [award("W"), award("V", "pending")],
        [award("W"), award("V", "unknown")],
        [award("Z")],
    ],
)
def test_there_is_no_gap_without_one_final_award_to_one_bidder(awards):
    assert gap(release("x", [bid("W", 100), bid("L", 150)], awards)) is None


def test_awards_that_came_to_nothing_do_not_hinder():
    awards = [award("V", "cancelled"), award("W"), award("V", "unsuccessful"), award("V", None)]
    assert gap(release("x", [bid("W", 100), bid("L", 150)], awards)) == 0.5


@pytest.mark.parametrize(
    "other",
    [
        bid("L", 150, "disqualified"),
        bid("L", 150, "pending"),
        bid("L", 150, None),
        bid(["L", "M"], 150),
        bid([], 150),
        bid("L"),
        bid("L", "150"),
        bid("L", 99),
        bid("L", 150, "valid", "PEN"),
        {"status": "valid", "tenderers": [{"id": "L"}], "value": {"amount": 150}},
    ],
)
def test_there_is_no_gap_without_a_dearer_valid_bid_of_one_other(other):
    assert gap(release("x", [bid("W", 100), other], [award("W")])) is None


def test_the_main_currency_is_the_setting():
    made = release(
        "x", [bid("W", 1), bid("L", 9), bid("W", 100, currency="PEN"), bid("L", 150, currency="PEN")], [award("W")]
    )
    assert gap(made) == 8.0
    assert gap(made, "currency = PEN\n[R058]\nthreshold = 0.1") == 0.5
    assert gap(made, "currency = EUR\n[R058]\nthreshold = 0.1") is None


def test_without_a_setting_the_main_currency_is_the_first_one_seen():
    found = compute(
        release("none", [bid("W", 9, "pending", "EUR")], [award("W")]),
        release("first", [bid("W", 100, currency="PEN"), bid("L", 150, currency="PEN")], [award("W")]),
        duel("second", 100, 150),
        settings="[R058]\nthreshold = 0.1",
    )
    assert flags(found, "R058")["OCID"] == {"first": 0.5}


def test_r036_shows_the_main_currency_too():
    found = compute(
        release("seen", [bid("W", 9, "pending", "EUR")], [award("W")]),
        duel("other", 100, 150),
        settings="[R058]\nthreshold = 0.1\n[R036]",
    )
    assert flags(found, "R058") == {}


@pytest.mark.parametrize(
    ("lists", "flagged"),
    [
        ("price_comparison_procurement_methods = Auction", {"Auction"}),
        ("no_price_comparison_procurement_methods = Auction", {"Lottery", None}),
        (
            "price_comparison_procurement_methods = Auction\nno_price_comparison_procurement_methods = Auction",
            {"Auction"},
        ),
        ("price_comparison_procurement_methods =", {"Auction", "Lottery", None}),
    ],
)
@pytest.mark.parametrize("code", ["R024", "R028", "R036", "R058"])
def test_price_comparisons_can_be_limited_by_method(code, lists, flagged):
    def made(details: str | None) -> dict:
        bids = {
            "R024": [bid("W", 100), bid("L", 101)],
            "R028": [bid("W", 100), bid("L", 100)],
            "R036": [bid("W", 100), bid("L", 50, "disqualified")],
            "R058": [bid("W", 100), bid("L", 300)],
        }[code]
        return release(str(details), bids, [award("W")], tender={"procurementMethodDetails": details})

    threshold = "threshold = 0.5" if code in {"R024", "R058"} else ""
    found = compute(made("Auction"), made("Lottery"), made(None), settings=f"{lists}\n[{code}]\n{threshold}")
    assert flags(found, code)["OCID"].keys() == {str(details) for details in flagged}


def test_a_winning_bid_of_zero_is_infinitely_far_from_the_next_one():
    found = compute(duel("free", 0, 10), duel("both", 0, 0), settings="[R058]\nthreshold = 0.1")
    assert flags(found, "R058")["OCID"] == {"free": float("inf")}


def test_a_gap_of_zero_from_zero_is_not_a_number():
    found = compute(duel("both", 0, 0), duel("usual", 100, 110), settings="[R024]\n[R058]")
    assert {code: set(shown.values()) for code, shown in found.pop("Meta").items()} == {"R024": {None}, "R058": {None}}
    assert found == {}
