"""Blind second reviews: who judges again sees what was judged, and nothing of what was decided."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from audits import groups
from audits.blind import agreement, awaiting_blind_review
from audits.models import BlindReview, Flag, Review
from audits.models.blind_review import ONE_OF, IsSampled
from audits.triage import review_flag, undo_decision
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
    return client.post(NEXT, {"review": judged.pk, "decision": "dismissed", "reason": "Read it."} | changes)


def test_the_chain_picks_one_decision_in_twenty(flag, berta, make_user):
    for number in range(40):
        review_flag(flag=flag, reviewer=berta, decision=Review.Decision.DISMISSED, reason=str(number))
    picked = {review.pk for review in Review.objects.all() if int.from_bytes(bytes(review.chain)[:2]) % ONE_OF == 0}
    assert set(awaiting_blind_review(make_user(name="ana")).values_list("pk", flat=True)) == picked


def test_the_page_shows_what_was_judged_and_nothing_of_the_decision(auditor, decided, every_decision):
    html = auditor.get(NEXT, headers={"accept-language": "es"}).content.decode()
    assert "El registro cuenta 1 oferente" in html
    assert "/tender/numberOfTenderers" in html
    for hidden in ("A market of one.", "berta", "descartada"):
        assert hidden not in html


def test_a_second_judgement_is_kept_and_decides_nothing(auditor, flag, decided, every_decision):
    assert send(auditor, decided, decision="confirmed").status_code == 302
    blind = BlindReview.objects.get()
    assert (blind.review, blind.agrees, blind.reviewer.username) == (decided, False, "auditors")
    flag.refresh_from_db()
    assert (flag.state, Review.objects.count()) == (Flag.State.DISMISSED, 1)
    assert "No decision waits" in auditor.get(NEXT).content.decode()
    html = auditor.get(LIST, {"agrees__exact": 0}).content.decode()
    assert "R018 0/1" in html
    assert agreement() == {"R018": (1, 0)}
    with pytest.raises(ProgrammingError), transaction.atomic():
        BlindReview.objects.update(agrees=True)


def test_a_first_confirmation_agrees_with_a_confirmation(auditor, flag, berta, every_decision):
    review = review_flag(flag=flag, reviewer=berta, decision=Review.Decision.FIRST_CONFIRMATION, reason="So.")
    send(auditor, review, decision="confirmed")
    assert BlindReview.objects.get().agrees


def test_nobody_judges_what_they_decided_on_nor_twice(
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


def test_what_undoes_a_decision_is_not_sampled(flag, decided, berta, make_user, every_decision):
    undo_decision(undone_by=berta, flag_id=flag.pk)
    assert list(awaiting_blind_review(make_user(name="ana"))) == [decided]


@pytest.mark.parametrize("changes", [{"reason": " "}, {"decision": "reopened"}, {"review": "x"}, {"review": "9" * 30}])
def test_what_is_no_judgement_is_refused(auditor, decided, every_decision, changes):
    answer = send(auditor, decided, **changes)
    assert answer.status_code == 400
    assert not BlindReview.objects.exists()


def test_what_was_not_picked_is_not_taken(auditor, decided, monkeypatch):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) < 0")
    send(auditor, decided)
    assert not BlindReview.objects.exists()


def test_a_flag_on_another_record_is_next(auditor, decided, berta, every_decision):
    other = raise_flag(load_release(made_up_release()))
    review_flag(flag=other, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Ask.")
    assert "2 decisions wait" in auditor.get(NEXT).content.decode()
    send(auditor, decided)
    assert "1 decision waits" in auditor.get(NEXT).content.decode()
