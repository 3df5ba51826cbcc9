"""Published counts reveal nothing about a single record."""

from datetime import timedelta

import pytest
from django.db.models import F

from audits.models import Audit, Flag, PublicFigures, Review
from audits.reports.publishing import cell, publish_figures
from audits.tasks import publish_figures as publish_by_schedule
from audits.triage import review_flag
from contracts.models import ContractingProcess, Publisher
from tests.support.auditing import audit_due
from tests.support.clients import Client, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

FIGURES = ["/api/v1/stats/", "/api/v1/rules/R018/", "/api/v1/publishers/first/coverage/", "/methodology/R018/?lang=en"]


@pytest.fixture
def publisher(db) -> Publisher:
    return Publisher.objects.create(slug="first", name="First", country="PE", ocid_prefix="ocds-test01")


def add(*numbers: int) -> None:
    """Load records that R018 flags, and audit them."""
    load(*[release(f"ocds-test01-{number}") for number in numbers])
    audit_due()


def next_day() -> None:
    """Let everything be a day older, and the schedule do its work."""
    day = timedelta(days=1)
    for model, moment in ((PublicFigures, "published_at"), (ContractingProcess, "compiled_at"), (Audit, "audited_at")):
        model.objects.update(**{moment: F(moment) - day})
    publish_by_schedule()


def public(client: Client) -> list[bytes]:
    answers = [client.get(address) for address in FIGURES]
    assert [answer.status_code for answer in answers] == [200] * len(FIGURES)
    return [answer.content for answer in answers]


def numbers_in(body) -> list[int]:
    if isinstance(body, dict):
        return [number for part in body.values() for number in numbers_in(part)]
    if isinstance(body, list):
        return [number for part in body for number in numbers_in(part)]
    return [body] if isinstance(body, int) and not isinstance(body, bool) else []


@pytest.mark.parametrize(("exact", "told"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (123, 120)])
def test_counts_are_told_in_steps_of_five_and_below_five_not_at_all(exact, told):
    assert cell(exact) == told


def test_one_new_record_changes_no_figure_of_the_day(publisher, anonymous):
    add(*range(20))
    publish_figures()
    before = public(anonymous)
    add(20)
    assert Flag.objects.filter(rule="R018").count() == 21
    assert not publish_figures()
    assert public(anonymous) == before


@pytest.mark.parametrize("known", [4, 9, 14, 20])
def test_one_new_record_changes_no_figure_of_the_next_days(publisher, anonymous, known):
    """Nine flags and one more would go from five to ten."""

    def stats() -> dict:
        return anonymous.get("/api/v1/stats/").json() | {"counted": "any"}

    add(*range(known))
    publish_figures()
    before = stats()
    for number in range(known, known + 4):
        add(number)
        next_day()
        assert stats() == before
    add(known + 4)
    next_day()
    assert stats() != before


def test_records_that_wait_for_their_audit_do_not_show_alone_a_day_later(publisher, anonymous):
    add(*range(9))
    load(release("ocds-test01-9"))
    publish_figures()
    assert not PublicFigures.objects.exists()
    audit_due()
    publish_figures()
    assert anonymous.get("/api/v1/stats/").json()["by_rule"]["R018"]["new"] == 10


def test_a_small_publisher_is_reported_only_as_missing(publisher, anonymous):
    add(*range(4))
    publish_figures()
    body = anonymous.get("/api/v1/publishers/first/coverage/").json()
    assert body["counted"] is not None
    assert numbers_in(body) == [0]  # no rule is fed
    assert anonymous.get("/api/v1/stats/").json()["by_rule"] == {}


def test_coverage_tells_what_could_be_judged_and_not_what_was_flagged(publisher, anonymous):
    add(*range(12))
    publish_figures()
    rule = anonymous.get("/api/v1/publishers/first/coverage/").json()["rules"]["R018"]
    assert rule["assessed"] == 10
    assert rule["outcomes"]["flagged"] is rule["outcomes"]["clear"] is None


def test_a_sum_does_not_tell_what_a_cell_holds_back(publisher, anonymous):
    add(*range(12))
    lead = new_user("lead")
    for flag in Flag.objects.filter(rule="R018")[:2]:
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.DISMISSED, reason="Read the record")
    publish_figures()
    stats = anonymous.get("/api/v1/stats/").json()
    assert all(number % 5 == 0 for number in numbers_in(stats))
    assert stats["by_rule"]["R018"] | {"new": 10, "dismissed": None} == stats["by_rule"]["R018"]
    assert stats["by_state"]["dismissed"] is None


@pytest.mark.parametrize(("setting", "told"), [("reviewed", 2), ("all", 2), ("none", None)])
def test_what_is_confirmed_and_published_is_counted_at_once_and_to_the_last(
    publisher, anonymous, settings, setting, told
):
    settings.VEEDOR_PUBLICATION = setting
    add(*range(12))
    publish_figures()
    lead, flags = new_user("lead"), Flag.objects.filter(rule="R018")
    for flag in flags[:2]:
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="Read the record")
    stats = anonymous.get("/api/v1/stats/").json()
    assert (stats["by_state"]["confirmed"], stats["by_state"]["new"], stats["total"]) == (told, 10, 10)
    for table, name in (("by_rule", "R018"), ("by_severity", flags[0].severity), ("by_country", flags[0].country)):
        assert stats[table][name]["confirmed"] == told


def test_what_is_confirmed_no_more_is_counted_no_more(publisher, anonymous):
    add(*range(12))
    lead, flags = new_user("lead"), list(Flag.objects.filter(rule="R018").order_by("pk")[:6])
    Flag.objects.filter(pk=flags[0].pk).update(country="MX", severity="high")
    for flag in flags:
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="Read the record")
    publish_figures()
    of = flags[1].severity
    assert anonymous.get("/api/v1/stats/").json()["by_severity"][of]["confirmed"] == 5
    for flag in Flag.objects.filter(pk__in=[flag.pk for flag in flags[1:]]):
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.DISMISSED, reason="Read it again")
    by_severity = anonymous.get("/api/v1/stats/").json()["by_severity"]
    assert (by_severity["high"]["confirmed"], by_severity[of]["confirmed"]) == (1, 0)


@pytest.mark.parametrize("setting", ["reviewed", "all", "none"])
def test_auditors_are_given_exact_figures_at_once(publisher, anonymous, auditor, settings, setting):
    settings.VEEDOR_PUBLICATION = setting
    add(1)
    publish_figures()
    add(2)
    assert auditor.get("/api/v1/stats/").json()["by_rule"]["R018"] == {"new": 2}
    assert auditor.get("/api/v1/publishers/first/coverage/").json()["rules"]["R018"]["outcomes"]["flagged"] == 2
    assert auditor.get("/api/v1/rules/R018/").json()["health"]["outcomes"]["flagged"] == 2
    assert auditor.get("/api/v1/contracting-processes/ocds-test01-1/").json()["outcomes"]["flagged"] > 0
    assert anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()["outcomes"] is None
    buyer = ContractingProcess.objects.get(ocid="ocds-test01-1").buyer_id
    assert anonymous.get(f"/api/v1/organizations/{buyer}/").json()["outcomes"] is None


def test_before_the_first_time_there_are_no_figures(publisher, anonymous):
    add(*range(12))
    stats = anonymous.get("/api/v1/stats/").json()
    assert (stats["counted"], stats["total"], stats["by_rule"]) == (None, None, {})
    assert anonymous.get("/api/v1/publishers/first/coverage/").json()["processes"] is None


def test_the_public_learns_days_and_by_no_filter_order_or_cursor_more(publisher, anonymous, settings):
    settings.VEEDOR_PUBLICATION = "all"
    add(*range(3))
    process = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()
    flag = anonymous.get(process["flags"][0]["url"]).json()
    days = [process["compiled"], process["audited"], flag["raised"], flag["changed"], flag["audited"]]
    assert days == [str(Audit.objects.first().audited_at.date())] * 5
    refused = anonymous.get("/api/v1/flags/?raised__gte=2026-11-25T10:00:00Z")
    assert refused.status_code == 400
    assert "is not a date" in refused.content.decode()
    assert anonymous.get("/api/v1/flags/?order_by=changed").status_code == 400
    page = anonymous.get("/api/v1/flags/?order_by=raised&limit=1").json()
    assert len(page["results"]) == 1
    following = anonymous.get(page["next"]).json()["results"]
    assert following[0]["id"] > page["results"][0]["id"]


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, 0),
        ({"withdrawn_because": "record"}, 1),
        ({"decision": "dismissed"}, 1),
        ({"withdrawn_at": timedelta(minutes=61)}, 1),
        ({"withdrawn_at": timedelta(minutes=59)}, 0),
    ],
)
def test_flags_that_figures_withdraw_during_a_load_are_not_reported_as_withdrawn(
    publisher, auditor, settings, changes, counted
):
    settings.VEEDOR_SETTLING_MINUTES = 60
    add(1)
    after = {"withdrawn_at": timedelta(minutes=1), "withdrawn_because": "figures", "state": "withdrawn"} | changes
    Flag.objects.filter(rule="R018").update(**after | {"withdrawn_at": F("raised_at") + after["withdrawn_at"]})
    stats = auditor.get("/api/v1/stats/").json()
    assert (stats["by_rule"].get("R018", {}).get("withdrawn", 0), stats["by_state"]["withdrawn"]) == (counted,) * 2
