"""Figures that do not change when a buyer buys from other suppliers."""

import pytest

from audits.judging.figures.processes import (
    BuyerShare,
    ProcessFigures,
    SourceCoverage,
    SupplierPurchase,
    SupplierShare,
)
from audits.judging.rule_set import RuleSet
from audits.judging.settled import UNSETTLED, Settled, settled
from audits.rules import RULES

SECTOR = "video_surveillance"
RULE_SET = RuleSet(
    [RULES[code] for code in ("R040", "R052", "T07", "T08")],
    parameters={
        "R040": {"share": 0.5, "processes": 10, "suppliers": 2},
        "T07": {"dominant_share": 0.5, "dominant_processes": 5},
        "T08": {"share": 0.7, "processes": 5, "supplier_processes": 3},
    },
)


def of_buyer(share=0.1, processes=12, suppliers=4, currency="PEN"):
    return BuyerShare("S", share, processes, currency, "", suppliers, 1, 0.1, 900, [])


def of_sector(share=0.1, processes=12, currency="PEN", awards=1, sector=SECTOR):
    return SupplierShare("S", share, processes, currency, "", sector, 0.2, awards, 100)


def figures(*shares, **others):
    return ProcessFigures(
        buyer_shares=[share for share in shares if isinstance(share, BuyerShare)],
        supplier_shares=[share for share in shares if isinstance(share, SupplierShare)],
        source_coverage=SourceCoverage("2023-01", 20, "2023-01", 20),
        **others,
    )


@pytest.mark.parametrize(
    "shares",
    [
        [of_buyer()],
        [of_buyer(), of_buyer(share=0.2)],
        [of_buyer(), of_sector()],
        # Who sold once does not depend on how many others sold, however large its share is.
        [of_buyer(), of_sector(share=0.4, processes=2)],
        # A share of a country, of which what the buyer buys says nothing here.
        [of_buyer(), of_sector(), of_sector(share=0.9, currency="USD", awards=None, sector="cloud")],
    ],
)
def test_small_shares_of_known_buyers_are_settled(shares):
    sectors = (SECTOR,) if any(isinstance(share, SupplierShare) for share in shares) else ()
    assert settled(figures(*shares), sectors, RULE_SET) == Settled(
        "PEN", min(share.processes for share in counted(shares))
    )


def counted(shares):
    return [share for share in shares if isinstance(share, BuyerShare) or share.awards is not None]


@pytest.mark.parametrize(
    ("shares", "contests", "below"),
    [
        ([of_buyer(processes=9)], 9, {"": 10}),  # too few to tell, until there are more
        ([of_buyer(share=0.9, processes=3, suppliers=1)], 3, {"": 10}),
        ([of_buyer(), of_sector(share=0.9, processes=4, awards=3)], 4, {SECTOR: 5}),
        # The buyer bought ten in all as soon as these are ten, and of the sector five sooner.
        ([of_buyer(share=0.9, processes=4), of_sector(share=0.9, processes=4, awards=3)], 4, {"": 10, SECTOR: 5}),
        # However much it buys, who took less than a rule asks for is asked nothing.
        ([of_buyer(share=0.9, processes=9), of_sector()], 9, {"": 10}),
    ],
)
def test_large_shares_of_little_are_settled_until_there_is_more(shares, contests, below):
    sectors = (SECTOR,) if any(isinstance(share, SupplierShare) for share in shares) else ()
    assert settled(figures(*shares), sectors, RULE_SET) == Settled("PEN", contests, below)


@pytest.mark.parametrize(
    ("shares", "sectors"),
    [
        ([], ()),
        ([of_buyer(suppliers=1)], ()),  # the only supplier, until there is another
        ([of_buyer(share=0.6)], ()),  # flagged, until others sell as much
        ([of_buyer(), of_sector(share=0.6, awards=1)], (SECTOR,)),  # the same; no rule tells the share itself
        # The same, of the sector, whatever is too little to tell of the buyer.
        ([of_buyer(processes=9), of_sector(share=0.9, awards=3)], (SECTOR,)),
        ([of_buyer(), of_buyer(currency="USD")], ()),
        ([of_buyer(), of_sector(currency="USD")], (SECTOR,)),
        ([of_buyer()], (SECTOR,)),  # of the sector it has no share in the main currency, which may become another
        ([of_buyer(), of_sector()], (SECTOR, "cloud")),
    ],
)
def test_what_others_sell_may_move_all_other_shares(shares, sectors):
    assert settled(figures(*shares), sectors, RULE_SET) == UNSETTLED


def test_how_long_a_buyer_is_on_record_counts_where_a_rule_is_told_it():
    before = [SupplierPurchase("S", "ocds-test01-1", "2023-05-01", 10, "PEN")]
    assert settled(figures(of_buyer(), purchases_before=before), (), RULE_SET) == UNSETTLED
    assert settled(figures(of_buyer(), purchases_before=[]), (), RULE_SET) == Settled("PEN", 12)


def test_without_shares_nothing_is_known():
    assert settled(ProcessFigures(), (), RULE_SET) == UNSETTLED
