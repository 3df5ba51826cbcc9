"""Figures about other processes, and the flags that rest on them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.engine.cohorts import refresh_cohorts
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.figures.processes import ProcessFigures, SupplierPurchase, SupplierShare
from audits.judging.rule_set import RuleSet
from audits.models import Audit, Flag, PeerGroup, Purchase, TrackRecord
from audits.rules import RULES
from audits.statistics import statistics_for
from audits.statistics.organizations import figures_of
from contracts.models import ContractingProcess
from tests.support.auditing import audit_due
from tests.support.purchases import audit, figures, purchase
from tests.support.records import load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]


# Shares


def test_shares_are_right_to_the_cent():
    audit(
        purchase(1, supplier="S1", amount=100.10, date="2024-01-01"),
        purchase(2, supplier="S1", amount=200.20, date="2024-02-01"),
        purchase(3, supplier="S2", amount=99.70, date="2024-03-01"),
    )
    (share,) = figures(3, "supplier_shares")
    assert share == SupplierShare(
        supplier="S2",
        share=0.24925,  # 99.70 of 400.00
        hhi=0.625751,
        processes=3,
        sector="surveillance",
        currency="PEN",
        population="Municipalidad B1, PEN, 2024-01 – 2024-03",  # the window reaches back further than what is stored
        awards=1,
        amount=99,
        ocids=["ocds-test01-3"],
    )
    assert figures(2, "supplier_shares")[0].share == 1  # what came later does not count


@pytest.mark.parametrize("language", ["es", "pt"])
def test_dependence_is_flagged_from_several_processes(language):
    country = {"es": "PE", "pt": "BR"}[language]
    records = [
        purchase(
            number,
            supplier="S2" if number == 2 else "S1",
            amount=300,
            date=f"2023-{number:02}-01",
            language=language,
            country=country,
        )
        for number in range(1, 13)
    ]
    audit(*records)
    assert not Flag.objects.filter(rule="T08").exists()  # the months of the source are not counted yet
    refresh_cohorts()
    audit()
    (flag,) = Flag.objects.filter(rule="T08")  # of the others the source does not hold twelve months
    assert flag.process.ocid == "ocds-test01-12"
    assert flag.values["percent"] == 92
    assert flag.values["processes"] == 12
    assert "92 %" in flag.render(language)
    assert (flag.values["awards"], flag.values["sector"], flag.values["amount"]) == (
        11,
        "surveillance",
        f"{flag.values['amount'][:3]} 3\u202f300",
    )
    written = flag.values["amount"] if language == "es" else flag.values["amount"].replace("\u202f", ".")
    assert written in flag.render(language)


def test_currencies_are_kept_apart_and_the_main_one_counts():
    audit(
        purchase(1, supplier="S1", amount=1, date="2024-01-01"),
        purchase(2, supplier="S2", amount=1, date="2024-01-02"),
        purchase(3, supplier="S3", amount=900, currency="USD", date="2024-01-03"),
    )
    assert figures(3, "supplier_shares") == []
    assert [(figure.currency, figure.share) for figure in figures(2, "supplier_shares")] == [("PEN", 0.5)]


def test_other_sectors_buyers_and_processes_without_value_are_not_in_a_share():
    audit(
        purchase(1, supplier="S1", date="2024-01-01", title="Nube pública para los registros"),
        purchase(2, supplier="S1", date="2024-01-02", buyer="B2"),
        purchase(3, supplier="S1", date="2024-01-03", title="Zapatos"),
        purchase(4, supplier="S1", date="2024-01-04", amount=None),
        purchase(5, supplier="S2", date="2024-01-05"),
    )
    assert [(figure.share, figure.processes) for figure in figures(5, "supplier_shares")] == [(1, 1)]
    assert figures(3, "supplier_shares") is None
    assert [(figure.processes, figure.suppliers) for figure in figures(5, "buyer_shares")] == [(3, 2)]


def test_the_share_of_a_buyer_tells_the_awards_that_make_it():
    audit(
        purchase(1, supplier="S1", amount=100, date="2024-01-01", title="Sillas"),
        purchase(2, supplier="S2", amount=300, date="2024-01-02", title="Mesas"),
        purchase(3, supplier="S1", amount=200, date="2024-01-03", title="Lámparas"),
        purchase(4, supplier="S1", amount=400, date="2024-01-04", title="Armarios"),
    )
    (last,) = figures(4, "buyer_shares")
    assert (last.share, last.awards, last.largest) == (0.7, 3, 0.4)
    assert last.ocids == ["ocds-test01-4", "ocds-test01-3", "ocds-test01-1"]
    (third,) = figures(3, "buyer_shares")
    assert (third.awards, third.ocids) == (2, ["ocds-test01-3", "ocds-test01-1"])  # what came later does not count


def test_lots_of_one_tender_count_as_one_process_and_the_same_each_month_as_one_award():
    audit(
        purchase(1, supplier="S1", date="2024-01-01", title="Sillas por lotes"),
        purchase(2, supplier="S1", date="2024-01-02", title="SILLAS POR LOTES"),
        purchase(3, supplier="S2", date="2024-01-03", title="Mesas"),
        purchase(4, supplier="S1", date="2024-02-01", title="Sillas por lotes"),
    )
    (share,) = figures(4, "buyer_shares")
    assert (share.processes, share.awards, len(share.ocids)) == (3, 1, 3)


def test_lots_of_one_tender_of_technology_count_as_one_award():
    title = "Servicio de nube pública por lotes"
    audit(*(purchase(number, supplier="S1", date=f"2024-01-0{number}", title=title) for number in (1, 2, 3)))
    (share,) = figures(3, "supplier_shares")
    assert (share.awards, share.processes, len(share.ocids)) == (1, 1, 3)


def test_a_title_that_is_corrected_has_those_asked_again_who_count_its_contest():
    items = [{"id": "1", "classification": {"scheme": "UNSPSC", "id": "V1.56101700"}}]
    lots = [
        purchase(n, supplier="S1", date=f"2024-01-0{n}", title=f"Sillas, lote {n}", items=items) for n in (1, 2, 3)
    ]
    audit(*lots)
    assert set(Purchase.objects.values_list("subjects", flat=True).distinct()[0]) == {"UNSPSC:561017"}
    supplier = TrackRecord.objects.get(organization__key="PE-RUC:10S1").version
    group = PeerGroup.objects.get().version
    lots[0]["id"], lots[0]["tender"]["title"] = "2", "Mesas, lote 1"
    load(lots[0])
    audit_due()
    assert PeerGroup.objects.get().version > group
    assert TrackRecord.objects.get(organization__key="PE-RUC:10S1").version > supplier
    (share,) = figures(3, "buyer_shares")
    assert (share.processes, share.awards) == (2, 2)


def test_a_consortium_divides_its_value():
    audit(
        purchase(1, suppliers=("S1", "S2"), amount=100, date="2024-01-01"),
        purchase(2, supplier="S3", amount=100, date="2024-02-01"),
    )
    assert {figure.supplier: figure.share for figure in figures(1, "supplier_shares")} == {"S1": 0.5, "S2": 0.5}
    assert [figure.hhi for figure in figures(2, "supplier_shares")] == [0.375]


def test_what_is_older_than_the_window_does_not_count():
    audit(purchase(1, supplier="S1", date="2019-01-01"), purchase(2, supplier="S2", date="2024-01-01"))
    assert [figure.share for figure in figures(2, "supplier_shares")] == [1]


def test_without_buyer_no_share_can_be_computed():
    record = purchase(1)
    del record["buyer"]
    record["parties"] = record["parties"][1:]
    audit(record)
    assert figures(1, "supplier_shares") is None
    assert Audit.objects.get(organization=None).outcomes["T08"]["field"] == "statistics/supplier_shares"


# History


@pytest.mark.parametrize(
    ("language", "country", "gift", "bought"),
    [
        ("es", "PE", "Prueba piloto de cámaras de videovigilancia", "Cámaras de videovigilancia"),
        ("pt", "BR", "Doação de câmeras de videomonitoramento", "Câmeras de videomonitoramento"),
    ],
)
def test_a_gift_before_a_purchase_is_flagged(language, country, gift, bought):
    given = {"language": language, "country": country}
    audit(
        purchase(2, title=bought, date="2024-06-01", **given),
        purchase(1, title=gift, date="2024-01-01", amount=None, **given),
        purchase(3, title=gift, date="2024-09-01", amount=None, **given),
        purchase(4, title=bought, date="2024-06-02", supplier="S2", **given),
        purchase(5, title=bought, date="2024-06-02", buyer="B2", **given),
    )
    (flag,) = Flag.objects.filter(rule="T17")
    assert (flag.process.ocid, flag.values["ocid"]) == ("ocds-test01-2", "ocds-test01-1")
    assert "ocds-test01-1" in flag.render(language)


def test_a_contract_of_value_zero_is_a_gift_and_a_priced_pilot_is_none():
    audit(
        purchase(1, amount=0, date="2024-01-01"),
        purchase(2, amount=500, date="2024-02-01", title="Prueba piloto de cámaras de videovigilancia"),
        purchase(3, date="2024-03-01"),
    )
    assert [(entry.ocid, entry.is_gift) for entry in figures(3, "supplier_history")] == [("ocds-test01-1", True)]


def test_repeated_direct_awards_make_lock_in_high():
    title = "Cámaras de videovigilancia del proveedor exclusivo"
    audit(
        *(
            purchase(number, title=title, method="direct", amount=1e6, date=f"2024-0{number}-01")
            for number in (1, 2, 3)
        )
    )
    by_ocid = {flag.process.ocid[-1]: (flag.severity, flag.values.get("times")) for flag in flags_of("T04")}
    assert by_ocid == {"1": ("medium", None), "2": ("high", 1), "3": ("high", 2)}


def flags_of(code):
    return Flag.objects.standing().filter(rule=code).select_related("process")


def test_purchases_of_the_same_day_are_not_earlier():
    audit(*(purchase(number, method="direct") for number in (1, 2)))
    assert (figures(1, "supplier_history"), figures(2, "supplier_history")) == ([], [])


def test_purchases_beside_and_before_have_the_shapes_that_rules_read():
    same = {"method": "direct", "title": "Cable", "procurementMethodDetails": "Compra directa"}
    audit(
        purchase(1, amount=180000.50, date="2024-01-01", **same),
        purchase(2, amount=10, date="2024-02-01", **same),
        purchase(3, amount=20, date="2024-03-01", **same | {"title": "Otra cosa"}),
        purchase(4, amount=30, date="2024-03-02", **same | {"procurementMethodDetails": "Por excepción"}),
        purchase(5, amount=40, date="2026-03-02", **same),
        purchase(6, amount=50, date="2024-03-03", currency="USD", **same),
    )
    first = SupplierPurchase("S1", "ocds-test01-1", date(2024, 1, 1), Decimal("180000.5"), "PEN")
    assert figures(2, "purchases_beside") == [first]
    assert [entry.ocid[-1] for entry in figures(1, "purchases_beside")] == ["2"]
    assert figures(2, "purchases_before") == [first]
    assert [entry.ocid[-1] for entry in figures(4, "purchases_before")] == ["1"]
    assert [entry.ocid[-1] for entry in figures(5, "purchases_before")] == ["1"]
    assert figures(1, "purchases_before") == []


def test_figures_that_no_rule_reads_are_not_computed():
    audit(purchase(1))
    process = ContractingProcess.objects.get()
    found = statistics_for([process.pk], reads=frozenset({"supplier_shares"}))[process.pk]
    assert (found.supplier_shares is None, found.supplier_history) == (False, None)
    with CaptureQueriesContext(connection) as captured:
        assert statistics_for([process.pk], reads=frozenset()) == {process.pk: ProcessFigures()}
    assert len(captured) == 0


def test_a_figure_is_computed_for_any_rule_that_declares_it():
    """Whichever rules read shares: with those of today switched off, another one still gets them."""
    reads = RuleSet(RULES.values(), off=[code for code, rule in RULES.items() if rule.reads]).reads()
    assert reads == frozenset()
    rule = next(rule for rule in RULES.values() if not rule.reads)
    alone = RuleSet([replace(rule, reads=frozenset({"supplier_shares"}))])
    audit(purchase(1))
    process = ContractingProcess.objects.get()
    assert statistics_for([process.pk], reads=alone.reads())[process.pk].supplier_shares


def test_every_figure_can_be_computed():
    assert statistics_for([], reads=frozenset(ProcessFigures.__struct_fields__)) == {}
    assert figures_of([], reads=frozenset(OrganizationFigures.__struct_fields__)) == {}
