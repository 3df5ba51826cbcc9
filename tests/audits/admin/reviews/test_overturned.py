"""Auditors learn at the desk of decisions that a colleague overturned; leads see all of them."""

import html
import re
from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.models import Review
from audits.triage import lately_overturning, overturning_of, review_flag, undo_decision
from tests.audits.admin.desk import listed
from tests.support.pages import change_page

INDEX = reverse("admin:index")
DECISIONS = reverse("admin:audits_review_changelist")

pytestmark = pytest.mark.usefixtures("two_persons")


@pytest.fixture
def people(make_user):
    return {name: make_user(groups.AUDITORS, name=name) for name in ("dora", "emma", "fina")}


@pytest.fixture
def decide(flag, people):
    def decided(name, decision):
        return review_flag(
            flag=flag, reviewer=people[name], decision=Review.Decision(decision), reason=f"{name} read it."
        )

    return decided


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def overturned(people) -> set[str]:
    return {name for name, person in people.items() if overturning_of(person).exists()}


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ([("dora", "confirmed"), ("emma", "dismissed")], {"dora"}),
        ([("dora", "dismissed"), ("emma", "confirmed")], {"dora"}),
        ([("dora", "confirmed"), ("emma", "confirmed"), ("fina", "needs_information")], {"emma"}),
        ([("dora", "confirmed"), ("emma", "confirmed")], set()),
        ([("dora", "dismissed"), ("emma", "dismissed")], set()),
        ([("dora", "needs_information"), ("emma", "dismissed")], set()),
        ([("dora", "confirmed"), ("dora", "dismissed")], set()),
        ([("dora", "confirmed"), ("emma", "in_review"), ("emma", "dismissed")], {"dora"}),
        ([("dora", "confirmed"), ("emma", "dismissed"), ("dora", "dismissed")], set()),
        ([("dora", "confirmed"), ("emma", "dismissed"), ("dora", "confirmed")], {"emma"}),
    ],
)
def test_only_the_overruled_person_is_told(decide, people, decisions, told):
    for name, decision in decisions:
        decide(name, decision)
    assert overturned(people) == told


def test_an_undone_decision_does_not_count_as_overturning(decide, flag, people):
    decide("dora", "confirmed")
    decide("emma", "dismissed")
    undo_decision(undone_by=people["emma"], flag_id=flag.pk)
    assert overturned(people) == set()
    decide("fina", "dismissed")
    assert overturned(people) == {"dora"}


def test_an_overturned_decision_is_in_its_authors_queue_with_the_reason(decide, flag, people):
    before = decide("dora", "confirmed")
    decision = decide("emma", "dismissed")
    dora = signed_in(people["dora"])
    shown = html.unescape(dora.get(INDEX).content.decode())
    assert re.search(r'My decisions that were overturned</dt><dd><a href="([^"]+)">1</a>', shown)
    assert listed(dora, queue="overturned") == [flag.pk]
    assert listed(signed_in(people["emma"]), queue="overturned") == []
    page = html.unescape(dora.get(change_page(decision)).content.decode())
    assert f'<a href="{change_page(before)}">first confirmation, by dora on ' in page
    assert "“dora read it.”" in page


def test_leads_see_all_recently_overturned_decisions(decide, make_user):
    decide("dora", "confirmed")
    decision = decide("emma", "dismissed")
    lead = signed_in(make_user(groups.LEADS))
    link = re.search(
        r"Decisions that overturn a colleague&#x27;s, in 30 days</dt><dd><a href=\"([^\"]+)\">1</a>",
        lead.get(INDEX).content.decode(),
    )
    assert link
    found = lead.get(html.unescape(link[1])).content.decode()
    assert change_page(decision) in found
    assert "1 decision" in found
    with pgtrigger.ignore():
        Review.objects.update(reviewed_at=timezone.now() - timedelta(days=31))
    assert not lately_overturning().exists()
    assert change_page(decision) not in lead.get(html.unescape(link[1])).content.decode()


def test_a_decision_that_overturns_nothing_shows_no_notice(decide, people):
    decision = decide("dora", "confirmed")
    page = signed_in(people["emma"]).get(change_page(decision)).content.decode()
    assert re.search(r"Overturns:?</label>\s*<div class=\"readonly\">–</div>", page)
