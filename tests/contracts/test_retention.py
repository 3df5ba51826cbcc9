"""What the schedule erases, by which clock, and what stays."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from audits import groups
from contracts.models import (
    Content,
    ContractingProcess,
    ReceiptQuestion,
    Release,
    RetentionClock,
    RetentionPolicy,
    Submission,
    SubmissionOrigin,
    TrailEntry,
)
from contracts.ocds.gate.document import encode
from contracts.receipts import answer_question, new_words, receipt_of
from contracts.retention import keep_retention
from tests.support.auditing import audit_due
from tests.support.records import release
from tests.support.sent import (
    CANARY,
    NOT_OCDS,
    body_of,
    claim_of,
    date_all_back,
    date_decisions,
    decide,
    has_bytes,
    send,
)

pytestmark = pytest.mark.django_db


def test_origins_and_refused_bytes_go_after_their_days_and_accepted_bytes_stay():
    accepted, refused, fresh = send(body_of(), days=91), send(NOT_OCDS, days=91), send(b'{"fresh": 1}', days=89)
    assert (keep_retention(dry_run=True).origins, keep_retention(dry_run=True).contents) == (2, 1)
    assert SubmissionOrigin.objects.count() == 3
    removed = keep_retention()
    assert (removed.origins, removed.contents) == (2, 1)
    assert [has_bytes(row) for row in (accepted, refused, fresh)] == [True, False, True]
    assert list(SubmissionOrigin.objects.values_list("submission", flat=True)) == [fresh.pk]
    refused.refresh_from_db()
    assert (refused.content.size, refused.content.removed_on) == (len(NOT_OCDS), timezone.now().date())
    entries = TrailEntry.objects.filter(action="retention_run").order_by("pk")
    assert [(entry.actor, entry.details) for entry in entries] == [
        (None, {"origins": 2, "contents": 0, "contacts": 0}),
        (None, {"origins": 0, "contents": 1, "contacts": 0}),
    ]
    keep_retention()
    assert TrailEntry.objects.filter(action="retention_run").count() == 2


def test_the_days_of_refused_bytes_count_from_the_last_time_they_were_sent(make_user):
    send(NOT_OCDS, days=91)
    again = send(NOT_OCDS, make_user(name="other"), days=0)
    Content.objects.update(received_at=timezone.now() - timedelta(days=91))
    assert keep_retention().contents == 0
    assert has_bytes(again), "who sent them today may still say what they hold"
    date_all_back(days=91)
    assert keep_retention().contents == 1


def test_what_nobody_processed_yet_stays_however_old():
    waiting = send(NOT_OCDS, days=1000, process=False)
    keep_retention()
    assert has_bytes(waiting)
    assert SubmissionOrigin.objects.filter(submission=waiting).exists()


def test_senders_of_undecided_claims_are_kept_and_leads_see_how_many_wait(sign_in):
    client = sign_in(groups.LEADS)
    address = "/admin/contracts/retentionpolicy/"
    claim = claim_of(days=1000)
    removed = keep_retention()
    assert (removed.origins, removed.held, removed.contents) == (0, 1, 0)
    assert SubmissionOrigin.objects.filter(submission=claim.submission).exists()
    page = client.get(address).content.decode()
    assert "1 submission is old enough and waits" in page
    assert "/admin/contracts/claim/?state=held" in page
    out = StringIO()
    call_command("retention", stdout=out)
    assert "1 older origins are kept until a person decides" in out.getvalue()
    decide(claim, "accepted", None, days=89)
    assert keep_retention().origins == 0
    assert "old enough" not in client.get(address).content.decode()
    date_decisions(days=91)
    removed = keep_retention()
    assert (removed.origins, removed.held) == (1, 0)
    assert has_bytes(claim.submission), "an accepted release keeps its bytes"


def test_a_clock_that_is_years_ahead_removes_little_and_that_is_told(monkeypatch, caplog):
    refused, now = send(NOT_OCDS, days=80), timezone.now()
    assert keep_retention().behind == timedelta()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=3652))
    assert keep_retention(dry_run=True).behind.days == 3651
    assert "The clock went on by 3651 days since retention ran" in caplog.text
    assert sum(keep_retention().origins for _hour in range(24)) == 0
    assert has_bytes(refused)
    told = StringIO()
    call_command("retention", "--trust-clock", stdout=told)
    assert told.getvalue().startswith("1 origins, the bytes of 1 submissions and 0 contacts and answers removed")


def test_after_a_pause_retention_catches_up_by_itself(monkeypatch):
    send(NOT_OCDS, days=80)
    now = timezone.now()
    keep_retention()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=11))
    removed = [keep_retention().origins for _hour in range(44)]
    assert (sum(removed), removed.index(1)) == (1, 39)
    assert RetentionClock.behind(timezone.now()) < timedelta(hours=1)


def test_a_clock_that_was_set_back_removes_nothing_and_keeps_no_days_waiting(monkeypatch):
    send(NOT_OCDS, days=91)
    now = timezone.now()
    RetentionClock.objects.create(pk=1, until=now)
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: now - timedelta(days=20_000))
        assert keep_retention().origins == 0
    assert keep_retention().origins == 1


def test_the_bytes_of_a_rejected_claim_go_and_hash_and_day_stay(make_user):
    claim = claim_of(days=1000, tender={"id": "t", "title": CANARY})
    audit_due()
    decide(claim, "rejected", make_user(name="auditor"), days=89)
    assert keep_retention().contents == 0
    date_decisions(days=91)
    assert keep_retention(dry_run=True).contents == 1
    assert has_bytes(claim.submission)
    assert keep_retention().contents == 1
    assert not has_bytes(claim.submission)
    assert not Release.objects.exists()
    content = claim.submission.content
    content.refresh_from_db()
    assert (len(content.sha256), content.removed_on) == (64, timezone.now().date())
    process = ContractingProcess.objects.get()
    assert (process.verification, process.release_count, process.title) == ("retired", 0, "")
    assert CANARY not in str(process.compiled_release)
    assert claim.decisions.count() == 1
    assert keep_retention().contents == 0
    with pytest.raises(ValidationError, match="nothing left to decide"):
        decide(claim, "accepted", make_user(name="other"))
    again = claim_of(days=0, tender={"id": "t", "title": CANARY})
    assert again.pk != claim.pk, "the same bytes can be claimed anew"


def test_erased_bytes_may_be_sent_again_even_if_senders_are_kept_for_ever(make_user):
    RetentionPolicy.objects.create(pk=1, origin_days=None)
    sent = {"user": make_user("Submitters"), "channel": Submission.Channel.API}
    first = send(body_of(ocid="ocds-new-1"), **sent, days=100)
    decide(first.claims.get(), "rejected", make_user(name="auditor"), days=91)
    assert keep_retention().contents == 1
    again = send(body_of(ocid="ocds-new-1"), **sent)
    assert again.pk != first.pk
    assert again.claims.get().releases.exists(), "a person decides on it anew"
    assert send(body_of(ocid="ocds-new-1"), **sent).pk == again.pk


def test_bytes_of_which_another_claim_was_accepted_or_waits_stay(make_user):
    auditor = make_user(name="auditor")
    body = encode({"releases": [release("ocds-new-1"), release("ocds-new-2"), release("ocds-new-3")]})
    submission = send(body, days=1000, channel=Submission.Channel.API)
    claims = list(submission.claims.order_by("ocid"))
    decide(claims[0], "rejected", auditor, days=91)
    decide(claims[1], "rejected", auditor, days=91)
    assert keep_retention().contents == 0
    decide(claims[2], "accepted", auditor, days=91)
    assert keep_retention().contents == 0
    decide(claims[2], "rejected", auditor, days=91)
    assert keep_retention().contents == 1
    assert not Release.objects.exists()
    assert set(ContractingProcess.objects.values_list("verification", "release_count")) == {("retired", 0)}


def test_the_publishers_record_outlives_the_rejected_claim_about_it(make_user):
    send(body_of(), days=1000)
    claim = claim_of(days=1000, id="other", tender={"id": "t", "title": CANARY})
    audit_due()
    before = ContractingProcess.objects.public().values("digest", "title", "release_count").get()
    decide(claim, "rejected", make_user(name="auditor"), days=91)
    assert keep_retention().contents == 1
    assert ContractingProcess.objects.public().values("digest", "title", "release_count").get() == before
    assert Release.objects.count() == 1
    assert CANARY not in str(list(ContractingProcess.objects.values_list("compiled_release", flat=True)))


def test_a_lead_sets_the_days_and_the_change_has_a_history(sign_in):
    client = sign_in(groups.LEADS)
    address = "/admin/contracts/retentionpolicy/"
    assert client.post(f"{address}add/", {"origin_days": "", "refused_days": "10"}).status_code == 302
    assert client.get(f"{address}add/").status_code == 403
    send(NOT_OCDS, days=11)
    removed = keep_retention()
    assert (removed.origins, removed.contents) == (0, 1)
    assert client.post(f"{address}1/change/", {"origin_days": "5", "refused_days": "10"}).status_code == 302
    assert keep_retention().origins == 1
    assert RetentionPolicy.objects.get().events.count() == 2
    assert list(
        TrailEntry.objects.filter(target_type="contracts.retentionpolicy")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["added", "changed"]


def test_the_command_counts_and_removes():
    send(NOT_OCDS, days=91)
    said = []
    for arguments in (["--dry-run"], []):
        out = StringIO()
        call_command("retention", *arguments, stdout=out)
        said.append(out.getvalue().strip())
    assert said == [
        "1 origins, the bytes of 1 submissions and 0 contacts and answers would be removed",
        "1 origins, the bytes of 1 submissions and 0 contacts and answers removed",
    ]


def test_bytes_that_went_can_be_sent_again():
    first = send(NOT_OCDS, days=91)
    keep_retention()
    again = send(NOT_OCDS)
    assert again.pk != first.pk
    assert has_bytes(again)
    assert again.content.removed_on is None
    assert again.problem_count


@pytest.fixture
def answered(make_user):
    """Return what somebody answered the desk about a claim that came with a receipt, 100 days ago."""

    def ask(claim) -> ReceiptQuestion:
        receipt = receipt_of(new_words())
        receipt.submissions.add(claim.submission)
        days = {"asked_on": timezone.localdate(), "answered_on": timezone.localdate() - timedelta(days=100)}
        return receipt.questions.create(text="Which?", answer=CANARY, asked_by=make_user(name="asks"), **days)

    return ask


def test_answers_of_senders_are_erased_after_the_decision_but_that_they_answered_stays(answered, make_user):
    claim = claim_of(days=100)
    question = answered(claim)
    assert keep_retention().contacts == 0, "the desk needs it to decide"
    decide(claim, "accepted", make_user(name="auditor"), days=89)
    assert keep_retention().contacts == 0
    date_decisions(days=91)
    assert keep_retention(dry_run=True).contacts == 1
    assert keep_retention().contacts == 1
    question.refresh_from_db()
    assert (question.text, question.answer, question.answered_on) == (
        "Which?",
        "",
        timezone.localdate() - timedelta(100),
    )
    assert not answer_question(question.receipt, question=str(question.pk), text="once more")
    assert keep_retention().contacts == 0


def test_an_answer_about_what_another_claim_repeats_stays_while_that_waits(answered, make_user):
    claim = claim_of(days=100)
    repeats = claim_of(days=100, ocid="ocds-test01-2")
    question = answered(repeats)
    claim.repeated_by.add(repeats.submission)
    decide(repeats, "rejected", make_user(name="auditor"), days=91)
    assert keep_retention().contacts == 0
    decide(claim, "rejected", make_user(name="other"), days=91)
    assert keep_retention().contacts == 1
    question.refresh_from_db()
    assert question.answer == ""


def test_answers_are_kept_for_ever_where_leads_say_so(answered, make_user):
    claim = claim_of(days=100)
    question = answered(claim)
    decide(claim, "accepted", make_user(name="auditor"), days=91)
    RetentionPolicy.objects.update_or_create(pk=1, defaults={"contact_days": None})
    assert keep_retention().contacts == 0
    question.refresh_from_db()
    assert question.answer == CANARY
