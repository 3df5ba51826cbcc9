"""
Read a submission while its sender waits, and store nothing: up to its first release for a preview, or as a trial.

It is the code that the worker uses later, within a number of problems, unpacked bytes and seconds.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from msgspec import structs

from contracts.files.limits import ReaderLimits
from contracts.intake.documents.printed_lists import read_with_lists
from contracts.intake.processing import BATCH_BYTES, BATCH_RELEASES
from contracts.intake.reading.dating import order_problems
from contracts.intake.reading.entries import read_entries
from contracts.intake.reading.report import MAX_PROBLEMS, Report
from contracts.intake.reading.tabular import Source
from contracts.intake.received.receiving import StoredSource
from contracts.intake.received.spooling import Spool
from contracts.models import Publisher, Submission
from contracts.ocds.gate.reading import Received
from contracts.ocds.problems import Problem
from contracts.postgres.locks import hold_if_free
from contracts.tables.headers.given_mapping import GivenMapping

PREVIEW_SECONDS = 2.0
# Limits of a trial: a megabyte of gzip can contain a billion problems.
MAX_TRIAL_PROBLEMS = 10_000
MAX_TRIAL_BYTES = 512 * 1024**2
MAX_TRIAL_SECONDS = 10.0


class LimitReachedError(Exception):
    """Raised if a stream is not read to its end; `problem` names the limit."""

    def __init__(self, limit: str, number: float) -> None:
        super().__init__(f"{number} {limit}")
        self.problem = Problem("reading_stopped", limit, {"number": number})


class TrialRunningError(Exception):
    """Raised while another trial of the account is running: each may take a core for seconds."""


@contextmanager
def one_trial(of: str) -> Iterator[None]:
    """Run one trial at a time of an account or a submission; raise TrialRunningError while another one is running."""
    with hold_if_free(f"trial of {of}") as is_alone:
        if not is_alone:
            raise TrialRunningError
        yield


class _Bounds:
    """Ends a reading after a number of problems, unpacked bytes or seconds, even if it yields nothing."""

    def __init__(self, *, problems: int, seconds: float) -> None:
        self.problems = problems
        self.seconds = seconds
        self.bytes = 0
        self.deadline = time.monotonic() + seconds

    def over(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.bytes >= MAX_TRIAL_BYTES:
                raise LimitReachedError("bytes", self.bytes)
            self.check()
            self.bytes += len(chunk)
            yield chunk

    def check(self, problems: int = 0) -> None:
        """Raise LimitReachedError if the time is over, or if there are more problems than allowed."""
        if problems > self.problems:
            raise LimitReachedError("problems", self.problems)
        if time.monotonic() > self.deadline:
            raise LimitReachedError("seconds", round(self.seconds))


def read_first(
    source: Source, kind: Submission.Kind, publisher: Publisher | None, given: GivenMapping | None
) -> Report:
    """Read a submission up to its first release, within the limits of a preview: there is something to store."""
    bounds = _Bounds(problems=MAX_PROBLEMS, seconds=PREVIEW_SECONDS)
    return _read(source, kind, publisher, given, bounds, is_first=True)


def read_whole(
    source: Source, kind: Submission.Kind, publisher: Publisher | None, given: GivenMapping | None
) -> Report:
    """Read a submission to its end, or to the limits of a trial."""
    return _read(source, kind, publisher, given, _Bounds(problems=MAX_TRIAL_PROBLEMS, seconds=MAX_TRIAL_SECONDS))


def _read(
    source: Source,
    kind: Submission.Kind,
    publisher: Publisher | None,
    given: GivenMapping | None,
    bounds: _Bounds,
    *,
    is_first: bool = False,
) -> Report:
    report = Report()
    batch: list[Received] = []
    size = 0
    ended: Problem | None = None
    try:
        limits = reader_limits(bounds.seconds)
        with closing(read_entries(source, kind, given=given, bound=bounds.over, limits=limits)) as entries:
            for entry in entries:
                bounds.check(report.problem_count + isinstance(entry, Problem))
                report.add(entry)
                if isinstance(entry, Received):
                    report.add_parsed(entry, publisher)
                    if is_first:
                        break
                    batch.append(entry)
                    size += len(entry.content)
                    if len(batch) >= BATCH_RELEASES or size >= BATCH_BYTES:
                        report.add_all(order_problems(batch, kind))
                        batch, size = [], 0
    except LimitReachedError as reached:
        ended = structs.replace(reached.problem, offset=bounds.bytes)
    report.add_all(order_problems(batch, kind))
    if ended:
        report.stop(ended)
    return report


def try_mapping(submission: Submission, given: GivenMapping) -> Report:
    """
    Read a stored table by a mapping, to its end or to the limits of a trial, and store nothing.

    :raises TrialRunningError: while another trial of it is running
    """
    with one_trial(f"submission {submission.pk}"):
        return read_whole(StoredSource(submission.content), Submission.Kind.TABLE, submission.publisher, given)


def read_paper(spooled: Spool) -> Report:
    """Read a document within the time of a trial."""
    report = Report()
    with spooled.open() as file:
        report.add_all(read_with_lists(file, reader_limits(MAX_TRIAL_SECONDS)).problems)
    return report


def reader_limits(seconds: float) -> ReaderLimits:
    """Return the limits of a process that reads a workbook while its sender waits; its start takes time too."""
    whole = max(round(seconds), 1)
    return ReaderLimits(cpu_seconds=whole + 2, wall_seconds=whole + 5)
