"""What goes by the schedule, what a person erases, and what stays."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.engine import processes
from audits.models import Flag, Review
from audits.triage import review_flag
from contracts import erasing
from contracts.claims import decide_claim
from contracts.erasing import SubmissionBusyError, erase_submission, keep_retention
from contracts.intake.processing import process_submission
from contracts.intake.receiving import receive
from contracts.models import (
    Claim,
    ClaimDecision,
    ContentChunk,
    ContractingProcess,
    Release,
    RetentionClock,
    RetentionPolicy,
    Submission,
    SubmissionOrigin,
    TrailEntry,
)
from contracts.ocds.document import encode
from contracts.postgres import locks
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.records import release
from tests.support.stored import is_stored

pytestmark = pytest.mark.django_db
NOT_OCDS = b'{"neither": "one thing"}'
CANARY = "canary in a nest"


def send(
    body: bytes, user=None, *, days: int = 0, process: bool = True, channel=Submission.Channel.COMMAND
) -> Submission:
    """Return a submission that was sent some days ago, processed unless it is to wait."""
    submission, _is_new = receive([body], channel=channel, user=user, file_name=CANARY)
    if process:
        process_submission(submission.pk)
    moment = timezone.now() - timedelta(days=days)
    Submission.objects.filter(pk=submission.pk).update(received_at=moment)
    type(submission.content).objects.filter(pk=submission.content_id).update(received_at=moment)
    submission.refresh_from_db()
    return submission


def body_of(**changes) -> bytes:
    return encode({"releases": [release(**changes)], "publishedDate": "2024-01-01T00:00:00Z"})


def audit() -> None:
    for batch in processes.due_batches():
        processes.audit_due(batch)


def has_bytes(submission: Submission) -> bool:
    return ContentChunk.objects.filter(content=submission.content_id).exists()


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


def test_what_nobody_processed_yet_stays_however_old():
    waiting = send(NOT_OCDS, days=1000, process=False)
    keep_retention()
    assert has_bytes(waiting)
    assert SubmissionOrigin.objects.filter(submission=waiting).exists()


def claim_of(*, days: int, ocid: str = "ocds-test01-1", **changes) -> Claim:
    """Return the claim of a submission that somebody sent who speaks for nobody."""
    return Claim.objects.get(submission=send(body_of(ocid=ocid, **changes), days=days, channel=Submission.Channel.API))


def decide(claim: Claim, kind: str, decided_by, *, days: int = 0) -> None:
    decide_claim(claim=claim, decided_by=decided_by, kind=ClaimDecision.Kind(kind), reason="Seen in the gazette.")
    date_decisions(days)


def date_decisions(days: int) -> None:
    """Date all decisions back, as only the owner of the table can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE contracts_claimdecision DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE contracts_claimdecision SET decided_at = clock_timestamp() - make_interval(days => %s)", [days]
        )
        cursor.execute("ALTER TABLE contracts_claimdecision ENABLE TRIGGER USER")


def test_who_sent_what_nobody_decided_on_is_kept_and_a_lead_sees_how_many_wait(sign_in):  # noqa: F811
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
    assert told.getvalue().startswith("1 origins and the bytes of 1 submissions removed")


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


def test_the_bytes_of_a_rejected_claim_go_and_hash_and_day_stay(make_user):  # noqa: F811
    claim = claim_of(days=1000, tender={"id": "t", "title": CANARY})
    audit()
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


def test_bytes_of_which_another_claim_was_accepted_or_waits_stay(make_user):  # noqa: F811
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


def test_the_publishers_record_outlives_the_rejected_claim_about_it(make_user):  # noqa: F811
    send(body_of(), days=1000)
    claim = claim_of(days=1000, id="other", tender={"id": "t", "title": CANARY})
    audit()
    before = ContractingProcess.objects.public().values("digest", "title", "release_count").get()
    decide(claim, "rejected", make_user(name="auditor"), days=91)
    assert keep_retention().contents == 1
    assert ContractingProcess.objects.public().values("digest", "title", "release_count").get() == before
    assert Release.objects.count() == 1
    assert CANARY not in str(list(ContractingProcess.objects.values_list("compiled_release", flat=True)))


def test_a_lead_sets_the_days_and_the_change_has_a_history(sign_in):  # noqa: F811
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
        "1 origins and the bytes of 1 submissions would be removed",
        "1 origins and the bytes of 1 submissions removed",
    ]


def test_bytes_that_went_can_be_sent_again():
    first = send(NOT_OCDS, days=91)
    keep_retention()
    again = send(NOT_OCDS)
    assert again.pk != first.pk
    assert has_bytes(again)
    assert again.content.removed_on is None
    assert again.problem_count


def test_an_erased_submission_leaves_its_hash_and_day_and_the_record_stays(make_user):  # noqa: F811
    sender, lead = make_user(name="sender"), make_user(groups.LEADS)
    submission = send(body_of(), sender)
    erase_submission(submission, actor=lead)
    submission.refresh_from_db()
    assert (submission.erased_on, len(submission.content_id)) == (timezone.now().date(), 64)
    assert not has_bytes(submission)
    assert not SubmissionOrigin.objects.exists()
    assert (submission.ocids, submission.package, submission.problems, submission.counts) == ([], {}, [], {})
    assert ContractingProcess.objects.get().title
    entry = TrailEntry.objects.get(action="submission_erased")
    assert (entry.actor_id, entry.details) == (lead.pk, {"sha256": submission.content_id, "with_records": False})
    assert "sender" not in str(entry.details)


def test_bytes_that_another_sender_sent_too_stay(make_user):  # noqa: F811
    one, other = (send(body_of(), make_user(name=name)) for name in ("one", "other"))
    assert one.pk != other.pk
    erase_submission(one, actor=None)
    assert has_bytes(other)
    erase_submission(other, actor=None)
    assert not has_bytes(other)


def test_with_its_records_the_record_is_compiled_anew_and_decisions_stay(make_user):  # noqa: F811
    first = send(body_of())
    title = ContractingProcess.objects.get().title
    second = send(body_of(id="later", date="2030-01-01T00:00:00Z", tender={"id": "t", "title": CANARY}))
    audit()
    assert ContractingProcess.objects.get().title == CANARY
    erase_submission(second, actor=None, with_records=True)
    audit()
    assert ContractingProcess.objects.get().title == title
    flag = Flag.objects.get(rule="R018")
    review_flag(flag=flag, reviewer=make_user(name="lead"), decision=Review.Decision.CONFIRMED, reason="Read it")
    erase_submission(first, actor=None, with_records=True)
    audit()
    flag.refresh_from_db()
    process = ContractingProcess.objects.get()
    assert (Release.objects.count(), process.release_count, process.title, process.buyer) == (0, 0, "", None)
    assert process.verification == "retired"
    assert (flag.decision, flag.withdrawn_because) == ("confirmed", "record")
    assert Review.objects.count() == 1


def test_very_many_contents_go_some_after_others(monkeypatch):
    monkeypatch.setattr(erasing, "_BATCH_CONTENTS", 2)
    refused = [send(b'{"neither": %d}' % number, days=91) for number in range(5)]
    assert keep_retention().contents == 5
    assert not any(has_bytes(submission) for submission in refused)
    entries = TrailEntry.objects.filter(action="retention_run", details__contents__gt=0).order_by("pk")
    assert [entry.details["contents"] for entry in entries] == [2, 2, 1]


def test_to_erase_very_many_records_takes_few_locks(monkeypatch):
    records = [release(ocid=f"ocds-test01-{number}") for number in range(30)]
    submission = send(encode({"releases": records}))
    monkeypatch.setattr(locks, "MAX_LOCKS", 10)
    monkeypatch.setattr(erasing, "_BATCH_OCIDS", 5)
    before = count_locks()
    erase_submission(submission, actor=None, with_records=True)
    assert not Release.objects.exists()
    assert count_locks() - before < 10


def count_locks() -> int:
    """Return how many advisory locks this session holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("decided", [None, "rejected"])
def test_what_nobody_accepted_goes_with_its_submission_and_waits_at_no_desk(make_user, decided):  # noqa: F811
    sender = make_user(groups.SUBMITTERS)
    body = body_of(tender={"id": "t", "title": CANARY})
    submission = send(body, sender, channel=Submission.Channel.API)
    audit()
    claim = submission.claims.get()
    if decided:
        decide(claim, decided, make_user(name="auditor"))
    erase_submission(submission, actor=sender)
    audit()
    claim.refresh_from_db()
    assert not Release.objects.exists()
    assert not is_stored(CANARY)
    assert (claim.state, claim.decisions.count()) == ("rejected", 1)
    assert decided or claim.decision.decided_by is None, "it would tell who sent it"
    send(body_of())  # the publisher
    claim.refresh_from_db()
    assert claim.state == "rejected"


@pytest.mark.parametrize("kind", ["accepted", "accepted_in_part"])
def test_what_was_accepted_stays_in_the_record(make_user, kind):  # noqa: F811
    claim = claim_of(days=0, tender={"id": "t", "title": CANARY})
    part = {"members": ["/tender"]} if kind == "accepted_in_part" else {}
    person = make_user(name="auditor")
    decide_claim(claim=claim, decided_by=person, kind=ClaimDecision.Kind(kind), reason="Seen.", **part)
    erase_submission(claim.submission, actor=None)
    claim.refresh_from_db()
    assert claim.state == kind
    assert ContractingProcess.objects.public().get().title == CANARY


def test_what_a_worker_is_processing_is_not_erased():
    submission = send(NOT_OCDS, process=False)
    Submission.objects.filter(pk=submission.pk).update(attempted_at=timezone.now())
    with pytest.raises(SubmissionBusyError):
        erase_submission(submission, actor=None)
    assert has_bytes(submission)


def test_what_is_erased_before_it_was_processed_is_not_processed():
    submission = send(body_of(), process=False)
    erase_submission(submission, actor=None)
    assert process_submission(submission.pk) is None
    assert not ContractingProcess.objects.exists()


@pytest.mark.parametrize(
    ("group", "own", "action", "is_erased"),
    [
        (groups.LEADS, False, "erase", True),
        (groups.LEADS, False, "erase_with_records", True),
        (groups.SUBMITTERS, True, "erase", True),
        (groups.SUBMITTERS, True, "erase_with_records", False),
        (groups.SUBMITTERS, False, "erase", False),
        (groups.AUDITORS, False, "erase", False),
    ],
)
def test_leads_erase_and_submitters_withdraw_their_own(client, make_user, group, own, action, is_erased):  # noqa: F811
    user = make_user(group)
    submission = send(body_of(), user if own else make_user(name="somebody"))
    client.force_login(user)
    chosen = {"action": action, "_selected_action": [str(submission.pk)]}
    address = reverse("admin:contracts_submission_changelist")
    client.post(address, chosen)
    submission.refresh_from_db()
    assert submission.erased_on is None, "asks first"
    client.post(address, chosen | {"confirmed": "yes"})
    submission.refresh_from_db()
    assert (submission.erased_on is not None) is is_erased
    assert ContractingProcess.objects.filter(release_count__gt=0).exists() is (
        not is_erased or action != "erase_with_records"
    )


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SELECT %s::int", [CANARY]),
        ("SELECT to_tsquery(%s)", [CANARY]),
        (f"SELECT 1/0 WHERE '{CANARY}' <> %s", ["x"]),
    ],
)
def test_no_search_word_reaches_the_log_of_the_database(settings, statement, values):
    if not str(connection.settings_dict["HOST"]).startswith("/"):
        pytest.skip("the log of another server is not ours to read")
    from config.embedded import ensure_database

    log = ensure_database(settings.VEEDOR_HOME).folder() / "log"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert "canary" not in log.read_text(encoding="utf-8", errors="replace")
    assert "ready to accept connections" in log.read_text(encoding="utf-8", errors="replace")
