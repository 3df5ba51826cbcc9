"""
Records that are read otherwise than before, compiled again in slices, each in its transaction: those of a publisher
whose country or time zone changed, those that name an organization which people merged or parted, and those that an
earlier version read otherwise.

One that can not be compiled stays as it was, and is logged: the others do not wait for it.
"""

import logging
from collections.abc import Sequence

from django.db import connection, transaction

from contracts.intake.bodies import ocids_out_of_step
from contracts.intake.compiling import compile_processes
from contracts.intake.rereading import next_read_otherwise
from contracts.models import ContractingProcess, Recompilation
from contracts.postgres.isolating import work_isolated

logger = logging.getLogger(__name__)

SLICE_PROCESSES = 200


def recompile_slice(failed: set[str] | None = None) -> bool:
    """
    Compile the next records that are due for it; return whether there were any.

    :param failed: ocids that failed in earlier slices, to be passed over; those that fail are added
    :raises Exception: where the fault is with database or worker; the slice stays due

    What was compiled is noted in the same transaction: a worker that dies leaves the slice to the next one.
    """
    failed = set() if failed is None else failed
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Long histories are merged between two statements.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # Held: who changes the publisher once more waits for this slice, and then begins anew.
        due = Recompilation.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if due is None:
            ocids = ocids_out_of_step(SLICE_PROCESSES, but=failed) or next_read_otherwise(SLICE_PROCESSES, but=failed)
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
    """Raised where memory ran out: of several records each is compiled alone then, and one alone stays as it was."""


def _compile(ocids: list[str], failed: set[str]) -> None:
    def compile_in_memory(batch: Sequence[str]) -> None:
        try:
            compile_processes(batch)
        except MemoryError as error:
            raise _TooLargeError from error

    def pass_over(ocid: str, _error: Exception) -> None:
        failed.add(ocid)
        rows = ContractingProcess.objects.of_ocids([ocid])
        logger.error("Processes stay as they were compiled before: %s.", list(rows.values_list("pk", flat=True)))

    # In one order: who compiles some of them meanwhile is waited for, and does not wait for this.
    work_isolated(sorted(ocids), compile_in_memory, on_error=pass_over)
