"""Decisions: appended with a reason, on what the page showed, and on to the next flag."""

import re
from urllib.parse import urlencode

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from audits.admin.queue.addresses import FILTERS
from audits.engine.writing import write_audits
from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import Evidence, OutcomeKind, Severity
from audits.judging.rule_set import Outcome
from audits.models import Flag, Review
from audits.triage import review_flag
from tests.audits.admin.desk import page, send, shown
from tests.support.triage import DESCRIPTION, load_release, made_up_release, raise_flag, write_outcomes

# A row of what changed since a decision: place, then, now.
CHANGE = r"<code>(.*?)</code></details></th><td>(.*?)</td><td>(.*?)</td>"


@pytest.mark.parametrize("decision", ["confirmed", "dismissed", "needs_information"])
def test_a_decision_is_appended_with_who_when_and_why(auditor, flag, decision):
    answer = send(auditor, page(flag), decision)
    assert answer.status_code == 302
    review = Review.objects.get()
    assert (review.flag, review.decision, review.reason) == (flag, decision, "Read tender and award.")
    assert review.reviewer.username == "auditors"
    assert review.judged["text"]["es"].startswith("El registro cuenta 1 oferente")
    flag.refresh_from_db()
    assert flag.state == decision


@pytest.mark.parametrize("decision", ["confirmed", "dismissed", "needs_information"])
def test_a_decision_without_reason_is_refused_and_says_so(auditor, flag, decision):
    answer = send(auditor, page(flag), decision, reason="  ")
    assert answer.status_code == 400
    assert "Say why" in answer.content.decode()
    assert not Review.objects.exists()


def test_an_unknown_decision_is_refused(auditor, flag):
    assert send(auditor, page(flag), "approved").status_code == 400
    assert not Review.objects.exists()


def test_people_without_the_permission_cannot_decide(sign_in, flag, make_user):
    client = sign_in()
    from django.contrib.auth.models import Permission

    user = make_user(name="reader")
    user.user_permissions.add(Permission.objects.get(codename="view_flag"))
    client.force_login(user)
    html = client.get(page(flag)).content.decode()
    assert 'name="decision"' not in html
    form = {"shown_digest": flag.shown_digest, "decision": "confirmed", "reason": "x"}
    assert client.post(page(flag), form).status_code == 403
    assert not Review.objects.exists()


# Stale forms


def test_a_decision_on_a_changed_flag_is_refused_and_keeps_the_reason(auditor, process, flag):
    form = shown(auditor, page(flag))
    raise_flag(process, Evidence("/tender/numberOfTenderers", 2))
    answer = send(auditor, page(flag), reason="Only one bid.", form=form)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since the page was shown" in html
    assert "Only one bid." in html
    assert not Review.objects.exists()
    # The page that refused shows the flag as it stands: its own form counts.
    now = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    now.pop("csrfmiddlewaretoken")
    assert send(auditor, page(flag), form=now).status_code == 302


def test_a_decision_keeps_the_figures_that_its_page_showed(auditor, process):
    """A year later the reason speaks of 13 processes, and what was judged must not speak of 14."""
    said = {"decision_basis": ("as before",), "code": "R018"}
    flag = raise_flag(process, values={"count": 13, "method": "open"}, **said)
    form, digest = shown(auditor, page(flag)), bytes(flag.judged_digest)
    flag = raise_flag(process, values={"count": 14, "method": "open"}, **said)
    assert bytes(flag.judged_digest) == digest

    answer = send(auditor, page(flag), reason="13 are too many.", form=form)

    assert answer.status_code == 409
    assert "13 are too many." in answer.content.decode()
    assert not Review.objects.exists()
    send(auditor, page(flag))
    assert Review.objects.get().judged["values"]["count"] == 14


def test_a_decision_is_refused_if_only_the_record_changed(auditor):
    """The decision would rest on a record that nobody had read: here, on another amount than the page showed."""
    release = made_up_release()
    flag = raise_flag(load_release(release))
    form, digest = shown(auditor, page(flag)), bytes(flag.judged_digest)
    value = {"amount": 9_900_000, "currency": "MXN"}
    later = {"id": f"{release['ocid']}-2", "date": "2026-03-02T00:00:00Z"}
    raise_flag(load_release({**release, **later, "tender": {**release["tender"], "value": value}}))
    flag.refresh_from_db()
    assert bytes(flag.judged_digest) == digest

    answer = send(auditor, page(flag), reason="One bid is usual for so little.", form=form)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since the page was shown" in html
    assert "One bid is usual for so little." in html
    assert not Review.objects.exists()
    assert send(auditor, page(flag)).status_code == 302


@pytest.mark.parametrize("decision", ["confirmed", "dismissed", "needs_information"])
def test_a_second_click_decides_once_and_redirects_as_the_first(auditor, flag, make_user, decision):
    """Refused, it told people that what they had decided was not saved."""
    form = shown(auditor, page(flag))
    first = send(auditor, page(flag), decision, form=form)
    second = send(auditor, page(flag), decision, form=form)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Review.objects.count() == 1
    # Other words are another decision, and so is what was undone or decided by somebody else since.
    assert send(auditor, page(flag), decision, reason="Read it again.", form=form).status_code == 409
    review_flag(flag=flag, reviewer=make_user(name="berta"), decision=Review.Decision.DISMISSED, reason="No.")
    assert send(auditor, page(flag), decision, form=form).status_code == 409
    assert Review.objects.count() == 2


def test_a_decision_is_refused_if_someone_else_decided_first(auditor, flag, make_user):
    form = shown(auditor, page(flag))
    Review.objects.create(
        flag=flag,
        decision="dismissed",
        reason="Market of one supplier.",
        reviewer=make_user(name="berta"),
        judged_digest=flag.judged_digest,
        judged={},
    )
    answer = send(auditor, page(flag), form=form)
    assert answer.status_code == 409
    assert "berta decided on this flag" in answer.content.decode()
    assert Review.objects.count() == 1


def test_a_flag_withdrawn_since_the_page_was_shown_cannot_be_decided(auditor, process, flag):
    form = shown(auditor, page(flag))
    write_outcomes(process)
    answer = send(auditor, page(flag), form=form)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "no longer raises this" in html
    assert 'name="decision"' not in html
    assert not Review.objects.exists()


def test_an_invalid_digest_is_refused(auditor, flag):
    for digest in ("", "xyz", "0" * 63, "<script>"):
        form = {"shown_digest": digest, "decision": "confirmed", "reason": "x"}
        assert auditor.post(page(flag), form).status_code == 400
    assert not Review.objects.exists()


def test_decisions_show_what_was_judged_if_it_changed(auditor, process, flag):
    send(auditor, page(flag), "dismissed", reason="A market of one.")
    assert "What was judged is unchanged." in auditor.get(page(flag)).content.decode()
    raise_flag(process, values={"count": 1, "method": "selective"})
    flag.refresh_from_db()
    assert flag.state == Flag.State.CHANGED
    html = auditor.get(page(flag)).content.decode()
    assert "What was judged has changed since." in html
    assert "A market of one." in html
    assert "“The record counts 1 tenderer in a procedure of method “open tender”.”" in html


def test_a_decision_shows_which_evidence_has_changed(auditor, process):
    cited = (Evidence("/tender/numberOfTenderers", 1), Evidence("/tender/procurementMethod", "open"))
    flag = raise_flag(process, *cited)
    send(auditor, page(flag), "needs_information", reason="Who else was asked?")
    send(auditor, page(flag), "dismissed", reason="A market of one.")
    raise_flag(process, Evidence("/tender/numberOfTenderers", 2), cited[1], Evidence("/tender/status", "complete"))
    html = auditor.get(page(flag)).content.decode()
    assert re.findall(CHANGE, html) == [
        ("/tender/numberOfTenderers", "<del>1</del>", "<ins>2</ins>"),
        ("/tender/status", '<span class="quiet">nothing was cited</span>', "<ins>complete</ins>"),
    ]
    assert html.count("What was judged has changed since.</span>") == 2, "both decisions say so, one shows it"
    assert "Tender: number of tenderers<details" in html, "a place has a name, its path on demand"


def test_old_and_new_passages_of_a_changed_text_are_shown_side_by_side(auditor, process):
    """Whether the flag still cites the place, or was withdrawn because of what now stands there."""
    start = DESCRIPTION.index("video vigilancia")
    cited = passage(DESCRIPTION, start, start + 16)
    flag = raise_flag(process, Evidence("/tender/description", DESCRIPTION, cited, start, start + 16, "x"))
    send(auditor, page(flag), "confirmed", reason="Cameras watch the market.")
    changed = DESCRIPTION.replace("el mercado municipal", "la plaza mayor")
    release = made_up_release(process.ocid, description=changed)
    load_release(release | {"id": "later", "date": "2026-04-01T00:00:00Z"})
    raise_flag(
        process, Evidence("/tender/description", changed, passage(changed, start, start + 16), start, start + 16)
    )
    beside = (
        "Suministro de cámaras de video vigilancia para <del>el mercado municipal, </del>",
        "Suministro de cámaras de video vigilancia para <ins>la plaza mayor, </ins>",
    )
    ((place, then, now),) = re.findall(CHANGE, auditor.get(page(flag)).content.decode())
    assert (place, then[: len(beside[0])], now[: len(beside[1])]) == ("/tender/description", *beside)
    write_outcomes(process, Outcome("R018", OutcomeKind.CLEAR))
    html = auditor.get(page(flag)).content.decode()
    assert "No longer raised since it was confirmed" in html
    ((place, then, now),) = re.findall(CHANGE, html)
    assert (place, then[: len(beside[0])], now[: len(beside[1])]) == ("/tender/description", *beside)


def test_the_list_of_decisions_hides_the_sidebar(auditor, flag):
    send(auditor, page(flag), "dismissed", reason="First.")
    html = auditor.get("/admin/audits/review/").content.decode()
    assert ("First." in html, "nav-sidebar" in html) == (True, False)


def test_a_second_decision_is_appended_and_the_first_kept(auditor, flag):
    send(auditor, page(flag), "dismissed", reason="First.")
    send(auditor, page(flag), "confirmed", reason="Second.")
    assert list(Review.objects.values_list("reason", flat=True)) == ["First.", "Second."]
    flag.refresh_from_db()
    assert flag.state == Flag.State.CONFIRMED


# Nothing that was decided changes


@pytest.mark.parametrize("change", ["UPDATE audits_review SET reason = 'other'", "DELETE FROM audits_review"])
def test_the_database_refuses_to_change_decisions(auditor, flag, change):
    send(auditor, page(flag))
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(change)
    assert Review.objects.get().reason == "Read tender and award."


def test_the_orm_cannot_bypass_the_refusal(auditor, flag):
    send(auditor, page(flag))
    review = Review.objects.get()
    review.reason = "other"
    for change in (review.save, review.delete, lambda: Review.objects.update(reason="other")):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


# The next flag


@pytest.fixture
def queue(db):
    """Three flags in the order of the queue: a high one, and two of medium severity, the newer first."""
    made = [
        raise_flag(load_release(made_up_release()), severity=severity)
        for severity in (Severity.MEDIUM, Severity.HIGH, Severity.MEDIUM)
    ]
    return [made[1], made[2], made[0]]


def opened(answer) -> int:
    return int(re.search(r"/flag/(\d+)/", answer["Location"])[1])


def test_after_a_decision_the_next_flag_of_the_queue_opens(auditor, queue):
    first, second, third = queue
    assert opened(send(auditor, page(first))) == second.pk
    assert opened(send(auditor, page(second))) == third.pk
    answer = send(auditor, page(third))
    assert answer["Location"] == reverse("admin:audits_flag_changelist")


def test_the_queue_keeps_its_filters(auditor, queue):
    first, second, third = queue
    filters = "severity=medium&state=all"
    answer = send(auditor, page(second, filters))
    assert opened(answer) == third.pk
    assert urlencode({FILTERS: filters}) in answer["Location"]
    # With all states shown, nothing leaves the queue: after the last comes the first.
    assert opened(send(auditor, page(third, filters))) == second.pk
    assert first.pk not in {second.pk, third.pk}


def test_a_search_is_part_of_the_queue(auditor, queue):
    first, _second, third = queue
    filters = urlencode({"q": third.process.ocid})
    assert send(auditor, page(third, filters))["Location"].endswith(filters)
    assert Flag.objects.get(pk=first.pk).state == Flag.State.NEW


def test_invalid_filters_fall_back_to_the_default_list(auditor, queue):
    first, second, _third = queue
    for filters in ("nonsense__exact=1", "severity__exact__regex=(", "p=9999"):
        assert auditor.get(page(first, filters)).status_code == 200
    assert auditor.get(page(first, "%00")).status_code == 400
    assert opened(send(auditor, page(first, "nonsense__exact=1"))) == second.pk


def test_a_decision_never_redirects_to_another_site(auditor, queue):
    answer = send(auditor, page(queue[0], "", next="https://example.org/"))
    assert answer["Location"].startswith("/admin/")


def test_an_unchanged_audit_keeps_the_decision(auditor, process, flag):
    send(auditor, page(flag))
    raise_flag(process)
    flag.refresh_from_db()
    assert flag.state == Flag.State.CONFIRMED
    assert write_audits([]) == 0
