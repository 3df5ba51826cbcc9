"""The desk's queues, their counts, their order with its parts, saved filters, and the undoing of one decision."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.admin.queue.queues import QUEUES, count_queues
from audits.judging.rule.vocabulary import Evidence, Severity
from audits.models import Flag, FourEyesWaiver, QueueWeight, Review, SavedFilter
from audits.reports.priorities import precision_factor, refresh_priorities
from audits.reports.rule_health import Decisions
from audits.triage import review_flag, undo_decision
from contracts.models import ContractingProcess
from tests.audits.admin.desk import LIST, flag_with, listed, page, send
from tests.audits.replies.asking import ask, yesterday
from tests.support.triage import raise_flag


@pytest.fixture
def berta(make_user):
    return make_user(groups.AUDITORS, name="berta")


@pytest.fixture
def me(auditor, django_user_model):
    return django_user_model.objects.get(username="auditors")


@pytest.fixture
def desk(me, berta):
    """Queue → the flag that it alone holds, but for those that are in the two queues of new flags too."""
    FourEyesWaiver.objects.all().delete()
    flags = {name: flag_with(Severity.LOW) for name in QUEUES}
    flags["own_first"] = flag_with(Severity.LOW)

    def decide(name, person, decision):
        review_flag(flag=flags[name], reviewer=person, decision=Review.Decision(decision), reason="Read.")

    def change(name):
        raise_flag(flags[name].process, Evidence("/tender/numberOfTenderers", 2), severity=Severity.LOW)

    Flag.objects.exclude(pk=flags["today"].pk).update(raised_at=timezone.now() - timedelta(days=2))
    Flag.objects.filter(pk=flags["overdue"].pk).update(raised_at=timezone.now() - timedelta(days=40))
    ask(flags["unanswered"], me, asked_on=timezone.localdate() - timedelta(days=9), answer_by=yesterday())
    ask(flags["today"], me, answer_by=timezone.localdate())
    for name in ("today", "overdue", "assigned", "unanswered"):
        Flag.objects.filter(pk=flags[name].pk).update(assignee=berta)
    Flag.objects.filter(pk=flags["mine"].pk).update(assignee=me)
    decide("second_look", berta, "confirmed")
    decide("own_first", me, "confirmed")
    for name, decision in (("changed", "dismissed"), ("informed", "needs_information")):
        Flag.objects.filter(pk=flags[name].pk).update(assignee=berta)
        decide(name, me, decision)
        change(name)
    decide("overturned", me, "confirmed")
    decide("overturned", berta, "dismissed")
    decide("withdrawn", me, "confirmed")
    decide("withdrawn", berta, "confirmed")
    Flag.objects.filter(pk=flags["withdrawn"].pk).update(
        withdrawn_at=timezone.now(), state="withdrawn", changed_because="record", assignee=berta
    )
    return flags


EXPECTED = {
    "today": {"today"},
    "mine": {"mine"},
    "assigned": {"mine", "today", "overdue", "changed", "informed", "assigned", "unanswered"},
    "unassigned": {"unassigned"},
    "second_look": {"second_look"},
    "changed": {"changed", "informed"},
    "withdrawn": {"withdrawn"},
    "overturned": {"overturned"},
    "informed": {"informed"},
    "unanswered": {"unanswered"},
    "overdue": {"overdue"},
}


def test_each_queue_holds_its_flags_and_is_counted(auditor, desk, me, django_assert_num_queries):
    held = {name: set(listed(auditor, queue=name)) for name in QUEUES}
    assert held == {name: {desk[flag].pk for flag in flags} for name, flags in EXPECTED.items()}
    me.get_all_permissions()  # known to a request
    with django_assert_num_queries(1):
        assert count_queues(me) == {name: len(flags) for name, flags in EXPECTED.items()}
    html = auditor.get(LIST).content.decode()
    assert "second look · 1" in html
    assert "changed since decided · 2" in html


def test_a_queue_and_another_filter_narrow_together(auditor, desk):
    assert listed(auditor, queue="changed", country="MX") != []
    assert listed(auditor, queue="changed", country="PE") == []
    assert listed(auditor, queue="nonsense") == []


# The order


def test_the_weight_combines_value_precision_severity_and_age(auditor):
    small, large = flag_with(Severity.MEDIUM), flag_with(Severity.MEDIUM)
    process = ContractingProcess.objects.filter(pk=large.process_id)
    process.update(amount=Decimal(90_000_000))
    refresh_priorities()
    Flag.objects.update(priority=0)
    assert listed(auditor) == [large.pk, small.pk]
    large.refresh_from_db()
    assert large.weights["severity"] == 4
    assert 1 < large.weights["value"] <= 4
    # So much older that its value weighs less.
    Flag.objects.filter(pk=large.pk).update(raised_at=timezone.now() - timedelta(days=90))
    assert listed(auditor) == [small.pk, large.pk]
    html = auditor.get(LIST, headers={"accept-language": "en"}).content.decode()
    parts = re.findall(
        r"<div>(severity|value|newness|precision) ×([0-9.,]+)</div>", html[: html.index("</details>") + 10]
    )
    assert {name for name, _factor in parts} >= {"severity", "value", "newness", "precision"}


@pytest.mark.parametrize("amount", [None, Decimal(0)])
def test_a_flag_without_amount_has_the_median_weight(desk, amount):
    flag = flag_with(Severity.MEDIUM)
    refresh_priorities()
    ContractingProcess.objects.filter(pk=flag.process_id).update(amount=amount)
    flag.save()
    flag.refresh_from_db()
    assert flag.weights["value"] == 1


def test_an_invalid_currency_has_no_median(auditor):
    for currency in ("MXN", "DÓLAR NORTEAMERI"):
        flag = flag_with(Severity.LOW)
        ContractingProcess.objects.filter(pk=flag.process_id).update(amount=Decimal(100), currency=currency)

    refresh_priorities()

    medians = QueueWeight.objects.filter(kind=QueueWeight.Kind.MEDIAN_AMOUNT)
    assert list(medians.values_list("key", "number")) == [("MXN", Decimal(100))]


def test_decisions_on_a_rule_move_its_flags(auditor, me):
    first, *others = [flag_with() for _ in range(4)]
    refresh_priorities()
    for flag in others:
        review_flag(flag=flag, reviewer=me, decision=Review.Decision.DISMISSED, reason="Read.")
    before = Flag.objects.get(pk=first.pk).priority
    assert refresh_priorities() == 1
    first.refresh_from_db()
    assert first.weights["precision"] == 0.4
    assert first.priority < before
    assert refresh_priorities() == 0
    assert QueueWeight.objects.get(kind="precision", key=first.rule).number == Decimal("0.4")


@pytest.mark.parametrize(
    ("decisions", "factor"),
    [((0, 0), 1), ((8, 0), "1.8"), ((0, 8), "0.2"), ((4, 4), 1), ((1, 0), "1.3333"), ((0, 1, 7), "1.6")],
)
def test_few_decisions_change_the_weight_little(decisions, factor):
    assert precision_factor(Decisions(*decisions)) == Decimal(factor)


# Saved filters


def test_a_person_saves_filters_and_sees_no_one_elses(auditor, flag, berta):
    saved = reverse("admin:audits_flag_saved")
    answer = auditor.post(saved, {"name": "Peru, grave", "query": "country=PE&severity=high&p=3"})
    assert answer["Location"] == f"{LIST}?country=PE&severity=high"
    assert 'href="?country=PE&amp;severity=high">Peru, grave</a>' in auditor.get(LIST).content.decode()
    other = Client()
    other.force_login(berta)
    assert "Peru, grave" not in other.get(LIST).content.decode()
    entry = SavedFilter.objects.get()
    other.post(saved, {"forget": entry.pk})
    assert SavedFilter.objects.exists()
    auditor.post(saved, {"name": "Peru, grave", "query": "country=PE"})
    assert SavedFilter.objects.get().query == "country=PE"
    auditor.post(saved, {"forget": entry.pk})
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("given", [{"name": " "}, {"name": "x\x00y"}, {}, {"forget": "9" * 30}])
def test_an_invalid_name_of_a_filter_is_refused(auditor, flag, given):
    assert auditor.post(reverse("admin:audits_flag_saved"), given, follow=True).status_code == 200
    assert not SavedFilter.objects.exists()


# Undo


def test_the_last_decision_is_undone_by_a_new_entry_for_a_while(auditor, flag):
    send(auditor, page(flag), "dismissed")
    assert "Undo: " in auditor.get(LIST).content.decode()
    undo = reverse("admin:audits_flag_undo", args=[flag.pk])
    auditor.post(undo)
    flag.refresh_from_db()
    assert flag.state == "new"
    assert list(Review.objects.values_list("decision", flat=True)) == ["dismissed", "reopened"]
    assert "Undo: " not in auditor.get(LIST).content.decode()
    assert "It is undone already." in told(auditor, undo)
    assert Review.objects.count() == 2


def test_undoing_a_decision_keeps_the_queue(auditor, flag):
    second, queue = flag_with(Severity.MEDIUM), f"{LIST}?rule=R018"
    send(auditor, page(flag), "dismissed")
    addresses = [
        auditor.get(queue).context["undo"]["url"],
        auditor.get(page(second, "rule=R018")).context["undo"]["url"],
    ]
    assert len(set(addresses)) == 1
    assert auditor.post(addresses[0], follow=True).context["list_url"] == queue


def told(client, undo) -> str:
    return html.unescape(client.post(undo, follow=True).content.decode())


def test_a_decision_is_not_undone_late_nor_by_another_nor_after_another(auditor, flag, berta, monkeypatch):
    send(auditor, page(flag), "dismissed")
    other = Client()
    other.force_login(berta)
    undo = reverse("admin:audits_flag_undo", args=[flag.pk])
    assert "You have decided nothing on this flag." in told(other, undo)
    monkeypatch.setattr("audits.triage.UNDO_WITHIN", timedelta(0))
    assert "It is too late to undo this" in told(auditor, undo)
    monkeypatch.undo()
    assert Review.objects.count() == 1
    review_flag(flag=flag, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Ask.")
    assert "Not undone: berta decided on this flag since." in told(auditor, undo)
    assert Review.objects.count() == 2
    undo_decision(undone_by=berta, flag_id=flag.pk)
    assert "Not undone: berta undid a decision on this flag since." in told(auditor, undo)
    assert Review.objects.count() == 3


def test_an_earlier_or_batch_decision_says_where_to_undo_it(auditor, flag):
    second = flag_with(Severity.LOW)
    send(auditor, page(flag), "dismissed")
    send(auditor, page(second), "dismissed")
    undo = reverse("admin:audits_flag_undo", args=[flag.pk])
    assert "Only your last decision can be undone" in told(auditor, undo)
    person = Review.objects.first().reviewer
    decision = {"decision": Review.Decision.DISMISSED, "reason": "No.", "batch": uuid4()}
    review_flag(flag=flag, reviewer=person, **decision)
    assert "It was decided together with other flags" in told(auditor, undo)
    assert Review.objects.count() == 3


def test_a_decision_made_at_the_moment_of_undoing_stands_and_is_reported(auditor, flag, berta, monkeypatch):
    """The desk looked up what may be undone; before it held the flag, somebody else decided."""
    send(auditor, page(flag), "dismissed")
    last = Review.objects.defer("judged").get()
    review_flag(flag=flag, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Ask.")
    monkeypatch.setattr("audits.triage.last_undoable", lambda _person: last)
    page_after = told(auditor, reverse("admin:audits_flag_undo", args=[flag.pk]))
    assert "Not undone: berta decided on this flag since." in page_after
    assert "is as before" not in page_after
    assert Review.objects.count() == 2
