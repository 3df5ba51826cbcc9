"""
The only entry for submissions of the API, the form, the admin and `load`: read to the end, previewed if small, stored.

The preview uses the same code as the worker later, so the sender learns at once if nothing can be read.
No database connection is used until the last byte has arrived, so a slow sender holds none.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from contracts import tasks
from contracts.documents.reading import MAX_BYTES as MAX_DOCUMENT_BYTES
from contracts.files.limits import ReaderLimits
from contracts.intake.documents.attaching import attach
from contracts.intake.duplicates.same_contracts import Deal
from contracts.intake.opening import is_bundle, look_into
from contracts.intake.reading.mapping import kept_mapping
from contracts.intake.reading.report import Report
from contracts.intake.received import idempotency, quota
from contracts.intake.received.authority import Publishers
from contracts.intake.received.detecting import kind_of, refuse_unless_document
from contracts.intake.received.receiving import store
from contracts.intake.received.spooling import Spool, spool
from contracts.intake.trying import PREVIEW_SECONDS, one_trial, read_first, read_paper, read_whole, reader_limits
from contracts.models import Publisher, Receipt, Submission
from contracts.models.receipt import TakenBackError
from contracts.ocds.problems import Problem, RefusedError
from contracts.runtime.log_context import log_as
from contracts.tables.headers.given_mapping import GivenMapping

# Bodies up to this size are previewed before the receipt; a larger one would keep its sender waiting.
PREVIEW_BYTES = Submission.LITTLE_BYTES
# Bundles up to this size are looked into before the receipt, for so long.
LOOK_BYTES = 20 * 1024**2
LOOK_LIMITS = ReaderLimits(cpu_seconds=8, wall_seconds=12)
_UNPREVIEWED = frozenset({Submission.Kind.DOCUMENT, Submission.Kind.BUNDLE})

logger = logging.getLogger(__name__)


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
    report = read_first(spooled, kind, publisher, given)
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
    with _spool(chunks, user) as spooled, one_trial(f"account {user.pk}"):
        kind = kind_of(spooled)
        if kind is Submission.Kind.BUNDLE:
            report = Report()
            report.add_all(_look_into(spooled)[0])
            return kind, report
        if kind is Submission.Kind.DOCUMENT:
            _refuse_unless_small_document(spooled)
            report = read_paper(spooled)
        else:
            report = read_whole(spooled, kind, publisher, _kept_mapping(spooled, kind, user))
    _refuse_if_unreadable(report)
    return kind, report


def _kept_mapping(spooled: Spool, kind: Submission.Kind, user: Any) -> GivenMapping | None:
    """Return the mapping that a sender keeps for a table."""
    return kept_mapping(user, spooled, reader_limits(PREVIEW_SECONDS)) if kind is Submission.Kind.TABLE else None


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


def _refuse_if_unreadable(report: Report) -> None:
    if report.is_unreadable:
        raise RefusedError(*sorted(report.problems, key=lambda problem: problem.is_warning))
