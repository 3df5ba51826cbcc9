"""Cutting figures by the bounds of rules (``audits.judging.figures.bounds``) changes no outcome."""

import msgspec
import pytest

from audits.judging.figures.bounds import Bounds
from audits.judging.figures.processes import BuyerShare, ProcessFigures, SourceCoverage, SupplierShare
from audits.judging.rule_set import RuleSet
from audits.rules import RULES
from tests.audits.rules.figures import VARIANTS, variants
from tests.support.cases import CASES_OF, dossier_of
from tests.support.rules import made_up

pytestmark = pytest.mark.rules

BOUNDED = sorted(code for code, rule in RULES.items() if rule.bounds)
PARAMETERS = (
    {},
    {"T07": {"dominant_share": 0.2, "dominant_processes": 10}, "T08": {"share": 0.55, "processes": 4}},
    {"T07": {"dominant_share": 0.9}, "T08": {"supplier_processes": 1, "months": 5, "own_months": 7}},
    {"R040": {"share": 0.2, "processes": 5, "suppliers": 3, "months": 13, "own_months": 1}},
)


@pytest.mark.parametrize("code", BOUNDED)
def test_what_bounds_cut_from_figures_changes_no_answer(code):
    rule_sets = [RuleSet([RULES[known] for known in BOUNDED], parameters=parameters) for parameters in PARAMETERS]
    cut, kinds = 0, set()
    for case in CASES_OF[code]:
        whole = dossier_of(RULES[code], case, ProcessFigures())
        for figures in variants(case):
            for rule_set in rule_sets:
                bound, asked = rule_set.by_code[code], rule_set.reduced(figures)
                told = bound.judge(whole.with_statistics(asked, digest=""))
                assert told == bound.judge(whole.with_statistics(figures, digest="")), (case["name"], figures, asked)
                cut += asked != figures
                kinds.add(told.kind)
    assert cut > VARIANTS
    assert len(kinds) > 1


def shares(**values):
    entry = SupplierShare("S", 0.4, 30, "PEN", "B, 2024", "cloud", 0.3, awards=9, amount=1000, ocids=["ocds-x-1"])
    return ProcessFigures(supplier_shares=[msgspec.structs.replace(entry, **values)])


def test_a_share_below_the_bound_is_the_same_whatever_it_is():
    rules = RuleSet([RULES["T07"], RULES["T08"]])
    assert rules.reduced(shares()) == rules.reduced(shares(share=0.3, processes=90, amount=7, ocids=["ocds-x-2"]))
    assert rules.reduced(shares()) != rules.reduced(shares(supplier="S2"))
    assert rules.reduced(shares(share=0.5)) == shares(share=0.5)
    # T07 only asks whether the supplier is dominant, and T08 nothing of one contract.
    assert rules.reduced(shares(share=0.5, awards=1)) == rules.reduced(shares(share=0.8, awards=2))
    assert rules.reduced(shares(share=0.5, awards=1)) != rules.reduced(shares())
    # Of a country nothing is counted for the supplier alone.
    in_country = {"awards": None, "amount": None, "ocids": ()}
    assert rules.reduced(shares(share=0.5, **in_country)) == shares(share=0.5, **in_country)
    assert rules.reduced(shares(**in_country)).supplier_shares[0].awards is None


def test_a_buyer_that_bought_too_little_has_no_share_and_no_coverage():
    rules = RuleSet([RULES["R040"], RULES["R052"]])
    entry = BuyerShare("S", 0.9, 9, "PEN", "B, 2024", 2, 5, 0.2, 900, ["ocds-x-1"])
    coverage = SourceCoverage("2022-01", 14, "2022-03", 5)
    few = rules.reduced(ProcessFigures(buyer_shares=[entry], source_coverage=coverage, purchases_before=[]))
    assert (few.buyer_shares, few.source_coverage) == ([], SourceCoverage("", 0, "", 0))
    enough = ProcessFigures(buyer_shares=[msgspec.structs.replace(entry, processes=10)], source_coverage=coverage)
    assert rules.reduced(enough) == msgspec.structs.replace(enough, source_coverage=SourceCoverage("", 12, "", 5))


def test_a_figure_that_a_rule_reads_without_bounds_stays_whole():
    @made_up("R998", ".", reads=("supplier_shares",))
    def reads_all(dossier):
        return []

    assert RuleSet([RULES["T08"], reads_all]).reduced(shares()) == shares()


@pytest.mark.parametrize(
    ("figure", "parameter"), [("buyer_shares", "share"), ("supplier_shares", "portion")], ids=["unread", "unknown"]
)
def test_bounds_name_a_figure_that_is_read_and_a_parameter(figure, parameter):
    decorate = made_up("R997", ".", reads=("supplier_shares",), bounds={figure: Bounds({"share": parameter})})

    def judge(dossier, *, share=0.5):
        return []

    with pytest.raises(TypeError, match=f"R997 has bounds of {figure}"):
        decorate(judge)
