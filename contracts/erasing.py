"""
Erasing: a submission, at a person's request, and what nothing names any more once its records are gone.

Content and submission stay as tombstones: the hash and size of the bytes, the days they came and went, and
the ocids of claims. What goes by its age: ``contracts.retention``.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contracts.intake.claiming import reject_erased_claims
from contracts.intake.compiling import compile_processes, lock_ocids
from contracts.intake.documents.attaching import announce_documents_of, detach, processes_of, remove_documents
from contracts.intake.reading.report import MAX_OCIDS
from contracts.intake.received import contents
from contracts.intake.renewing import renewing_organizations
from contracts.intake.rows.merged_bodies import BODIES
from contracts.models import (
    Attachment,
    Claim,
    ContractingProcess,
    Document,
    FormerName,
    IdempotencyKey,
    Organization,
    Party,
    ReceiptQuestion,
    Release,
    SameBody,
    Submission,
    SubmissionOrigin,
)
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.referring import protecting
from contracts.signals import record_withdrawn
from contracts.trail import Action, record

_BATCH_OCIDS = 500
# Small, because compiling waits for each batch.
_BATCH = 500


class SubmissionBusyError(Exception):
    """Raised for a submission that a worker is processing."""


def remove_bytes(keys: list[str]) -> None:
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
            remove_bytes([row.content_id])
        releases = row.releases.all() if with_records else row.releases.unaccepted()
        ocids = sorted(set(releases.values_list("ocid", flat=True))) if with_records else []
        erase_releases(releases)
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
        # A release that was known already is stored once. A submission lists only its first ocids, so those with full
        # lists are all included.
        may_name = Q(ocids__has_any_keys=ocids) | Q(**{f"ocids__{MAX_OCIDS - 1}__isnull": False})
        same |= Q(counts__releases_known__gt=0) & may_name
    found = Submission.objects.filter(same, erased_on=None)
    found.exclude(processed_at=None).update(processed_at=None, attempts=0, attempted_at=None)


def _is_public(submission: Submission, *, with_records: bool) -> bool:
    """Return whether anything of what is to be erased is part of a public record, or was read beside one."""
    beside = ContractingProcess.objects.public().filter(pk__in=processes_of(submission.content_id))
    accepted = submission.releases.exclude(pk__in=submission.releases.unaccepted().values("pk"))
    return (with_records and accepted.exists()) or beside.exists()


def erase_releases(releases: QuerySet[Release]) -> None:
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
            found = list(unnamed().filter(pk__any_of=batch).values_list("pk", flat=True))
            Organization.objects.filter(pk__any_of=found).delete()
        gone += len(found)
    return gone


def unnamed() -> QuerySet[Organization]:
    """Return the organizations to which no row leads that may not go with them."""
    # A proposal that two are one goes along, a decision on it stays.
    pairs = SameBody.objects.order_by().exclude(decision=None)
    decided = Exists(pairs.filter(Q(one=OuterRef("pk")) | Q(other=OuterRef("pk"))))
    # Its address leads to the one that records name now, for as long as that is there.
    leads_on = Exists(FormerName.objects.filter(organization=OuterRef("pk")))
    named = [refers for _model, refers in protecting(Organization)]
    return Organization.objects.order_by().filter(*(~refers for refers in (*named, decided, leads_on)))
