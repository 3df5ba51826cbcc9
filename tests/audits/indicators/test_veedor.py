"""Each defect of Cardinal 0.0.8 that the veedor profile fixes, beside the result of the cardinal profile."""

import pytest

from audits.indicators.profiles import MINIMUM_SAMPLE
from tests.audits.indicators.making import award, bid, compute, duel, flags, release

DEADLINE = {"tenderPeriod": {"startDate": "2024-01-01T00:00:00Z", "endDate": "2024-03-10T00:00:00Z"}}


def both(*releases: object, code: str, settings: str | None = None) -> tuple[dict, dict]:
    """What the cardinal and the veedor profile flag."""
    cardinal, veedor = (compute(*releases, settings=settings, profile=name) for name in ("cardinal", "veedor"))
    return flags(cardinal, code), flags(veedor, code)


def test_a_bid_one_hour_late_in_another_zone_is_late():
    made = release("x", [bid("W", date="2024-03-09T20:00:00-05:00")], [award("W")], tender=DEADLINE)
    assert both(made, code="R030") == ({}, {"OCID": {"x": 1.0}, "Tenderer": {"W": 1.0}})


def test_a_bid_in_time_with_a_later_text_is_not_late():
    made = release("x", [bid("W", date="2024-03-10T01:00:00+05:00")], [award("W")], tender=DEADLINE)
    cardinal, veedor = both(made, code="R030")
    assert cardinal["OCID"] == {"x": 1.0}
    assert veedor == {}


@pytest.mark.parametrize(
    ("sent", "late"), [("2024-03-10", False), ("2024-03-10T22:00:00-05:00", False), ("2024-03-11", True)]
)
def test_a_deadline_without_a_time_lasts_all_day(sent, late):
    tender = {"tenderPeriod": {"endDate": "2024-03-10"}}
    made = release("x", [bid("W", date=sent)], [award("W")], tender=tender)
    found = compute(made, profile="veedor")
    assert bool(flags(found, "R030")) is late
    assert found["Meta"]["R030"] == {"dates_without_offset": 1}


def test_what_is_not_a_date_is_not_late():
    made = release("x", [bid("W", date="yesterday")], [award("W")], tender=DEADLINE)
    assert both(made, code="R030")[1] == {}


def test_dates_without_an_offset_are_taken_as_utc_and_counted():
    period = {"startDate": "2024-01-01T00:00:00", "endDate": "2024-01-10"}
    made = release("x", tender={"tenderPeriod": period})
    assert both(made, code="R003") == ({}, {"OCID": {"x": 1.0}})
    assert compute(made, profile="veedor")["Meta"]["R003"] == {"dates_without_offset": 1}


def test_a_period_that_ends_before_it_starts_is_counted_and_not_short():
    period = {"startDate": "2024-01-10T00:00:00Z", "endDate": "2024-01-09T23:59:59Z"}
    made = release("x", tender={"tenderPeriod": period})
    assert both(made, code="R003") == ({"OCID": {"x": 1.0}}, {})
    assert compute(made, profile="veedor")["Meta"]["R003"] == {"negative_periods": 1}


def test_a_period_of_no_length_is_counted_and_not_short():
    period = {"startDate": "2024-01-10T00:00:00Z", "endDate": "2024-01-10T00:00:00Z"}
    made = release("x", tender={"tenderPeriod": period})
    assert both(made, code="R003") == ({"OCID": {"x": 1.0}}, {})
    assert compute(made, profile="veedor")["Meta"]["R003"] == {"periods_without_length": 1}


def test_the_hours_of_a_session_are_counted_and_not_short():
    period = {"startDate": "2024-01-10T10:00:00Z", "endDate": "2024-01-10T18:00:00Z"}
    made = release("x", tender={"tenderPeriod": period})
    assert both(made, code="R003") == ({"OCID": {"x": 1.0}}, {})
    assert compute(made, profile="veedor")["Meta"]["R003"] == {"periods_of_a_session": 1}


@pytest.mark.parametrize(
    ("method", "short"), [("open", True), ("selective", True), (None, True), ("direct", False), ("Licitaţie", False)]
)
def test_short_periods_matter_where_others_could_have_bid(method, short):
    period = {"startDate": "2024-01-10T00:00:00Z", "endDate": "2024-01-11T00:00:00Z"}
    made = release("x", tender={"tenderPeriod": period, "procurementMethod": method})
    assert [bool(found) for found in both(made, code="R003")] == [True, short]


@pytest.mark.parametrize(
    ("enquiries", "short"), [("2024-01-01T00:00:00Z", False), ("2024-01-10T00:00:00Z", True), ("soon", True)]
)
def test_the_time_to_bid_begins_with_the_enquiries(enquiries, short):
    period = {"startDate": "2024-01-08T00:00:00Z", "endDate": "2024-01-17T00:00:00Z"}
    made = release("x", tender={"tenderPeriod": period, "enquiryPeriod": {"startDate": enquiries}})
    assert [bool(found) for found in both(made, code="R003")] == [True, short]


def test_buyers_are_held_to_their_processes_not_to_their_bids():
    def made(ocid: str) -> dict:
        bids = [bid("T", status="disqualified"), bid("U")]
        return release(ocid, bids, buyer={"id": "B"}, tender={"procuringEntity": {"id": "P"}})

    settings = "[R038]\nthreshold = 0.5\nminimum_submitted_bids = 99"
    cardinal, veedor = both(made("x"), code="R038", settings=settings)
    assert cardinal == {"Buyer": {"B": 0.5}, "ProcuringEntity": {"P": 0.5}}
    assert veedor == {}
    assert both(made("x"), made("y"), code="R038", settings=settings)[1] == cardinal


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_equal_gaps_give_no_verdict(code):
    made = [duel(f"{number}", 100 * number, 110 * number) for number in range(1, 31)]
    cardinal, veedor = both(*made, code=code)
    assert len(cardinal["OCID"]) > 0
    assert veedor == {}


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_a_threshold_needs_no_spread(code):
    made = duel("x", 100, 110)
    cardinal, veedor = both(made, code=code, settings=f"[{code}]\nthreshold = 0.1")
    assert cardinal == veedor
    assert veedor["OCID"] == {"x": 0.1}


@pytest.mark.parametrize("size", [1, 5, MINIMUM_SAMPLE - 1, MINIMUM_SAMPLE])
def test_small_populations_give_no_verdict(size):
    usual = [duel(f"{number}", 100, 110 + number) for number in range(size - 1)]
    found = compute(*usual, duel("deep", 100, 900), profile="veedor")
    assert (flags(found, "R058").get("OCID") == {"deep": 8.0}) is (size >= MINIMUM_SAMPLE)
    assert found["Meta"]["R058"]["n"] == size


def test_three_suppliers_of_one_category_are_not_heterogeneous():
    made = [
        release(f"{supplier}{number}", [], [award(supplier, items=[{"classification": {"id": "43"}}])])
        for supplier in "ABC"
        for number in range(20)
    ]
    cardinal, veedor = both(*made, code="R048")
    assert cardinal == {"Tenderer": {"A": 1.0, "B": 1.0, "C": 1.0}}
    assert veedor == {}


def test_categories_of_different_schemes_are_not_added_up():
    schemes = [("UNSPSC", "43"), ("UNSPSC", "44"), ("CPV", "32"), ("CPV", "48"), ("CPV", "64")]
    items = [{"classification": {"scheme": scheme, "id": id_}} for scheme, id_ in schemes]
    settings = "[R048]\nthreshold = 1\nminimum_contracting_processes = 1"
    cardinal, veedor = both(release("x", [], [award("S", items=items)]), code="R048", settings=settings)
    assert cardinal == {"Tenderer": {"S": 5.0}}
    assert veedor == {"Tenderer": {"S": 3.0}}


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_of_zero_or_less_is_missing(amount):
    settings = "[R028]\n[R036]\n[R058]\nthreshold = 0.000001"
    free = duel("free", amount, 10)
    assert both(free, code="R058", settings=settings)[1] == {}
    same = duel("same", amount, amount)
    assert both(same, code="R028", settings=settings)[1] == {}
    lowest = release("low", [bid("W", 10), bid("D", amount, "disqualified")], [award("W")])
    cardinal, veedor = both(lowest, code="R036", settings=settings)
    assert cardinal == {"OCID": {"low": 1.0}}
    assert veedor == {}


def test_currencies_are_kept_apart_and_all_are_seen():
    def made(ocid: str, currency: str) -> dict:
        bids = [bid("W", 10, currency=currency), bid("D", 9, "disqualified", currency)]
        return release(ocid, bids, [award("W")])

    usd, pen = made("usd", "USD"), made("pen", "PEN")
    for order in ([usd, pen], [pen, usd]):
        cardinal, veedor = both(*order, code="R036")
        assert cardinal == {"OCID": {order[0]["ocid"]: 1.0}}
        assert veedor == {"OCID": {"usd": 1.0, "pen": 1.0}}


def test_prices_in_different_currencies_are_not_compared():
    mixed = release("x", [bid("W", 10, currency="PEN"), bid("D", 9, "disqualified", "USD")], [award("W")])
    assert both(mixed, code="R036")[1] == {}
    mixed = release("x", [bid("W", 100, currency="PEN"), bid("L", 900, currency="USD")], [award("W")])
    assert both(mixed, code="R058", settings="[R058]\nthreshold = 0.1")[1] == {}


def test_who_is_cheaper_is_not_asked_where_a_bid_is_in_another_currency():
    bids = [bid("W", 10, currency="PEN"), bid("D", 9, "disqualified", "PEN"), bid("L", 15, currency="PEN")]
    single = release("x", bids, [award("W")])
    mixed = release("x", [*bids, bid("M", 2, currency="USD")], [award("W")])
    settings = "[R058]\nthreshold = 0.1"
    assert both(single, code="R036")[1]["OCID"] == {"x": 1.0}
    assert both(mixed, code="R036")[1] == {}
    assert both(single, code="R058", settings=settings)[1]["OCID"] == {"x": 0.5}
    assert both(mixed, code="R058", settings=settings)[1] == {}
    # Cardinal takes the first currency that it sees for the main one, and leaves the others out.
    assert both(mixed, code="R036")[0]["OCID"] == {"x": 1.0}


@pytest.mark.parametrize(("dearest", "judged"), [(90, True), (90.01, False)])
def test_prices_more_than_tenfold_apart_are_not_those_of_one_thing(dearest, judged):
    made = release("x", [bid("W", 10), bid("D", 9, "disqualified"), bid("L", dearest)], [award("W")])
    cardinal, veedor = both(made, code="R036")
    assert cardinal["OCID"] == {"x": 1.0}
    assert bool(veedor) is judged


def test_the_cheapest_bid_is_unknown_if_a_bidder_has_a_valid_and_a_disqualified_bid():
    bids = [bid("W", 10), bid("D", 9, "disqualified"), bid("L", 11)]
    once = release("x", bids, [award("W")])
    twice = release("x", [*bids, bid("L", 12, "disqualified")], [award("W")])
    assert both(once, code="R036")[1]["OCID"] == {"x": 1.0}
    assert both(twice, code="R036") == ({"OCID": {"x": 1.0}}, {})


def test_a_currency_that_is_set_is_the_only_one():
    made = release("x", [bid("W", 10, currency="PEN"), bid("D", 9, "disqualified", "PEN")], [award("W")])
    assert both(made, code="R036", settings="currency = USD\n[R036]") == ({}, {})


@pytest.mark.parametrize(
    ("criteria", "judged"),
    [(None, True), ("priceOnly", True), ("lowestCost", True), ("ratedCriteria", False), ("qualityOnly", False)],
)
@pytest.mark.parametrize("code", ["R024", "R036", "R058"])
def test_rules_for_the_lowest_price_need_the_lowest_price_to_win(code, criteria, judged):
    bids = [bid("W", 10), bid("D", 9, "disqualified"), bid("L", 11)]
    made = release("x", bids, [award("W")], tender={"awardCriteria": criteria})
    settings = f"[{code}]" + ("" if code == "R036" else "\nthreshold = 0.1")
    cardinal, veedor = both(made, code=code, settings=settings)
    assert cardinal["OCID"].keys() == {"x"}
    assert (veedor == cardinal) is judged
    assert judged or veedor == {}


def test_identical_prices_do_not_depend_on_the_award_criteria():
    made = release("x", [bid("A", 9), bid("B", 9)], tender={"awardCriteria": "ratedCriteria"})
    assert both(made, code="R028")[1]["OCID"] == {"x": 1.0}


LOTS = {"lots": [{"id": "1"}, {"id": "2"}]}


def test_bids_compete_within_their_lots():
    bids = [
        bid("W", 100, relatedLots=["1"]),
        bid("L", 110, relatedLots=["1"]),
        bid("V", 10, relatedLots=["2"]),
        bid("M", 100, relatedLots=["2"]),
    ]
    made = release("x", bids, [award("W", relatedLots=["1"]), award("V", relatedLots=["2"])], tender=LOTS)
    settings = "[R024]\nthreshold = 0.1\n[R028]\n[R058]\nthreshold = 0.5"
    assert both(made, code="R028", settings=settings) == ({"OCID": {"x": 1.0}, "Tenderer": {"W": 1.0, "M": 1.0}}, {})
    assert both(made, code="R024", settings=settings) == ({}, {"OCID": {"x": 0.1}, "Tenderer": {"W": 0.0, "L": 0.0}})
    assert both(made, code="R058", settings=settings) == ({}, {"OCID": {"x": 9.0}, "Tenderer": {"V": 0.0}})


def test_a_lot_with_a_pending_award_does_not_hinder_the_others():
    bids = [
        bid("W", relatedLots=["1"]),
        bid("D", status="disqualified", relatedLots=["1"]),
        bid("V", relatedLots=["2"]),
    ]
    awards = [award("W", relatedLots=["1"]), award("V", "pending", relatedLots=["2"])]
    assert both(release("x", bids, awards, tender=LOTS), code="R035") == (
        {},
        {"OCID": {"x": 1.0}, "Tenderer": {"W": 0.0}},
    )


def test_the_lot_of_an_award_may_stand_in_its_items():
    bids = [bid("W", 10, relatedLots=["1"]), bid("D", 9, "disqualified", relatedLots=["1"])]
    items = [{"relatedLot": "1"}]
    assert both(release("x", bids, [award("W", items=items)]), code="R036")[1] == {"OCID": {"x": 1.0}}
    items = [{"relatedLot": "2"}]
    assert both(release("x", bids, [award("W", items=items)]), code="R036")[1] == {}


@pytest.mark.parametrize("lots", [[{"id": "1"}], [], None])
def test_a_lot_without_others_need_not_be_named_by_all(lots):
    bids = [bid("W", 10, relatedLots=["1"]), bid("D", 9, "disqualified")]
    made = release("x", bids, [award("W")], tender={"lots": lots})
    assert both(made, code="R036")[1] == {"OCID": {"x": 1.0}}


def test_awards_of_two_lots_tell_that_there_are_lots():
    bids = [bid("W", 10), bid("D", 9, "disqualified")]
    awards = [award("W", relatedLots=["1"]), award("V", relatedLots=["2"])]
    assert both(release("x", bids, awards), code="R036") == ({"OCID": {"x": 1.0}}, {})


def test_a_bid_for_two_lots_does_not_compete_with_one_for_one():
    bids = [bid("W", 10, relatedLots=["1", "2"]), bid("D", 9, "disqualified", relatedLots=["1"])]
    awards = [award("W", relatedLots=["1", "2"])]
    assert both(release("x", bids, awards, tender=LOTS), code="R036") == ({"OCID": {"x": 1.0}}, {})


def test_where_there_are_lots_bids_that_name_none_are_not_compared():
    made = release("x", [bid("A", 9), bid("B", 9)], tender=LOTS)
    assert both(made, code="R028")[0]["OCID"] == {"x": 1.0}
    assert both(made, code="R028")[1] == {}


def test_a_tenderer_counts_once_for_all_lots_of_a_process():
    bids = [
        bid("W", relatedLots=["1"]),
        bid("L", relatedLots=["1"]),
        bid("L", relatedLots=["2"]),
        bid("W", relatedLots=["2"]),
    ]
    awards = [award("W", relatedLots=["1"]), award("L", relatedLots=["2"])]
    made = release("x", bids, awards, tender=LOTS)
    veedor = both(made, code="R025", settings="[R025]\nthreshold = 1\npercentile = 0")[1]
    assert veedor == {"Tenderer": {"W": 1.0, "L": 1.0}}


def test_consortia_that_share_a_member_are_no_rivals():
    assert both(release("x", [bid(["A", "B"], 9), bid("B", 9)]), code="R028")[1] == {}
    found = both(release("x", [bid(["A", "B"], 9), bid(["B", "C"], 9), bid("D", 9)]), code="R028")[1]
    assert found["Tenderer"].keys() == {"A", "B", "C", "D"}


def test_a_consortium_wins_as_a_whole():
    bids = [bid(["B", "A"], 100), bid(["L", "A"], 150)]
    made = release("x", bids, [award(["A", "B"])])
    settings = "[R024]\nthreshold = 1\n[R058]\nthreshold = 0.1\n[R025]\nthreshold = 0.5\npercentile = 0"
    assert both(made, code="R058", settings=settings) == ({}, {"OCID": {"x": 0.5}, "Tenderer": {"A": 0.0, "B": 0.0}})
    assert both(made, code="R024", settings=settings)[1]["Tenderer"].keys() == {"A", "B", "L"}
    assert both(made, code="R025", settings=settings)[1] == {"Tenderer": {"L": 0.0}}


def test_a_member_without_an_id_makes_a_consortium_unknown():
    made = release("x", [bid(["A", None], 100), bid("L", 150)], [award(["A", None])])
    assert both(made, code="R058", settings="[R058]\nthreshold = 0.1")[1] == {}


def test_all_others_disqualified_may_leave_a_consortium():
    bids = [bid(["A", "B"]), bid("L", status="disqualified")]
    cardinal, veedor = both(release("x", bids, [award(["B", "A"])]), code="R035")
    assert cardinal == {}
    assert veedor == {"OCID": {"x": 1.0}, "Tenderer": {"A": 0.0, "B": 0.0}}
    two = [bid("A"), bid("B"), bid("L", status="disqualified")]
    assert both(release("x", two, [award(["A", "B"])]), code="R035")[1] == {}
