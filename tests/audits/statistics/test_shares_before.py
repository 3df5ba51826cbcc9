"""A high share of a supplier is asked about once: of the purchase that reached it, in whatever order records come."""

from itertools import permutations

import pytest

from audits.engine import peers, processes
from audits.engine.cohorts import refresh_cohorts
from audits.models import Flag, RuleOverride
from contracts.models import ContractingProcess
from tests.support.purchases import audit, figures, flags, forget_everything, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def of_few_records():
    RuleOverride.objects.bulk_create(
        RuleOverride(rule="R040", parameter=name, value=value, source="a test of few records")
        for name, value in (
            *(("processes", 3), ("awards", 2), ("months", 1), ("own_months", 1)),
            *(("small_multiple", 0), ("on_trial", False)),
        )
    )


def bought(number, month, supplier="S1", amount=1000, **changes):
    """Each of another object: those of one title in one month are lots."""
    title = f"Suministro de {('arroz', 'leche', 'harina', 'aceite', 'sal', 'avena', 'maíz', 'pan')[number - 1]}"
    return purchase(number, date=f"2024-{month:02}-10", supplier=supplier, amount=amount, title=title, **changes)


# S1 takes 2 of 5 thousand, then 3 of 6, 4 of 7 and 5 of 8.
HIGH = [bought(1, 1, "S2", 3000), bought(2, 2), bought(3, 3), bought(4, 4), bought(5, 5), bought(6, 6)]


def settle():
    refresh_cohorts()
    audit()


def asked():
    """The number of each process that R040 flags → whether it waits for a decision."""
    found = Flag.objects.standing().filter(rule="R040").values_list("process__ocid", "severity")
    return {int(ocid.rsplit("-", 1)[-1]): severity != "context" for ocid, severity in found}


def test_only_the_purchase_that_reaches_the_share_is_asked_about():
    audit(*HIGH)
    settle()

    assert asked() == {4: True, 5: False, 6: False}
    (share,) = figures(5, "buyer_shares")
    assert (share.before.ocid, share.before.share, share.before.awards) == ("ocds-test01-4", 0.5, 3)
    assert (share.before.processes, share.before.suppliers, share.before.largest) == (4, 2, 0.166666)
    assert (share.amount, share.before.amount) == (4000, 3000)
    assert (share.before.months, share.before.own_months) == (4, 4)


def test_the_answers_are_the_same_whatever_order_the_records_come_in():
    known = set()
    for order in [*permutations(HIGH[2:])][::5]:
        forget_everything()
        for record in (*HIGH[:2], *order):
            audit(record)
        settle()
        known.add(tuple(flags("R040")))
        assert processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True))) == 0
    assert len(known) == 1
    assert asked() == {4: True, 5: False, 6: False}


DIPS = [*HIGH[:5], bought(6, 6, "S3", 3000), bought(7, 7, amount=10)]


def test_it_is_asked_anew_once_the_share_was_lower_for_half_a_year():
    audit(*DIPS, bought(8, 12, amount=9000))
    settle()

    assert asked() == {4: True, 5: False, 8: True}


def test_a_share_that_dips_for_some_months_is_the_same_question():
    audit(*DIPS, bought(8, 8, amount=9000))
    settle()

    assert asked() == {4: True, 5: False, 8: False}
    assert figures(8, "buyer_shares")[0].before.ocid == "ocds-test01-5"


def test_the_purchase_before_counts_whenever_it_was():
    audit(*HIGH[:4], bought(5, 12))
    settle()

    assert asked() == {4: True, 5: False}


def test_awards_of_one_title_count_once_in_whatever_month_they_were_made():
    title = "Alquiler de camionetas, orden "
    orders = [
        purchase(n, date=f"2024-{n:02}-10", supplier="S1", amount=1000, title=title + str(n)) for n in range(2, 5)
    ]
    audit(HIGH[0], *orders)
    settle()

    (share,) = figures(4, "buyer_shares")
    assert (share.awards, share.processes, share.share, share.largest) == (1, 4, 0.5, 0.5)
    assert share.ocids == ["ocds-test01-2", "ocds-test01-3", "ocds-test01-4"]
    assert asked() == {}


def test_an_earlier_purchase_that_is_added_moves_the_question():
    audit(*HIGH)
    settle()
    audit(bought(7, 2, amount=1000))
    settle()

    assert asked() == {3: True, 4: False, 5: False, 6: False}


@pytest.mark.parametrize(
    "other", [{"supplier": "S3"}, {"buyer": "B2"}, {"status": "cancelled"}], ids=["supplier", "buyer", "cancelled"]
)
def test_purchases_of_others_and_cancelled_ones_are_not_the_earlier_purchase(other):
    audit(*HIGH[:4], bought(5, 5, **{"amount": 3000, **other}), HIGH[5])
    settle()

    before = figures(6, "buyer_shares")[0].before
    assert before.ocid == "ocds-test01-4"


def test_of_one_day_the_first_ocid_is_asked():
    audit(*HIGH[:3], bought(5, 4), bought(4, 4))
    settle()

    assert asked() == {4: True, 5: False}


def test_the_first_purchase_has_none_before():
    audit(*HIGH[:2])

    assert figures(2, "buyer_shares")[0].before is None


def test_a_purchase_more_than_three_years_before_is_not_the_one_before():
    early = purchase(9, date="2021-02-01", title="Suministro de papel")
    audit(early, HIGH[1])
    settle()
    assert figures(2, "buyer_shares")[0].before is None

    later = {**early["awards"][0], "date": "2021-02-20T12:00:00Z"}
    audit({**early, "id": "2", "date": "2021-03-01T00:00:00Z", "awards": [later]})
    settle()
    assert figures(2, "buyer_shares")[0].before.ocid == "ocds-test01-9"


def test_one_purchase_more_has_none_but_itself_judged(monkeypatch):
    """In the order of time, what came before is left alone, however much there is."""
    audit(*HIGH[:5])
    settle()
    looked_at = []
    compute = peers.statistics_for

    def note(process_ids, **options):
        looked_at.extend(process_ids)
        return compute(process_ids, **options)

    monkeypatch.setattr(peers, "statistics_for", note)
    load(HIGH[5])
    processes.audit_due(next(processes.due_batches()))

    assert (peers.find_due(), looked_at) == ([], [])
    assert asked()[6] is False


def test_when_the_purchase_that_was_asked_is_cancelled_the_next_one_is_asked():
    audit(*HIGH)
    settle()
    assert asked() == {4: True, 5: False, 6: False}
    audit(bought(4, 4, status="cancelled", id="more", release_date="2024-09-01T00:00:00Z"))
    settle()
    assert ContractingProcess.objects.get(ocid="ocds-test01-4").status == "cancelled"
    assert asked() == {5: True, 6: False}
