"""Organizations are due for an audit when something of theirs changed, and no sooner."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from audits import tasks
from audits.contributions.track_records import mark_organizations_due
from audits.engine import organizations, processes
from audits.engine.catching_up import catch_up
from audits.engine.cohorts import refresh_cohorts
from audits.engine.organizations import Selection
from audits.engine.tally import Tally
from audits.models import Audit, Flag, Participation, Review, RuleOverride, TrackRecord
from audits.statistics.organizations import figures_of
from audits.triage import review_flag
from tests.support.auditing import audit_due, settle
from tests.support.bidding import bought, flags, of, process
from tests.support.records import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def half():
    """Flag from half of the bids on, so that no population is needed."""
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")


def test_a_flag_on_an_organization_cites_the_processes_that_were_counted(half):
    load(process(1), process(2, statuses=("valid", "valid", "disqualified")), process(3, statuses=("valid",)))
    settle()
    assert flags().keys() == {("PE-RUC:10S1", "tenderer")}
    load(process(4, statuses=("disqualified", "disqualified")), process(5, statuses=("disqualified",) * 2))
    settle()
    flag = flags()["PE-RUC:10B", "buyer"]
    assert (flag.process, flag.country, flag.organization) == (None, "PE", of("B"))
    assert (flag.values["disqualified"], flag.values["submitted"], flag.values["processes"]) == (6, 10, 5)
    assert "6 de 10 ofertas" in flag.render("es")
    assert {place["ocid"] for place in flag.evidence} == {f"ocds-test01-{number}" for number in range(1, 6)}
    told = {place["ocid"]: place["value"] for place in flag.evidence}
    assert told["ocds-test01-2"] == {"submitted": 3, "disqualified": 1}
    assert [place["value"]["disqualified"] > 0 for place in flag.evidence] == [True] * 4 + [False]


def test_every_organization_that_takes_part_has_one_outcome_for_each_rule():
    load(process(1))
    settle()
    audits = Audit.objects.exclude(organization=None)
    assert set(audits.values_list("organization__key", flat=True)) == {"PE-RUC:10B", "PE-RUC:10S0", "PE-RUC:10S1"}
    outcomes = audits.get(organization=of("B")).outcomes
    assert outcomes.keys() == {"R013", "R025", "R038", "R048", "R050", "R051"}
    assert outcomes["R025"] == {"kind": "not_applicable", "reason": "not_in_role", "values": {"roles": "tenderer"}}
    assert outcomes["R038"]["field"] == "statistics/bids_disqualified"


def test_only_organizations_that_changed_are_audited_again(half):
    load(process(1), process(2, buyer="C"))
    settle()
    assert organizations.audit_due() == 0
    before = set(Audit.objects.exclude(organization=of("B")).exclude(organization=None).values_list("pk", flat=True))
    load({**process(1, statuses=("valid", "disqualified")), "id": "2", "title": "no figure reads this"})
    settle()
    assert set(Audit.objects.exclude(organization=None).values_list("pk", flat=True)) >= before
    versions = dict(TrackRecord.objects.values_list("organization__key", "version"))
    load(process(3, buyer="C", statuses=("valid",)))
    settle()
    changed = {
        key
        for key, version in TrackRecord.objects.values_list("organization__key", "version")
        if versions.get(key) != version
    }
    assert changed == {"PE-RUC:10S0", "PE-RUC:10C"}
    assert not TrackRecord.objects.exclude(version=F("audited")).exists()


def test_due_organizations_are_counted_after_changes_of_data_or_rules():
    load(process(1))
    audit_due()
    assert organizations.count_due() == 3
    catch_up()
    assert organizations.count_due() == 0
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")
    assert organizations.count_due() == 3
    catch_up()
    assert organizations.count_due() == 0


def test_a_decision_stands_while_the_numbers_move_little(half, django_user_model):
    load(*(process(number, statuses=("valid", "disqualified", "disqualified")) for number in range(20)))
    settle()
    flag = flags()["PE-RUC:10B", "buyer"]
    reviewer = django_user_model.objects.create_user("auditor")
    review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="Read them all.")
    load(process(20, statuses=("valid",)))
    settle()
    flag.refresh_from_db()
    assert (flag.values["submitted"], flag.state) == (61, Flag.State.CONFIRMED)
    load(*(process(number, statuses=("disqualified",) * 8) for number in range(30, 40)))
    settle()
    flag.refresh_from_db()
    assert flag.state == Flag.State.CHANGED
    load(*({**process(number, statuses=("valid",) * 20), "id": "2"} for number in range(40, 60)))
    settle()
    flag.refresh_from_db()
    assert flag.state == Flag.State.WITHDRAWN


def test_a_changed_fence_makes_compared_organizations_due():
    bids = [("valid",) * 3 + ("disqualified",) * (number % 3) for number in range(24)]
    load(*(process(number, buyer=f"B{number % 12}", statuses=bids[number]) for number in range(24)))
    load(*(process(number, buyer="BX", statuses=("disqualified",) * 3) for number in range(30, 32)))
    settle()
    assert Audit.objects.get(organization=of("BX")).outcomes["R038"]["kind"] == "insufficient_data"
    changed, _, concerned = refresh_cohorts()
    assert {(cohort.name, cohort.key) for cohort in changed} >= {
        ("bids_disqualified", "buyer"),
        ("bids_disqualified", "tenderer"),
    }
    assert of("BX").pk in concerned
    organizations.audit_due()
    flag = flags()["PE-RUC:10BX", "buyer"]
    assert (flag.values["percent"], flag.values["n"]) == ("100.0", 13)
    written = set(Audit.objects.values_list("pk", "audited_at"))
    assert refresh_cohorts() == ([], [], [])
    assert organizations.audit_due() == 0
    assert set(Audit.objects.values_list("pk", "audited_at")) == written


def test_what_leaves_a_record_leaves_the_figures(half):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    settle()
    assert ("PE-RUC:10B", "buyer") in flags()
    load({**process(2), "id": "2", "date": "2024-06-01T00:00:00Z", "tender": {"id": "T", "status": "cancelled"}})
    settle()
    assert ("PE-RUC:10B", "buyer") not in flags()
    assert Flag.objects.get(rule="R038", organization=of("B")).state == Flag.State.WITHDRAWN
    (kept,) = Participation.objects.filter(organization=of("B"), process__ocid="ocds-test01-2")
    assert (kept.submitted, kept.is_competitive) == (0, None)


def test_flags_of_an_organization_without_records_are_withdrawn(half):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    settle()
    assert ("PE-RUC:10B", "buyer") in flags()
    later = {"id": "2", "date": "2024-06-01T00:00:00Z"}
    load(*({**process(number, buyer="C", statuses=("disqualified",) * 2), **later} for number in (1, 2)))
    settle()
    assert not Participation.objects.filter(organization=of("B")).exists()
    assert Flag.objects.get(organization=of("B")).state == Flag.State.WITHDRAWN
    assert Audit.objects.get(organization=of("B"), is_current=True).outcomes["R038"]["kind"] == "insufficient_data"
    assert ("PE-RUC:10C", "buyer") in flags()


def test_a_later_identifier_moves_the_figures(half):
    def named(number, **changes):
        found = process(number, statuses=("disqualified",) * 2, **changes)
        del found["parties"][0]["identifier"]
        return found

    load(named(1), named(2))
    settle()
    assert ("name:PE:organizacion b", "buyer") in flags()
    later = {"id": "2", "date": "2024-06-01T00:00:00Z"}
    load(*({**process(number, statuses=("disqualified",) * 2), **later} for number in (1, 2)))
    settle()
    assert [key for key, role in flags() if role == "buyer"] == ["PE-RUC:10B"]
    former = Flag.objects.get(organization__key="name:PE:organizacion b")
    assert former.state == Flag.State.WITHDRAWN


def test_changed_rules_make_organizations_due_and_disabled_ones_withdraw(half):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    settle()
    assert flags()
    RuleOverride.objects.create(country="PE", rule="R038", source="The law asks for it.")
    assert organizations.audit_due(selection=Selection(only_changed=True)) == 0
    assert organizations.audit_due() > 0
    assert not flags()
    assert "R038" not in Audit.objects.get(organization=of("B"), is_current=True).outcomes


def test_organizations_of_a_few_new_records_are_audited_at_once(half, monkeypatch):
    monkeypatch.setattr(tasks, "enqueue", lambda _: True)
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    tasks.audit_processes(next(processes.due_batches()))
    assert ("PE-RUC:10B", "buyer") in flags()


def test_a_large_organization_is_left_to_the_schedule(half, monkeypatch):
    monkeypatch.setattr(tasks, "enqueue", lambda _: True)
    monkeypatch.setattr(organizations, "MAX_PARTICIPATIONS_INLINE", 2)
    load(process(1), process(2), process(3, buyer="C"))
    batch = next(processes.due_batches())
    tasks.audit_processes(batch)
    due = TrackRecord.objects.filter(version__gt=F("audited"))
    # Each of them takes part in all three, the buyers in fewer.
    assert set(due.values_list("organization__key", flat=True)) == {"PE-RUC:10S0", "PE-RUC:10S1"}
    assert organizations.due_organizations_of(batch) == []
    due.update(changed_at=timezone.now() - 2 * tasks.QUIET_PERIOD)
    tasks.audit_organizations()
    assert not due.exists()


def test_constantly_changing_organizations_wait_until_quiet(half):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    audit_due()
    tasks.audit_organizations()
    assert not flags()
    TrackRecord.objects.update(changed_at=timezone.now() - 2 * tasks.QUIET_PERIOD)
    tasks.audit_organizations()
    assert flags()


def costing(amount: int | None, number: int, **changes: Any) -> dict[str, Any]:
    record = process(number, **changes)
    if amount is not None:
        record["awards"][0]["value"] = {"amount": amount, "currency": "PEN"}
    return record


def test_mostly_direct_purchases_are_flagged():
    load(*(costing(40_000, number, method="direct" if number < 9 else "open") for number in range(12)))
    settle()
    flag = flags("R013")["PE-RUC:10B", "buyer"]
    assert (flag.values["noncompetitive"], flag.values["processes"]) == (9, 12)
    assert [place["value"] for place in flag.evidence] == ["direct"] * 9 + ["open"] * 3


@pytest.mark.parametrize("amount", [39_999, None])
def test_small_or_unpriced_purchases_count_only_if_competed(amount):
    load(*(costing(amount, number, method="direct" if number < 3 else "open") for number in range(12)))
    settle()
    figures = figures_of([of("B").pk], reads=frozenset({"method_use"}))[of("B").pk].method_use
    assert [(use.processes, use.noncompetitive) for use in figures if use.role == "buyer"] == [(9, 0)]


def test_a_small_competed_purchase_counts():
    def quoted(number: int, method: str) -> dict[str, Any]:
        record = costing(40_000, number, method=method)
        record["tender"]["procurementMethodDetails"] = "Request for quotation"
        return record | {"language": "en"}

    load(*(quoted(number, "direct" if number < 3 else "open") for number in range(12)))
    settle()
    (use,) = [
        entry
        for entry in figures_of([of("B").pk], reads=frozenset({"method_use"}))[of("B").pk].method_use
        if entry.role == "buyer"
    ]
    assert (use.processes, use.noncompetitive) == (9, 0)


def test_sources_with_mostly_direct_purchases_are_not_flagged():
    load(*(costing(40_000, number, method="direct") for number in range(12)))
    settle()
    assert list(flags("R013")) == [("PE-RUC:10B", "buyer")]
    refresh_cohorts()
    settle()
    assert flags("R013") == {}
    outcome = Audit.objects.get(organization=of("B"), is_current=True).outcomes["R013"]
    assert (outcome["reason"], outcome["values"]) == ("few_open_published", {"records": 10})
    for numbers, asked in ((range(12, 23), False), (range(23, 24), True)):  # eleven of 23, twelve of 24
        load(*(process(number, buyer="C", method="open") for number in numbers))
        settle()
        refresh_cohorts()
        settle()
        assert bool(flags("R013")) is asked


def test_the_share_of_what_was_bought_without_competition_is_reported_by_value_too():
    paid = [bought(number, supplier="S0", buyer="B1", amount=40_000 if number else 360_000) for number in range(4)]
    paid.append(bought(4, supplier="S0", buyer="B1"))
    del paid[-1]["awards"][0]["value"]
    for number, record in enumerate(paid):
        record["tender"]["procurementMethod"] = "direct" if number else "open"
    load(*paid)
    settle()
    (use,) = figures_of([of("B1").pk], reads=frozenset({"method_use"}))[of("B1").pk].method_use
    assert (use.processes, use.noncompetitive, use.value_share) == (4, 3, 0.25)


def test_a_changed_amount_makes_the_procuring_entity_due():
    record = bought(1, supplier="S0", buyer="B1")
    record["parties"].append({"id": "E", "name": "Entidad E", "identifier": {"scheme": "PE-RUC", "id": "10E"}})
    record["tender"]["procuringEntity"] = {"id": "E", "name": "Entidad E"}
    load(record)
    settle()
    before = TrackRecord.objects.get(organization=of("E")).version
    record["id"] = "2"
    record["awards"][0]["value"]["amount"] = 900
    load(record)
    settle()
    assert TrackRecord.objects.get(organization=of("E")).version > before


def test_the_audit_command_counts_organizations(capsys, half):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    capsys.readouterr()
    call_command("audit", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["processes"], told["organizations"]) == (2, 3)
    assert sum(told["outcomes"]["R038"].values()) == 3
    assert told["flags"]["R038"] == 3


@pytest.mark.django_db(transaction=True)
def test_an_organization_being_audited_is_skipped_by_others_and_due_again_after_a_change(half, monkeypatch):
    load(process(1), process(2))
    audit_due()
    buyer, read = of("B").pk, organizations.figures_of
    begun, others = [], ThreadPoolExecutor(2)

    def elsewhere(work, *arguments, **options):
        try:
            return work(*arguments, **options)
        finally:
            connection.close()

    def figures(pks, **options):
        monkeypatch.undo()
        alone = others.submit(elsewhere, organizations.audit_due, selection=Selection(only=[buyer]))
        assert alone.result(30) == 0
        begun.append(others.submit(elsewhere, mark_organizations_due, [buyer]))
        with pytest.raises(TimeoutError):  # whoever changes something waits until the audit is written
            begun[0].result(0.3)
        return read(pks, **options)

    monkeypatch.setattr(organizations, "figures_of", figures)
    assert organizations.audit_due(selection=Selection(only=[buyer]), batches=1) == 1
    begun[0].result(30)
    others.shutdown()
    record = TrackRecord.objects.get(pk=buyer)
    assert record.version == record.audited + 1
    tally = Tally()
    organizations.audit_due(tally, selection=Selection(only=[buyer], only_changed=True))
    assert tally.organizations == 1
    organizations.audit_due(tally, selection=Selection(only=[buyer]))
    assert tally.organizations == 1
