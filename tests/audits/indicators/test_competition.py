"""Rules read competition as ``manage.py indicators`` does, whatever bids and awards say of their lots."""

import itertools
import json

import pytest

from audits.indicators.competition import closest_prices, compete, party_of, prices_compare
from audits.judging.dossiers.building import build_dossier
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import RuleSet
from audits.matching.reference.data import Reference
from audits.rules import RULES
from contracts.ocds.parsing.objects import Award, Bid
from contracts.ocds.parsing.objects import OrganizationReference as Party
from tests.audits.indicators.making import award, bid, compute, flags, release

CODES = ("R028", "R030", "R035", "R036")


def judged(made):
    """Return the codes of the rules that flag a release, under their own parameters."""
    rules = RuleSet([RULES[code] for code in CODES])
    outcomes = rules.judge(build_dossier(json.loads(json.dumps(made)), reference=Reference(terms=[], entries=[])))
    return {outcome.code for outcome in outcomes if outcome.kind is OutcomeKind.FLAGGED}


def indicated(made):
    """Return the codes of the indicators that flag a release under the ``veedor`` profile."""
    printed = compute(made, profile="veedor")
    return {code for code in CODES if "x" in flags(printed, code).get("OCID", {})}


def test_one_lot_and_a_bid_that_does_not_name_it():
    made = release(
        "x",
        [bid("A", 80, "disqualified", relatedLots=["1"]), bid("B", 100, relatedLots=["1"]), bid("C", 110)],
        [award("C", relatedLots=["1"])],
        tender={"lots": [{"id": "1"}]},
    )
    without = release("x", [bid("A", 80, "disqualified"), bid("B", 100, relatedLots=["1"])], [award("B")])

    assert indicated(made) == judged(made) == {"R036"}
    assert indicated(without) == judged(without) == {"R035", "R036"}


def test_rules_and_indicators_agree_on_any_mixture_of_lots():
    named = (None, ["1"], ["2"], ["1", "2"])
    found = set()
    for first, second, awarded, lots in itertools.product(named, named, named, (0, 1, 2)):
        fields = [{} if lot is None else {"relatedLots": lot} for lot in (first, second, awarded)]
        made = release(
            "x",
            [bid("A", 80, "disqualified", **fields[0]), bid("B", 100, **fields[1]), bid("C", 100, **fields[1])],
            [award("B", **fields[2])],
            tender={"lots": [{"id": str(number)} for number in range(1, lots + 1)]},
        )
        assert indicated(made) == judged(made), made
        found |= judged(made)
    assert found == {"R028", "R036"}


def test_a_tenderer_with_an_empty_id_is_not_a_party():
    made = release("x", [bid("", 100), bid("B", 110)], [award("")])

    assert indicated(made) == judged(made)
    assert compute(made, profile="veedor").get("Meta", {}).get("R024", {}).get("n", 0) == 0
    assert party_of([Party(path="", id="")]) is None


def test_bids_for_the_same_lots_compete():
    bids = [Bid(path=str(place), related_lots=lots) for place, lots in enumerate([("1", "2"), ("2", "1"), ("1",), ()])]
    awards = [Award(path="", related_lots=("2",))]

    groups = compete(bids, awards, lots=2)

    assert [([each.path for each in group], len(made)) for group, made in groups] == [(["0", "1"], 1), (["2"], 0)]


@pytest.mark.parametrize(
    ("bids", "found"),
    [
        ([("B", 3.0), ("A", 2.0), ("A", 1.0), ("C", 3.0)], (2, 0)),
        ([("A", 2.0), ("B", 1.0)], None),
        ([("A", 2.0)], None),
        ([("B", 2.0)], None),
        ([("A", 0.0), ("B", 0.0)], (0, 1)),
    ],
)
def test_the_closest_prices(bids, found):
    assert closest_prices(("A",), [((party,), amount) for party, amount in bids]) == found


@pytest.mark.parametrize(
    ("details", "only", "but", "expected"),
    [
        (None, (), (), True),
        (None, ("a",), (), False),
        ("a", ("a",), ("a",), True),
        ("b", ("a",), (), False),
        ("a", (), ("a",), False),
        (None, (), ("a",), True),
    ],
)
def test_where_prices_are_compared(details, only, but, expected):
    assert prices_compare(details, only, but) is expected
