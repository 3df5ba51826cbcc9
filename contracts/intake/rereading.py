"""
Records that an earlier version of the reader read are compiled again, since this one may read them otherwise.

They are found in rounds through all processes, a few of them at a time and for good. So it does not matter when the
last worker of an earlier version stops loading records; but one that compiles again what this version has read leaves
its mark, and such a record is read again with its next release.
"""

from collections.abc import Collection

from django.db.models import F
from django.db.models.functions import Coalesce

from contracts.models import ContractingProcess, Rereading
from contracts.models.provenance import Verification
from contracts.ocds.parse import READING_VERSION

# How many processes are looked at in a slice.
LOOKED_AT = 5_000


def next_read_otherwise(limit: int, *, but: Collection[str] = ()) -> list[str]:
    """
    Return ocids of the next processes in the round that are due to be compiled again; go on behind them.

    Part of a transaction, which holds the round; who finds it held finds nothing.

    :param limit: as many processes at most; the others come next
    :param but: the ocids to leave out
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
