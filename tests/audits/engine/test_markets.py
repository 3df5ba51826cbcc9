"""Markets of buyers and how they buy: which purchases are counted together, and which tell nothing."""

import pytest

from audits.engine import organizations
from audits.engine.cohorts import refresh_cohorts
from audits.models import Cohort, Flag
from audits.statistics.organizations import figures_of, largest_scheme
from tests.support.auditing import settle
from tests.support.bidding import bought, flags, of
from tests.support.records import load

pytestmark = pytest.mark.django_db


def test_concentration_is_computed_by_market():
    load(*(bought(number, supplier="S0" if number % 4 else "S1", buyer=f"B{number % 4 // 2}") for number in range(24)))
    load(bought(50, supplier="S0", buyer="B9"), bought(51, supplier="S2", item="43222600,"))
    settle()
    refresh_cohorts()
    organizations.audit_due()
    (flag,) = flags("R050").values()
    market = Cohort.objects.get(name="market_shares")
    assert market.key == "PE|UNSPSC:432226|PEN|2024"
    assert (flag.organization, flag.values["percent"]) == (of("S0"), "73")
    assert flag.values["market"] == "PE, UNSPSC:432226, PEN, 2022 – 2024"
    assert sum(float(place["value"]["amount"]) for place in flag.evidence) == 1900
    concentrated = Flag.objects.standing().filter(rule="R051").values_list("organization__key", "values__hhi")
    assert set(concentrated) == {("PE-RUC:10B0", "0.50")}


def test_market_figures_cover_three_years():
    load(*(bought(number, supplier="S0" if number % 4 else "S1", buyer=f"B{number % 4 // 2}") for number in range(24)))
    load(
        bought(50, supplier="S0", buyer="B9"),
        bought(60, supplier="S0", buyer="B9", amount=100_000, year=2012),
        bought(61, supplier="S0", buyer="B9", year=2021),
    )
    settle()
    refresh_cohorts()
    (share,) = figures_of([of("S0").pk], reads=frozenset({"market_shares"}))[of("S0").pk].market_shares
    assert (share.year, share.purchases, share.largest) == (2024, 19, 0.052631)
    assert not {place.ocid for place in share.counted} & {"ocds-test01-60", "ocds-test01-61"}


def concentrations_of(buyer):
    """Return class → (processes, awards of the largest supplier, what it took) of what a buyer bought."""
    figures = figures_of([of(buyer).pk], reads=frozenset({"market_concentration"}))[of(buyer).pk]
    return {
        figure.cites[0]: (figure.processes, figure.awards, figure.amount) for figure in figures.market_concentration
    }


def test_lots_of_one_tender_are_one_process_of_a_market():
    lots = [bought(24, supplier="S1", buyer="B1", title=f"Compra por lotes, Lote {lot}") for lot in ("1", "II", "C")]
    for number, lot in enumerate(lots):
        lot["ocid"] += f"-{number}"
    load(*(bought(number, supplier="S0", buyer="B1") for number in range(5)), *lots)
    settle()
    assert concentrations_of("B1") == {"UNSPSC:432226": (6, 5, 500)}


def test_a_family_of_goods_is_not_a_market():
    load(*(bought(number, supplier="S0", buyer="B1", item="43220000") for number in range(6)))
    settle()
    assert concentrations_of("B1") == {}


def test_a_process_with_more_than_half_of_a_market_is_excluded():
    load(*(bought(number, supplier="S0" if number < 4 else "S1", buyer="B1") for number in range(7)))
    settle()
    assert concentrations_of("B1") == {"UNSPSC:432226": (7, 4, 400)}

    load(bought(50, supplier="S2", buyer="B1", amount=100_000))
    settle()
    assert concentrations_of("B1") == {"UNSPSC:432226": (7, 4, 400)}


def test_a_line_of_a_budget_is_not_a_class_of_goods():
    records = [bought(number, supplier="S0", buyer="B1") for number in range(6)]
    for record in records:
        for item in record["awards"][0]["items"]:
            item["classification"]["scheme"] = "PARTIDA"
    load(*records)
    settle()
    assert concentrations_of("B1") == {}


def test_only_awarded_processes_count_for_a_buyers_methods():
    bought_something, failed = (bought(number, supplier="S0", buyer="B1", amount=1_000_000) for number in (1, 2))
    for award in failed["awards"]:
        award["status"] = "unsuccessful"
    load(*(record | {"tender": {"procurementMethod": "direct"}} for record in (bought_something, failed)))
    settle()
    (use,) = figures_of([of("B1").pk], reads=frozenset({"method_use"}))[of("B1").pk].method_use
    assert (use.processes, use.noncompetitive) == (1, 1)


def test_small_purchases_do_not_count_for_a_buyers_methods():
    methods = {
        1: "Contratación directa",
        2: "Compra menor",
        3: "Artigo 20.º, n.º 1, alínea d) do Código dos Contratos Públicos",
        4: "Artigo 21.º, alínea a) do Decreto Legislativo Regional n.º 27/2015/A, de 29.12",
        5: "Ajuste Direto / Artigo 26.º, n.º 1, alínea e) do Código dos Contratos Públicos",
        6: "Ao abrigo de acordo-quadro (art.º 259.º)",
    }
    records = [
        bought(number, supplier="S0", buyer="B1", amount=1_000_000)
        | {"language": "pt", "tender": {"procurementMethod": "direct", "procurementMethodDetails": method}}
        for number, method in methods.items()
    ]
    for record in records:
        for party in record["parties"]:
            party["address"] = {"countryName": "Portugal"}
    load(*records)
    settle()
    (use,) = figures_of([of("B1").pk], reads=frozenset({"method_use"}))[of("B1").pk].method_use
    assert (use.processes, use.noncompetitive) == (1, 1)


def test_figures_name_the_scheme_with_most_categories():
    assert largest_scheme(["CPV:30", "UNSPSC:43", "UNSPSC:44"]) == ("UNSPSC", ["43", "44"])
    assert largest_scheme([":43"]) == ("", ["43"])
    assert figures_of([], reads=frozenset({"bids_won"})) == {}
