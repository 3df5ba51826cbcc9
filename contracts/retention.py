"""
Retention: by schedule, what is older than the periods in force is removed, some bytes after others.

Content and submission stay as tombstones, as of those that a person erases (``contracts.erasing``).
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from contracts.erasing import erase_releases, forget_unnamed, remove_bytes, unnamed
from contracts.intake.received import contents, idempotency, quota
from contracts.models import (
    Attachment,
    BundleMember,
    Claim,
    ClaimDecision,
    Content,
    Document,
    Receipt,
    ReceiptQuestion,
    Release,
    RetentionClock,
    RetentionPolicy,
    Submission,
    SubmissionOrigin,
)
from contracts.postgres.locks import lock_until_commit
from contracts.signals import contacts_expired
from contracts.trail import Action, record

logger = logging.getLogger(__name__)

_BATCH = 500
# How far the days of retention go on with each run, one an hour: after a pause they catch up, and of a clock that is
# years ahead they follow six days in one.
_STEP = timedelta(hours=6)


class Removed(Struct, frozen=True):
    """
    How many rows a run of the schedule removed, or would remove.

    ``held`` origins are old enough, and stay because nobody has decided on a claim of their submission. ``behind``: by
    how much the days that count are behind the clock. ``contacts`` are answers to the desk, too.
    """

    origins: int
    held: int
    contents: int
    contacts: int = 0
    behind: timedelta = timedelta()


def keep_retention(*, dry_run: bool = False, trusts_clock: bool = False) -> Removed:
    """
    Remove what is older than the retention in force, some bytes after others, each time with an entry in the trail.

    Nothing is touched that is not processed yet or waits for a decision, nor bytes of which a release was stored; but
    if all claims of them were rejected, the releases go with the bytes. The days count from the latest decision.

    :param trusts_clock: a person says that the clock is right, however far it went on since the last run
    """
    policy, clock = RetentionPolicy.in_force(), timezone.now()
    now = _go_on(clock, trusts_clock=trusts_clock, dry_run=dry_run)
    origins, held = _origins(policy.origin_days, now)
    unused = _unused_contents(policy.refused_days, now)
    if dry_run:
        contacts = _forget_contacts(policy.contact_days, now, dry_run=True)
        return Removed(origins.count(), held.count(), unused.count(), contacts, clock - now)
    with transaction.atomic():
        origins_removed, _rows = origins.delete()
        contacts = _forget_contacts(policy.contact_days, now, dry_run=False)
        if origins_removed or contacts:
            record(None, Action.RETENTION_RUN, origins=origins_removed, contents=0, contacts=contacts)
    contents_removed = sum(_remove_unused(unused))
    contents.remove_strays()
    quota.delete_past_days()
    idempotency.delete_old()
    forget_unnamed(list(unnamed().values_list("pk", flat=True)))  # may wait for those who compile, and fail
    return Removed(origins_removed, held.count(), contents_removed, contacts, clock - now)


def _go_on(clock: datetime, *, trusts_clock: bool, dry_run: bool) -> datetime:
    """Return the moment by which days count in a run, and keep it; a clock that was set back takes nothing back."""
    row = RetentionClock.objects.first() or RetentionClock(pk=1, until=clock)
    now = clock if trusts_clock else min(clock, row.until + _STEP)
    if not dry_run:
        row.until = max(row.until, now)
        row.save()
    if clock - now >= timedelta(days=1):
        logger.warning(
            "The clock went on by %d days since retention ran: it removes what is due by %s, six hours more each run. "
            "If the clock is right, `manage.py retention --trust-clock` catches up.",
            (clock - now).days,
            f"{now:%Y-%m-%d}",
        )
    return now


def _remove_unused(unused: QuerySet[Content]) -> Iterator[int]:
    """
    Remove contents with the releases that were rejected, some after others; yield how many went each time.

    What is done stays done where the run is broken off, and no transaction holds more locks than PostgreSQL has.
    """
    last = ""
    while keys := list(unused.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        last = keys[-1]
        with transaction.atomic():
            lock_until_commit(keys)  # who sends the same bytes now waits, and stores them anew
            still = list(unused.filter(pk__in=keys).values_list("pk", flat=True))
            remove_bytes(still)
            erase_releases(Release.objects.filter(submission__content__in=still))
            record(None, Action.RETENTION_RUN, origins=0, contents=len(still), contacts=0)
        yield len(still)


def count_held() -> int:
    """Return how many origins are old enough to go, and stay until a person decides."""
    return _origins(RetentionPolicy.in_force().origin_days, timezone.now())[1].count()


def _origins(days: int | None, now: datetime) -> tuple[QuerySet[SubmissionOrigin], QuerySet[SubmissionOrigin]]:
    """Return the origins that are to go, and those that would if nobody had to decide on a claim."""
    origins = SubmissionOrigin.objects.filter(
        Q(submission__processed_at__isnull=False) | Q(submission__failed_at__isnull=False)
    )
    if days is None:
        return origins.none(), origins.none()
    limit = now - timedelta(days=days)
    old = origins.filter(submission__received_at__lt=limit)
    claims = Claim.objects.filter(submission=OuterRef("pk"))
    is_held = Exists(claims.held())
    return old.exclude(is_held).exclude(Exists(claims.filter(decision__decided_at__gte=limit))), old.filter(is_held)


def _forget_contacts(days: int | None, now: datetime, *, dry_run: bool) -> int:
    """Remove what senders told only the desk; return of how many it was removed, or would be."""
    if days is None:
        return 0
    limit = now - timedelta(days=days)
    told: list[tuple[Any, Any]] = contacts_expired.send(Removed, decided_before=limit, dry_run=dry_run)
    answers = _old_answers(limit)
    removed = answers.count() if dry_run else answers.update(answer="")
    return removed + sum(number for _receiver, number in told)


def _old_answers(limit: datetime) -> QuerySet[ReceiptQuestion]:
    """Return answers with receipts of submissions about which, as about the answers, nothing has come up since."""
    sent = Submission.objects.filter(receipts=OuterRef("receipt"))
    is_open = Exists(sent.filter(processed_at=None, failed_at=None))
    claims = Claim.objects.filter(
        Q(submission__receipts=OuterRef("receipt")) | Q(repeated_by__receipts=OuterRef("receipt"))
    )
    waits = Exists(claims.held()) | Exists(claims.filter(decision__decided_at__gte=limit))
    answers = ReceiptQuestion.objects.exclude(answer="").filter(receipt__kind=Receipt.Kind.SUBMISSION)
    return answers.filter(~is_open, ~waits, answered_on__lt=limit.date())


def _unused_contents(days: int | None, now: datetime) -> QuerySet[Content]:
    """
    Return the contents whose submissions have all ended, and of which no release is part of a record or waits.

    The days count from the last time that somebody sent the same bytes.
    """
    contents = Content.objects.filter(removed_on=None)
    if days is None:
        return contents.none()
    limit = now - timedelta(days=days)
    sent = Submission.objects.filter(content=OuterRef("pk"))
    is_open = Exists(sent.filter(processed_at=None, failed_at=None))
    is_resent = Exists(sent.filter(erased_on=None, received_at__gte=limit))
    of_content = Release.objects.filter(submission__content=OuterRef("pk"))
    is_used = Exists(of_content.exclude(claim__decision__kind=ClaimDecision.Kind.REJECTED))
    is_recent = Exists(of_content.filter(claim__decision__decided_at__gte=limit))
    is_attached = Exists(
        Attachment.objects.in_use().filter(submission__content=OuterRef("pk"), submission__erased_on=None)
    )
    is_copy = Exists(Document.objects.filter(cleaned=OuterRef("pk")))
    # The original of files that stay.
    holds = BundleMember.objects.filter(bundle__content=OuterRef("pk"), submission__content__removed_on=None)
    return contents.filter(
        ~is_open, ~is_resent, ~is_used, ~is_recent, ~is_attached, ~is_copy, ~Exists(holds), received_at__lt=limit
    )
