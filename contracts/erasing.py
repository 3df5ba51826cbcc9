"""
What is removed: by a schedule, what could tell of senders; at a person's word, a submission.

Content and submission stay as tombstones: the hash of the bytes, and the day they went.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from contracts.intake.compiling import compile_processes
from contracts.models import Content, ContentChunk, Release, RetentionPolicy, Submission, SubmissionOrigin
from contracts.postgres.locks import lock_until_commit
from contracts.trail import Action, record


class SubmissionBusyError(Exception):
    """Raised for a submission that a worker is processing."""


class Removed(Struct, frozen=True):
    """How many rows a run of the schedule removed, or would remove."""

    origins: int
    contents: int


def keep_retention(*, dry_run: bool = False) -> Removed:
    """
    Remove what is older than the retention in force, in one transaction with its entry in the trail.

    Nothing that is not processed yet is touched, nor bytes of which a release was stored.
    """
    policy, now = RetentionPolicy.in_force(), timezone.now()
    with transaction.atomic():
        origins = SubmissionOrigin.objects.filter(
            _older("submission__received_at", policy.origin_days, now),
            Q(submission__processed_at__isnull=False) | Q(submission__failed_at__isnull=False),
        )
        unused = _without_releases().filter(_older("received_at", policy.refused_days, now))
        removed = Removed(origins.count(), unused.count())
        if not dry_run and (removed.origins or removed.contents):
            # Who sends the same bytes now waits, and stores them anew.
            lock_until_commit(unused.values_list("pk", flat=True))
            origins.delete()
            _remove_bytes(unused)
            record(None, Action.RETENTION_RUN, origins=removed.origins, contents=removed.contents)
    return removed


def _older(column: str, days: int | None, now: datetime) -> Q:
    return Q(pk__in=[]) if days is None else Q(**{f"{column}__lt": now - timedelta(days=days)})


def _without_releases() -> QuerySet[Content]:
    """Return the contents that still have bytes, all of whose submissions have ended and none stored a release."""
    submissions = Submission.objects.filter(content=OuterRef("pk"))
    stored = submissions.filter(Exists(Release.objects.filter(submission=OuterRef("pk"))))
    return Content.objects.filter(
        ~Exists(stored), ~Exists(submissions.filter(processed_at=None, failed_at=None)), removed_on=None
    )


def _remove_bytes(contents: QuerySet[Content]) -> None:
    keys = list(contents.values_list("pk", flat=True))
    ContentChunk.objects.filter(content__in=keys).delete()
    Content.objects.filter(pk__in=keys).update(removed_on=timezone.now().date())


def erase_submission(submission: Submission, *, actor: Any, with_records: bool = False) -> None:
    """
    Erase who sent a submission, its bytes and all that was noted of it; its row stays, with the hash and the day.

    Releases that became part of the record stay, unless they are erased too: the processes are then compiled from what
    others sent, and audited again. Decisions on their flags stay. Bytes stay while another submission has the same.

    :raises SubmissionBusyError: if a worker is processing it
    """
    with transaction.atomic():
        lock_until_commit([submission.content_id])
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        now = timezone.now()
        is_open = row.processed_at is None and row.failed_at is None
        lease = timedelta(seconds=settings.VEEDOR_LEASE_SECONDS)
        if is_open and row.attempted_at and row.attempted_at > now - lease:
            raise SubmissionBusyError
        if is_open:
            row.failed_at = now
        row.erased_on = now.date()
        row.error, row.package, row.counts, row.problems, row.problem_count, row.ocids = "", {}, {}, [], 0, []
        row.save()
        SubmissionOrigin.objects.filter(submission=row).delete()
        others = Submission.objects.filter(content=row.content_id, erased_on=None)
        _remove_bytes(Content.objects.filter(~Exists(others), pk=row.content_id))
        if with_records:
            _erase_releases(row)
        record(actor, Action.SUBMISSION_ERASED, row, sha256=row.content_id, with_records=with_records)


def _erase_releases(submission: Submission) -> None:
    releases = Release.objects.filter(submission=submission)
    ocids = set(releases.values_list("ocid", flat=True))
    releases.delete()
    if ocids:
        compile_processes(ocids)
