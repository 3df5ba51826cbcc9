"""
Process a submission into releases, processes and a report.

Due submissions are rows in PostgreSQL: an attempt is counted in its own transaction before the risky work, so a
submission that kills its worker is tried three times and then shown as failed.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Func, IntegerField, Sum, When
from django.db.models.functions import Now, TruncDay
from msgspec import structs, to_builtins

from contracts.intake.documents.attaching import announce_documents_of
from contracts.intake.documents.filing import DocumentBusyError, file_document
from contracts.intake.duplicates.repeats import of_strangers, submissions_by_same_account
from contracts.intake.opening import open_bundle
from contracts.intake.reading.dating import order_problems
from contracts.intake.reading.entries import read_entries
from contracts.intake.reading.report import Entry, Report
from contracts.intake.received.receiving import StoredSource
from contracts.intake.storing import hold_unless_erased, store_batch
from contracts.models import ContractingProcess, Party, Release, Submission
from contracts.models.submission import MAX_ATTEMPTS, SubmissionQuerySet
from contracts.ocds.gate.reading import Received
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.ocds.problems import Problem
from contracts.postgres.clock import database_now
from contracts.postgres.isolating import insist, is_exhausted, is_transient, once_more, work_isolated
from contracts.postgres.jsonb import storable
from contracts.postgres.locks import hold_if_free
from contracts.runtime.garbage_collection import looking_rarely_for_garbage
from contracts.runtime.log_context import log_as

logger = logging.getLogger(__name__)

# Large enough to share the cost of a transaction, small enough to keep memory flat.
BATCH_RELEASES = 500
BATCH_BYTES = 4 * 1024**2
# A file with this many broken entries is not a file of records; reading on would only occupy a worker.
MAX_BROKEN = 100_000
RENEW_SECONDS = 20


def process_submission(submission_id: Any, *, progress: Callable[[int], None] | None = None) -> Submission | None:
    """
    Process a submission that is due; return ``None`` if it is not.

    Repeating it is harmless: what an earlier attempt stored is recognised.

    :param progress: called with the number of releases read, after each batch
    """
    asked = Submission.objects.select_related("content").filter(pk=submission_id).first()
    # One of the form is read seconds after it came: the log may not tell which one it is.
    is_by_form = asked is not None and asked.channel == Submission.Channel.FORM
    with log_as(**{} if is_by_form else {"submission": str(submission_id)}), _turn(asked) as has_turn:
        submission = _claim(submission_id) if has_turn else None
        if submission:
            _process(submission, progress)
    return submission


@contextmanager
def _turn(asked: Submission | None) -> Iterator[bool]:
    """
    Let only one worker at a time read slow submissions of the form of one turn; yield whether this one may.

    Anybody can send twenty scans at once, each of which occupies a worker for up to half an hour: other workers stay
    free for audits and publishers. What is short does not wait for what is long: a photo for a large table.
    """
    turn = asked and asked.turn
    if not turn:
        yield True
        return
    with hold_if_free(f"{turn} turn of the form") as is_free:
        yield is_free


def next_of(turn: Submission.Turn) -> Submission | None:
    """Return the next submission that waits for a turn, if any."""
    return Submission.objects.due().waiting_for(turn).first()


@looking_rarely_for_garbage()
def _process(submission: Submission, progress: Callable[[int], None] | None) -> None:
    report = Report()
    try:
        if submission.kind == Submission.Kind.DOCUMENT:
            report, counts = file_document(submission, renew=partial(_renew, submission))
            _conclude(submission, report, counts)
            _log_result(submission, "Read: %d pages, %d problems.", counts.get("pages_read", 0), report.problem_count)
            return
        if submission.kind == Submission.Kind.BUNDLE:
            report, counts = open_bundle(submission, renew=partial(_renew, submission))
            _conclude(submission, report, counts)
            _log_result(submission, "Opened: %d files, %d problems.", counts["members"], report.problem_count)
            return
        entries = read_entries(StoredSource(submission.content), submission.kind, given=submission.given_mapping)
        for batch in _batches(_renewing(entries, submission), report):
            _store(batch, submission, report)
            if progress:
                progress(report.releases)
        _conclude(submission, report, {"releases_read": report.releases, **_count(submission, report.releases)})
    except DocumentBusyError:
        # Due again at once: by then it will have been read.
        insist(partial(_release, submission))
        return
    except Exception as error:
        # If time or memory ran out, the lease expires too: others have their turn, and the third attempt is the last.
        if is_transient(error) and not is_exhausted(error):
            insist(partial(_release, submission))
        raise
    _log_result(submission, "Processed: %d releases read, %d problems.", report.releases, report.problem_count)


def _log_result(submission: Submission, message: str, *values: int) -> None:
    """Log the result; not for the form, because the submission was sent only seconds before."""
    if submission.channel != Submission.Channel.FORM:
        logger.info(message, *values)


def retry(submissions: SubmissionQuerySet) -> list[str]:
    """Permit failed submissions to be processed again, with new attempts; return their ids, to be enqueued."""
    with transaction.atomic():
        failed = submissions.exclude(failed_at=None).select_for_update()
        ids = [str(pk) for pk in failed.values_list("pk", flat=True)]
        Submission.objects.filter(pk__in=ids).update(failed_at=None, error="", attempts=0, attempted_at=None)
    return ids


def _release(submission: Submission) -> None:
    """
    Release a submission interrupted by a database error; this does not count as an attempt.

    After a standstill longer than the lease, another worker may be at its next attempt, which goes on.
    """
    own = Submission.objects.filter(pk=submission.pk, attempts=submission.attempts)
    own.update(attempts=F("attempts") - 1, attempted_at=None)


def _claim(submission_id: Any) -> Submission | None:
    """Lease the submission for one attempt, or mark it as failed after three attempts without result."""
    due = Submission.objects.due().filter(pk=submission_id)
    claimed = due.filter(attempts__lt=MAX_ATTEMPTS).update(attempts=F("attempts") + 1, attempted_at=Now())
    if not claimed:
        exhausted = due.filter(attempts__gte=MAX_ATTEMPTS).update(
            failed_at=Case(When(channel=Submission.Channel.FORM, then=TruncDay(Now())), default=Now()),
            attempted_at=Case(When(channel=Submission.Channel.FORM, then=None), default=F("attempted_at")),
            error="attempts_exhausted",
        )
        if exhausted:
            logger.error("The submission failed %d times.", MAX_ATTEMPTS)
        return None
    return Submission.objects.select_related("content", "publisher").get(pk=submission_id)


def _renewing(entries: Iterator[Entry], submission: Submission) -> Iterator[Entry]:
    """Extend the lease while the submission is read: a large file takes longer than one lease."""
    renewed = time.monotonic()
    for entry in entries:
        if time.monotonic() - renewed > RENEW_SECONDS:
            _renew(submission)
            renewed = time.monotonic()
        yield entry


def _renew(submission: Submission) -> None:
    Submission.objects.filter(pk=submission.pk).update(attempted_at=Now())


def _store(batch: list[Received], submission: Submission, report: Report) -> None:
    """Store a batch; report its releases that cannot be stored."""

    def note(received: Received, error: Exception) -> None:
        values = {"error": type(error).__name__}
        report.add(Problem("processing_failed", "", values, received.pointer, received.line))

    def store(releases: Sequence[Received]) -> list[Problem]:
        problems = order_problems(releases, submission.kind, submission=submission)
        once_more(partial(store_batch, releases, submission=submission))
        return problems

    for problems in work_isolated(batch, store, on_error=note):
        for problem in problems:
            report.add(problem)


def _batches(entries: Iterator[Entry], report: Report) -> Iterator[list[Received]]:
    batch: list[Received] = []
    size = broken = 0
    for entry in entries:
        if isinstance(entry, Problem) and not entry.is_warning:
            if broken >= MAX_BROKEN:
                limit = {"number": MAX_BROKEN}
                report.stop(structs.replace(entry, code="reading_stopped", variant="problems", values=limit))
                break
            broken += 1
        report.add(entry)
        if isinstance(entry, Received):
            batch.append(entry)
            size += len(entry.content)
            if len(batch) >= BATCH_RELEASES or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _conclude(submission: Submission, report: Report, counts: dict[str, int]) -> None:
    submission.counts = counts
    submission.package = storable(to_builtins(report.package))
    submission.problems = storable(to_builtins(report.problems))
    submission.problem_count = report.problem_count
    submission.ocids = list(report.ocids)
    submission.processed_at = database_now()
    if submission.channel == Submission.Channel.FORM:
        # It is processed seconds after its arrival, and the hour could identify the sender.
        submission.processed_at = start_of_day(submission.processed_at)
        submission.attempted_at = None
    # Others may have given it up meanwhile: a worker that stood still for three leases goes on where it was.
    submission.error, submission.failed_at = "", None
    found = ["counts", "package", "problems", "problem_count", "ocids", "processed_at", "attempted_at"]
    with transaction.atomic():
        if not hold_unless_erased(submission):
            return
        submission.save(update_fields=[*found, "error", "failed_at"])
        announce_documents_of(submission)


def _count(submission: Submission, read: int) -> dict[str, int]:
    """
    Count the new releases of the submission, and the rows of their processes.

    Counted from the rows, not while writing, because a failed attempt may have left some. A release that is also in
    another sender's held submission counts as new.
    """
    strangers = list(of_strangers(submission, submissions_by_same_account(submission)).values_list("pk", flat=True))
    new = Release.objects.filter(submission=submission)
    public = ContractingProcess.objects.public().filter(ocid__in=new.filter(claim=None).values("ocid"))
    claimed = ContractingProcess.objects.claimed_by(submission)
    repeated = ContractingProcess.objects.filter(claim__any_of=strangers)
    # A union, because no index answers an OR over joined tables.
    keys = public.values("pk").union(claimed.values("pk"), repeated.values("pk"))
    processes = ContractingProcess.objects.filter(pk__in=keys)
    waiting = Release.objects.filter(claim__any_of=strangers).unaccepted()
    releases_new = min(new.count() + waiting.count(), read)
    # Each process has the numbers of its rows, so only processes are read.
    corrections = Func("corrections", function="jsonb_array_length", output_field=IntegerField())
    counts = processes.aggregate(
        processes=Count("pk"),
        awards=Sum("award_count", default=0),
        contracts=Sum("contract_count", default=0),
        bids=Sum("bid_count", default=0),
        corrections=Sum(corrections, default=0),
    )
    organizations = Party.objects.filter(process__in=processes).aggregate(number=Count("organization", distinct=True))
    return {
        "releases_new": releases_new,
        "releases_known": read - releases_new,
        **counts,
        "organizations": organizations["number"],
    }
