"""The record as it was when a flag was decided on, beside the present one."""

import json
import re

import pytest

from audits.admin.flag.case_file import rule_set_in_force
from audits.models import Audit, PublicList, Review, RuleOverride, Watchlist, WatchlistEntry
from audits.triage import review_flag, undo_decision
from contracts.models import Release
from tests.support.pages import change_page
from tests.support.records import release
from tests.support.triage import load_release, made_up_release, raise_flag

IS_THE_ONE = "Its SHA-256 is the one stored with the decision."
IS_NOT = "Its SHA-256 is not the one stored with the decision:"


@pytest.fixture
def told():
    return made_up_release("ocds-test01-7", title="Cámaras para el mercado", value={"amount": 7, "currency": "PEN"})


@pytest.fixture
def decided(told, make_user):
    flag = raise_flag(load_release(told))
    given = {"decision": Review.Decision.DISMISSED, "reason": "One maker."}
    return review_flag(flag=flag, reviewer=make_user(name="berta"), **given)


def page(client, review):
    html = client.get(change_page(review)).content.decode()
    return html[html.index('id="record-title"') :]


def amend(told, **tender):
    later = release(
        told["ocid"], id="later", date="2026-06-01T00:00:00Z", tender={"id": told["tender"]["id"]} | tender
    )
    return load_release(later)


def test_changed_values_are_shown_side_by_side(auditor, decided, told):
    html = page(auditor, decided)
    assert IS_THE_ONE in html
    assert '<p class="quiet">Nothing.</p>' in html
    amend(told, title="Servicio de limpieza", procurementMethodDetails="Adenda.")
    html = page(auditor, decided)
    assert IS_THE_ONE in html
    otherwise, same = html.split("<details><summary>The same in both")
    assert re.search(r"<td>Servicio de limpieza</td><td><mark>Cámaras para el mercado</mark></td>", otherwise)
    assert "Adenda." not in otherwise
    assert re.search(r"<td>Adenda\.</td><td><span class=\"quiet\">–</span></td>", same), "it was not there"
    assert "checkbox" not in html


def test_each_decision_shows_the_record_of_its_time(auditor, decided, told, make_user):
    amend(told, title="Servicio de limpieza")
    flag = decided.flag
    raise_flag(flag.process)
    later = review_flag(flag=flag, reviewer=make_user(name="ana"), decision=decided.decision, reason="Cleaning.")
    assert "Cámaras para el mercado" in page(auditor, decided)
    assert "Cámaras para el mercado" not in page(auditor, later)


def test_a_changed_or_erased_record_is_reported(auditor, decided, told):
    amend(told, title="Servicio de limpieza")
    other = Release.objects.get(release_id="later")
    Release.objects.filter(pk=other.pk).update(received_at=decided.reviewed_at)
    html = page(auditor, decided)
    assert IS_NOT in html
    assert IS_THE_ONE not in html
    Release.objects.all().delete()
    assert "Nothing that had arrived by then is stored any more." in page(auditor, decided)


def test_a_decision_on_an_earlier_state_of_the_record_says_so(auditor, decided, told, make_user):
    """As that of an amendment that no audit had read, or of a decision that was brought back."""
    amend(told, title="Servicio de limpieza")
    flag, berta = decided.flag, decided.reviewer
    raise_flag(flag.process)
    review_flag(flag=flag, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Cleaning?")
    undo_decision(undone_by=berta, flag_id=flag.pk)
    html = page(auditor, flag.reviews.last())
    assert f"{IS_NOT} the flag was about an earlier state of the record, or" in html


def test_a_decision_without_a_digest_says_so(auditor, decided):
    """Those of the versions before digests were kept."""
    judged = {name: value for name, value in decided.judged.items() if name != Review.RESTS_ON}
    before = Review.objects.create(
        flag=decided.flag,
        reviewer=decided.reviewer,
        decision=decided.decision,
        reason="One maker.",
        judged_digest=decided.judged_digest,
        judged=judged,
    )
    html = page(auditor, before)
    assert "The decision has no SHA-256 of it" in html
    assert IS_NOT not in html


def test_changed_rules_and_lists_are_reported(auditor, told, make_user):
    flag = raise_flag(load_release(told))
    Audit.objects.update(ruleset_digest=rule_set_in_force(flag))
    given = {"decision": Review.Decision.DISMISSED, "reason": "One maker."}
    review = review_flag(flag=flag, reviewer=make_user(name="berta"), **given)
    assert "They are those in force now: their SHA-256 is the one stored with the decision." in page(auditor, review)
    RuleOverride.objects.create(rule="R031", parameter="margin", value=0.5, source="A guideline.", country="")
    assert "Others are in force now:" in page(auditor, review)


@pytest.mark.django_db(transaction=True)  # an edit is dated by the transaction that makes it
def test_list_rows_are_shown_as_they_were_at_the_decision(auditor, make_user):
    """Of a flag that a list raised, the row is what the decision has to be defended with."""
    makers = Watchlist.objects.create(slug="vendors", name="Makers")
    PublicList.objects.create(name="List of A", authority="A")
    named = WatchlistEntry.objects.create(watchlist=makers, name="Mirador", listings=["List of A"], source="s")
    other = WatchlistEntry.objects.create(watchlist=makers, name="Almena", listings=["List of A"], source="s")
    release = load_release(made_up_release("ocds-test01-8"))
    flag = raise_flag(release, code="T16", values={"vendor": "Mirador", "lists": ["List of A"]})
    given = {"decision": Review.Decision.DISMISSED, "reason": "Another firm."}
    review = review_flag(flag=flag, reviewer=make_user(name="berta"), **given)
    assert "No row of the lists that this rule reads was changed since by people here." in page(auditor, review)
    for entry in (other, named):
        entry.listings = []
        entry.save()
    WatchlistEntry.objects.create(watchlist=makers, name="Otero", source="s")
    html = " ".join(page(auditor, review).split())
    assert re.findall(r": (\w+)</a>", html) == ["Mirador", "Almena", "Otero"], "what it names stands first"
    assert "<del>List of A</del> → <ins>–</ins>" in html
    assert re.search(r": Otero</a> · [^<]*, this row was added</li>", html)
    case = json.loads(auditor.get(f"/admin/audits/flag/{flag.pk}/case.json").content)
    edits = [
        (edit["list"], edit["row"]["name"], edit["column"], edit["before"], edit["after"])
        for edit in case["lists"]["changed_since_first_decision"]
    ]
    assert edits == [
        ("vendors", "Almena", "listings", ["List of A"], []),
        ("vendors", "Mirador", "listings", ["List of A"], []),
        ("vendors", "Otero", None, None, None),
    ]


def test_the_basis_of_a_decision_is_described_before_its_json(auditor, decided):
    html = auditor.get(change_page(decided)).content.decode()
    told, folded = html.split("<summary>All of it, as it is stored (JSON)</summary>")
    assert "<p>Tender: number of tenderers: <q>1</q></p>" in told
    assert "rule_version" in folded
    assert '"rule_version"' not in told
