"""One decision on many flags: previewed, applied to each with its own entry, undone by new entries."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from audits import groups, triage
from audits.admin.deciding import together
from audits.desk import assign
from audits.judging.rule.vocabulary import Evidence
from audits.models import Flag, Review, review
from audits.pages.labels import sentence
from audits.triage import review_flag
from tests.audits.admin.desk import LIST, TOGETHER, batch_of, carried, flag_of, page_of, undo
from tests.support.pages import change_page, text_of
from tests.support.triage import DESCRIPTION, load_release, made_up_release, raise_flag


def send(client, address, form=None, *, decision="dismissed", reason="One maker alone.", **buttons):
    return client.post(
        address, {**(form or carried(client, address)), "decision": decision, "reason": reason, **buttons}
    )


@pytest.fixture
def same(db):
    return [flag_of() for _ in range(3)]


@pytest.fixture
def decided(auditor, same):
    """Three flags that an auditor dismissed together."""
    assert send(auditor, page_of(*same), apply=1).status_code == 302
    return same


def states(flags) -> list[str]:
    return [Flag.objects.get(pk=flag.pk).state for flag in flags]


def test_choosing_a_folded_row_chooses_all_its_flags(auditor, same):
    other = flag_of(values={"count": 2, "method": "open"})
    chosen = {"action": "decide_together", "_selected_action": [same[0].pk], "index": 0}
    answer = auditor.post(LIST, chosen)
    html = auditor.get(answer["Location"]).content.decode()
    assert [flag.process.ocid in html for flag in (*same, other)] == [True, True, True, False]


def test_a_batch_can_be_undone_from_any_page(auditor, decided):
    """The message that leads to it is shown once; its key stands in the legend of the list all the time."""
    batch = reverse("admin:audits_flag_batch", args=[batch_of(decided[0])])
    link = f'<a href="{batch}" class="button" data-key="z">Undo: dismissed, decided together <kbd>z</kbd></a>'
    assert "See them, or undo it" in auditor.get(LIST).content.decode()
    listed = auditor.get(LIST).content.decode()
    assert ("See them, or undo it" in listed, link in listed) == (False, True)
    page = change_page(decided[0])
    assert f'<a href="{batch}" data-key="z">' in auditor.get(page).content.decode()
    auditor.post(reverse("admin:audits_flag_undo", args=[decided[2].pk]))
    assert states(decided) == ["dismissed"] * 3, "none of them alone"
    auditor.post(batch)
    assert states(decided) == ["new"] * 3
    assert batch not in auditor.get(f"{LIST}?state=all").content.decode().partition('id="changelist"')[2]


def test_each_flag_shows_passages_parties_and_amount(auditor):
    """Eighteen sentences that are alike do not tell what their words mean in each record."""
    start = DESCRIPTION.index("video vigilancia")
    cited = Evidence("/tender/description", DESCRIPTION, DESCRIPTION[:60], start, start + 16)
    flags = [raise_flag(load_release(made_up_release()), cited) for _ in range(2)]
    told = text_of(auditor.get(page_of(*flags)).content.decode())
    assert told.count(f"“{DESCRIPTION[:60]}”") == 2
    assert told.count("Municipio de Tula → Cámaras del Norte S.A. · 1,400,000 MXN") == 2


def test_a_preview_shows_the_effects_without_writing(auditor, same, settings):
    settings.VEEDOR_PUBLICATION = "reviewed"
    review_flag(flag=same[0], reviewer=get_user(auditor), decision=Review.Decision.NEEDS_INFORMATION, reason="Wait.")
    html = send(auditor, page_of(*same), decision="confirmed").content.decode()
    effects = re.findall(r"<li>([^<]+)</li>", html[html.index("What this would do") :])
    assert set(effects[:2]) == {"Needs information → confirmed: 1", "New → confirmed: 2"}
    assert "The public will see: 3" in effects
    assert any(effect.startswith("Decided on before: 1;") for effect in effects)
    assert Review.objects.count() == 1
    # What was typed goes along to be applied.
    assert "One maker alone." in html


def test_a_preview_and_the_page_of_what_was_decided_say_which_kind_of_reason_was_chosen(auditor, same):
    """It is chosen by one key, is chained with each decision, and counts a flag as idle or as wrong."""
    address = page_of(*same)
    assert "Idle: true and of no weight" in text_of(send(auditor, address, reason_code="no_weight").content.decode())
    assert "Idle:" not in text_of(send(auditor, address).content.decode())
    send(auditor, address, reason_code="no_weight", apply=1)
    page = auditor.get(reverse("admin:audits_flag_batch", args=[batch_of(same[0])])).content.decode()
    assert "Idle: true and of no weight" in text_of(page)


def test_input_can_be_changed_after_the_preview(auditor, same):
    given = {"reason": "One maker alone, of three pages.", "reason_code": "no_weight"}
    assert 'name="again"' in send(auditor, page_of(*same), **given).content.decode()
    html = send(auditor, page_of(*same), again=1, **given).content.decode()
    assert "What this would do" not in html
    assert given["reason"] in html
    for value in ("dismissed", "no_weight"):
        assert re.search(f'value="{value}"[^>]* checked', html), value
    assert not Review.objects.exists()


def test_a_preview_counts_flags_assigned_to_others(auditor, same, make_user):
    others = "Of these, assigned to other people: {}"
    assign([same[0].pk], assignee=get_user(auditor), by=get_user(auditor))
    assert others.format("") not in send(auditor, page_of(*same)).content.decode()
    assign([flag.pk for flag in same[1:]], assignee=make_user(name="berta"), by=get_user(auditor))
    assert others.format(2) in send(auditor, page_of(*same)).content.decode()


def test_each_flag_of_a_batch_gets_its_own_decision(auditor, same):
    answer = send(auditor, page_of(*same), apply=1)
    assert answer["Location"] == LIST
    reviews = list(Review.objects.order_by("flag_id"))
    assert [entry.flag for entry in reviews] == same
    assert {(entry.decision, entry.reason, entry.reviewer.username) for entry in reviews} == {
        ("dismissed", "One maker alone.", "auditors")
    }
    assert len({entry.batch for entry in reviews}) == 1
    assert reviews[0].judged["batch"] == str(reviews[0].batch)  # so that the chain holds it
    assert states(same) == ["dismissed"] * 3
    assert review.CHAIN.broken() == []
    assert reverse("admin:audits_flag_batch", args=[reviews[0].batch]) in auditor.get(LIST).content.decode()
    # The list tells it once; the page of a flag, and its case file, a year later.
    for page in ("change", "case"):
        html = auditor.get(reverse(f"admin:audits_flag_{page}", args=[reviews[0].flag_id])).content.decode()
        assert reverse("admin:audits_flag_batch", args=[reviews[0].batch]) in html


@pytest.mark.parametrize("given", [{"reason": "  "}, {"decision": "reopened"}, {"decision": "in_review"}])
def test_a_batch_without_decision_or_reason_is_refused(auditor, same, given):
    assert send(auditor, page_of(*same), apply=1, **given).status_code == 400
    assert not Review.objects.exists()


def test_if_one_flag_was_decided_first_nothing_is_written_and_the_form_is_shown_without_it(auditor, same, make_user):
    form = carried(auditor, page_of(*same))
    review_flag(flag=same[1], reviewer=make_user(name="berta"), decision=Review.Decision.CONFIRMED, reason="Seen.")
    answer = send(auditor, page_of(*same), form, apply=1)
    html = answer.content.decode()
    assert (answer.status_code, Review.objects.count()) == (409, 1)
    assert "One maker alone." in html
    assert "Left out because somebody decided on them meanwhile: 1." in html
    assert change_page(same[1]) not in html
    again = {"seen": re.search(r'name="seen" value="([^"]+)"', html)[1]}
    assert send(auditor, page_of(*same), again, reason="").status_code == 400
    assert "→ dismissed: 2" in text_of(send(auditor, page_of(*same), again).content.decode())
    assert send(auditor, page_of(*same), again, apply=1).status_code == 302
    assert states(same) == ["dismissed", "confirmed", "dismissed"]


def test_if_all_flags_were_decided_first_the_page_redirects_to_the_list(auditor, same, make_user):
    form, berta = carried(auditor, page_of(*same)), make_user(name="berta")
    for flag in same:
        review_flag(flag=flag, reviewer=berta, decision=Review.Decision.DISMISSED, reason="Seen.")
    answer = send(auditor, f"{page_of(*same)}&_changelist_filters=rule%3DR018", form, apply=1)
    html = answer.content.decode()
    assert (answer.status_code, 'name="seen"' in html) == (409, False)
    assert f'<a href="{LIST}?rule=R018">Back to the list</a>' in html


def test_a_second_click_creates_no_second_batch(auditor, same):
    form = carried(auditor, page_of(*same))
    first = send(auditor, page_of(*same), form, apply=1)
    second = send(auditor, page_of(*same), form, apply=1)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert f"{batch_of(same[0])}/" in auditor.get(second["Location"]).content.decode()
    assert Review.objects.count() == 3
    assert send(auditor, page_of(*same), form, reason="Other words.", apply=1).status_code == 409
    assert send(auditor, page_of(*same), form).status_code == 409, "a preview applies nothing"


def test_the_same_decision_from_another_tab_is_not_reported_as_made_here(auditor, same):
    """Each tab shows a flag that the other one does not."""
    form = carried(auditor, page_of(*same[1:]))
    send(auditor, page_of(*same[:2]), apply=1)
    answer = send(auditor, page_of(*same[1:]), form, apply=1)
    assert (answer.status_code, "have changed since the page was shown" in answer.content.decode()) == (409, True)
    assert states(same) == ["dismissed", "dismissed", "new"]


def test_resending_the_form_of_an_undone_batch_is_not_reported_as_decided(auditor, same):
    form = carried(auditor, page_of(*same))
    send(auditor, page_of(*same), form, apply=1)
    undo(auditor, batch_of(same[0]))
    answer = send(auditor, page_of(*same), form, apply=1)
    assert (answer.status_code, "have changed since the page was shown" in answer.content.decode()) == (409, True)
    assert states(same) == ["new"] * 3


def test_a_flag_that_changes_during_a_batch_rolls_it_back(auditor, same, make_user, monkeypatch):
    """The check under the lock, not the one of the page."""
    other, hold = make_user(name="berta"), together.hold_flags

    def decide_first(flag_ids):
        hold(flag_ids)
        review_flag(flag=same[2], reviewer=other, decision=Review.Decision.CONFIRMED, reason="Seen.")

    monkeypatch.setattr(together, "hold_flags", decide_first)
    answer = send(auditor, page_of(*same), apply=1)
    assert (answer.status_code, "berta decided on this flag" in answer.content.decode()) == (409, True)
    assert not Review.objects.filter(reviewer__username="auditors").exists()


def test_a_flag_withdrawn_during_a_batch_rolls_it_back(auditor, same, monkeypatch):
    hold = together.hold_flags

    def withdraw_first(flag_ids):
        hold(flag_ids)
        Flag.objects.filter(pk=same[2].pk).update(withdrawn_at=timezone.now(), state="withdrawn")

    monkeypatch.setattr(together, "hold_flags", withdraw_first)
    answer = send(auditor, page_of(*same), apply=1)
    assert (answer.status_code, "no longer raises this flag" in answer.content.decode()) == (409, True)
    assert not Review.objects.exists()


def test_batches_are_limited_in_size_and_say_so(auditor, same, monkeypatch):
    monkeypatch.setattr(together, "MAX_TOGETHER", 2)
    address = auditor.get(TOGETHER, {"cause": same[0].cause})["Location"]
    assert "1 more flag is not shown" in auditor.get(address).content.decode()
    send(auditor, address, apply=1)
    assert states(same) == ["dismissed", "dismissed", "new"]


def test_the_page_of_a_flag_links_all_identical_questions(auditor, same):
    def shown():
        return auditor.get(change_page(same[0])).context["together_url"]

    assert auditor.get(shown())["Location"].startswith(page_of(*same))
    Flag.objects.filter(pk__in=[flag.pk for flag in same[1:]]).update(state="dismissed")
    assert shown() == ""


@pytest.mark.parametrize("query", ["", "?flags=x", "?flags=0", "?cause=nonsense"])
def test_nothing_to_decide_on_is_not_found(auditor, query):
    assert auditor.get(TOGETHER + query).status_code == 404


def test_batches_need_their_own_permission(auditor, same):
    Group.objects.get(name=groups.AUDITORS).permissions.remove(Permission.objects.get(codename="decide_in_bulk"))
    assert "decide_together" not in auditor.get(LIST).content.decode()
    assert auditor.get(page_of(*same)).status_code == 403
    form = {"seen": "1:" + "0" * 64 + ":", "decision": "confirmed", "reason": "x", "apply": 1}
    assert auditor.post(page_of(*same), form).status_code == 403
    assert not Review.objects.exists()


# Undo


def test_a_batch_is_undone_by_new_entries(auditor, decided):
    html = undo(auditor, batch_of(decided[0]))
    assert "3 flags stand as before.</li>" in html
    assert '<button class="button" data-key="z">' not in html, "nothing is left to undo"
    assert states(decided) == ["new"] * 3
    assert [entry.decision for entry in decided[0].reviews.order_by("pk")] == ["dismissed", "reopened"]
    assert Flag.objects.get(pk=decided[0].pk).decision == ""
    assert Flag.objects.awaiting_review().count() == 3
    assert review.CHAIN.broken() == []
    # A second time there is nothing left to undo.
    batch = decided[0].reviews.earliest("pk").batch
    again = undo(auditor, batch)
    assert ">3 flags were decided on since, or undone, and are left as they are.</li>" in again
    assert '<li class="warning">' in again


def test_the_page_of_a_batch_shows_what_was_judged(auditor, decided):
    address = reverse("admin:audits_flag_batch", args=[batch_of(decided[0])])
    shown = auditor.get(address).context["rows"]
    raise_flag(decided[0].process, values={"count": 77, "method": "open"})
    assert "77" in sentence(Flag.objects.get(pk=decided[0].pk))
    assert [row[1] for row in auditor.get(address).context["rows"]] == [row[1] for row in shown]


def test_undoing_restores_earlier_decisions_and_keeps_later_ones(auditor, same, make_user):
    berta = make_user(name="berta")
    review_flag(flag=same[0], reviewer=berta, decision=Review.Decision.CONFIRMED, reason="Seen.")
    Flag.objects.filter(pk=same[0].pk).update(
        judged_digest=b"x" * 32, changed_because="record", state=Flag.State.CHANGED
    )
    send(auditor, page_of(*same), apply=1)
    batch = batch_of(same[0])
    review_flag(flag=same[2], reviewer=berta, decision=Review.Decision.CONFIRMED, reason="No: look.")
    told = "2 flags stand as before. 1 flag was decided on since, or undone, and is left as it is."
    assert told in undo(auditor, batch)
    first = Flag.objects.get(pk=same[0].pk)
    assert (first.state, first.decision, first.changed_because) == ("changed", "confirmed", "record")
    assert states(same[1:]) == ["new", "confirmed"]
    assert first.reviews.latest("pk").batch is None


def test_a_batch_can_be_undone_by_a_lead_but_not_by_another_auditor(auditor, decided, make_user):
    batch = batch_of(decided[0])
    address = reverse("admin:audits_flag_batch", args=[batch])
    auditor.force_login(make_user(groups.AUDITORS, name="berta"))
    assert '<button class="button" data-key="z"' not in auditor.get(address).content.decode()
    assert auditor.post(address).status_code == 403
    assert states(decided) == ["dismissed"] * 3
    auditor.force_login(make_user(groups.LEADS))
    undo(auditor, batch)
    assert states(decided) == ["new"] * 3


def test_a_batch_cannot_be_undone_after_fifteen_minutes(auditor, decided, monkeypatch):
    later = timezone.now() + timedelta(minutes=15, seconds=5)
    monkeypatch.setattr(triage.timezone, "now", lambda: later)
    assert "too late to undo" in undo(auditor, batch_of(decided[0]))
    assert (
        '<button class="button" data-key="z"'
        not in auditor.get(reverse("admin:audits_flag_batch", args=[batch_of(decided[0])])).content.decode()
    )
    assert states(decided) == ["dismissed"] * 3


def test_an_unknown_batch_is_reported(auditor, flag):
    address = reverse("admin:audits_flag_batch", args=["0" * 8 + "-0000-0000-0000-" + "0" * 12])
    assert auditor.get(address).status_code == 404
