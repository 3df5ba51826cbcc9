"""Requests for comment: recorded at the desk, published, withdrawn and erased."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone, translation

from audits import groups
from audits.admin.flag.case_file import read_case
from audits.admin.queue.queues import count_queues
from audits.comment_requests import enter, erase_request, parties_of
from audits.models import CommentRequest, CommentRequestEntry, Flag, Reply
from audits.pages.records.commenting import ShownRequest
from contracts.models import Change, Organization, TrailEntry
from tests.audits.replies.asking import FORM, ask, note, yesterday
from tests.audits.replies.replying import accept, read, send
from tests.support.pages import text_of
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db
ASKED = date(2026, 11, 3)


def desk_page(client, flag) -> str:
    return text_of(client.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode())


def post(client, flag, status=302, **fields) -> str:
    answer = client.post(f"/admin/audits/flag/{flag.pk}/comment/", fields)
    assert answer.status_code == status, text_of(answer.content.decode())
    return text_of(answer.content.decode())


def problems_of(refused) -> dict[str, list[str]]:
    return refused.value.message_dict if hasattr(refused.value, "error_dict") else {"": refused.value.messages}


def test_a_request_recorded_on_the_page_of_a_flag_is_shown_there_and_to_the_public(flag, auditor, client):
    client.force_login(auditor)
    buyer = Organization.objects.get(name="Municipio de Tula")
    page = client.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
    assert re.search(rf'<option value="{buyer.pk}" selected>Municipio de Tula</option>', page), "the buyer is offered"
    filled = {"organization": str(buyer.pk), "person": "jefatura de compras", "answer_by": "2026-11-20"}
    post(client, flag, **FORM | filled, reference="OF-77/2026")
    request = CommentRequest.objects.get()
    assert (request.party, request.organization, request.asked_on, request.how, request.asked_by) == (
        *("Municipio de Tula (jefatura de compras)", buyer, ASKED, "letter"),
        auditor,
    )
    told = "Municipio de Tula (jefatura de compras): asked for comment on Nov. 3, 2026 by letter; no answer so far."
    shown = desk_page(client, flag)
    assert told in shown
    assert "Overdue." in shown
    assert "OF-77/2026" in shown
    for address in (f"/flags/{flag.pk}/", f"/processes/{flag.process.ocid}/"):
        public = text_of(read(f"{address}?lang=en"))
        assert told in public, address
        assert "An answer was asked for by Nov. 20, 2026." in public
        for kept in ("OF-77", "Overdue", auditor.get_username()):
            assert kept not in public, kept
    post(client, flag, request=request.pk, kind="no_answer", outcome_on="2026-11-21", seen="")
    assert "by letter; no answer by Nov. 21, 2026." in text_of(read(f"/flags/{flag.pk}/?lang=en"))
    assert "Overdue." not in desk_page(client, flag)
    assert [
        (entry.action, entry.actor_id, entry.details)
        for entry in TrailEntry.objects.filter(
            target_type="audits.commentrequest", target_id=str(request.pk)
        ).order_by("pk")
    ] == [
        ("comment_requested", auditor.pk, {"flag": flag.pk}),
        ("comment_entered", auditor.pk, {"flag": flag.pk, "kind": "no_answer"}),
    ]


def test_a_form_that_is_sent_twice_notes_one_request_until_it_is_taken_back(flag, auditor, client):
    client.force_login(auditor)
    filled = FORM | {"organization": "", "reference": "OF-77/2026"}
    for _click in range(2):
        post(client, flag, **filled)
    request = CommentRequest.objects.get()
    assert TrailEntry.objects.filter(action="comment_requested").count() == 1
    post(client, flag, **filled | {"reference": "OF-78/2026"})
    assert CommentRequest.objects.count() == 2
    note(request, auditor, "taken_back", reason="Never sent.")
    post(client, flag, **filled)
    assert CommentRequest.objects.count() == 3


def test_a_form_that_is_sent_as_it_opens_notes_nothing(flag, auditor, client):
    """One click told the public that the buyer had been asked by letter today; another one, that it answered."""
    client.force_login(auditor)

    def as_opened():
        html = client.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
        form = html.partition('class="comment-form"')[2].partition("</form>")[0]
        fields = dict(re.findall(r'<input type="[^"]+" name="(\w+)"[^>]*? value="([^"]*)"', form))
        for name, choices in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            chosen = re.search(r'value="([^"]*)" selected', choices) or re.search(r'value="([^"]*)"', choices)
            fields[name] = chosen[1]
        return fields

    fields = as_opened()
    assert fields["organization"], "the buyer is offered"
    post(client, flag, 400, **fields)
    assert not CommentRequest.objects.exists()
    request = ask(flag, auditor)
    post(client, flag, 400, **as_opened(), request=request.pk)
    assert not CommentRequestEntry.objects.exists()


def test_the_api_and_files_say_who_was_asked_but_not_who_asked(flag, auditor):
    ask(flag, auditor, asked_on=ASKED, how="access_request", reference="FOLIO-1")
    second = ask(flag, auditor, party="Cámaras del Norte S.A.", asked_on=date(2026, 11, 2), answer_by=ASKED)
    note(second, auditor, "refused", outcome_on=ASKED)
    expected = [
        {
            "organization": "Cámaras del Norte S.A.",
            "asked_on": "2026-11-02",
            "how": "letter",
            "answer_by": "2026-11-03",
            "outcome": "refused",
            "outcome_on": "2026-11-03",
        },
        {
            "organization": "Municipio de Tula",
            "asked_on": "2026-11-03",
            "how": "access_request",
            "answer_by": None,
            "outcome": "",
            "outcome_on": None,
        },
    ]
    anonymous = Client()
    assert anonymous.get(f"/api/v1/flags/{flag.pk}/").json()["comment_requests"] == expected
    (row,) = anonymous.get("/api/v1/flags/?fields=comment_requests").json()["results"]
    assert row == {"comment_requests": expected}
    line = next(csv.DictReader(io.StringIO(read("/api/v1/flags.csv").removeprefix("\ufeff"))))
    assert json.loads(line["comment_requests"]) == expected
    (line, _end) = read("/api/v1/flags.jsonl").splitlines()
    assert json.loads(line)["comment_requests"] == expected


def test_requests_on_a_hidden_flag_are_hidden_too(auditor):
    hidden = raise_flag(load_release(made_up_release()))
    ask(hidden, auditor, party="Zarzaparrilla")
    anonymous = Client()
    for address in ("/api/v1/flags/", "/api/v1/changes/", "/api/v1/contracting-processes/", "/flags/"):
        assert "Zarzaparrilla" not in read(address)
    assert anonymous.get("/api/v1/changes/?kind=comment_request").json()["results"] == []
    assert anonymous.get(f"/api/v1/flags/{hidden.pk}/").status_code == 404


def test_who_keeps_a_copy_is_told_of_each_step(flag, auditor):
    request = ask(flag, auditor)
    note(request, auditor, "answered")
    erase_request(request, actor=auditor)
    rows = Client().get("/api/v1/changes/?kind=comment_request").json()["results"]
    assert [(row["kind"], row["flag_id"]) for row in rows] == [("comment_request", flag.pk)] * 3
    assert Change.objects.filter(kind="comment_request").count() == 3


def test_the_latest_entry_counts_and_a_mistake_is_taken_back_with_a_reason(flag, auditor):
    request = ask(flag, auditor, asked_on=yesterday())

    def outcome():
        (row,) = Client().get(f"/api/v1/flags/{flag.pk}/").json()["comment_requests"]
        return row["outcome"], row["outcome_on"]

    today = timezone.localdate().isoformat()
    with pytest.raises(ValidationError) as refused:
        note(request, auditor, "reopened", reason="Nothing there.")
    assert "kind" in problems_of(refused)
    note(request, auditor, "no_answer")
    assert outcome() == ("no_answer", today)
    note(request, auditor, "answered", outcome_on=yesterday())
    assert outcome() == ("answered", yesterday().isoformat()), "an answer may come late"
    with pytest.raises(ValidationError) as refused:
        note(request, auditor, "answered")
    assert "kind" in problems_of(refused)
    with pytest.raises(ValidationError) as refused:
        note(request, auditor, "reopened", reason=" ")
    assert "reason" in problems_of(refused)
    note(request, auditor, "reopened", reason="It was about another contract.")
    assert outcome() == ("", None)
    note(request, auditor, "taken_back", reason="Never sent.")
    assert Client().get(f"/api/v1/flags/{flag.pk}/").json()["comment_requests"] == []
    with pytest.raises(ValidationError, match="taken back"):
        note(request, auditor, "answered")
    assert request.entries.count() == 4


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"party": "  "}, "party"),
        ({"asked_on": timezone.localdate() + timedelta(days=2)}, "asked_on"),
        ({"asked_on": ASKED, "answer_by": date(2026, 11, 2)}, "answer_by"),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_its_field(flag, auditor, columns, field):
    with pytest.raises(ValidationError) as refused:
        ask(flag, auditor, **columns)
    assert list(problems_of(refused)) == [field]
    assert not CommentRequest.objects.exists()


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("answered", {"outcome_on": None}, "outcome_on"),
        ("answered", {"outcome_on": date(2026, 11, 2)}, "outcome_on"),
        ("answered", {"outcome_on": timezone.localdate() + timedelta(days=2)}, "outcome_on"),
        ("no_answer", {"outcome_on": date(2026, 11, 20)}, "outcome_on"),
        ("refused", {"reply": True}, "reply"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_at_its_field(flag, auditor, kind, given, field):
    request = ask(flag, auditor, asked_on=ASKED, answer_by=date(2026, 11, 20))
    if given.get("reply"):
        send(f"flag={flag.pk}")
        given = {"reply": Reply.objects.get()}
    with pytest.raises(ValidationError) as refused:
        note(request, auditor, kind, **given)
    assert list(problems_of(refused)) == [field]
    assert not request.entries.exists()


def test_nobody_enters_over_an_entry_that_they_have_not_seen(flag, auditor, make_user, client):
    request = ask(flag, auditor)
    note(request, auditor, "no_answer")
    client.force_login(make_user(groups.AUDITORS, name="berta"))
    late = {"request": request.pk, "kind": "answered", "outcome_on": timezone.localdate().isoformat()}
    told = post(client, flag, 400, **late, seen="")
    assert f"{auditor.get_username()} entered something on this request since the page was shown" in told
    with pytest.raises(ValidationError, match="since the page was shown"):
        enter(request=request, by=auditor, kind=CommentRequestEntry.Kind.ANSWERED, seen=None)
    post(client, flag, **late, seen=request.entries.get().pk)
    assert request.entries.count() == 2


def test_a_form_that_is_refused_is_shown_again_with_the_reason(flag, auditor, client):
    client.force_login(auditor)
    told = post(client, flag, 400, **FORM | {"person": ""})
    assert "Say who was asked" in told
    answer = client.post(f"/admin/audits/flag/{flag.pk}/comment/", FORM | {"asked_on": "2999-01-01"})
    html = answer.content.decode()
    assert "still to come" in html
    assert 'value="2999-01-01"' in html
    assert not CommentRequest.objects.exists()
    assert post(client, flag, 404, request="999", kind="answered") is not None


def test_an_answer_can_be_a_published_reply(flag, auditor, client):
    request = ask(flag, auditor)
    send(f"flag={flag.pk}")
    reply = Reply.objects.get()
    client.force_login(auditor)
    sent = {"request": request.pk, "kind": "answered", "outcome_on": timezone.localdate().isoformat(), "seen": ""}
    post(client, flag, 400, **sent, reply=reply.pk)
    accept(reply, auditor)
    post(client, flag, **sent, reply=reply.pk)
    assert request.entries.get().reply == reply
    assert (
        f"/admin/audits/reply/{reply.pk}/change/"
        in client.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode().partition("comment-requests-title")[2]
    )


def test_the_case_file_holds_all_of_it_with_who_noted_what(flag, auditor, client):
    request = ask(flag, auditor, asked_on=ASKED, reference="FOLIO-1")
    note(request, auditor, "taken_back", reason="Sent to another office.")
    (held,) = read_case(flag)["comment_requests"]
    name = auditor.get_username()
    assert (held["organization"], held["asked_on"], held["how"], held["reference"], held["asked_by"]) == (
        *("Municipio de Tula", "2026-11-03", "letter", "FOLIO-1"),
        name,
    )
    assert [(entry["kind"], entry["reason"], entry["by"]) for entry in held["entries"]] == [
        ("taken_back", "Sent to another office.", name)
    ]
    client.force_login(auditor)
    printed = text_of(client.get(f"/admin/audits/flag/{flag.pk}/case/").content.decode())
    assert "asked for comment on Nov. 3, 2026 by letter" in printed
    assert "Sent to another office." in printed
    assert "Note what came of it" not in printed
    timeline = desk_page(client, flag).partition("Timeline")[2]
    assert "Asked for comment: Municipio de Tula; noted by" in timeline
    assert "Request for comment to Municipio de Tula: request taken back; noted by" in timeline


def test_rows_are_kept_and_whom_they_name_is_erased_by_leads_alone(flag, auditor, make_user, client):
    buyer = parties_of(flag)[0]
    request = ask(flag, auditor, party="Ana Persona", reference="FOLIO-1", organization=buyer)
    note(request, auditor, "answered")
    kept = {"asked_on": ASKED, "how": "email", "party": "Another", "reference": "F-2", "flag": flag.pk + 1}
    for column, value in kept.items():
        with pytest.raises(DatabaseError), transaction.atomic():
            CommentRequest.objects.update(**{column: value})
    other = parties_of(flag)[1]
    for change in (
        lambda: CommentRequest.objects.update(organization=other),
        CommentRequest.objects.all()._raw_delete,
        lambda: CommentRequestEntry.objects.update(kind="refused"),
    ):
        with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
            change()
    client.force_login(auditor)
    post(client, flag, 403, request=request.pk, erase="1")
    client.force_login(make_user(groups.LEADS))
    assert "Erase who was asked" in desk_page(client, flag)
    post(client, flag, request=request.pk, erase="1")
    request.refresh_from_db()
    assert (request.party, request.reference, request.organization, request.how) == ("", "", None, "letter")
    public = text_of(read(f"/flags/{flag.pk}/?lang=en"))
    assert "Ana Persona" not in public
    assert "Asked for comment on" in public
    assert TrailEntry.objects.get(action="comment_erased").target_id == str(request.pk)
    assert "Erase who was asked" not in desk_page(client, flag)


def test_lists_ask_no_more_queries_for_requests(flag, auditor, django_assert_max_num_queries):
    for number in range(3):
        note(ask(flag, auditor, party=f"Number {number}"), auditor, "answered")
    with django_assert_max_num_queries(2):
        assert len(Client().get("/api/v1/flags/").json()["results"][0]["comment_requests"]) == 3


def test_a_request_is_overdue_once_its_day_has_passed_without_an_outcome(flag, auditor):
    def count():
        return count_queues(auditor)["unanswered"]

    long_ago = {"asked_on": ASKED}
    ask(flag, auditor, **long_ago)
    ask(flag, auditor, **long_ago, answer_by=timezone.localdate())
    assert count() == 0, "without a day, or on that day, nothing is overdue"
    late = ask(flag, auditor, **long_ago, answer_by=yesterday())
    assert count() == 1
    note(late, auditor, "refused")
    assert count() == 0
    note(late, auditor, "reopened", reason="That was about another one.")
    assert count() == 1
    note(late, auditor, "taken_back", reason="Never sent.")
    assert count() == 0


def test_buyer_and_suppliers_of_the_record_are_offered(flag):
    assert [str(party) for party in parties_of(flag)] == ["Municipio de Tula", "Cámaras del Norte S.A."]
    organization = Organization.objects.get(name="Cámaras del Norte S.A.")
    Flag.objects.filter(pk=flag.pk).update(process=None, organization=organization)
    assert parties_of(flag) == [organization]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Acme: asked for comment on Nov. 3, 2026 by letter; no answer so far."),
        ("es", "Acme: se pidió su comentario el 3 de noviembre de 2026, por carta; hasta ahora no hay respuesta."),
        ("pt-br", "Acme: seu comentário foi pedido em 3 de novembro de 2026, por carta; até agora não há resposta."),
        ("pt-pt", "Acme: o seu comentário foi pedido em 3 de novembro de 2026, por carta; até agora não há resposta."),
    ],
)
def test_a_request_reads_well_in_each_language(language, sentence):
    with translation.override(language):
        assert ShownRequest("Acme", ASKED, "letter", None, "", None).sentence == sentence
