"""Records that come in any order, and the audits that come to rest."""

import random
from itertools import permutations

import pytest
from django.core.management import call_command

from audits import tasks
from audits.engine import catching_up, organizations, peers, processes
from audits.engine.catching_up import catch_up, catch_up_processes
from audits.engine.tally import Tally
from audits.judging.rule.vocabulary import Subject
from audits.models import Audit, Flag, PeerGroup, Purchase
from audits.rules import rules_about
from contracts.models import ContractingProcess
from tests.support.purchases import ask_of_short_histories, audit, flags, flags_at_rest, forget_everything, purchase
from tests.support.records import load
from tests.support.waiting import held_elsewhere

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]


RECORDS = [
    purchase(1, title="Prueba piloto de cámaras de videovigilancia", amount=None, date="2024-01-01"),
    *(purchase(number, method="direct", date=f"2024-0{number}-01", amount=number * 100) for number in range(2, 7)),
    purchase(7, supplier="S2", date="2024-07-01", amount=50),
]


def load_one_by_one(order):
    for number in order:
        audit(RECORDS[number])
    found = flags_at_rest()
    forget_everything()
    return found


def test_the_order_of_loading_does_not_matter():
    ask_of_short_histories()
    audit(*RECORDS)
    together = flags_at_rest()
    assert {flag[1] for flag in together} >= {"T08", "T17"}
    forget_everything()
    assert load_one_by_one(range(7)) == together
    assert load_one_by_one(reversed(range(7))) == together
    assert load_one_by_one([3, 6, 0, 5, 1, 4, 2]) == together


def test_two_processes_load_in_either_order_to_the_same_flags():
    records = [RECORDS[0], RECORDS[1]]
    results = []
    for order in permutations(records):
        for record in order:
            audit(record)
        results.append(flags())
        forget_everything()
    assert results[0] == results[1]
    assert "T17" in {flag[1] for flag in results[0]}


def test_an_earlier_process_loaded_later_makes_its_peers_due_until_settled():
    audit(RECORDS[1])
    load(RECORDS[0])
    (new,) = next(processes.due_batches())
    processes.audit_due([new])
    assert flags("T17") == []

    (stale,) = peers.find_due()
    assert processes.count_due() == 1
    assert processes.audit_due([stale]) == 1

    assert len(flags("T17")) == 1
    assert processes.count_due() == 0
    organizations.audit_due()
    written = set(Audit.objects.values_list("pk", "audited_at"))
    assert peers.find_due() == []
    catch_up()
    assert set(Audit.objects.values_list("pk", "audited_at")) == written
    assert not PeerGroup.objects.exclude(version=peers_version()).exists()


def peers_version():
    return PeerGroup.objects.get().checked


def test_after_arbitrary_changes_no_audit_is_outdated():
    """Direct purchases that come in no order, change their supplier, date or buyer, and are cancelled."""
    chance = random.Random(3)
    for number in range(25):
        changed = purchase(
            chance.randrange(9),
            supplier=chance.choice(["S1", "S2", "S3"]),
            buyer=chance.choice(["B1", "B1", "B1", "B2"]),
            date=f"{chance.choice([2022, 2023, 2024])}-{chance.randrange(1, 13):02}-01",
            method=chance.choice(["direct", "direct", "open"]),
            amount=chance.choice([0, 100, 2000]),
        )
        if chance.random() < 0.3:
            changed["awards"][0]["status"] = "cancelled"
        audit({**changed, "id": str(number), "date": f"2025-01-{number + 1:02}T00:00:00Z"})
        assert processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True))) == 0


def test_an_audit_is_kept_if_new_figures_leave_its_flags_unchanged():
    months = (1, 2, 3, 4, 6, 7, 8, 9, 10)
    audit(*(purchase(month, supplier=f"S{month}", date=f"2024-{month:02}-01") for month in months))
    before, flagged = Audit.objects.get(process__ocid="ocds-test01-10"), flags()
    assert before.outcomes["R040"]["reason"] == "share_unknown"
    assert "T01" in {flag[1] for flag in flagged if flag[0] == "ocds-test01-10"}

    audit(purchase(5, supplier="S5", date="2024-05-01"))
    after = Audit.objects.get(process__ocid="ocds-test01-10")
    assert after.outcomes["R040"] == {"kind": "clear"}
    assert (after.pk, after.is_due) == (before.pk, False)
    assert after.dossier_digest != before.dossier_digest
    assert [flag for flag in flags() if flag[0] != "ocds-test01-5"] == flagged


def test_a_supplier_that_is_replaced_leaves_no_figures_behind():
    audit(purchase(1, supplier="S1", date="2024-01-01", amount=0), purchase(2, supplier="S1", date="2024-02-01"))
    assert len(flags("T17")) == 1
    changed = purchase(1, supplier="S9", date="2024-01-01", amount=0)
    changed["awards"] = [{"id": "A", "status": "cancelled"}, {**changed["awards"][0], "id": "B"}]
    audit({**changed, "id": "2", "date": "2024-05-01T00:00:00Z"})
    assert flags("T17") == []
    assert Flag.objects.get(rule="T17").state == "withdrawn"


def test_replacing_a_buyer_makes_its_former_peers_due():
    audit(purchase(1, date="2024-01-01", amount=0), purchase(2, date="2024-02-01"))
    assert len(flags("T17")) == 1
    audit({**purchase(1, date="2024-01-01", amount=0, buyer="B2"), "id": "2", "date": "2024-05-01T00:00:00Z"})
    assert flags("T17") == []


def test_a_cancelled_award_leaves_the_figures():
    audit(purchase(1, date="2024-01-01", amount=0), purchase(2, date="2024-02-01"))
    cancelled = purchase(1, date="2024-01-01", amount=0)
    cancelled["awards"][0]["status"] = "cancelled"
    audit({**cancelled, "id": "2", "date": "2024-05-01T00:00:00Z"})
    assert flags("T17") == []
    assert not Purchase.objects.filter(process__ocid="ocds-test01-1").exists()


def test_auditing_again_writes_nothing():
    audit(*RECORDS)
    audits = set(Audit.objects.values_list("pk", "audited_at"))
    purchases = set(Purchase.objects.values_list("pk", flat=True))
    versions = set(PeerGroup.objects.values_list("buyer", "version", "changed_at"))

    assert processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True))) == 0
    catch_up()

    assert set(Audit.objects.values_list("pk", "audited_at")) == audits
    assert set(Purchase.objects.values_list("pk", flat=True)) == purchases
    assert set(PeerGroup.objects.values_list("buyer", "version", "changed_at")) == versions


def test_a_small_task_enqueues_its_peers_at_once(monkeypatch):
    audit(RECORDS[1])
    stale = ContractingProcess.objects.get()
    load(RECORDS[0])
    nudged = []
    monkeypatch.setattr(tasks, "enqueue", nudged.append)
    tasks.audit_processes(next(processes.due_batches()))
    assert nudged == [[stale.pk]]


def test_a_large_buyer_is_left_to_the_schedule(monkeypatch):
    audit(RECORDS[1])
    stale = ContractingProcess.objects.get()
    load(RECORDS[0])
    nudged = []
    monkeypatch.setattr(tasks, "enqueue", nudged.append)
    monkeypatch.setattr(peers, "MAX_PURCHASES_INLINE", 1)
    tasks.audit_processes(next(processes.due_batches()))
    assert nudged == [[]]
    PeerGroup.objects.update(changed_at="2024-01-01T00:00:00Z")
    tasks.check_peer_groups()
    assert nudged == [[], [stale.pk]]


def test_the_sweep_enqueues_peers_whose_message_was_lost(monkeypatch):
    audit(RECORDS[1])
    stale = ContractingProcess.objects.get()
    load(RECORDS[0])
    processes.audit_due(next(processes.due_batches()))
    PeerGroup.objects.update(changed_at="2024-01-01T00:00:00Z")
    nudged = []
    monkeypatch.setattr(tasks, "enqueue", nudged.append)
    tasks.check_peer_groups()
    tasks.check_peer_groups()
    assert nudged == [[stale.pk], []]


def test_a_tally_counts_each_process_once(capsys):
    audit(RECORDS[1])
    load(RECORDS[0], RECORDS[2])
    tally = Tally()
    for pk in ContractingProcess.objects.filter(audits=None).order_by("-ocid").values_list("pk", flat=True):
        processes.audit_due([pk], tally)
    catch_up(tally)
    assert tally.processes == 3
    asked = {subject: rules_about(subject).keys() & tally.outcomes.keys() for subject in Subject}
    assert all(sum(tally.outcomes[code].values()) == 3 for code in asked[Subject.PROCESS])
    assert all(sum(tally.outcomes[code].values()) == tally.organizations for code in asked[Subject.ORGANIZATION])
    assert tally.flags["T17"] == 2


def test_the_audit_command_catches_up(capsys):
    audit(RECORDS[1])
    load(RECORDS[0])
    call_command("audit", "--json")
    assert len(flags("T17")) == 1
    assert (processes.count_due(), peers.find_due()) == (0, [])


def test_concurrent_programs_select_shares_one_at_a_time(monkeypatch):
    done: list[str] = []

    def find_due(*, limit):
        done.append(f"looked for {limit}")
        return []

    with held_elsewhere(catching_up.LOCK) as let_go:

        def wait(_seconds):
            let_go()
            done.append("waited")

        monkeypatch.setattr(catching_up, "sleep", wait)
        monkeypatch.setattr(peers, "find_due", find_due)
        catch_up_processes()
    assert done == ["waited", f"looked for {catching_up.SHARE}"]
