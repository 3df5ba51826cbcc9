"""The right of reply: the public form, who sees a reply beside its flag, and what is kept of its sender."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from audits.admin.flag.case_file import read_case
from audits.models import Flag, Reply, ReplyDecision, Review
from audits.pages.records.replying import MAX_TEXT
from audits.replies import ask_back, take_back
from audits.triage import review_flag
from contracts.models import Receipt, RetentionPolicy, TrailEntry
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.receipts import AlreadyReviewedError, find_receipt
from contracts.retention import keep_retention
from tests.audits.replies.replying import TOLD, accept, ask, read, send
from tests.support.pages import HOSTILE, alive, change_page, text_of, words_of
from tests.support.stored import times_since
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db


def test_a_reply_is_held_and_published_once_a_person_accepts_it(flag, auditor):
    public = [
        f"/processes/{flag.process.ocid}/",
        f"/organizations/{flag.process.buyer_id}/",
        f"/methodology/{flag.rule}/",
        f"/api/v1/flags/{flag.pk}/",
        f"/api/v1/contracting-processes/{flag.process.ocid}/",
        "/api/v1/flags/",
        "/api/v1/contracting-processes/",
        "/api/v1/flags.csv",
        "/api/v1/contracting-processes.csv",
    ]
    assert f'href="/reply/?flag={flag.pk}' in read(public[0])
    words = words_of(send(f"flag={flag.pk}"))
    reply = Reply.objects.get()
    assert (reply.state, reply.flag_id, reply.contact) == ("held", flag.pk, "ana@example.org")
    assert "waits for a person" in ask(words)
    before = Flag.objects.values().get()
    for address in public:
        assert "two tenderers" not in read(address)
    accept(reply, auditor)
    for address in public:
        told = read(address)
        assert "two tenderers" in told, address
        assert "ana@example.org" not in told, address
    assert "accepted by a person" in ask(words)
    assert Flag.objects.values().get() == before, "a reply changes no flag"
    accept(reply, auditor, ReplyDecision.Kind.REFUSED)
    for address in public:
        assert "two tenderers" not in read(address), address
    assert "The register says so." in ask(words), "who is refused reads why"


def test_what_the_api_and_the_exports_say_of_a_reply(flag, auditor):
    send(f"flag={flag.pk}")
    send(f"ocid={flag.process.ocid}", kind="correction", text="The amount lacks a digit.", link="")
    for reply in Reply.objects.all():
        accept(reply, auditor)
    today = timezone.now().date().isoformat()
    detail = Client().get(f"/api/v1/flags/{flag.pk}/").json()["replies"]
    assert [(row["about"], row["kind"], row["organization"], row["link"], row["accepted"]) for row in detail] == [
        ("flag", "reply", TOLD["party"], TOLD["link"], today),
        ("process", "correction", TOLD["party"], "", today),
    ]
    assert "contact" not in detail[0]
    listed = Client().get("/api/v1/contracting-processes/?fields=replies").json()["results"]
    assert listed == [{"replies": detail}]
    of_process = Client().get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()
    assert of_process["replies"] == detail
    rows = list(csv.DictReader(io.StringIO(read("/api/v1/flags.csv?trailer=0"))))
    assert "The amount lacks a digit." in rows[0]["replies"]
    assert [entry["text"] for entry in read_case(flag)["replies"]] == [TOLD["text"], "The amount lacks a digit."]


def test_a_reply_stands_beside_no_flag_on_something_else(flag, auditor):
    other = raise_flag(load_release(made_up_release("ocds-madeup-another")))
    send(
        f"flag={other.pk}"
        if Flag.objects.visible_to(AnonymousUser()).filter(pk=other.pk)
        else f"ocid={other.process.ocid}"
    )
    accept(Reply.objects.get(), auditor)
    assert read_case(flag)["replies"] == []
    assert list(Reply.objects.beside(flag)) == []
    assert len(read_case(other)["replies"]) == 1


def test_a_reply_about_an_organization_stands_on_its_page_and_beside_flags_on_it(flag, auditor):
    buyer = flag.process.buyer
    send(f"organization={buyer.pk}", text="We are another municipality.")
    accept(Reply.objects.get(), auditor)
    assert "another municipality" in read(f"/organizations/{buyer.pk}/")
    rows = Client().get(f"/api/v1/organizations/{buyer.pk}/").json()["replies"]
    assert [(row["about"], row["text"]) for row in rows] == [("organization", "We are another municipality.")]


def test_nobody_replies_to_what_they_may_not_see(auditor):
    hidden = raise_flag(load_release(made_up_release()))
    for about in (f"flag={hidden.pk}", "flag=x", f"flag={'9' * 40}", "ocid=ocds-none", "organization=0", ""):
        answer = Client().get(f"/reply/?{about}")
        assert answer.status_code == 404, about
        assert Client().post(f"/reply/?{about}", TOLD).status_code == 404, about
    assert not Reply.objects.exists()


def test_replies_to_a_flag_that_is_no_longer_public_are_not_either(flag, auditor):
    send(f"flag={flag.pk}")
    accept(Reply.objects.get(), auditor)
    assert Reply.objects.visible_to(AnonymousUser()).count() == 1
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.DISMISSED, reason="The minutes show it.")
    assert not Reply.objects.visible_to(AnonymousUser()).exists()
    assert "two tenderers" not in read(f"/processes/{flag.process.ocid}/")
    assert "two tenderers" not in read(f"/methodology/{flag.rule}/")
    assert Client().get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()["replies"] == []
    # Whom the question was about may follow the link later, from what was printed of it.
    answer = Client().get(f"/reply/?flag={flag.pk}&lang=en")
    assert answer.status_code == 410
    assert "A question that is no longer published" in answer.content.decode()


def test_a_missing_or_invalid_web_address_is_reported_and_nothing_is_stored(flag):
    for wrong in ({"party": ""}, {"text": " "}, {"contact": ""}, {"link": "ftp://example.org/x"}, {"kind": "x"},
                  {"link": "javascript:alert(1)"}, {"text": "x" * 10_001}, {"party": "a\0b"}):  # fmt: skip
        told = send(f"flag={flag.pk}", 400, **wrong)
        assert 'role="alert"' in told
        assert "wi" in told
    assert not Reply.objects.exists()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_hostile_words_stay_text_wherever_they_stand(flag, auditor, client, language):
    hostile = " ".join(HOSTILE)[:290]
    send(f"flag={flag.pk}", party=hostile, speaker=hostile, text=" ".join(HOSTILE), contact=hostile)
    reply = Reply.objects.get()
    accept(reply, auditor)
    client.force_login(auditor)
    for address in (
        f"/processes/{flag.process.ocid}/?lang={language}",
        f"/methodology/{flag.rule}/?lang={language}",
        f"/reply/?flag={flag.pk}&lang={language}",
        f"/admin/audits/flag/{flag.pk}/change/",
        f"/admin/audits/flag/{flag.pk}/case/",
        f"/admin/audits/reply/{reply.pk}/change/",
        "/admin/audits/reply/",
    ):
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, address
        assert alive(answer.content.decode()) == [], address


def words_of_page(page):
    return html.unescape(re.search(r'name="words" value="([^"]+)"', page)[1])


def test_a_reply_that_is_too_long_is_shown_again_whole_and_no_browser_cuts_it(flag):
    text = "a" * (MAX_TEXT + 1)
    page = send(f"flag={flag.pk}", status=400, text=text)
    assert f"at most {MAX_TEXT} characters" in page
    assert text in page
    assert not re.search(r"<textarea[^>]* maxlength", page)
    assert not Reply.objects.exists()


def test_a_page_that_is_sent_again_since_no_answer_came_keeps_one_reply_and_one_receipt(flag):
    about = f"flag={flag.pk}"
    page = Client().get(f"/reply/?{about}&lang=en").content.decode()
    # What lacks something shows the page again, with the same words.
    again = send(about, 400, words=words_of_page(page), text="")
    assert words_of_page(again) == words_of_page(page)
    first, second = (words_of(send(about, words=words_of_page(page))) for _ in range(2))
    assert first == second
    assert Reply.objects.count() == Receipt.objects.count() == 1
    # Who went back and wrote something else sent another one: neither is lost.
    other = words_of(send(about, words=words_of_page(page), text="There were three."))
    assert other != first
    assert sorted(Reply.objects.values_list("text", flat=True)) == sorted([TOLD["text"], "There were three."])


def test_a_page_that_is_sent_again_after_its_reply_was_taken_back_asks_first(flag):
    about = f"flag={flag.pk}"
    page = Client().get(f"/reply/?{about}&lang=en").content.decode()
    first = words_of(send(about, words=words_of_page(page)))
    take_back(Reply.objects.get())

    asked = send(about, 409, words=words_of_page(page))  # as a reload does

    assert "was taken back, and is not kept" in asked
    assert TOLD["text"] in html.unescape(asked)
    assert not Reply.objects.filter(text=TOLD["text"]).exists()
    assert words_of(send(about, words=words_of_page(asked))) != first
    assert Reply.objects.filter(text=TOLD["text"]).count() == 1


@pytest.mark.parametrize("chosen", ["baba " * 9, '"baba"', "WyJiYWJhIl0:x", ""])
def test_nobody_chooses_the_words_of_a_reply(flag, chosen):
    words_of(send(f"flag={flag.pk}", words=chosen))
    assert find_receipt("baba " * 9, Receipt.Kind.REPLY) is None


def test_words_of_a_page_for_contracts_are_none_for_a_reply(flag):
    contracts = words_of_page(Client().get("/submit/?lang=en").content.decode())
    sent = words_of(send(f"flag={flag.pk}", words=contracts))
    assert sent not in contracts
    assert Receipt.objects.get().kind == Receipt.Kind.REPLY


def test_nothing_of_the_network_or_the_hour_is_kept(flag):
    send(f"flag={flag.pk}")
    stored = str(Reply.objects.values().get()) + str(Receipt.objects.values().get())
    assert "203.0.113" not in stored
    assert "Telltale" not in stored
    assert Reply.objects.get().sent_on == timezone.localdate()


def test_a_receipt_lets_its_holder_answer_questions_and_withdraw_undecided_submissions(flag, auditor, client):
    words = words_of(send(f"flag={flag.pk}"))
    reply = Reply.objects.get()
    client.force_login(auditor)
    address = change_page(reply)
    client.post(address, {"act": "ask", "question": "Who signed the minutes?"})
    assert "Who signed the minutes?" in ask(words)
    question = reply.receipt.questions.get()
    assert "Your answer was kept" in ask(words, wish="answer", question=str(question.pk), answer="The notary.")
    assert "The notary." in text_of(client.get(address).content.decode())
    assert "The notary." not in read(f"/processes/{flag.process.ocid}/")
    assert "no longer open" in ask(words, wish="answer", question=str(question.pk), answer="Or the clerk.")
    assert "taken back and erased" in ask(words, wish="take back")
    again = ask(words, wish="take back")
    assert "A person has decided" not in again
    assert "erased" in again
    reply.refresh_from_db()
    assert (reply.state, reply.text, reply.contact, reply.party) == ("erased", "", "", "")
    assert not reply.receipt.questions.exists()
    assert client.post(address, {"act": "decide", "kind": "accepted", "reason": "x"}).status_code == 200
    reply.refresh_from_db()
    assert reply.state == "erased"


def test_nothing_tells_at_which_hour_a_reply_was_taken_back(flag):
    begun = timezone.now()
    words = words_of(send(f"flag={flag.pk}"))
    assert "taken back and erased" in ask(words, wish="take back")
    assert TrailEntry.objects.get(action="reply_erased").at == start_of_day(begun)
    assert times_since(begun) == {}


def test_what_was_decided_on_is_not_taken_back(flag, auditor):
    words = words_of(send(f"flag={flag.pk}"))
    reply = Reply.objects.get()
    accept(reply, auditor)
    assert "cannot be taken back" in ask(words, wish="take back")
    with pytest.raises(AlreadyReviewedError):
        take_back(reply)
    reply.refresh_from_db()
    assert reply.text == TOLD["text"]


def test_each_kind_of_receipt_opens_its_own_page_alone(flag):
    words = words_of(send(f"flag={flag.pk}"))
    assert Client().post("/submit/status/", {"receipt": words, "wish": "take back"}).status_code == 404
    assert Reply.objects.get().state == "held"
    assert "no receipt with these words" in ask("baba " * 9, 404)


def test_the_feed_of_changes_tells_of_replies_that_come_and_go(flag, auditor):
    since = Client().get("/api/v1/changes/?since=now").json()["next"]
    send(f"flag={flag.pk}")
    assert Client().get(since).json()["results"] == []
    accept(Reply.objects.get(), auditor)
    (row,) = Client().get(since).json()["results"]
    assert (row["kind"], row["flag_id"], row["ocid"], row["rule"]) == ("reply", flag.pk, flag.process.ocid, flag.rule)
    accept(Reply.objects.get(), auditor, ReplyDecision.Kind.REFUSED)
    send(f"ocid={flag.process.ocid}")
    accept(Reply.objects.latest("pk"), auditor)
    rows = Client().get(since + "&kind=reply").json()["results"]
    assert [(row["flag_id"], row["ocid"]) for row in rows] == [
        (flag.pk, flag.process.ocid),
        (flag.pk, flag.process.ocid),
        (None, flag.process.ocid),
    ]


def test_retention_forgets_how_to_reach_people_and_leaves_what_they_said(flag, auditor):
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    RetentionPolicy.objects.update_or_create(pk=1, defaults={"contact_days": 30})
    Reply.objects.update(sent_on=timezone.localdate() - timedelta(days=400))
    assert keep_retention(dry_run=True).contacts == 0, "nobody has decided"
    accept(reply, auditor)
    assert keep_retention().contacts == 0
    question = ask_back(reply=reply, asked_by=auditor, text="Which?")
    answered_on = timezone.localdate() - timedelta(days=30)
    type(question).objects.update(answer="The old one.", answered_on=answered_on)
    Reply.objects.update(decided_at=timezone.now() - timedelta(days=31))
    assert keep_retention().contacts == 1, "the answer is of the day of the limit"
    type(question).objects.update(answered_on=answered_on - timedelta(days=1))
    assert keep_retention(dry_run=True).contacts == 1
    assert keep_retention().contacts == 1
    question.refresh_from_db()
    assert (question.answer, Reply.objects.get().contact, Reply.objects.get().text) == ("", "", TOLD["text"])
    assert [entry.details["contacts"] for entry in TrailEntry.objects.filter(action="retention_run")] == [1, 1]
