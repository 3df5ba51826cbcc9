"""
What is done with a submission before its receipt is given: taken in whole, looked at where it is small, stored.

The look is the same reading that the worker does later. It only tells the sender at once when nothing can come of it.
No connection is used until the last byte is here, so a slow sender holds none.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import transaction
from msgspec import Struct, field

from contracts import tasks
from contracts.api.protocol.problems import ProblemError, input_error, refusal
from contracts.api.submissions.bodies import Body
from contracts.api.submissions.corrections import Corrections
from contracts.intake.entries import read_entries
from contracts.intake.receiving import gate_limits, store
from contracts.intake.spooling import CHUNK_BYTES, Spool, spool
from contracts.models import Publisher, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.reading import Received, read_value
from contracts.postgres.locks import hold_if_free

# Bodies up to this size are looked at before the receipt; a larger one would keep its sender waiting.
PREVIEW_BYTES = 2 * 1024**2
PREVIEW_SECONDS = 2.0
# More than a person reads; also the end of the look at a bomb of small problems.
MAX_PROBLEMS = 1000
MAX_OCIDS = 100
# Where a trial ends: it holds a connection and a transaction, and a megabyte of gzip can hold a billion problems.
MAX_TRIAL_PROBLEMS = 10_000
MAX_TRIAL_BYTES = 512 * 1024**2
MAX_TRIAL_SECONDS = 10.0
# A simple contract is a page; a record has one of these members.
_NOT_SIMPLE = frozenset(
    {"ocid", "releases", "records", "compiledRelease", "versionedRelease", "tender", "awards", "contracts", "parties"}
)


class Reading(Struct):
    """What can be read in a submission."""

    kind: str
    releases: int = 0
    ocids: dict[str, None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    is_whole: bool = True
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def is_unreadable(self) -> bool:
        """Say whether nothing will come of it: problems, no release, and no link that is kept for what it says."""
        linked = any(problem.code == "linked_release" for problem in self.problems)
        fatal = any(not problem.is_warning for problem in self.problems)
        return fatal and not self.releases and not linked and self.is_whole

    def note(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def stop(self, reason: str, offset: int) -> None:
        """Tell that it was not read to its end; this stands behind the first thousand problems."""
        self.is_whole = False
        self.problem_count += 1
        detail = f"Reading stopped {reason}; what follows was not looked at."
        self.problems.append(Problem("reading_stopped", detail, offset=offset))


class LimitReachedError(Exception):
    """Raised where the reading of a stream ends early."""


class _Bounds:
    """Ends a reading after so many problems, unpacked bytes and seconds, also where nothing comes of them."""

    def __init__(self, *, problems: int, seconds: float) -> None:
        self.problems = problems
        self.seconds = seconds
        self.bytes = 0
        self.deadline = time.monotonic() + seconds

    def over(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.bytes >= MAX_TRIAL_BYTES:
                raise LimitReachedError(f"after {self.bytes} bytes")
            self.check()
            self.bytes += len(chunk)
            yield chunk

    def check(self, problems: int = 0) -> None:
        """Raise if the time is over, or if there are more than so many problems."""
        if problems > self.problems:
            raise LimitReachedError(f"after {self.problems} problems")
        if time.monotonic() > self.deadline:
            raise LimitReachedError(f"after {self.seconds:g} seconds")


def submit(
    body: Body, *, user: Any, publisher: Publisher | None, kind: Submission.Kind | None = None
) -> tuple[Submission, bool]:
    """
    Store a submission and queue it.

    :param kind: what it is; `None` to find out
    :returns: the submission, and whether it is new
    :raises RefusedError: if the gate refuses it
    :raises ProblemError: if it is small and nothing in it can be read; nothing is stored then
    """
    with _spool(body) as spooled:
        kind = kind or _kind_of(spooled)
        if spooled.size <= PREVIEW_BYTES:
            _refuse_if_unreadable(_read(spooled, kind, publisher, stop_early=True))
        elif kind is Submission.Kind.SIMPLE_CONTRACT:
            raise RefusedError(Problem("body_too_large", f"A simple contract has at most {PREVIEW_BYTES} bytes."))
        with transaction.atomic():
            submission, is_new = store(
                spooled,
                channel=Submission.Channel.API,
                kind=kind,
                user=user,
                publisher=publisher,
                file_name=body.file_name,
            )
            if is_new:
                transaction.on_commit(lambda: tasks.enqueue(str(submission.pk)))
    return submission, is_new


def validate(body: Body, *, user: Any, publisher: Publisher | None) -> Reading:
    """
    Read a submission to its end, or as far as a trial goes, and keep nothing of it; raises as `submit` does.

    :raises ProblemError: also while another trial of the account is under way: each may take a core for seconds
    """
    with _spool(body) as spooled, hold_if_free(f"trial of account {user.pk}") as is_alone:
        if not is_alone:
            raise ProblemError("trial_running", headers={"Retry-After": str(int(MAX_TRIAL_SECONDS))})
        reading = _read(spooled, _kind_of(spooled), publisher, stop_early=False)
    _refuse_if_unreadable(reading)
    return reading


def _spool(body: Body) -> AbstractContextManager[Spool]:
    return spool(
        body.chunks,
        max_bytes=settings.VEEDOR_MAX_BODY_BYTES,
        max_unpacked_bytes=settings.VEEDOR_MAX_UNPACKED_BYTES,
    )


def _kind_of(spooled: Spool) -> Submission.Kind:
    """Find a simple contract: a title or description, a buyer or supplier, and nothing of a record."""
    # What is larger ends here inside a value: it is no simple contract.
    start = b"".join(itertools.islice(spooled.text([]), PREVIEW_BYTES // CHUNK_BYTES))
    if not start.lstrip().startswith(b"{"):
        return Submission.Kind.OCDS
    try:
        value = read_value([start], gate_limits())
    except RefusedError:
        return Submission.Kind.OCDS
    is_simple = (
        isinstance(value, dict)
        and bool({"title", "description"} & value.keys())
        and bool({"buyer", "supplier", "suppliers"} & value.keys())
        and not _NOT_SIMPLE & value.keys()
    )
    return Submission.Kind.SIMPLE_CONTRACT if is_simple else Submission.Kind.OCDS


def _read(spooled: Spool, kind: Submission.Kind, publisher: Publisher | None, *, stop_early: bool) -> Reading:
    """
    Read a submission.

    :param stop_early: stop at the first release: something will come of it
    """
    reading = Reading(kind)
    if stop_early:
        bounds = _Bounds(problems=MAX_PROBLEMS, seconds=PREVIEW_SECONDS)
    else:
        bounds = _Bounds(problems=MAX_TRIAL_PROBLEMS, seconds=MAX_TRIAL_SECONDS)
    try:
        for entry in read_entries(spooled.text, kind, bound=bounds.over):
            bounds.check()
            if isinstance(entry, Received):
                reading.releases += 1
                if len(reading.ocids) < MAX_OCIDS:
                    reading.ocids[entry.ocid] = None
                if stop_early:
                    break
                reading.corrections.read(entry, publisher)
            elif isinstance(entry, Problem):
                bounds.check(reading.problem_count + 1)
                reading.note(entry)
    except LimitReachedError as enough:
        reading.stop(str(enough), bounds.bytes)
    return reading


def _refuse_if_unreadable(reading: Reading) -> None:
    if reading.is_unreadable:
        problems = sorted(reading.problems, key=lambda problem: problem.is_warning)
        raise refusal([input_error(problem) for problem in problems])
