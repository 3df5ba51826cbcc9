"""Blind second reviews: reviewers see what was judged, but no decision."""

import re

import pytest
from django.contrib.auth import get_user, get_user_model
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.blind import awaiting_blind_review, look_key, looks
from audits.models import BlindReview, Flag, KnownAnswer, KnownJudgement, Review
from audits.models.blind_review import ONE_OF, IsSampled
from audits.reports.agreement import Agreement, agreement, agreement_of_people, scores
from audits.reports.rule_health import cached_health
from audits.triage import review_flag, undo_decision
from tests.support.pages import change_page, text_of
from tests.support.triage import load_release, made_up_release, raise_flag

NEXT = reverse("admin:audits_blindreview_next")
LIST = reverse("admin:audits_blindreview_changelist")


@pytest.fixture
def every_decision(monkeypatch):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) > 0")


@pytest.fixture
def berta(make_user):
    return make_user(groups.AUDITORS, name="berta")


@pytest.fixture
def decided(flag, berta):
    return review_flag(flag=flag, reviewer=berta, decision=Review.Decision.DISMISSED, reason="A market of one.")


def send(client, judged, **changes):
    look = look_key(get_user(client), judged)
    return client.post(NEXT, {"look": look, "reason_code": "no_weight", "reason": "Read it."} | changes)


def test_the_chain_picks_one_decision_in_twenty(flag, berta, make_user):
    for number in range(40):
        review_flag(flag=flag, reviewer=berta, decision=Review.Decision.DISMISSED, reason=str(number))
    picked = {review.pk for review in Review.objects.all() if int.from_bytes(bytes(review.chain)[:2]) % ONE_OF == 0}
    assert set(awaiting_blind_review(make_user(name="ana")).values_list("pk", flat=True)) == picked


def test_the_page_shows_what_was_judged_and_nothing_of_the_decision(auditor, decided, every_decision):
    html = auditor.get(NEXT, headers={"accept-language": "es"}).content.decode()
    assert "El registro cuenta 1 oferente" in html
    assert "/tender/numberOfTenderers" in html
    assert "Cámaras del Norte S.A." in html, "the record, as who decided had it"
    head = text_of(html[: html.index('class="together"')])
    assert "Municipio de Tula → Cámaras del Norte S.A. · " in head, "who buys from whom, for how much and when"
    assert "Qué pregunta la regla" in html
    assert "Qué significa cada tipo de motivo" in html
    for hidden in ("A market of one.", "berta", "descartada"):
        assert hidden not in html


def test_the_page_of_the_flag_shows_both_judgements_until_somebody_settles_them(
    auditor, flag, decided, every_decision
):
    pages = [change_page(flag), f"/admin/audits/flag/{flag.pk}/case/"]
    disputed = "A second, blind look says otherwise than the decision. The next decision settles it. Read both"
    assert "Second looks" not in text_of(auditor.get(pages[0]).content.decode())
    send(auditor, decided, reason_code="record_says_so", reason="The record names one.")
    for page in pages:
        said = text_of(auditor.get(page).content.decode())
        assert "Right · auditors · " in said
        assert "The record names one. Without seeing it, otherwise than the decision of berta on " in said
        assert (disputed in said) == (page == pages[0])
    look = text_of(auditor.get(change_page(BlindReview.objects.get())).content.decode())
    for told in ("R018 ", "The record counts 1 tenderer", "A market of one.", "The record names one."):
        assert told in look
    review_flag(flag=flag, reviewer=get_user(auditor), decision=Review.Decision.DISMISSED, reason="A market of one.")
    said = text_of(auditor.get(pages[0]).content.decode())
    assert ("The record names one." in said, disputed in said) == (True, False)


def test_a_second_look_that_agrees_is_shown_as_one(auditor, flag, decided, every_decision):
    send(auditor, decided)
    said = text_of(auditor.get(change_page(flag), headers={"accept-language": "pt"}).content.decode())
    assert "Sem a ver, o mesmo que a decisão de berta em " in said
    assert "diz outra coisa" not in said


def test_a_second_judgement_is_stored_without_deciding(auditor, flag, decided, every_decision):
    assert send(auditor, decided, reason_code="record_says_so").status_code == 302
    blind = BlindReview.objects.get()
    assert (blind.review, blind.agrees, blind.reviewer.username) == (decided, False, "auditors")
    assert (blind.verdict, blind.reason_code, blind.decision) == ("right", "record_says_so", "confirmed")
    flag.refresh_from_db()
    assert (flag.state, Review.objects.count()) == (Flag.State.DISMISSED, 1)
    assert "No flag waits" in auditor.get(NEXT).content.decode()
    html = auditor.get(LIST, {"agrees__exact": 0}).content.decode()
    assert "R018 0/1" in html
    assert "nav-sidebar" not in html, "eight columns need the width"
    assert agreement() == {"R018": Agreement(1, 0)}
    with pytest.raises(ProgrammingError), transaction.atomic():
        BlindReview.objects.update(agrees=True)


def test_a_disagreement_waits_until_somebody_decides_on_the_flag(auditor, flag, decided, every_decision):
    send(auditor, decided, reason_code="record_says_so")
    (blind,) = auditor.get(LIST, {"disagreement": "open"}).context["cl"].result_list
    assert blind.review == decided
    review_flag(flag=flag, reviewer=blind.reviewer, decision=Review.Decision.FIRST_CONFIRMATION, reason="Both read.")
    assert list(auditor.get(LIST, {"disagreement": "open"}).context["cl"].result_list) == []
    assert len(auditor.get(LIST, {"agrees__exact": 0}).context["cl"].result_list) == 1, "it stays in the list of all"


def test_a_disagreement_on_a_withdrawn_flag_is_not_queued(auditor, flag, decided, every_decision):
    send(auditor, decided, reason_code="record_says_so")
    Flag.objects.update(withdrawn_at=timezone.now(), state=Flag.State.WITHDRAWN)
    assert list(auditor.get(LIST, {"disagreement": "open"}).context["cl"].result_list) == []
    Flag.objects.update(withdrawn_at=None, state=Flag.State.CHANGED)
    assert len(auditor.get(LIST, {"disagreement": "open"}).context["cl"].result_list) == 1, "it came back"


def test_a_first_confirmation_counts_as_confirmed(auditor, flag, berta, every_decision):
    review = review_flag(flag=flag, reviewer=berta, decision=Review.Decision.FIRST_CONFIRMATION, reason="So.")
    send(auditor, review, reason_code="record_says_so")
    assert BlindReview.objects.get().agrees


def test_the_list_names_who_decided_differently_from_whom(auditor, client, decided, make_user, every_decision):
    def another(reviewer):
        other = raise_flag(load_release(made_up_release()))
        return review_flag(flag=other, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="Idle.")

    ana = make_user(groups.AUDITORS, name="ana")
    send(auditor, decided, reason_code="record_says_so")
    send(auditor, another(ana), reason_code="record_says_so")
    send(auditor, another(ana))
    mine = another(get_user(auditor))
    client.force_login(ana)
    send(client, mine)
    assert agreement_of_people() == {("ana", "auditors"): Agreement(3, 2), ("auditors", "berta"): Agreement(1, 0)}
    assert "ana – auditors 2/3, auditors – berta 0/1" in client.get(LIST).content.decode()


def test_nobody_judges_their_own_decision_or_judges_twice(
    auditor, client, flag, decided, berta, make_user, every_decision
):
    client.force_login(berta)
    send(client, decided)
    assert not BlindReview.objects.exists()
    client.force_login(make_user(groups.AUDITORS, name="carla"))
    send(client, decided)
    send(client, decided)
    client.force_login(make_user(groups.LEADS))
    send(client, decided)
    assert BlindReview.objects.count() == 1


def test_undone_decisions_and_undos_are_not_judged(flag, decided, berta, make_user, every_decision):
    """Who took back a slip of a key is not told that a colleague judges otherwise."""
    undo_decision(undone_by=berta, flag_id=flag.pk)
    assert not awaiting_blind_review(make_user(name="ana")).exists()
    again = review_flag(flag=flag, reviewer=berta, decision=Review.Decision.CONFIRMED, reason="One bid.")
    assert list(awaiting_blind_review(get_user_model().objects.get(username="ana"))) == [again]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": " "}, 400),
        ({"reason_code": "reopened"}, 400),
        ({"reason_code": ""}, 400),
        ({"reason_code": "other_thing_bought"}, 400),  # of rules on technology; this is one on integrity
        ({"look": "é"}, 302),
        ({"look": "9" * 32}, 302),
    ],
)
def test_an_invalid_judgement_is_refused(auditor, decided, every_decision, changes, status):
    answer = send(auditor, decided, **changes)
    assert answer.status_code == status
    assert not BlindReview.objects.exists()


def test_a_judgement_of_a_flag_outside_the_sample_is_refused(auditor, decided, monkeypatch):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) < 0")
    send(auditor, decided)
    assert not BlindReview.objects.exists()


def test_a_flag_on_another_record_is_next(auditor, decided, berta, every_decision):
    other = raise_flag(load_release(made_up_release()))
    review_flag(flag=other, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Ask.")
    assert "2 flags wait" in auditor.get(NEXT).content.decode()
    send(auditor, decided)
    assert "1 flag waits" in auditor.get(NEXT).content.decode()


def test_a_second_click_repeats_the_message_and_another_text_is_refused(auditor, decided, every_decision):
    """Refused, it told people that what they had judged was not saved."""
    kept, refused = "Your judgement was kept.", "Not saved: this is not yours to judge"
    for words, told in (({}, kept), ({}, kept), ({"reason": "Again."}, refused), ({"reason": "\x00"}, refused)):
        send(auditor, decided, **words)
        html = auditor.get(NEXT).content.decode()
        assert (told in html, kept in html) == (True, told == kept)
    assert BlindReview.objects.count() == 1


KNOWN = reverse("admin:audits_knownanswer_add")


@pytest.fixture
def lead(make_user, client):
    """The client of a lead."""
    client.force_login(make_user(groups.LEADS, name="lena"))
    return client


def mark(lead, flag, decision="dismissed"):
    answer = lead.post(KNOWN, {"flag": flag.pk, "decision": decision, "reason": "One seller.", "enabled": "on"})
    assert answer.status_code == 302, answer.content.decode()
    return KnownAnswer.objects.get(flag=flag)


def test_a_lead_marks_a_known_answer_from_the_page_of_the_flag(lead, flag):
    page = lead.get(change_page(flag)).content.decode()
    assert f"{KNOWN}?flag={flag.pk}" in page
    known = mark(lead, flag)
    assert (known.made_by.username, known.judged["sentence"]) == ("lena", flag.sentence)
    address = change_page(known)
    lead.post(address, {"decision": "confirmed", "reason": "Changed.", "enabled": ""})
    known.refresh_from_db()
    assert (known.decision, known.reason, known.enabled) == ("dismissed", "One seller.", False)
    flag.refresh_from_db()
    assert flag.state == Flag.State.NEW, "it decides nothing"


def test_known_answers_are_indistinguishable_among_second_looks(
    lead, client, flag, decided, berta, make_user, every_decision
):
    others = [raise_flag(load_release(made_up_release())) for _number in range(6)]
    known = [mark(lead, other) for other in others]
    for _number in range(3):
        other = raise_flag(load_release(made_up_release()))
        review_flag(flag=other, reviewer=berta, decision=Review.Decision.DISMISSED, reason="Seen.")
    ana = make_user(groups.AUDITORS, name="ana")
    found = looks(ana)
    kinds = [isinstance(look.subject, KnownAnswer) for look in found]
    assert (len(found), sum(kinds)) == (10, 6)
    client.force_login(ana)
    seen = set()
    for look in found:
        html = client.get(NEXT).content.decode()
        assert f'value="{look.key}"' in html
        seen.add(re.sub(r"[0-9a-f]{32}|\d+|value=\"[^\"]*\"|csrf\S+", "", html))
        client.post(NEXT, {"look": look.key, "reason_code": "no_weight", "reason": "Read."})
    again = client.post(NEXT, {"look": look.key, "reason_code": "no_weight", "reason": "Read."}, follow=True)
    assert "Your judgement was kept." in again.text, "a second click, of whatever kind the last one is"
    assert len(seen) <= 3, "the pages differ in no more than the message, and one or several that are left"
    assert KnownJudgement.objects.count() == len(known)
    assert BlindReview.objects.count() == 4
    assert looks(ana) == []


def test_people_are_scored_except_on_their_own_known_answers(lead, client, flag, make_user):
    known = mark(lead, flag)
    assert looks(get_user(lead)) == []
    for name, code in (("ana", "no_weight"), ("bea", "record_says_so")):
        client.force_login(make_user(groups.AUDITORS, name=name))
        send(client, known, reason_code=code)
        send(client, known)  # once is all that counts
        assert client.get(reverse("admin:audits_knownanswer_changelist")).status_code == 403
    assert scores() == {"ana": Agreement(1, 1), "bea": Agreement(1, 0)}
    client.force_login(make_user(groups.LEADS, name="leo"))
    html = client.get(reverse("admin:audits_knownanswer_changelist"), headers={"accept-language": "en"}).content
    assert '<th scope="row">bea</th><td>1</td><td>0</td><td>0 % – 79 %</td>' in html.decode()
    with pytest.raises(ProgrammingError), transaction.atomic():
        KnownJudgement.objects.update(agrees=True)
    KnownAnswer.objects.update(enabled=False)
    assert looks(make_user(groups.AUDITORS, name="cleo")) == []


def test_the_rule_page_shows_agreement_and_sample_size(auditor, flag, decided, every_decision, client):
    send(auditor, decided)
    told = cached_health("R018")[0].as_json()
    assert (told["judged_twice"], told["found_right"], told["found_idle"]) == (1, 0, 1)
    html = auditor.get("/methodology/R018/?lang=en").content.decode()
    assert "1 were judged again by a second person who did not see the first answer: 100 % agreed" in html
    assert "Of its flags, readers who saw no decision found right: 0; true but idle: 1; wrong: 0." in html
    client.logout()
    html = client.get("/methodology/R018/?lang=en").content.decode()
    assert "Of its flags, fewer than five were judged again" in html
    assert "Of its flags, readers who saw no decision" not in html
