"""Who may open which page; what was judged cannot be edited."""

import pytest
from django.urls import reverse

from audits import groups
from audits.models import AuditAttempt, Cohort, Review
from contracts.models import Organization, Release
from tests.support.pages import change_page
from tests.support.triage import raise_flag

NOBODY = ""

# page → groups that see it
READERS = {groups.AUDITORS, groups.LEADS}
LISTS = {
    "audits_flag": READERS,
    "audits_audit": READERS,
    "audits_auditattempt": READERS,
    "audits_review": READERS,
    "audits_cohort": READERS,
    "audits_lexiconterm": READERS,
    "audits_watchlist": READERS,
    "audits_watchlistentry": READERS,
    "audits_publiclist": READERS,
    "audits_blindreview": READERS,
    "audits_foureyeswaiver": READERS,
    "audits_rulestate": READERS,
    "audits_suppression": READERS,
    "audits_ruleoverride": READERS,
    "contracts_contractingprocess": READERS,
    "contracts_organization": READERS,
    "contracts_release": READERS,
    "contracts_publisher": READERS,
    "contracts_submission": {*READERS, groups.SUBMITTERS},
    "contracts_apitoken": set(groups.GROUPS),
    "contracts_claim": READERS,
    "contracts_publishergrant": {groups.LEADS},
    "auth_user": {groups.LEADS},
}
ADDERS = {
    "auth_user": {groups.LEADS},
    "audits_lexiconterm": {groups.LEADS},
    "audits_watchlist": {groups.LEADS},
    "audits_watchlistentry": {groups.LEADS},
    "audits_publiclist": {groups.LEADS},
    "audits_foureyeswaiver": {groups.LEADS},
    "audits_rulestate": {groups.LEADS},
    "audits_suppression": {groups.LEADS},
    "audits_ruleoverride": {groups.LEADS},
    "contracts_publisher": {groups.LEADS},
    "contracts_apitoken": set(groups.GROUPS),
    "contracts_publishergrant": {groups.LEADS},
    "contracts_submission": {groups.LEADS, groups.SUBMITTERS},
}
UNTOUCHED = (
    "audits_flag",
    "audits_audit",
    "audits_auditattempt",
    "audits_review",
    "audits_cohort",
    "contracts_release",
    "contracts_contractingprocess",
    "contracts_organization",
)
EVERYBODY = [NOBODY, *groups.GROUPS]


@pytest.mark.parametrize("group", EVERYBODY)
def test_lists_open_for_those_who_may_see_them(sign_in, flag, group):
    client = sign_in(group)
    seen = {page for page in LISTS if client.get(reverse(f"admin:{page}_changelist")).status_code == 200}
    assert seen == {page for page, readers in LISTS.items() if group in readers}


@pytest.mark.parametrize("group", EVERYBODY)
def test_rows_are_added_by_those_who_may(sign_in, group):
    client = sign_in(group)
    seen = {page for page in LISTS if client.get(reverse(f"admin:{page}_add")).status_code == 200}
    assert seen == {page for page, adders in ADDERS.items() if group in adders}


@pytest.mark.parametrize("group", EVERYBODY)
def test_the_page_of_a_flag_opens_for_auditors_and_leads(sign_in, flag, group):
    answer = sign_in(group).get(change_page(flag))
    assert answer.status_code == (200 if group in READERS else 403)


def test_anonymous_visitors_are_sent_to_the_login(client, flag):
    for address in (reverse("admin:audits_flag_changelist"), change_page(flag)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


@pytest.fixture
def rows(flag, process, make_user):
    review = Review.objects.create(
        flag=flag,
        decision="in_review",
        reviewer=make_user(name="earlier"),
        judged_digest=flag.judged_digest,
        judged={},
    )
    attempt = AuditAttempt.objects.create(process=process, key=b"k", leased_until=process.compiled_at)
    cohort = Cohort.objects.create(name="price_gaps", key="PE|open|goods", n=12, figures={"q1": 0.1}, digest=b"d")
    return {
        "audits_cohort": cohort,
        "audits_flag": flag,
        "audits_audit": flag.last_audit,
        "audits_auditattempt": attempt,
        "audits_review": review,
        "contracts_release": Release.objects.get(ocid=process.ocid),
        "contracts_contractingprocess": process,
        "contracts_organization": Organization.objects.first(),
    }


@pytest.mark.parametrize("page", UNTOUCHED)
def test_not_even_a_superuser_adds_changes_or_deletes(sign_in, rows, page):
    client = sign_in(is_superuser=True)
    row = rows[page]
    assert client.get(reverse(f"admin:{page}_change", args=[row.pk])).status_code == 200
    assert client.get(reverse(f"admin:{page}_add")).status_code == 403
    assert client.post(reverse(f"admin:{page}_add"), {}).status_code == 403
    assert client.post(reverse(f"admin:{page}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    if page != "audits_flag":  # there a POST is a decision
        assert client.post(reverse(f"admin:{page}_change", args=[row.pk]), {"reason": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse(f"admin:{page}_changelist"), chosen)
    assert type(row).objects.filter(pk=row.pk).exists()


def test_pages_of_rows_say_nothing_can_be_saved(sign_in, rows):
    client = sign_in(is_superuser=True)
    for page, row in rows.items():
        html = client.get(reverse(f"admin:{page}_change", args=[row.pk])).content.decode()
        assert 'name="_save"' not in html, page
        assert "deletelink" not in html, page


def test_failed_audits_are_shown_with_how_often_they_were_tried(auditor, process):
    AuditAttempt.objects.create(
        process=process, key=b"k", attempts=3, leased_until=process.compiled_at, failed_at=process.compiled_at
    )
    html = auditor.get(reverse("admin:audits_auditattempt_changelist")).content.decode()
    assert "tried 3 times" in html
    assert process.ocid in html


def test_a_running_audit_is_not_a_failed_one(auditor, process):
    AuditAttempt.objects.create(process=process, key=b"k", attempts=1, leased_until=process.compiled_at)
    address = reverse("admin:audits_auditattempt_changelist")
    assert process.ocid not in auditor.get(address).content.decode()
    assert process.ocid in auditor.get(address, {"state": "all"}).content.decode()


def test_an_unknown_flag_is_not_found(auditor, flag):
    assert auditor.get(reverse("admin:audits_flag_change", args=[flag.pk + 1])).status_code == 404


def test_a_flag_of_a_removed_rule_still_opens(auditor, process, monkeypatch):
    flag = raise_flag(process)
    type(flag).objects.filter(pk=flag.pk).update(rule="R999")
    answer = auditor.get(change_page(flag))
    assert answer.status_code == 200
    assert "no longer part of Veedor" in answer.content.decode()


def test_a_flag_whose_values_lack_what_the_sentence_names_still_opens(auditor, flag):
    type(flag).objects.filter(pk=flag.pk).update(values={"number": 1})
    for address in (reverse("admin:audits_flag_changelist"), change_page(flag)):
        answer = auditor.get(address)
        assert answer.status_code == 200
        assert "…" in answer.content.decode()


def test_a_cohort_is_shown_with_its_population_and_its_figures(auditor, rows):
    html = auditor.get(change_page(rows["audits_cohort"])).content.decode()
    assert "PE, open, goods" in html
    assert "&quot;q1&quot;: 0.1" in html
