import pytest

from audits.indicators import settings as ini
from audits.indicators.settings import CODES, Settings, SettingsError

EVERYTHING = """
; a comment
# another
currency = USD
no_price_comparison_procurement_methods = Random Selection
price_comparison_procurement_methods = Reverse Auction|Bid Comparison

[output]
info_currency_mismatches = true
[defaults]
currency = USD
item_classification_scheme = UNSPSC
bid_status = valid
award_status = active
party_roles = true
[redactions]
amount = 0
organization_id = placeholder
[corrections]
award_status_by_contract_status = true
[modifications]
move_auctions = true
prefix_buyer_or_procuring_entity_id = DO-UC-
prefix_tenderer_or_supplier_id = DO-RPE-
split_procurement_method_details = -
[codelists.bid_status]
qualified = valid
[codelists.award_status]
Active = active
[exclusions]
procurement_method_details = Random Selection
[R003]
threshold = 15
procurement_methods = open|selective|limited
[R003.procurement_method_details]
emergency = 10
international = 25
[R018]
procurement_methods = open|selective
[R024]
threshold = 0.05
[R025]
percentile = 75
threshold = 0.05
[R028]
[R030]
[R035]
threshold = 1
[R036]
[R038]
threshold = 0.5
minimum_submitted_bids = 2
minimum_contracting_processes = 2
[R048]
digits = 2
threshold = 10
minimum_contracting_processes = 20
[R058]
threshold = 0.5
"""


def test_every_setting_of_cardinal_is_read():
    assert ini.parse(EVERYTHING) == Settings(
        codes=frozenset(CODES),
        currency="USD",
        no_price_comparison_methods=frozenset({"Random Selection"}),
        price_comparison_methods=frozenset({"Reverse Auction", "Bid Comparison"}),
        excluded_method_details=frozenset({"Random Selection"}),
        r003_threshold=15,
        r003_methods=frozenset({"open", "selective", "limited"}),
        r003_details={"emergency": 10, "international": 25},
        r018_methods=frozenset({"open", "selective"}),
        r024_threshold=0.05,
        r025_percentile=75,
        r025_threshold=0.05,
        r035_threshold=1,
        r038_threshold=0.5,
        r038_minimum_submitted_bids=2,
        r038_minimum_contracting_processes=2,
        r048_digits=2,
        r048_threshold=10,
        r048_minimum_contracting_processes=20,
        r058_threshold=0.5,
    )


def test_an_indicator_runs_if_its_section_is_there():
    assert ini.parse("").codes == frozenset()
    assert ini.parse("[R003]\n[R036]").codes == {"R003", "R036"}
    assert ini.parse("[R003.procurement_method_details]\nx = 1").codes == {"R003"}


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("currency = USD", "USD"),
        ("currency: USD", "USD"),
        ("currency=USD", "USD"),
        ("   currency\t=\tUSD  ", "USD"),
        ("currency = 'USD'", "USD"),
        ('currency = "US"D', "USD"),
        ("currency = USD ; dollars", "USD ; dollars"),
        ("currency = USD # dollars", "USD # dollars"),
        ("currency = USD\ncurrency = PEN", "PEN"),
        ("currency = a=b:c", "a=b:c"),
        ("currency = C:\\\\x\\x0041\\t.", "C:\\xA\t."),
        ("currency =", ""),
        ("currency = USD\r\n[R003]\r\n", "USD"),
    ],
)
def test_the_grammar_is_cardinals(text, currency):
    assert ini.parse(text).currency == currency


def test_a_repeated_section_replaces_the_earlier_one():
    settings = ini.parse("[R038]\nthreshold = 0.5\n[R003]\n[R038]\nminimum_submitted_bids = 9")
    assert (settings.r038_threshold, settings.r038_minimum_submitted_bids) == (None, 9)
    assert settings.codes == {"R003", "R038"}


def test_what_is_replaced_need_not_be_right():
    assert ini.parse("[R038]\nthreshold = much\nthreshold = 0.5").r038_threshold == 0.5
    assert ini.parse("[R038]\nthreshold = much\n[R038]\nthreshold = 0.5").r038_threshold == 0.5


def test_a_section_and_its_subsection_do_not_replace_each_other():
    settings = ini.parse("[R003.procurement_method_details]\nx = 1\n[R003]\nthreshold = 3")
    assert (settings.r003_threshold, settings.r003_details) == (3, {"x": 1})


def test_before_the_first_section_a_name_may_tell_its_section():
    settings = ini.parse("R024.threshold = 0.5\nR003.procurement_method_details.x = 1\n[R036]")
    assert (settings.codes, settings.r024_threshold) == ({"R003", "R024", "R036"}, 0.5)
    assert settings.r003_details == {"x": 1}


@pytest.mark.parametrize(
    ("value", "methods"),
    [
        ("open", {"open"}),
        ("open|limited", {"open", "limited"}),
        ("open | limited", {"open ", " limited"}),
        ("open|", {"open"}),
        ("|open", {"", "open"}),
        ("|", {""}),
        ("", set()),
    ],
)
def test_lists_keep_their_spaces(value, methods):
    assert ini.parse(f"[R003]\nprocurement_methods = {value}").r003_methods == methods


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("[R003]\nthreshold = -3", "r003_threshold", -3),
        ("[R003]\nthreshold = +3", "r003_threshold", 3),
        ("[R024]\nthreshold = 1e-1", "r024_threshold", 0.1),
        ("[R024]\nthreshold = .5", "r024_threshold", 0.5),
        ("[R024]\nthreshold = 5.", "r024_threshold", 5.0),
        ("[R024]\nthreshold = 1", "r024_threshold", 1.0),
        ("[R024]\nthreshold = inf", "r024_threshold", float("inf")),
        ("[R035]\nthreshold = Yes", "r035_threshold", 1),
        ("[R035]\nthreshold = off", "r035_threshold", 0),
    ],
)
def test_numbers_are_read_as_rust_reads_them(line, field, value):
    assert getattr(ini.parse(line), field) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[R099]", "line 1: unknown section [R099]"),
        ("[R055]", "unknown section"),
        ("[r003]", "unknown section [r003]"),
        ("[]", "unknown section []"),
        ("\n[R024]\nthreshhold = 1", "line 3: unknown name 'threshhold' in [R024] (did you mean 'threshold'?)"),
        ("[R036]\nthreshold = 1", "unknown name 'threshold' in [R036]"),
        ("R024.x = 1", "line 1: unknown name 'x' in [R024]"),
        ("R099.threshold = 1", "line 1: unknown name 'R099.threshold' before the first section"),
        ("[output]\ninfo_currency_mismatches = maybe", "info_currency_mismatches must be true or false"),
        ("Currency = USD", "line 1: unknown name 'Currency' before the first section"),
        ("[R003]\ncurrency = USD", "unknown name 'currency' in [R003]"),
        ("[R003]\nthreshold = 1.5", "line 2: threshold must be a whole number, not '1.5'"),
        ("[R003]\nthreshold =", "threshold must be a whole number, not ''"),
        ("[R003]\nthreshold = 1_0", "whole number"),
        ("[R003.procurement_method_details]\nx = ten", "line 2: x must be a whole number, not 'ten'"),
        ("[R025]\npercentile = -1", "percentile must be a whole number of 0 or more, not '-1'"),
        ("[R024]\nthreshold = 5 %", "threshold must be a decimal number, not '5 %'"),
        ("[defaults]\nparty_roles = maybe", "party_roles must be true or false"),
        ("threshold", "line 1: 'threshold' is neither a section, a comment nor name = value"),
        ("= 3", "a value without a name"),
        ("[R003", "a section needs a closing ]"),
        ('currency = "USD', 'the " has no other end'),
    ],
)
def test_what_cardinal_does_not_know_is_refused_with_its_line(text, message):
    with pytest.raises(SettingsError) as refused:
        ini.parse(text)
    assert message in str(refused.value)
    assert refused.value.line >= 1
