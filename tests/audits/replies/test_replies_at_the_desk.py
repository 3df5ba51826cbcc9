"""Replies at the desk: decided on, asked about, queued, printed and erased."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.html import escape

from audits import groups
from audits.admin.flag.context import read_around
from audits.admin.queue.queues import QUEUES, count_queues
from audits.models import Flag, Reply, ReplyDecision, Review
from audits.pages.labels import sentence
from audits.replies import erase_reply
from audits.triage import review_flag, undo_decision
from contracts.models import Change, TrailEntry
from tests.audits.replies.replying import TOLD, accept, ask, read, send
from tests.support.pages import change_page, text_of, words_of
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db


def test_the_printed_case_file_holds_accepted_replies_alone_and_an_empty_queue_says_so(flag, auditor, client):
    client.force_login(auditor)
    queue, case = "/admin/audits/reply/", f"/admin/audits/flag/{flag.pk}/case/"
    assert "wait in this queue" in text_of(client.get(queue).content.decode())
    send(f"flag={flag.pk}")
    assert "wait in this queue" not in text_of(client.get(queue).content.decode())
    assert TOLD["speaker"] not in client.get(case).content.decode()
    accept(Reply.objects.get(), auditor)
    assert TOLD["speaker"] in client.get(case).content.decode()


def test_the_desk_decides_with_a_reason_and_the_trail_says_who(flag, auditor, client):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    client.force_login(auditor)
    address = change_page(reply)
    html = client.get(address).content.decode()
    assert "ana@example.org" in html, "the desk asks whether it is from them"
    assert escape(sentence(flag)) in html, "what is answered stands beside the answer"
    client.post(address, {"act": "decide", "kind": "accepted", "reason": " "})
    assert Reply.objects.get().state == "held"
    client.post(address, {"act": "decide", "kind": "accepted", "reason": "The register says so."})
    assert Reply.objects.get().state == "accepted"
    with pytest.raises(ValidationError, match="already"):
        accept(reply, auditor)
    entry = TrailEntry.objects.get(action="reply_decided")
    assert (entry.actor_id, entry.target, entry.details) == (
        auditor.pk,
        f"audits.reply {reply.pk}",
        {"decision": "accepted"},
    )
    assert "two tenderers" in client.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReplyDecision.objects.update(reason="Another.")


def test_nobody_decides_over_a_decision_that_they_have_not_seen(flag, auditor, client):
    send(f"flag={flag.pk}")
    reply, other = Reply.objects.get(), Reply.objects.get()
    client.force_login(auditor)
    address = change_page(reply)
    accept(reply, auditor, ReplyDecision.Kind.REFUSED)
    # Read before that decision: by who decides at once, and by who has the page open.
    with pytest.raises(ValidationError, match="decided on this reply since"):
        accept(other, auditor)
    late = {"act": "decide", "kind": "accepted", "reason": "It is right.", "last_decision": ""}
    html = client.post(address, late).content.decode()
    assert "decided on this reply since the page was shown" in html
    assert "It is right." in html
    assert Reply.objects.get().state == "refused"
    (seen,) = re.findall(r'name="last_decision" value="(\d+)"', html)
    assert client.post(address, late | {"last_decision": seen}).status_code == 302
    assert Reply.objects.get().state == "accepted"


def test_an_accepted_reply_is_in_the_queue_of_what_arrived_until_somebody_decides(flag, auditor):
    other = raise_flag(load_release(made_up_release()))
    send(f"flag={flag.pk}")
    assert count_queues(auditor)["informed"] == 0
    accept(Reply.objects.get(), auditor)

    def informed():
        _label, choose = QUEUES["informed"]
        return list(choose(Flag.objects.all(), auditor))

    assert informed() == [flag]
    assert count_queues(auditor)["informed"] == 1
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.DISMISSED, reason="It does not stand.")
    undo_decision(undone_by=auditor, flag_id=flag.pk)
    assert informed() == [flag], "who took a decision back has not answered it"
    (reply,) = [
        moment
        for moment in read_around(flag, [], list(flag.reviews.order_by("-pk")), Reply.objects.beside(flag)).moments
        if "reply" in moment.text
    ]
    assert reply.text == "A reply was published, of Cámaras del Norte S.A."
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It stands.")
    assert informed() == []
    send(f"ocid={other.process.ocid}")
    accept(Reply.objects.get(flag=None), auditor)
    assert informed() == [other], "what is said of the whole record is news to each flag on it"


def test_leads_erase_a_reply_and_auditors_do_not(flag, make_user, client):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    accept(reply, make_user(groups.AUDITORS, name="other"))
    chosen = {"action": "erase", "_selected_action": [reply.pk], "confirmed": "yes"}
    client.force_login(make_user(groups.AUDITORS, name="third"))
    client.post("/admin/audits/reply/", chosen)
    assert Reply.objects.get().state == "accepted"
    client.force_login(make_user(groups.LEADS))
    asked = client.post("/admin/audits/reply/", {**chosen, "confirmed": ""})
    assert "removed for good" in asked.content.decode()
    assert Reply.objects.get().state == "accepted"
    client.post("/admin/audits/reply/", chosen)
    reply.refresh_from_db()
    assert (reply.state, reply.text) == ("erased", "")
    assert "two tenderers" not in read(f"/processes/{flag.process.ocid}/")
    assert TrailEntry.objects.filter(action="reply_erased", target_id=str(reply.pk)).exists()
    assert Change.objects.filter(kind="reply", flag_id=flag.pk).count() == 2


def test_an_erased_reply_holds_nothing(flag, auditor):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    erase_reply(reply, actor=auditor)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reply.objects.update(text="Again.")


def test_lists_ask_no_more_queries_for_replies(flag, auditor, django_assert_max_num_queries):
    for number in range(3):
        send(f"flag={flag.pk}", text=f"Number {number}.")
    for reply in Reply.objects.all():
        accept(reply, auditor)
    for address in ("/api/v1/flags/", "/api/v1/contracting-processes/"):
        with django_assert_max_num_queries(2):
            assert len(Client().get(address).json()["results"][0]["replies"]) == 3


def test_a_question_that_is_sent_twice_is_asked_once(flag, auditor, client):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    client.force_login(auditor)
    for question in ("Who signed it?", "Who signed it?", "And when?"):
        client.post(change_page(reply), {"act": "ask", "question": question})
    assert [row.text for row in reply.receipt.questions.order_by("pk")] == ["Who signed it?", "And when?"]


def test_nobody_is_asked_about_what_was_erased(flag, auditor, client):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    erase_reply(reply, actor=auditor)
    client.force_login(auditor)
    address = change_page(reply)
    told = client.post(address, {"act": "ask", "question": "Who signed it?"}, follow=True)
    assert "there is nothing to ask" in text_of(told.content.decode())
    assert not reply.receipt.questions.exists()


def test_a_receipt_calls_public_what_everyone_can_see_alone(flag, auditor):
    words = words_of(send(f"flag={flag.pk}"))
    accept(Reply.objects.get(), auditor)
    assert "accepted by a person, and public" in ask(words)
    dismissed = {"decision": Review.Decision.DISMISSED, "reason": "They are right."}
    review_flag(flag=flag, reviewer=auditor, **dismissed)
    assert "two tenderers" not in read(f"/processes/{flag.process.ocid}/")
    told = ask(words)
    assert "and public" not in told
    assert "accepted by a person; it becomes public when its subject does" in told
