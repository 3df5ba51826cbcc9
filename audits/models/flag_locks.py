"""Locks flags in the order in which audits lock them, to avoid deadlocks."""

from audits.models.flag import Flag
from audits.models.track_record import TrackRecord
from contracts.models import ContractingProcess


def hold_flags(flag_ids: list[int]) -> None:
    """
    Lock the subjects of flags, in the order in which audits do, then the flags.

    For transactions that write many flags: audits write those of their subjects in any order. A transaction that
    decides must call it before its first decision, which locks the log: holders of a flag wait for the log.
    """
    flags = Flag.objects.filter(pk__in=flag_ids)
    list(ContractingProcess.objects.filter(pk__in=flags.values("process")).held().values_list("pk"))
    organizations = TrackRecord.objects.filter(pk__in=flags.values("organization"))
    list(organizations.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    list(flags.order_by("pk").select_for_update().values_list("pk"))
