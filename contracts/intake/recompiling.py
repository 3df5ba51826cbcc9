"""Records of a publisher whose country or time zone changed: compiled again, in slices, each in its transaction."""

from django.db import transaction

from contracts.intake.compiling import compile_processes
from contracts.models import ContractingProcess, Recompilation

SLICE_PROCESSES = 200


def recompile_slice() -> bool:
    """
    Compile the next records that are due for it, of any publisher; return whether there were any.

    What was compiled is noted in the same transaction: a worker that dies leaves the slice to the next one.
    """
    with transaction.atomic():
        # Held: who changes the publisher once more waits for this slice, and then begins anew.
        due = Recompilation.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if due is None:
            return False
        processes = ContractingProcess.objects.filter(publisher=due.publisher_id, pk__gt=due.up_to).order_by("pk")
        found = list(processes.values_list("pk", "ocid")[:SLICE_PROCESSES])
        if not found:
            due.delete()
            return True
        compile_processes([ocid for _pk, ocid in found])
        due.up_to = found[-1][0]
        due.save(update_fields=["up_to"])
    return True
