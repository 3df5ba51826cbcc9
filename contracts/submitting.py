"""
The only entry for submissions of the API, the form, the admin and `load`: read to the end, previewed if small, stored.

The preview uses the same code as the worker later, so the sender learns at once if nothing can be read.
No database connection is used until the last byte has arrived, so a slow sender holds none.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from msgspec import structs

from contracts import tasks
from contracts.documents.reading import MAX_BYTES as MAX_DOCUMENT_BYTES
from contracts.documents.reading import read_document
from contracts.files.limits import ReaderLimits
from contracts.intake.documents.attaching import attach
from contracts.intake.duplicates.same_contracts import Deal
from contracts.intake.opening import is_bundle, look_into
from contracts.intake.processing import BATCH_BYTES, BATCH_RELEASES
from contracts.intake.reading.dating import order_problems
from contracts.intake.reading.entries import read_entries
from contracts.intake.reading.mapping import kept_mapping
from contracts.intake.reading.report import MAX_PROBLEMS, Report
from contracts.intake.reading.tabular import Source
from contracts.intake.received import idempotency, quota
from contracts.intake.received.authority import Publishers
from contracts.intake.received.detecting import kind_of, refuse_unless_document
from contracts.intake.received.receiving import StoredSource, store
from contracts.intake.received.spooling import Spool, spool
from contracts.models import Publisher, Receipt, Submission
from contracts.models.receipt import TakenBackError
from contracts.ocds.gate.reading import Received
from contracts.ocds.problems import Problem, RefusedError
from contracts.postgres.locks import hold_if_free
from contracts.runtime.log_context import log_as
from contracts.tables.headers.given_mapping import GivenMapping

# Bodies up to this size are previewed before the receipt; a larger one would keep its sender waiting.
PREVIEW_BYTES = Submission.LITTLE_BYTES
PREVIEW_SECONDS = 2.0
# Bundles up to this size are looked into before the receipt, for so long.
LOOK_BYTES = 20 * 1024**2
LOOK_LIMITS = ReaderLimits(cpu_seconds=8, wall_seconds=12)
_UNPREVIEWED = frozenset({Submission.Kind.DOCUMENT, Submission.Kind.BUNDLE})
# Limits of a trial: a megabyte of gzip can contain a billion problems.
MAX_TRIAL_PROBLEMS = 10_000
MAX_TRIAL_BYTES = 512 * 1024**2
MAX_TRIAL_SECONDS = 10.0

logger = logging.getLogger(__name__)


class LimitReachedError(Exception):
    """Raised if a stream is not read to its end; `problem` names the limit."""

    def __init__(self, limit: str, number: float) -> None:
        super().__init__(f"{number} {limit}")
        self.problem = Problem("reading_stopped", limit, {"number": number})


class Taken(NamedTuple):
    """
    A stored submission, and whether it is new.

    ``deals`` are the contracts of its first release, which may already be on record; only of small submissions whose
    sender does not speak for the publisher. ``left_out`` says why files of a bundle cannot be taken, ``members`` how
    many of them can, None where it was not looked into.
    """

    submission: Submission
    is_new: bool
    deals: Sequence[Deal] = ()
    left_out: Sequence[Problem] = ()
    members: int | None = None


class TrialRunningError(Exception):
    """Raised while another trial of the account is running: each may take a core for seconds."""


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


def submit(
    chunks: Iterator[bytes],
    *,
    channel: Submission.Channel,
    user: Any,
    publisher: Publisher | None = None,
    only: Publisher | None = None,
    kind: Submission.Kind | None = None,
    file_name: str = "",
    idempotency_key: str = "",
    about: Submission | None = None,
    keeps_unknown_tables: bool = False,
    receipt: Receipt | None = None,
    given: GivenMapping | None = None,
    looks: bool = True,
) -> Taken:
    """
    Store a submission and queue it.

    :param only: the one publisher that the sender's token is limited to
    :param kind: its kind; `None` to detect it
    :param about: the submission that a document belongs to; with a receipt, they are linked once all has arrived
    :param keeps_unknown_tables: also store a table with unknown columns; its sender is asked what they contain
    :param idempotency_key: the client's key for this request and its repetitions
    :param receipt: the receipt that it joins, in the same transaction; without an account, one receipt does not keep
        the same bytes twice
    :param given: what the columns of a table hold; ``None`` for what the account keeps
    :param looks: preview small submissions before storing them, and look into a DOCX or PDF for a table of contracts
    :raises KeyReusedError: if the key was given to another request within a day; nothing is stored
    :raises RefusedError: if the gate refuses it, or if it is small and nothing in it can be read; nothing is stored
    :raises QuotaExceededError: if the sender may not send as many bytes today; nothing is stored
    :raises TakenBackError: if its receipt was taken back meanwhile; nothing is stored
    """
    with _spool(chunks, user) as spooled:
        kind = _kind_about(spooled) if about else kind or kind_of(spooled, looks=looks)
        given = given or _kept_mapping(spooled, kind, user)
        _refuse_unless_taken(spooled, kind)
        deals: Sequence[Deal] = ()
        left_out, members = _look_into(spooled) if looks and kind is Submission.Kind.BUNDLE else ([], None)
        if looks and kind not in _UNPREVIEWED and spooled.size <= PREVIEW_BYTES:
            deals = _preview(spooled, kind, publisher, given, keeps_unknown_tables=keeps_unknown_tables)
        with transaction.atomic():
            among = _held_open(receipt) if receipt else None
            if idempotency_key and (
                known := idempotency.recall(user, idempotency_key, spooled.sha256, publisher=publisher, about=about)
            ):
                return Taken(known, False)
            submission, is_new = store(
                spooled,
                channel=channel,
                kind=kind,
                user=user,
                publisher=publisher,
                only=only,
                file_name=file_name,
                given=given,
                among=None if user else among,
            )
            if receipt is not None:
                receipt.submissions.add(submission, *Submission.objects.filter(in_bundles__bundle=submission))
            if about is not None:
                attach(submission, about=about)
            if idempotency_key:
                idempotency.remember(user, idempotency_key, spooled.sha256, submission)
            if is_new:
                transaction.on_commit(lambda: tasks.enqueue(str(submission.pk), is_fresh=submission.is_little))
        if channel != Submission.Channel.FORM:  # when somebody sent by the form stands nowhere
            with log_as(submission=str(submission.pk)):
                logger.info("Stored." if is_new else "Known: the same bytes were sent before.")
    if deals and not Publishers().of_others(submission, [deals[0].ocid]):
        deals = ()
    return Taken(submission, is_new, deals, left_out, members)


def _kind_about(spooled: Spool) -> Submission.Kind:
    """Return the kind of what belongs to a contract: a document, whatever tables it holds, or a bundle of some."""
    return Submission.Kind.BUNDLE if is_bundle(spooled) else Submission.Kind.DOCUMENT


def _look_into(spooled: Spool) -> tuple[list[Problem], int | None]:
    """
    Return why files of a bundle cannot be taken, and how many can; nothing of one that takes too long.

    :raises RefusedError: if none can
    """
    if spooled.size > LOOK_BYTES:
        return [], None
    told = list(look_into(spooled, LOOK_LIMITS))
    problems = [problem for problem in told if problem]
    if any((problem.code, problem.variant) == ("member_left_out", "stopped") for problem in problems):
        return [], None
    if len(problems) == len(told):
        raise RefusedError(*problems or [Problem("member_left_out", "none")])
    return problems, len(told) - len(problems)


def _preview(
    spooled: Spool,
    kind: Submission.Kind,
    publisher: Publisher | None,
    given: GivenMapping | None,
    *,
    keeps_unknown_tables: bool,
) -> Sequence[Deal]:
    """
    Preview a submission before it is stored, and return the deals in it.

    :raises RefusedError: as `submit` does
    """
    report = _read(spooled, kind, publisher, given, stop_early=True)
    if not (keeps_unknown_tables and report.lacks_mapping):
        _refuse_if_unreadable(report)
    return report.deals


def _held_open(receipt: Receipt) -> QuerySet[Submission]:
    """
    Lock a receipt until the transaction ends, before any bytes, like taking back does; return what came with it.

    It is created again if another request of the same page, which was refused, removed it unused.

    :raises TakenBackError: if it was taken back
    """
    made = {"kind": receipt.kind, "made_on": receipt.made_on}
    locked, _is_new = Receipt.objects.select_for_update().get_or_create(digest=receipt.digest, defaults=made)
    receipt.pk = locked.pk
    if locked.withdrawn_on:
        raise TakenBackError
    return Submission.objects.filter(receipts=locked)


def submit_local(
    chunks: Iterator[bytes], *, publisher: Publisher | None = None, file_name: str = ""
) -> tuple[Submission, bool]:
    """
    Store a file of this machine, of any size; the caller processes it.

    :returns: the submission, and whether it is new
    :raises RefusedError: if the gate refuses it; nothing is stored
    """
    with spool(chunks) as spooled:
        kind = kind_of(spooled)
        return store(spooled, channel=Submission.Channel.COMMAND, kind=kind, publisher=publisher, file_name=file_name)


def validate(chunks: Iterator[bytes], *, user: Any, publisher: Publisher | None) -> tuple[Submission.Kind, Report]:
    """
    Read a submission to its end, or to the limits of a trial, and store nothing.

    :returns: the kind that was detected, and the report
    :raises RefusedError: as `submit` does
    :raises QuotaExceededError: as `submit` does
    :raises TrialRunningError: while another trial of the account is running
    """
    with _spool(chunks, user) as spooled, hold_if_free(f"trial of account {user.pk}") as is_alone:
        if not is_alone:
            raise TrialRunningError
        kind = kind_of(spooled)
        if kind is Submission.Kind.BUNDLE:
            report = Report()
            report.add_all(_look_into(spooled)[0])
            return kind, report
        if kind is Submission.Kind.DOCUMENT:
            report = _try_document(spooled)
        else:
            report = _read(spooled, kind, publisher, _kept_mapping(spooled, kind, user), stop_early=False)
    _refuse_if_unreadable(report)
    return kind, report


def try_mapping(submission: Submission, given: GivenMapping) -> Report:
    """
    Read a stored table by a mapping, to its end or to the limits of a trial, and store nothing.

    :raises TrialRunningError: while another trial of it is running
    """
    with hold_if_free(f"trial of submission {submission.pk}") as is_alone:
        if not is_alone:
            raise TrialRunningError
        return _read(
            StoredSource(submission.content), Submission.Kind.TABLE, submission.publisher, given, stop_early=False
        )


def _kept_mapping(spooled: Spool, kind: Submission.Kind, user: Any) -> GivenMapping | None:
    """Return the mapping that a sender keeps for a table."""
    return kept_mapping(user, spooled, _reader_limits(PREVIEW_SECONDS)) if kind is Submission.Kind.TABLE else None


@contextmanager
def _spool(chunks: Iterator[bytes], user: Any) -> Iterator[Spool]:
    """Read a stream to its end, within the limits and the sender's quota of today."""
    limits = {"max_bytes": settings.VEEDOR_MAX_BODY_BYTES, "max_unpacked_bytes": settings.VEEDOR_MAX_UNPACKED_BYTES}
    with spool(chunks, **limits) as spooled:
        quota.take(user, spooled.size)
        yield spooled


def _refuse_unless_taken(spooled: Spool, kind: Submission.Kind) -> None:
    """Raise RefusedError if it is too large for its kind, or is not a document although it should be."""
    if kind is Submission.Kind.DOCUMENT:
        _refuse_unless_small_document(spooled)
    elif kind is Submission.Kind.SIMPLE_CONTRACT and spooled.size > PREVIEW_BYTES:
        raise RefusedError(Problem("body_too_large", "simple_contract", {"limit": PREVIEW_BYTES}))


def _refuse_unless_small_document(spooled: Spool) -> None:
    refuse_unless_document(spooled)
    if spooled.size > MAX_DOCUMENT_BYTES:
        raise RefusedError(Problem("document_refused", "size", {"limit": MAX_DOCUMENT_BYTES}))


def _try_document(spooled: Spool) -> Report:
    """Read a document within the time of a trial."""
    _refuse_unless_small_document(spooled)
    report = Report()
    with spooled.open() as file:
        report.add_all(read_document(file, _reader_limits(MAX_TRIAL_SECONDS)).problems)
    return report


def _read(
    source: Source, kind: Submission.Kind, publisher: Publisher | None, given: GivenMapping | None, *, stop_early: bool
) -> Report:
    """
    Read a submission.

    :param stop_early: stop at the first release: there is something to store
    """
    report = Report()
    batch: list[Received] = []
    size = 0
    ended: Problem | None = None
    if stop_early:
        bounds = _Bounds(problems=MAX_PROBLEMS, seconds=PREVIEW_SECONDS)
    else:
        bounds = _Bounds(problems=MAX_TRIAL_PROBLEMS, seconds=MAX_TRIAL_SECONDS)
    try:
        limits = _reader_limits(bounds.seconds)
        with closing(read_entries(source, kind, given=given, bound=bounds.over, limits=limits)) as entries:
            for entry in entries:
                bounds.check(report.problem_count + isinstance(entry, Problem))
                report.add(entry)
                if isinstance(entry, Received):
                    report.add_parsed(entry, publisher)
                    if stop_early:
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


def _reader_limits(seconds: float) -> ReaderLimits:
    """Return the limits of a process that reads a workbook while its sender waits; its start takes time too."""
    whole = max(round(seconds), 1)
    return ReaderLimits(cpu_seconds=whole + 2, wall_seconds=whole + 5)


def _refuse_if_unreadable(report: Report) -> None:
    if report.is_unreadable:
        raise RefusedError(*sorted(report.problems, key=lambda problem: problem.is_warning))
