"""Which processes of a buyer are audited again after another purchase."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from audits.contributions.recording import bump_peer_groups
from audits.engine import peers, processes
from audits.engine.catching_up import catch_up
from audits.models import Audit, PeerGroup, Purchase, RuleOverride
from contracts.models import ContractingProcess, Organization
from tests.support.purchases import ask_of_short_histories, audit, figures, flags, flags_at_rest, purchase
from tests.support.records import load
from tests.support.waiting import Beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]


PILOT = purchase(0, title="Prueba piloto de cámaras de videovigilancia", amount=None, date="2024-01-01")
DIRECT = purchase(2, method="direct", date="2024-02-01", amount=200)


@pytest.fixture
def looked_at(monkeypatch):
    """The processes whose figures are compared with those of their audit, by the number in their ocid."""
    found = []
    compute = peers.statistics_for

    def note(process_ids, **options):
        ocids = ContractingProcess.objects.filter(pk__in=process_ids).values_list("ocid", flat=True)
        found.extend(int(ocid.rsplit("-", 1)[-1]) for ocid in ocids)
        return compute(process_ids, **options)

    monkeypatch.setattr(peers, "statistics_for", note)
    return found


def test_peers_whose_figures_do_not_change_are_left_alone():
    audit(purchase(1, date="2024-01-01"), purchase(2, date="2024-02-01", supplier="S2"))
    load(purchase(3, date="2024-03-01"))
    processes.audit_due(next(processes.due_batches()))
    assert peers.find_due() == []


def test_of_earlier_purchases_only_those_of_the_same_supplier_are_checked(looked_at):
    audit(
        purchase(1, date="2024-01-01", method="direct"),
        purchase(2, date="2024-02-01", method="direct", supplier="S2"),
        purchase(3, date="2024-02-01"),
    )
    load(purchase(4, date="2024-03-01", method="direct"))
    processes.audit_due(next(processes.due_batches()))
    looked_at.clear()
    assert peers.find_due() == list(
        ContractingProcess.objects.filter(ocid="ocds-test01-1").values_list("pk", flat=True)
    )
    # The one that came was judged with what it is checked for.
    assert looked_at == [1]


def test_after_added_purchases_no_audit_is_outdated(looked_at):
    """Few are enough for a share; in two currencies, of suppliers together, of technology and of other things."""
    for rule, parameter, value in (
        *(("R040", "processes", 4), ("R040", "share", 0.5), ("R040", "suppliers", 2), ("R040", "awards", 1)),
        *(("T08", "processes", 3), ("T08", "supplier_processes", 2), ("T08", "share", 0.3)),
        *(("T07", "dominant_processes", 2), ("R040", "months", 1), ("R040", "own_months", 1)),
    ):
        RuleOverride.objects.create(rule=rule, parameter=parameter, value=value, source="a test of few records")
    ask_of_short_histories()
    chance = random.Random(5)
    settled = 0
    for number in range(45):
        audit(
            purchase(
                number,
                suppliers=tuple(chance.sample(["S1", "S2", "S3", "S4", "S5", "S6"], chance.choice([1, 1, 1, 2]))),
                date=f"{chance.choice([2021, 2023, 2024])}-{chance.randrange(1, 13):02}-01",
                method=chance.choice(["direct", "open", "open"]),
                amount=chance.choice([100, 200, 900, 5000]),
                currency=chance.choice(["PEN", "PEN", "PEN", "USD"]),
                **chance.choice([{}, {"title": "Alimentos"}]),
            )
        )
        assert processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True))) == 0
        settled += Audit.objects.filter(is_current=True).exclude(settled={}).count()
    assert settled > 300
    assert {"R040", "T08"} <= {flag[1] for flag in flags_at_rest()}
    assert len(looked_at) < 45 * 44 / 2


def test_settled_figures_are_checked_only_for_relevant_earlier_purchases(looked_at):
    months = range(1, 13)
    audit(*(purchase(month, supplier=f"S{month}", date=f"2024-{month:02}-01") for month in months))
    assert Audit.objects.get(process__ocid="ocds-test01-12").settled == {"currency": "PEN", "contests": 11}
    looked_at.clear()
    audit(purchase(13, supplier="S13", date="2023-12-20"))
    assert 12 not in looked_at
    audit(purchase(14, supplier="S12", date="2023-12-20"))  # of the same supplier
    assert 12 in looked_at
    looked_at.clear()
    audit(*(purchase(number, supplier="S20", date="2023-12-20", currency="USD") for number in range(20, 31)))
    audit(*(purchase(number, supplier="S20", date="2025-02-20", currency="USD") for number in range(31, 33)))
    assert 12 not in looked_at  # as many as in its own currency, and two after it
    audit(purchase(15, supplier="S15", date="2023-12-20", currency="USD"))  # more
    assert 12 in looked_at
    looked_at.clear()
    audit(
        {**purchase(15, supplier="S15", date="2023-12-20", currency="USD", amount=7), "date": "2025-01-01T00:00:00Z"}
    )
    assert 12 in looked_at  # what is another amount now
    looked_at.clear()
    audit(purchase(16, supplier="S16", date="2023-12-20"))
    assert 12 not in looked_at
    Purchase.objects.update(version=None)  # written by the version before
    audit(purchase(17, supplier="S17", date="2023-12-20"))
    assert 12 in looked_at


def test_a_share_that_rises_by_a_cancellation_is_checked(looked_at):
    """Figures are settled in what is added: of what goes nothing is known beforehand."""
    RuleOverride.objects.create(rule="R040", parameter="processes", value=3, source="a test of few records")
    bought = [
        *(purchase(number, supplier="S1", date=f"2024-05-{number:02}", amount=400) for number in (3, 4)),
        purchase(1, supplier="S2", date="2024-01-01", amount=9000),
        purchase(2, supplier="S3", date="2024-02-01", amount=300),
    ]
    audit(*bought)
    assert Audit.objects.get(process__ocid="ocds-test01-4").settled["currency"] == "PEN"
    before = figures(4, "buyer_shares")[0].share
    looked_at.clear()
    bought[2]["awards"][0]["status"] = "cancelled"
    load({**bought[2], "id": "2", "date": "2024-06-01T00:00:00Z"})
    processes.audit_due(next(processes.due_batches()))
    later = ContractingProcess.objects.get(ocid="ocds-test01-4").pk
    assert before < 0.5 < figures(4, "buyer_shares")[0].share
    assert later in peers.find_due()


def test_buyers_below_every_rules_minimum_are_not_checked(looked_at):
    audit(*(purchase(month, supplier=f"S{month}", date=f"2024-{month:02}-01") for month in range(1, 9)))
    assert Audit.objects.get(process__ocid="ocds-test01-8").settled["below"][""] == 10
    looked_at.clear()
    audit(purchase(21, supplier="S21", date="2023-12-20"))
    audit(purchase(22, supplier="S22", date="2020-12-20"), purchase(23, supplier="S23", date="2024-12-20"))
    assert looked_at == [] or set(looked_at) <= {23}  # out of its window, and after it
    audit(purchase(24, supplier="S24", date="2023-12-21"))
    assert 8 in looked_at  # it is the tenth in the window of this one
    assert 7 not in looked_at


def test_a_share_that_reaches_no_bound_makes_nobody_due():
    audit(*(purchase(month, supplier=f"S{month}", date=f"2024-{month:02}-01") for month in range(1, 13)))
    load(purchase(13, supplier="S13", date="2024-11-20"))
    processes.audit_due(next(processes.due_batches()))
    assert peers.find_due() == []

    load(purchase(14, supplier="S12", date="2024-11-25", amount=100_000))
    processes.audit_due(next(processes.due_batches()))
    assert peers.find_due() == list(
        ContractingProcess.objects.filter(ocid="ocds-test01-12").values_list("pk", flat=True)
    )


def test_figures_outdated_during_judging_are_checked_again(after_snapshot):
    """Between the reading of figures and the writing of the audit, another worker adds a purchase of the buyer."""
    audit(purchase(8, buyer="B7"))
    load(DIRECT, PILOT)
    first, second = ContractingProcess.objects.filter(audits=None).order_by("ocid").values_list("pk", flat=True)

    def another_worker():
        processes.audit_due([first])
        peers.find_due()

    after_snapshot(another_worker)
    processes.audit_due([second])
    assert flags("T17") == []
    catch_up()
    assert len(flags("T17")) == 1


def test_settled_figures_outdated_during_judging_are_checked_again(after_snapshot):
    audit(*(purchase(month, supplier=f"S{month}", date=f"2024-{month:02}-01") for month in range(1, 13)))
    load(
        purchase(13, supplier="S13", date="2024-12-10", amount=100_000),
        purchase(14, supplier="S13", date="2024-12-20"),
    )
    earlier, later = ContractingProcess.objects.filter(audits=None).order_by("ocid").values_list("pk", flat=True)

    def another_worker():
        processes.audit_due([earlier])
        assert peers.find_due() == []

    after_snapshot(another_worker)
    processes.audit_due([later])
    assert Audit.objects.get(process=later).settled["currency"] == "PEN"
    assert peers.find_due() == [later]


def test_changing_buyers_wait_until_quiet():
    audit(DIRECT)
    load(PILOT)
    processes.audit_due(next(processes.due_batches()))
    assert peers.find_due(quiet=timedelta(minutes=1)) == []
    PeerGroup.objects.update(changed_at="2024-01-01T00:00:00Z")
    assert len(peers.find_due(quiet=timedelta(minutes=1))) == 1


def test_a_buyer_that_never_rests_is_checked_after_so_many_changes(monkeypatch):
    audit(DIRECT)
    load(PILOT)
    processes.audit_due(next(processes.due_batches()))
    monkeypatch.setattr(peers, "MAX_CHANGES_UNCHECKED", 1)
    assert len(peers.find_due(quiet=timedelta(minutes=1))) == 1


def test_an_interrupted_check_continues_where_it_stopped(monkeypatch):
    audit(purchase("early", date="2024-01-01"), purchase("late", date="2024-06-01"))
    buyer = Organization.objects.get(roles=["buyer"])
    bump_peer_groups({buyer.pk: datetime(2023, 6, 1, tzinfo=UTC)})
    Purchase.objects.update(version=None)  # as if they had come since
    looked_at = []

    def changed(process_ids, _rule_sets):
        if looked_at:
            raise SoftTimeLimitExceeded
        looked_at.extend(process_ids)
        return []

    monkeypatch.setattr(peers, "_PROCESSES", 1)
    monkeypatch.setattr(peers, "_changed_figures", changed)
    with pytest.raises(SoftTimeLimitExceeded):
        peers.find_due()
    assert looked_at == list(ContractingProcess.objects.filter(ocid="ocds-test01-early").values_list("pk", flat=True))
    group = PeerGroup.objects.get(buyer=buyer)
    assert (group.since, group.version > group.checked) == (datetime(2024, 1, 1, 12, tzinfo=UTC), True)


@pytest.mark.parametrize("method", ["limited", "direct", "open"])
@pytest.mark.parametrize("supplier", ["S1", "S2"])
def test_an_earlier_record_of_the_same_tender_is_checked(method, supplier):
    tender = {
        "tenderPeriod": {"startDate": "2024-01-02T09:00:00Z", "endDate": "2024-01-20T09:00:00Z"},
        "description": "Cámaras de la plaza, lotes 1 y 2",
        "method": method,
    }
    audit(purchase(2, date="2024-02-01", **tender))
    audit(purchase(1, supplier=supplier, date="2024-03-01", **tender))
    second = ContractingProcess.objects.get(ocid="ocds-test01-2")
    assert figures(2, "first_record") == "ocds-test01-1"
    assert processes.audit_again([second.pk]) == 0


@pytest.mark.django_db(transaction=True)
def test_concurrent_checks_and_changes_do_not_deadlock():
    first, second = sorted(
        organization.pk
        for organization in Organization.objects.bulk_create([Organization(key="a"), Organization(key="b")])
    )
    since = datetime(2024, 1, 1, tzinfo=UTC)
    bump_peer_groups({first: since, second: since})

    def check():
        with transaction.atomic():
            peers._close([peers._Group(second, 1, 0, since, 0), peers._Group(first, 1, 0, since, 0)])

    checking = Beside(check)
    with transaction.atomic(), connection.cursor() as cursor:
        bump_peer_groups({first: since})
        checking.start_and_let_wait()
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        bump_peer_groups({second: since})
    assert checking.join() == []
    assert set(PeerGroup.objects.values_list("version", "checked")) == {(2, 1)}
