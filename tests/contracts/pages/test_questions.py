"""Senders add files to a receipt, and answer questions of the desk."""

import pytest
from django.utils import timezone

from audits import groups
from contracts import receipts
from contracts.models import IntakePolicy, Receipt, ReceiptQuestion, Submission
from tests.contracts.pages.sending import FACTS, ask, file, send
from tests.support.pages import words_of

pytestmark = pytest.mark.django_db


def test_files_are_added_later(client):
    words = words_of(send(client, **FACTS))
    ask(client, words, wish="add", files=[file()])
    assert Receipt.objects.get().submissions.count() == 2


def test_a_question_of_the_desk_is_answered_once(client, sign_in):
    words = words_of(send(client, **FACTS))
    receipt = Receipt.objects.get()
    auditor = sign_in(groups.AUDITORS)
    inline = {
        f"questions-{name}": value
        for name, value in {
            "TOTAL_FORMS": 1,
            "INITIAL_FORMS": 0,
            "0-text": "Which plaza?",
            "0-receipt": receipt.pk,
        }.items()
    }
    for _click in range(2):
        asked = auditor.post(f"/admin/contracts/receipt/{receipt.pk}/change/", inline)
        assert asked.status_code == 302
    question = ReceiptQuestion.objects.get()
    page = ask(client, words)
    assert page.index("Which plaza?") < page.index("<ol>"), "on a phone what was sent fills screens"
    ask(client, words, wish="answer", question=str(question.pk), answer="The old one.")
    late = ask(client, words, wish="answer", question=str(question.pk), answer="Another <b>.")
    assert "no longer open; your new text was not saved: Another &lt;b&gt;." in late
    question.refresh_from_db()
    assert question.answer == "The old one."
    other = words_of(send(client, **FACTS, description="other"))
    ask(client, other, wish="answer", question=str(question.pk), answer="Mine.")
    assert "The old one." in auditor.get(f"/admin/contracts/receipt/{receipt.pk}/change/").content.decode()


def test_a_refused_answer_is_shown_again(client, make_user):
    words = words_of(send(client, **FACTS))
    asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
    question = ReceiptQuestion.objects.create(receipt=Receipt.objects.get(), text="Which?", **asked)
    key = str(question.pk)
    assert "write an answer first" in ask(client, words, wish="answer", question=key, answer=" ")
    long = "x" * receipts.MAX_ANSWER
    page = ask(client, words, wish="answer", question=key, answer=f"{long}y")
    assert "more than 20000 characters" in page
    assert f">{long}y</textarea>" in page
    question.refresh_from_db()
    assert question.answer == ""
    assert "Your answer was kept." in ask(client, words, wish="answer", question=key, answer=long)
    question.refresh_from_db()
    assert question.answer == long


def test_adding_without_a_file_is_reported(client):
    assert "choose a file first" in ask(client, words_of(send(client, **FACTS)), wish="add")


def test_an_answer_with_nul_is_stored(client, make_user):
    words = words_of(send(client, **FACTS))
    asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
    question = ReceiptQuestion.objects.create(receipt=Receipt.objects.get(), text="Which?", **asked)
    ask(client, words, wish="answer", question=str(question.pk), answer="The\0old one.")
    question.refresh_from_db()
    assert question.answer == "The old one."


def test_a_receipt_cannot_add_files_to_a_closed_form(client):
    words = words_of(send(client, **FACTS))
    IntakePolicy.objects.create(pk=1, anonymous=False)
    assert "only people with an account" in ask(client, words, wish="add", files=[file()])
    assert Receipt.objects.get().submissions.count() == 1
    assert "It was taken back and erased." in ask(client, words, wish="take back")


@pytest.mark.parametrize("wish", [{"wish": "answer", "question": "x" * 30}, {"wish": "?"}, {"wish": "add"}])
def test_unknown_actions_change_nothing(client, wish):
    ask(client, words_of(send(client, **FACTS)), **wish)
    assert Submission.objects.count() == 1


def test_no_answer_is_stored_after_withdrawal_in_another_tab(client, make_user):
    words = words_of(send(client, **FACTS))
    asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
    as_it_was = Receipt.objects.get()
    question = ReceiptQuestion.objects.create(receipt=as_it_was, text="Which?", **asked)
    ask(client, words, wish="take back")
    assert not receipts.answer_question(as_it_was, question=str(question.pk), text="The old one.")
    question.refresh_from_db()
    assert question.answer == ""
