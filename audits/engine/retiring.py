"""Processes that nothing stands in any more: their flags are withdrawn, and they count for nothing."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audits.contributions.contribution import NOTHING
from audits.contributions.recording import record_contributions
from audits.models import Audit, AuditAttempt, Flag, FlagNote
from audits.triage import refresh_states
from contracts.models import Change, Claim, ContractingProcess
from contracts.ocds.calendar_days import start_of_day


def retire(process_ids: Sequence[int]) -> None:
    """
    Withdraw the flags of retired processes, with their decisions kept; part of the transaction that retires them.

    Notes of colleagues go, which may quote what was erased.

    Their audits are no longer current, so that a process which comes back is judged again.
    """
    digests = ContractingProcess.objects.filter(pk__any_of=process_ids).values_list("pk", "digest")
    record_contributions(dict.fromkeys(process_ids, NOTHING), {pk: bytes(digest) for pk, digest in digests})
    now = timezone.now()
    flags = Flag.objects.filter(process__any_of=process_ids)
    claimed = Exists(Claim.objects.filter(Q(ocid=OuterRef("process__ocid")) | Q(pk=OuterRef("process__claim"))))
    of_held = Exists(Claim.objects.held().filter(pk=OuterRef("process__claim")))
    held = list(flags.filter(of_held).standing().values_list("pk", flat=True))
    for flagged, cause in ((flags.filter(claimed), Flag.Cause.CLAIM), (flags, Flag.Cause.RECORD)):
        flagged.standing().update(withdrawn_at=now, changed_at=now, withdrawn_because=cause, changed_because=cause)
    refresh_states(flags)
    # What nobody decided on its sender may have taken back, who may not be known by the minute; nobody heard of it.
    day = start_of_day(now)
    Flag.objects.filter(pk__in=held).update(withdrawn_at=day, changed_at=day)
    Change.objects.filter(kind=Change.Kind.FLAG_WITHDRAWN, flag_id__in=held, number=None).delete()
    FlagNote.objects.filter(flag__in=flags).delete()
    Audit.objects.filter(process__any_of=process_ids, is_current=True).update(is_current=False)
    AuditAttempt.objects.filter(pk__any_of=process_ids).delete()
