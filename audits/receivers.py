from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from audits import replies
from audits.engine import attempts, retiring
from audits.models import Export, PageFigures
from audits.tasks import MAX_PROCESSES_INLINE, enqueue
from contracts.signals import (
    contacts_expired,
    counting_changed,
    documents_changed,
    process_compiled,
    processes_emptied,
    processes_retired,
    publisher_changed,
    record_withdrawn,
    releases_stored,
)


@receiver(releases_stored)
def mark_recompiled_processes_due(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    attempts.mark_recompiled_due(process_ids)


@receiver(publisher_changed)
def mark_processes_of_publisher_due(*, publisher_id: int, **_kwargs: Any) -> None:
    attempts.mark_publisher_due(publisher_id)


@receiver(processes_retired)
def retire_processes(*, process_ids: Sequence[int], were_public: bool, **_kwargs: Any) -> None:
    retiring.retire(process_ids)
    if were_public:  # of others no figure tells, but when all are counted anew would tell when a sender took one back
        PageFigures.objects.all().delete()  # which names are in them, nobody knows


@receiver(processes_emptied)
def forget_what_was_asked_of_processes(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    retiring.forget(process_ids)


@receiver(record_withdrawn)
def expire_exports(*, was_public: bool, **_kwargs: Any) -> None:
    (Export.objects.all() if was_public else Export.objects.filter(is_public=False)).expire()


@receiver(counting_changed)
@receiver(documents_changed)
def audit_processes_again(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    attempts.mark_due(process_ids)
    transaction.on_commit(lambda: enqueue(process_ids, is_fresh=len(process_ids) <= MAX_PROCESSES_INLINE))


@receiver(process_compiled)
def audit_compiled_processes(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    enqueue(process_ids, is_fresh=len(process_ids) <= MAX_PROCESSES_INLINE)


@receiver(contacts_expired)
def forget_contacts_of_replies(*, decided_before: datetime, dry_run: bool, **_kwargs: Any) -> int:
    return replies.forget_contacts(decided_before=decided_before, dry_run=dry_run)
