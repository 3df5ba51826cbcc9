"""The reasons that a person gave before, offered again for flags of the same rule."""

from audits import groups
from audits.admin.deciding.own_reasons import MAX_OFFERED, own_reasons
from audits.models import Review
from audits.triage import review_flag, undo_decision
from tests.support.pages import change_page, text_of
from tests.support.triage import load_release, made_up_release, raise_flag

OFFER = "Your last reasons on this rule"


def raised():
    return raise_flag(load_release(made_up_release()))


def test_ones_own_reasons_on_the_rule_are_offered_each_once_and_the_latest_first(make_user):
    ana, berta = make_user(groups.AUDITORS, name="ana"), make_user(groups.AUDITORS, name="berta")
    given = [("dismissed", "A market of one.", "no_weight"), ("confirmed", "One bid of two.", "")]
    for decision, reason, code in [*given, given[0]]:
        review_flag(flag=raised(), reviewer=ana, decision=Review.Decision(decision), reason=reason, reason_code=code)
    review_flag(flag=raised(), reviewer=berta, decision=Review.Decision.DISMISSED, reason="Of berta.")
    offered = own_reasons(ana, ["R018"])
    assert [(own.text, own.code, own.decision) for own in offered] == [
        ("A market of one.", "no_weight", "dismissed"),
        ("One bid of two.", "", "confirmed"),
    ]
    assert own_reasons(ana, ["T01"]) == []
    assert own_reasons(make_user(name="carla"), ["R018"]) == []


def test_what_was_only_undone_by_somebody_is_no_reason_of_theirs(make_user):
    ana, flag = make_user(groups.AUDITORS, name="ana"), raised()
    review_flag(flag=flag, reviewer=ana, decision=Review.Decision.DISMISSED, reason="Not this one.")
    undo_decision(undone_by=ana, flag_id=flag.pk)
    assert [own.text for own in own_reasons(ana, ["R018"])] == ["Not this one."]


def test_few_are_offered(make_user):
    ana = make_user(groups.AUDITORS, name="ana")
    for number in range(MAX_OFFERED + 2):
        review_flag(flag=raised(), reviewer=ana, decision=Review.Decision.DISMISSED, reason=f"Reason {number}.")
    assert [own.text for own in own_reasons(ana, ["R018"])] == [
        f"Reason {number}." for number in range(MAX_OFFERED + 1, 1, -1)
    ]


def test_the_page_of_a_flag_and_that_of_several_offer_them(auditor, flag):
    page = f"/admin/audits/flag/together/?flags={flag.pk}"
    assert OFFER not in text_of(auditor.get(change_page(flag)).content.decode())
    person = auditor.get(change_page(flag)).wsgi_request.user
    hostile = '"><script>alert(1)</script>'
    review_flag(flag=raised(), reviewer=person, decision=Review.Decision.DISMISSED, reason=hostile)
    for address in (change_page(flag), page):
        html = auditor.get(address).content.decode()
        assert OFFER in text_of(html)
        assert (hostile in text_of(html), hostile in html) == (True, False)
