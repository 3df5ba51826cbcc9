"""Taking back what was sent by the form: while something is added, and what was answered."""

import pytest
from django.utils import timezone

from audits.models import Flag
from contracts import receipts
from contracts.claims import decide_claim
from contracts.models import Claim, ClaimDecision, ContentChunk, Receipt, ReceiptQuestion, Submission, TrailEntry
from contracts.models.claim import CHAIN
from contracts.ocds.calendar_days import start_of_day
from contracts.pages.sending import views
from tests.contracts.pages.sending import FACTS, ask, dump, file, process_all, send
from tests.contracts.pages.test_senders import audit_all, times_since
from tests.support.pages import words_of
from tests.support.people import make_user  # noqa: F401  -- a fixture

pytestmark = pytest.mark.django_db


def test_what_is_added_while_it_is_taken_back_is_not_kept(client, monkeypatch):
    words = words_of(send(client, **FACTS))
    process_all()

    def take_back_first(receipt):
        """As in another tab, after the page looked whether the receipt stands."""
        receipts.take_back(Receipt.objects.get(pk=receipt.pk))

    monkeypatch.setattr(views, "facts_of", take_back_first)
    page = ask(client, words, wish="add", files=[file()])
    assert "nothing that came after it is kept" in page
    assert "Taken back on" in page
    assert Submission.objects.count() == 1
    assert not ContentChunk.objects.exists()


def test_each_file_belongs_to_the_receipt_as_soon_as_it_is_stored(client, monkeypatch):
    """Whatever breaks off behind it: what has no receipt could never be taken back."""
    store = views._store
    stored = []

    def break_off(*args, **kwargs):
        if stored:
            raise OSError
        stored.append(store(*args, **kwargs).submission)
        return views.Sent("", stored[0])

    monkeypatch.setattr(views, "_store", break_off)
    client.raise_request_exception = False
    assert client.post("/submit/", {"step": "send", **FACTS, "files": [file()]}).status_code == 500
    assert list(Receipt.objects.get().submissions.all()) == stored


def test_nothing_that_is_refused_leaves_a_receipt(client):
    send(client, status=400, files=[file(b"<html></html>", "a.html")])
    assert not Receipt.objects.exists()


def test_what_was_answered_goes_too(client, make_user):  # noqa: F811
    words = words_of(send(client, **FACTS))
    process_all()
    asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
    question = ReceiptQuestion.objects.create(receipt=Receipt.objects.get(), text="Which plaza?", **asked)
    ask(client, words, wish="answer", question=str(question.pk), answer="That before my window.")
    assert "before my window" in dump()
    ask(client, words, wish="take back")
    assert "before my window" not in dump()


def test_nothing_tells_at_which_hour(client):
    """As of sending: the database dates decisions and trail itself, and chains what it dated."""
    begun = timezone.now()
    words = words_of(send(client, **FACTS, files=[file()]))
    process_all()
    audit_all()
    assert Flag.objects.standing().exists()
    ask(client, words, wish="take back")
    audit_all()
    assert not Flag.objects.standing().exists()
    assert (ClaimDecision.objects.count(), TrailEntry.objects.count()) == (2, 4)
    assert {decision.decided_at for decision in ClaimDecision.objects.all()} == {start_of_day(begun)}
    assert times_since(begun) == {}
    assert CHAIN.broken() == []


def test_what_somebody_decides_has_its_time(client, make_user):  # noqa: F811
    begun = timezone.now()
    send(client, **FACTS)
    process_all()
    decided = {"kind": ClaimDecision.Kind.REJECTED, "reason": "No.", "decided_by": make_user("Leads")}
    decide_claim(claim=Claim.objects.get(), **decided)
    assert ClaimDecision.objects.get().decided_at > begun
    assert TrailEntry.objects.get(action="claim_decided").at > begun
