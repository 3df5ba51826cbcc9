"""
Erasing: by schedule, what could identify senders; at a person's request, a submission.

Content and submission stay as tombstones: the hash and size of the bytes, the days they came and went, and
the ocids of claims.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from contracts.intake.claiming import reject_erased_claims
from contracts.intake.compiling import compile_processes, lock_ocids
from contracts.intake.documents.attaching import announce_documents_of, detach, processes_of, remove_documents
from contracts.intake.reading.report import MAX_OCIDS
from contracts.intake.received import contents, idempotency, quota
from contracts.intake.renewing import renewing_organizations
from contracts.intake.rows.merged_bodies import BODIES
from contracts.models import (
    Attachment,
    BundleMember,
    Claim,
    ClaimDecision,
    Content,
    ContractingProcess,
    Document,
    FormerName,
    IdempotencyKey,
    Organization,
    Party,
    Receipt,
    ReceiptQuestion,
    Release,
    RetentionClock,
    RetentionPolicy,
    SameBody,
    Submission,
    SubmissionOrigin,
)
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.referring import protecting
from contracts.signals import contacts_expired, record_withdrawn
from contracts.trail import Action, record

logger = logging.getLogger(__name__)

_BATCH_OCIDS = 500
_BATCH_CONTENTS = 500
# How far the days of retention go on with each run, one an hour: after a pause they catch up, and of a clock that is
# years ahead they follow six days in one.
_STEP = timedelta(hours=6)
# Who compiles waits meanwhile.
_BATCH = 500


class SubmissionBusyError(Exception):
    """Raised for a submission that a worker is processing."""


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
    forget_unnamed(list(_unnamed().values_list("pk", flat=True)))  # may wait for those who compile, and fail
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
    while keys := list(unused.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH_CONTENTS]):
        last = keys[-1]
        with transaction.atomic():
            lock_until_commit(keys)  # who sends the same bytes now waits, and stores them anew
            still = list(unused.filter(pk__in=keys).values_list("pk", flat=True))
            _remove_bytes(still)
            _erase_releases(Release.objects.filter(submission__content__in=still))
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
    """Remove what senders told the desk alone; return of how many it went, or would go."""
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


def _remove_bytes(keys: list[str]) -> None:
    """Remove bytes with the documents that were read from them, their texts and copies."""
    copies = remove_documents(keys)
    # Somebody may have sent the copy of a document that stays.
    needed = Document.objects.filter(cleaned__in=keys).values_list("cleaned", flat=True)
    contents.remove([*({*keys} - {*needed}), *copies])


def erase_submission(submission: Submission, *, actor: Any, with_records: bool = False) -> None:
    """
    Erase who sent a submission, its bytes and all that was noted of it; its row stays, with the hash and the day.

    With a bundle go the files in it, unless they were sent by themselves before; and with a file the bundle that holds
    it, but not the other files in that.

    What nobody accepted goes. Releases that became part of the record stay, unless they are erased too: the processes
    are then compiled from what others sent, and audited again. Decisions on their flags stay. Bytes stay while another
    submission has the same; what others sent that says the same waits by itself then.

    :raises SubmissionBusyError: if a worker is processing it
    """
    inside = Q(in_bundles__bundle=submission, in_bundles__is_new=True)
    around = Q(members__submission=submission)
    with transaction.atomic():
        others = Submission.objects.filter(inside | around, erased_on=None).distinct()
        for erased in (submission, *others):
            _erase(erased, actor=actor, with_records=with_records)


def _erase(submission: Submission, *, actor: Any, with_records: bool) -> None:
    with transaction.atomic():
        lock_until_commit([submission.content_id])
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        now = timezone.now()
        if row.is_busy:
            raise SubmissionBusyError
        record_withdrawn.send(sender=Submission, was_public=_is_public(row, with_records=with_records))
        detach(Attachment.objects.filter(submission=row))
        if with_records or len(row.ocids) > 1:  # of several contracts it is about none, and nothing will tell of them
            detach(Attachment.objects.filter(about=row))
        announce_documents_of(row)  # what repeats others belongs to theirs no more
        if row.processed_at is None and row.failed_at is None:
            row.failed_at = start_of_day(now) if row.channel == Submission.Channel.FORM else now
        row.erased_on = row.erased_on or now.date()
        row.forget_result()
        row.ocids, row.mapping = [], {}
        row.save()
        row.repeats.clear()
        SubmissionOrigin.objects.filter(submission=row).delete()
        # What its sender answered the desk, unless something else that came with the receipt stays.
        left = Exists(Submission.objects.filter(receipts=OuterRef("receipt"), erased_on=None))
        ReceiptQuestion.objects.filter(~left, receipt__submissions=row).update(answer="", answered_on=None)
        # Their digests are of the account; and under a key that stayed, what is sent again would not be kept.
        IdempotencyKey.objects.filter(submission=row).delete()
        others = Submission.objects.filter(content=row.content_id, erased_on=None)
        if not others.exists():
            _remove_bytes([row.content_id])
        releases = row.releases.all() if with_records else row.releases.unaccepted()
        ocids = sorted(set(releases.values_list("ocid", flat=True))) if with_records else []
        _erase_releases(releases)
        reject_erased_claims(row)
        _let_others_stand(row, ocids)
        record(actor, Action.SUBMISSION_ERASED, row, sha256=row.content_id, with_records=with_records)


def _let_others_stand(erased: Submission, ocids: list[str]) -> None:
    """
    Let what others sent that says the same be read again: its records went with those of the first sender.

    :param ocids: those of releases that went and were part of the record
    """
    repeated = Claim.repeated_by.through.objects.filter(claim__submission=erased)
    same = Q(pk__in=repeated.values("submission"))
    if ocids:
        # A release that was known already is stored once. A submission names its first ocids: of many all are asked.
        may_name = Q(ocids__has_any_keys=ocids) | Q(**{f"ocids__{MAX_OCIDS - 1}__isnull": False})
        same |= Q(counts__releases_known__gt=0) & may_name
    found = Submission.objects.filter(same, erased_on=None)
    found.exclude(processed_at=None).update(processed_at=None, attempts=0, attempted_at=None)


def _is_public(submission: Submission, *, with_records: bool) -> bool:
    """Return whether anything of what is to be erased is part of a public record, or was read beside one."""
    beside = ContractingProcess.objects.public().filter(pk__in=processes_of(submission.content_id))
    accepted = submission.releases.exclude(pk__in=submission.releases.unaccepted().values("pk"))
    return (with_records and accepted.exists()) or beside.exists()


def _erase_releases(releases: QuerySet[Release]) -> None:
    """
    Remove releases, and compile from what is left; the rows of processes that nothing is left of are emptied.

    Once it is done, organizations go that nothing names any more.
    """
    ocids = sorted(set(releases.values_list("ocid", flat=True)))
    lock_ocids(ocids)  # all at once, in the order of those who load
    parties = Party.objects.filter(process__in=ContractingProcess.objects.of_ocids(ocids)).order_by()
    named = {pk for pair in parties.values_list("organization", "named_as").distinct() for pk in pair if pk}
    # Where this fails, as while others compile for long, the schedule does it.
    transaction.on_commit(lambda: forget_unnamed(named), robust=True)
    with renewing_organizations(ocids):
        releases.delete()
        for start in range(0, len(ocids), _BATCH_OCIDS):
            compile_processes(ocids[start : start + _BATCH_OCIDS], are_locked=True)


def forget_unnamed(pks: Collection[int]) -> int:
    """
    Remove those of these organizations that nothing names: no record, no decision of a person, no question.

    Each batch is a transaction of its own, and a short one: nobody may write a row that names them meanwhile.

    :returns: how many went
    """
    gone, left = 0, sorted(pks)
    while left:
        batch, left = left[:_BATCH], left[_BATCH:]
        with transaction.atomic():
            lock_until_commit([BODIES])
            found = list(_unnamed().filter(pk__any_of=batch).values_list("pk", flat=True))
            Organization.objects.filter(pk__any_of=found).delete()
        gone += len(found)
    return gone


def _unnamed() -> QuerySet[Organization]:
    """Return the organizations to which no row leads that may not go with them."""
    # A proposal that two are one goes along, a decision on it stays.
    pairs = SameBody.objects.order_by().exclude(decision=None)
    decided = Exists(pairs.filter(Q(one=OuterRef("pk")) | Q(other=OuterRef("pk"))))
    # Its address leads to the one that records name now, for as long as that is there.
    leads_on = Exists(FormerName.objects.filter(organization=OuterRef("pk")))
    named = [refers for _model, refers in protecting(Organization)]
    return Organization.objects.order_by().filter(*(~refers for refers in (*named, decided, leads_on)))
