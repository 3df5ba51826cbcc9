"""
Compile records again in slices, each in its transaction: those of a publisher whose country or time zone changed,
those that name a merged or separated organization, and those parsed by an earlier version.

A record that cannot be compiled stays as it was and is logged; others do not wait for it.
"""

import logging
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from contracts.intake.compiling import compile_processes
from contracts.intake.rows.merged_bodies import ocids_with_outdated_rows
from contracts.models import ContractingProcess, Recompilation, Rereading
from contracts.models.provenance import Verification
from contracts.ocds.parsing.parse import READING_VERSION
from contracts.postgres.isolating import work_isolated
from contracts.postgres.querying import execute

logger = logging.getLogger(__name__)

SLICE_PROCESSES = 200


# Number of processes per slice.
LOOKED_AT = 5_000


def recompile_slice(failed: set[str] | None = None) -> bool:
    """
    Compile the next records that are due; return whether there were any.

    :param failed: ocids that failed in earlier slices, to be skipped; those that fail are added
    :raises Exception: if the fault is with database or worker; the slice stays due

    Progress is stored in the same transaction: if a worker dies, the next one takes the slice.
    """
    failed = set() if failed is None else failed
    with transaction.atomic():
        # Long histories are merged between two statements.
        execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # Locked: a concurrent change of the publisher waits for this slice, and then starts again.
        due = Recompilation.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if due is None:
            ocids = ocids_with_outdated_rows(SLICE_PROCESSES, but=failed) or next_parsed_by_earlier_version(
                SLICE_PROCESSES, but=failed
            )
            _compile(ocids, failed)
            return bool(ocids)
        processes = ContractingProcess.objects.filter(publisher=due.publisher_id, pk__gt=due.up_to).order_by("pk")
        found = list(processes.values_list("pk", "ocid")[:SLICE_PROCESSES])
        if not found:
            due.delete()
            return True
        _compile([ocid for _pk, ocid in found], failed)
        due.up_to = found[-1][0]
        due.save(update_fields=["up_to"])
    return True


class _TooLargeError(Exception):
    """Raised if memory ran out: several records are then compiled one by one, and a single one stays as it was."""


def _compile(ocids: list[str], failed: set[str]) -> None:
    def compile_in_memory(batch: Sequence[str]) -> None:
        try:
            compile_processes(batch)
        except MemoryError as error:
            raise _TooLargeError from error

    def skip_failing(ocid: str, _error: Exception) -> None:
        failed.add(ocid)
        rows = ContractingProcess.objects.of_ocids([ocid])
        logger.error(
            "Processes could not be compiled again and stay unchanged: %s.", list(rows.values_list("pk", flat=True))
        )

    # In a fixed order, so that concurrent compilers wait for each other without deadlock.
    work_isolated(sorted(ocids), compile_in_memory, on_error=skip_failing)


def next_parsed_by_earlier_version(limit: int, *, but: Collection[str] = ()) -> list[str]:
    """
    Return ocids of the next processes parsed by an earlier version, in rounds; advance the position.

    The rounds never end, so it does not matter when the last worker of an earlier version stops. If such a worker
    compiles a record again, the record is parsed again in a later round.

    Runs in a transaction, which locks the round; if it is locked, nothing is returned.

    :param limit: maximum number of processes
    :param but: ocids to skip
    """
    place, _ = Rereading.objects.get_or_create(pk=1)
    held = Rereading.objects.select_for_update(skip_locked=True).filter(pk=place.pk).first()
    if held is None:
        return []
    processes = ContractingProcess.objects.filter(pk__gt=held.up_to).exclude(verification=Verification.RETIRED)
    ocid = Coalesce("claim__ocid", F("ocid"))
    looked_at = list(processes.order_by("pk").values_list("pk", ocid, "read_by")[:LOOKED_AT])
    due = [(pk, ocid) for pk, ocid, version in looked_at if version < READING_VERSION and ocid not in but]
    held.up_to = due[limit - 1][0] if len(due) > limit else looked_at[-1][0] if len(looked_at) == LOOKED_AT else 0
    held.save(update_fields=["up_to"])
    return list(dict.fromkeys(ocid for _pk, ocid in due[:limit]))
