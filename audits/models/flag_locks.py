"""Locks flags in the order in which audits lock them, so that no two wait for each other."""

from audits.models.flag import Flag
from audits.models.track_record import TrackRecord
from contracts.models import ContractingProcess


def hold_flags(flag_ids: list[int]) -> None:
    """
    Lock the subjects of flags, in the order in which audits do, then the flags.

    Part of a transaction that writes many: audits write those of their subjects in no order. One that decides does so
    before its first decision: that locks the log, and who holds a flag waits for the log.
    """
    flags = Flag.objects.filter(pk__in=flag_ids)
    list(ContractingProcess.objects.filter(pk__in=flags.values("process")).held().values_list("pk"))
    organizations = TrackRecord.objects.filter(pk__in=flags.values("organization"))
    list(organizations.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    list(flags.order_by("pk").select_for_update().values_list("pk"))
