"""What goes by the schedule, what a person erases, and what stays."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.engine import processes
from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.erasing import SubmissionBusyError, erase_submission, keep_retention
from contracts.intake.processing import process_submission
from contracts.intake.receiving import receive
from contracts.models import (
    ContentChunk,
    ContractingProcess,
    Release,
    RetentionPolicy,
    Submission,
    SubmissionOrigin,
    TrailEntry,
)
from contracts.ocds.document import encode
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.records import release

pytestmark = pytest.mark.django_db
NOT_OCDS = b'{"neither": "one thing"}'
CANARY = "canary in a nest"


def send(body: bytes, user=None, *, days: int = 0, process: bool = True) -> Submission:
    """Return a submission that was sent some days ago, processed unless it is to wait."""
    submission, _is_new = receive([body], channel=Submission.Channel.COMMAND, user=user, file_name=CANARY)
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
    entry = TrailEntry.objects.get(action="retention_run")
    assert (entry.actor, entry.details) == (None, {"origins": 2, "contents": 1})
    keep_retention()
    assert TrailEntry.objects.filter(action="retention_run").count() == 1


def test_what_nobody_processed_yet_stays_however_old():
    waiting = send(NOT_OCDS, days=1000, process=False)
    keep_retention()
    assert has_bytes(waiting)
    assert SubmissionOrigin.objects.filter(submission=waiting).exists()


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
