"""Processes without a record: their flags are withdrawn or deleted, and no figure counts them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from audits.contributions.contribution import NOTHING
from audits.contributions.recording import record_contributions
from audits.models import Audit, AuditAttempt, DeskEntry, Flag, FlagNote
from audits.triage import refresh_states
from contracts.models import Change, Claim, ContractingProcess
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.postgres.clock import database_now
from contracts.postgres.referring import protecting


def retire(process_ids: Sequence[int]) -> None:
    """
    Withdraw the flags of retired processes, keeping their decisions; runs in the transaction that retires them.

    Notes of colleagues, which may quote erased content, are deleted. Their audits are no longer current, so that a
    process which returns is judged again.
    """
    digests = ContractingProcess.objects.filter(pk__any_of=process_ids).values_list("pk", "digest")
    record_contributions(dict.fromkeys(process_ids, NOTHING), {pk: bytes(digest) for pk, digest in digests})
    now = database_now()
    flags = Flag.objects.filter(process__any_of=process_ids)
    claimed = Exists(Claim.objects.filter(Q(ocid=OuterRef("process__ocid")) | Q(pk=OuterRef("process__claim"))))
    of_held = Exists(Claim.objects.held().filter(pk=OuterRef("process__claim")))
    held = list(flags.filter(of_held).standing().values_list("pk", flat=True))
    for flagged, cause in ((flags.filter(claimed), Flag.Cause.CLAIM), (flags, Flag.Cause.RECORD)):
        flagged.standing().update(withdrawn_at=now, changed_at=now, withdrawn_because=cause, changed_because=cause)
    refresh_states(flags)
    # The sender may have withdrawn an undecided one, and the minute could identify them; nobody has seen it.
    day = start_of_day(now)
    Flag.objects.filter(pk__in=held).update(withdrawn_at=day, changed_at=day)
    Change.objects.filter(kind=Change.Kind.FLAG_WITHDRAWN, flag_id__in=held, number=None).delete()
    FlagNote.objects.filter(flag__in=flags).delete()
    Audit.objects.filter(process__any_of=process_ids, is_current=True).update(is_current=False)
    AuditAttempt.objects.filter(pk__any_of=process_ids).delete()


def forget(process_ids: Sequence[int]) -> None:
    """
    Delete quotes of erased processes from audits; runs in the transaction that erases them.

    A flag with a decision or reply, or drawn for a sample, stays as it was judged, because that must be defended
    later. A flag that was only assigned stays, without content.
    """
    flags = Flag.objects.filter(process__any_of=process_ids)
    undecided = flags.filter(*(~refers for model, refers in protecting(Flag) if model is not DeskEntry))
    handed = Exists(DeskEntry.objects.filter(flag=OuterRef("pk")))
    undecided.filter(handed).update(sentence="", values={}, evidence=[])
    undecided.exclude(handed).delete()
    audits = Audit.objects.filter(process__any_of=process_ids)
    audits.update(outcomes={}, withheld=[], sector_evidence=[])
    named = Flag.objects.filter(Q(first_audit=OuterRef("pk")) | Q(last_audit=OuterRef("pk")))
    audits.filter(~Exists(named)).delete()
