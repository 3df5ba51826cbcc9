"""
Records that are read otherwise than before, compiled again in slices, each in its transaction: those of a publisher
whose country or time zone changed, and those that name an organization which people merged or parted.
"""

from django.db import transaction

from contracts.intake.bodies import ocids_out_of_step
from contracts.intake.compiling import compile_processes
from contracts.models import ContractingProcess, Recompilation

SLICE_PROCESSES = 200


def recompile_slice() -> bool:
    """
    Compile the next records that are due for it; return whether there were any.

    What was compiled is noted in the same transaction: a worker that dies leaves the slice to the next one.
    """
    with transaction.atomic():
        # Held: who changes the publisher once more waits for this slice, and then begins anew.
        due = Recompilation.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if due is None:
            ocids = ocids_out_of_step(SLICE_PROCESSES)
            if ocids:
                compile_processes(ocids)
            return bool(ocids)
        processes = ContractingProcess.objects.filter(publisher=due.publisher_id, pk__gt=due.up_to).order_by("pk")
        found = list(processes.values_list("pk", "ocid")[:SLICE_PROCESSES])
        if not found:
            due.delete()
            return True
        compile_processes([ocid for _pk, ocid in found])
        due.up_to = found[-1][0]
        due.save(update_fields=["up_to"])
    return True
