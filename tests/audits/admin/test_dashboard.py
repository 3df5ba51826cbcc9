"""The lead's dashboard: figures of desk, rules, data and workers, who sees them, and how many queries they take."""

import re
import shutil
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from audits import groups
from audits.admin import dashboard
from audits.admin.queue import queues
from audits.admin.queue.queues import QUEUES
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.vocabulary import Severity
from audits.models import Flag, OutcomeCount, PageFigures, Review, RuleState
from audits.reports.desk_figures import (
    cached_desk_figures,
    count_desk,
    half_life,
    people,
    queue_half_life,
    refresh_desk_figures,
    weeks,
    withdrawn_by_cause,
)
from audits.reports.rule_health import refresh_decisions
from audits.tasks import total_outcomes
from audits.triage import review_flag, undo_batch, undo_decision
from audits.wording import place_name
from config.monitoring.figures import read_figures
from contracts.models import RetentionClock
from contracts.trail import Action, record
from tests.support.pages import alive, text_of
from tests.support.triage import load_release, made_up_release, raise_flag

INDEX = "/admin/"


@pytest.fixture
def lead(make_user):
    return make_user(groups.LEADS, name="lena")


@pytest.fixture
def index(client, lead):
    """Read the index as a lead."""
    client.force_login(lead)

    def read(language="en"):
        answer = client.get(INDEX, headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def age(flag, days):
    Flag.objects.filter(pk=flag.pk).update(raised_at=timezone.now() - timedelta(days=days))


def test_the_half_life_of_a_queue_matches_manual_results():
    assert half_life([(1, True, 5), (3, True, 5)]) == 1
    assert half_life([(1, True, 4), (3, True, 6)]) == 3
    assert half_life([(0, False, 99), (5, True, 1)]) == 5, "a flag that just arrived has not waited long"
    assert half_life([(9, False, 6), (2, True, 4)]) is None
    assert half_life([]) is None
    # 10 at first; after day 1: 7/10 left; two leave undecided on day 2; of five 2 are decided on day 3: 0.7 × 3/5
    assert half_life([(1, True, 3), (2, False, 2), (3, True, 2), (9, False, 3)]) == 3


def test_weeks_and_people_are_counted_from_flags_and_decisions(flag, lead, make_user):
    ana = make_user(groups.AUDITORS, name="ana")
    other = raise_flag(load_release(made_up_release()))
    age(other, 8)
    review_flag(flag=flag, reviewer=ana, decision=Review.Decision.IN_REVIEW)
    review_flag(flag=flag, reviewer=ana, decision=Review.Decision.DISMISSED, reason="So.")
    Flag.objects.filter(pk=other.pk).update(assignee=lead, severity="high")
    found = weeks(timezone.now())
    assert (len(found), sum(week.arrived for week in found), found[-1].decided) == (12, 2, 1)
    assert found[-1].arrived == 1
    told = {person.name: (person.decided, person.open, person.overdue) for person in people(timezone.now())}
    assert told == {"ana": (1, 0, 0), "lena": (0, 1, int(settings.VEEDOR_DESK_DAYS / 4 < 8))}
    assert queue_half_life(timezone.now()) == 0


def test_weeks_are_named_by_day_and_month(flag, index):
    """``14.09.`` is how Germans write a day."""
    page = index("es")
    assert re.search(r">\d{1,2} \w{3}\.?<", page)
    assert not re.search(r">\d\d\.\d\d\.<", page)


def test_undone_decisions_are_not_counted(flag, lead, make_user):
    ana = make_user(groups.AUDITORS, name="ana")
    other, third = (raise_flag(load_release(made_up_release())) for _number in range(2))
    dismissed = {"decision": Review.Decision.DISMISSED, "reason": "So."}
    review_flag(flag=other, reviewer=ana, **dismissed)
    review_flag(flag=flag, reviewer=ana, **dismissed)
    undo_decision(undone_by=ana, flag_id=flag.pk)
    batch = uuid4()
    for judged in (flag, other, third):
        review_flag(flag=judged, reviewer=ana, batch=batch, **dismissed)
    undo_batch(batch=batch, undone_by=lead)

    assert {person.name: person.decided for person in people(timezone.now())} == {"ana": 1}
    assert weeks(timezone.now())[-1].decided == 1
    assert queue_half_life(timezone.now()) is None, "two of three wait again"


@pytest.mark.parametrize(("severity", "share"), [("high", 0.25), ("medium", 0.5), ("low", 1)])
def test_queue_metrics_and_dashboard_agree_on_overdue(flag, lead, severity, share):
    days = settings.VEEDOR_DESK_DAYS * share
    Flag.objects.update(severity=severity)

    def said():
        _label, choose = QUEUES["overdue"]
        (metric,) = [figure for figure in read_figures() if (figure.area, figure.name) == ("desk", "overdue")]
        return choose(Flag.objects.all(), lead).count(), metric.value["flag"]

    age(flag, days - 1)
    assert said() == (0, 0)
    age(flag, days + 1)
    assert said() == (1, 1)
    Flag.objects.update(state="changed", changed_at=timezone.now())
    assert said() == (0, 0), "what changed waits since then"


@pytest.mark.parametrize("figures", [ProcessFigures, OrganizationFigures])
def test_figures_that_rules_lack_have_names(figures):
    assert [name for name in figures.__struct_fields__ if place_name(f"statistics/{name}").startswith("stat")] == []


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_the_index_shows_leads_the_dashboard_without_scripts(index, flag, lead, make_user, language):
    ana = make_user(groups.AUDITORS, name="ana")
    for number in range(5):
        other = raise_flag(load_release(made_up_release()))
        decision = Review.Decision.DISMISSED if number else Review.Decision.CONFIRMED
        review_flag(flag=other, reviewer=ana, decision=decision, reason="So.")
    Flag.objects.filter(decision="first_confirmation").update(decision="confirmed")
    refresh_decisions()
    OutcomeCount.objects.create(rule="R018", kind="flagged", field="", records=14)
    OutcomeCount.objects.create(rule="R018", kind="clear", field="", records=7)
    OutcomeCount.objects.create(rule="R040", kind="flagged", field="", records=1)
    OutcomeCount.objects.create(rule="R024", kind="insufficient_data", field="/bids/details", records=9)
    record(lead, Action.CHANGED, flag.last_audit, effect={})
    html = index(language)
    assert alive(html) == []
    assert html.count("<svg ") >= 3
    assert html.count("<figure") == html.count("<details>"), "each picture has its table"
    regions = re.findall(r'role="region" aria-label="([^"]+)"', html)
    assert len(regions) == len(set(regions)) >= 6, "each is told from the others by its name"
    shown = text_of(html)
    with override(language):
        field = place_name("/bids/details")
    assert field != "/bids/details"
    for told in (field, "67 %", "ana"):
        assert told in shown
    assert "R040" not in shown, "one record of one tells nothing of a rule"


def test_an_empty_desk_shows_no_waiting_flags(index):
    shown = text_of(index())
    assert "over half still wait" not in shown
    assert "Last audit by the workers never" in shown


def test_desk_figures_come_from_the_last_count(index, flag, lead):
    age(flag, settings.VEEDOR_DESK_DAYS + 1)
    assert '<dd><a href="/admin/audits/flag/">1</a>' in index()
    assert cached_desk_figures() is None
    kept = refresh_desk_figures((7, 7200.0))
    assert (kept.waiting, kept.overdue, kept.weeks) == (1, 1, weeks(kept.counted_at))
    assert cached_desk_figures() == kept
    Flag.objects.update(state="dismissed")
    assert (cached_desk_figures().waiting, count_desk(timezone.now(), (0, 0.0)).waiting) == (1, 0)
    with CaptureQueriesContext(connection) as queries:
        html = index()
    assert "<dd>7</dd>" in html
    assert "2 hours" in html
    assert not [
        query
        for query in queries
        if "count(" in query["sql"].lower() and '"raised_at"' in query["sql"] and "assignee" not in query["sql"]
    ]
    total_outcomes()
    assert cached_desk_figures().waiting == 0


def test_stopped_workers_raise_an_alarm(index, flag):
    def alarms():
        return re.findall(r'class="alarming"><dt>([^<]+)</dt>', index())

    refresh_desk_figures((0, 0.0))
    assert "Workers counted last at" in index()
    assert "Workers counted last at" not in alarms()
    row = PageFigures.objects.get(pk="desk")
    row.figures["counted_at"] = (timezone.now() - timedelta(minutes=31)).isoformat()
    row.save()
    assert "Workers counted last at" in alarms()


def test_retention_blocked_by_the_clock_raises_an_alarm(index, flag):
    for hours, is_alarming in ((23, False), (73, True)):
        RetentionClock.objects.update_or_create(pk=1, defaults={"until": timezone.now() - timedelta(hours=hours)})
        assert ("Retention is behind the clock by</dt><dd>3 days" in index()) is is_alarming


def test_a_nearly_full_disk_raises_an_alarm(index, flag, monkeypatch):
    for free, is_alarming in ((0.25, False), (0.19, True)):
        monkeypatch.setattr(
            shutil, "disk_usage", lambda _path, free=free: SimpleNamespace(total=1000, free=1000 * free)
        )
        html = index()
        assert f"{free:.0%}".replace("%", " %") in text_of(html)
        assert bool(re.search(r'class="alarming"><dt>Free on the disk</dt>', html)) is is_alarming
        assert {figure.name: figure.value for figure in read_figures()}["free_share"] == free


def test_flags_in_shadow_are_not_counted_for_the_desk(flag, lead):
    age(flag, 3)
    review_flag(flag=flag, reviewer=lead, decision=Review.Decision.DISMISSED, reason="So.")
    assert queue_half_life(timezone.now()) == 3
    RuleState.objects.create(rule=flag.rule, value="shadow", source="s")
    assert queue_half_life(timezone.now()) is None


def test_undecided_context_is_not_counted_for_the_desk(flag, lead):
    def figures():
        now = timezone.now()
        return sum(week.arrived for week in weeks(now)), queue_half_life(now), withdrawn_by_cause(now)

    age(flag, 3)
    review_flag(flag=flag, reviewer=lead, decision=Review.Decision.DISMISSED, reason="So.")
    for _number in range(2):
        context = raise_flag(load_release(made_up_release()), severity=Severity.CONTEXT)
    assert figures() == (1, 3, {})
    gone = {"state": "withdrawn", "withdrawn_at": timezone.now(), "withdrawn_because": "record"}
    Flag.objects.filter(pk=context.pk).update(**gone)
    assert figures() == (1, 3, {})
    Flag.objects.filter(pk=context.pk).update(decision="dismissed")
    assert figures() == (2, 3, {"record": 1})


def test_precision_is_drawn_with_its_interval(index, flag, make_user):
    for number in range(5):
        other = raise_flag(load_release(made_up_release()))
        reviewer = make_user(groups.AUDITORS, name=f"a{number}")
        review_flag(flag=other, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="So.")
    assert "n = 5" not in index(), "it is counted by the schedule"
    refresh_decisions()
    assert "R018: 0 % (0–43 %), n = 5" in index()


def test_others_see_no_dashboard(client, make_user, flag):
    for group in (groups.JOURNALISTS, groups.SUBMITTERS):
        client.force_login(make_user(group))
        assert "lead-dashboard" not in client.get(INDEX).content.decode()


def test_a_change_of_a_list_is_shown_with_its_previewed_effect(index, lead):
    from audits.models import RuleOverride

    row = RuleOverride.objects.create(rule="R018", parameter="minimum", value=2, country="PE", source="s")
    record(lead, Action.CHANGED, row, effect={"added": 12, "dropped": 40})
    html = index()
    assert '<td class="number">12</td><td class="number">40</td>' in html
    assert "changed: override of a rule PE R018 minimum" in text_of(html)
    row.delete()
    assert "changed: audits.ruleoverride" in text_of(index())


def test_the_number_of_queries_does_not_grow_with_flags_and_decisions(index, flag, make_user):
    index()
    with CaptureQueriesContext(connection) as few:
        index()
    for number in range(4):
        other = raise_flag(load_release(made_up_release()))
        reviewer = make_user(groups.AUDITORS, name=f"a{number}")
        review_flag(flag=other, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="So.")
    with CaptureQueriesContext(connection) as more:
        index()
    assert len(more) <= len(few)
    assert len(few) < 50


def test_the_index_links_auditors_to_their_queues(client, make_user):
    flag = raise_flag(load_release(made_up_release()))
    auditor = make_user(groups.AUDITORS)
    Flag.objects.filter(pk=flag.pk).update(assignee=auditor)
    client.force_login(auditor)
    page = client.get(INDEX).content.decode()
    facts = dict(re.findall(r'<dt>([^<]+)</dt><dd><a href="([^"]+)">', page))
    for queue in ("Mine", "Flags that wait"):
        assert re.findall(rf"<dt>{queue}</dt><dd><a [^>]+>1</a>", page), "whether or not the schedule has counted"
    assert len(facts) == len(QUEUES) + 7
    for address in facts.values():
        assert client.get(unescape(address)).status_code == 200
    assert "Ingest and workers" not in page


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.LEADS])
def test_the_index_lists_rules_by_waiting_flags(client, make_user, group):
    for code in ("R018", "T01", "T01"):
        raise_flag(load_release(made_up_release()), code=code)
    client.force_login(make_user(group))
    assert "by rule" not in text_of(client.get(INDEX).content.decode()), "nobody has counted yet"
    refresh_desk_figures((0, 0))
    page = client.get(INDEX).content.decode()
    told = re.findall(r'<dt>(\w+) [^<]+</dt><dd><a href="(/admin/audits/flag/\?rule=\w+)">([^<]+)</a>', page)
    assert [(code, number) for code, _address, number in told] == [("T01", "2"), ("R018", "1")]
    assert "T01 T01" not in page
    assert page.count("the schedule does it every ten minutes") == 1, "the queues are counted now, and may differ"
    for code, address, number in told:
        assert text_of(client.get(address).content.decode()).count(f" {code} ") >= int(number)


def test_a_large_queue_shows_the_scheduled_count(client, make_user, monkeypatch):
    for _number in range(3):
        raise_flag(load_release(made_up_release()))
    monkeypatch.setattr(dashboard, "MAX_COUNTED", 1)
    monkeypatch.setattr(queues, "MAX_COUNTED", 1)
    client.force_login(make_user(groups.AUDITORS))
    told = r"<dt>Flags that wait</dt><dd><a [^>]+>([^<]+)</a>"
    assert re.findall(told, client.get(INDEX).content.decode()) == ["1+"]
    refresh_desk_figures((0, 0))
    assert re.findall(told, client.get(INDEX).content.decode()) == ["3"]


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.LEADS])
def test_reviewers_see_their_latest_decisions(client, make_user, flag, group):
    """The list of the admin for this holds no decisions: after a day's work it said that there were none."""
    person, other = make_user(group, name="ana"), make_user(groups.AUDITORS, name="berta")
    client.force_login(person)
    beside = client.get(INDEX).content.decode().partition("My latest decisions")[2]
    assert "None yet." in beside
    review_flag(flag=flag, reviewer=person, decision=Review.Decision.DISMISSED, reason="So.")
    elsewhere = raise_flag(load_release(made_up_release()))
    review_flag(flag=elsewhere, reviewer=other, decision=Review.Decision.DISMISSED, reason="So.")
    page = client.get(INDEX).content.decode()
    assert "Recent actions" not in page
    beside = page.partition("My latest decisions")[2]
    assert re.findall(r'href="/admin/audits/flag/(\d+)/change/"', beside) == [str(flag.pk)]
    assert "Dismissed, " in beside
    (address,) = re.findall(r'href="([^"]+)">All of them', beside)
    rows = client.get(unescape(address)).context["cl"].result_list
    assert [row.reviewer.username for row in rows] == ["ana"]


@pytest.mark.usefixtures("two_persons")
def test_a_lead_who_decides_too_has_their_own_queues_beside_the_dashboard(index, flag, make_user, lead):
    review_flag(flag=flag, reviewer=make_user(), decision=Review.Decision.CONFIRMED, reason="So.")
    Flag.objects.filter(pk=raise_flag(load_release(made_up_release())).pk).update(assignee=lead)
    page = index()
    for queue, number in (("Mine", 1), ("Second look", 1), ("My decisions that were overturned", 0)):
        assert re.findall(rf"<dt>{queue}</dt><dd><a [^>]+>{number}</a>", page), queue
