"""
A submission → releases, processes and what came of it.

PostgreSQL holds what is due: an attempt is counted in its own transaction before the risky work, so that a submission
that kills its worker is tried three times and then shown as failed.
"""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import F, Func, IntegerField, Sum
from django.utils import timezone
from msgspec import structs, to_builtins

from contracts.intake.entries import Entry, read_entries
from contracts.intake.receiving import open_content
from contracts.intake.storing import store_batch
from contracts.models import Award, Bid, Contract, ContractingProcess, Organization, Release, Submission
from contracts.models.submission import MAX_ATTEMPTS
from contracts.ocds.problems import Problem
from contracts.ocds.reading import Package, Received
from contracts.postgres.isolating import work_isolated

logger = logging.getLogger(__name__)

# Large enough to share the cost of a transaction, small enough to keep memory flat.
BATCH_RELEASES = 500
BATCH_BYTES = 4 * 1024**2
# More problems than a person would read; the number is told, and the file is still there.
MAX_PROBLEMS = 1000
MAX_OCIDS = 100
# Who sends this many broken entries sent no records; reading on would only keep a worker from its work.
MAX_BROKEN = 100_000
RENEW_SECONDS = 20


def process_submission(submission_id: Any, *, progress: Callable[[int], None] | None = None) -> Submission | None:
    """
    Process a submission that is due; return ``None`` if it is not.

    Run twice it does no harm: what an earlier attempt stored is known.

    :param progress: called with the number of releases read, after each batch
    """
    submission = _claim(submission_id)
    if submission is None:
        return None
    outcome = _Outcome()
    entries = read_entries(partial(open_content, submission.content), submission.kind)
    for batch in _batches(_renewing(entries, submission), outcome):
        _store(batch, submission, outcome)
        if progress:
            progress(outcome.read)
    _conclude(submission, outcome)
    return submission


def _claim(submission_id: Any) -> Submission | None:
    """Take the submission for one attempt, or give it up for failed if three attempts came to nothing."""
    due = Submission.objects.due().filter(pk=submission_id)
    claimed = due.filter(attempts__lt=MAX_ATTEMPTS).update(attempts=F("attempts") + 1, attempted_at=timezone.now())
    if not claimed:
        exhausted = due.filter(attempts__gte=MAX_ATTEMPTS).update(
            failed_at=timezone.now(),
            error=f"It was tried {MAX_ATTEMPTS} times, and each time the worker died or ran out of time.",
        )
        if exhausted:
            logger.error("submission %s failed %d times", submission_id, MAX_ATTEMPTS)
        return None
    return Submission.objects.select_related("content", "publisher").get(pk=submission_id)


def _renewing(entries: Iterator[Entry], submission: Submission) -> Iterator[Entry]:
    """Go on holding the submission while it is read: a large file takes longer than one lease."""
    renewed = time.monotonic()
    for entry in entries:
        if time.monotonic() - renewed > RENEW_SECONDS:
            Submission.objects.filter(pk=submission.pk).update(attempted_at=timezone.now())
            renewed = time.monotonic()
        yield entry


def _store(batch: list[Received], submission: Submission, outcome: "_Outcome") -> None:
    """Store a batch; report the releases of it that can not be stored."""

    def report(received: Received, error: Exception) -> None:
        detail = f"The release was read, but storing it failed with {type(error).__name__}."
        outcome.note(Problem("processing_failed", detail, received.pointer, received.line))

    work_isolated(batch, lambda releases: store_batch(releases, submission=submission), on_error=report)


class _Outcome:
    def __init__(self) -> None:
        self.read = 0
        self.package: dict[str, Any] = {}
        self.ocids: dict[str, None] = {}
        self.problems: list[Problem] = []
        self.problem_count = 0

    def note(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def stop(self, problem: Problem) -> None:
        """Tell that reading stops at a problem; this stands behind the first thousand."""
        self.problem_count += 1
        detail = f"Reading stopped after {MAX_BROKEN} problems; what follows was not looked at."
        self.problems.append(structs.replace(problem, code="reading_stopped", detail=detail))


def _batches(entries: Iterator[Entry], outcome: _Outcome) -> Iterator[list[Received]]:
    batch: list[Received] = []
    size = 0
    for entry in entries:
        if isinstance(entry, Received):
            outcome.read += 1
            if len(outcome.ocids) < MAX_OCIDS:
                outcome.ocids[entry.ocid] = None
            batch.append(entry)
            size += len(entry.content)
            if len(batch) >= BATCH_RELEASES or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        elif isinstance(entry, Package):
            outcome.package = outcome.package or entry.metadata
        else:
            if outcome.problem_count >= MAX_BROKEN:
                outcome.stop(entry)
                break
            outcome.note(entry)
    if batch:
        yield batch


def _conclude(submission: Submission, outcome: _Outcome) -> None:
    submission.counts = {"releases_read": outcome.read, **_count(submission, outcome.read)}
    submission.package = to_builtins(outcome.package)
    submission.problems = [
        {**to_builtins(problem), "hint": problem.hint, "warning": problem.is_warning} for problem in outcome.problems
    ]
    submission.problem_count = outcome.problem_count
    submission.ocids = list(outcome.ocids)
    submission.processed_at = timezone.now()
    submission.error = ""
    submission.save(update_fields=["counts", "package", "problems", "problem_count", "ocids", "processed_at", "error"])


def _count(submission: Submission, read: int) -> dict[str, int]:
    """
    Count what the submission brought: new releases, and the rows of the processes that they belong to.

    Counted from the rows, not while writing: an attempt that died left some behind.
    """
    new = Release.objects.filter(submission=submission)
    processes = ContractingProcess.objects.filter(ocid__in=new.values("ocid"))
    releases_new = new.count()
    return {
        "releases_new": releases_new,
        "releases_known": max(read - releases_new, 0),
        "processes": processes.count(),
        "awards": Award.objects.filter(process__in=processes).count(),
        "contracts": Contract.objects.filter(process__in=processes, basis=Contract.Basis.CONTRACT).count(),
        "bids": Bid.objects.filter(process__in=processes, basis=Bid.Basis.BID).count(),
        "organizations": Organization.objects.filter(parties__process__in=processes).distinct().count(),
        "corrections": processes.aggregate(
            total=Sum(Func("corrections", function="jsonb_array_length", output_field=IntegerField()))
        )["total"]
        or 0,
    }
