"""
Records that an earlier version read otherwise: a name of nobody joined those who were called by it.

They are found in rounds through all processes, a few of them at a time and for good. So it does not matter when the
last worker of an earlier version stops loading records, or a name is added to those of nobody.
"""

from collections.abc import Collection

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from contracts.intake.organization_keys import is_joined_by_nobody
from contracts.models import ContractingProcess, Party, Rereading
from contracts.models.provenance import Verification
from contracts.ocds.placeholders import NAME, NUMBER, is_placeholder, names_nobody, numbers_of_anybody

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
    looked_at = list(processes.order_by("pk").values_list("pk", ocid)[:LOOKED_AT])
    otherwise = _read_otherwise([pk for pk, _ocid in looked_at])
    due = [(pk, ocid) for pk, ocid in looked_at if pk in otherwise and ocid not in but]
    held.up_to = due[limit - 1][0] if len(due) > limit else looked_at[-1][0] if len(looked_at) == LOOKED_AT else 0
    held.save(update_fields=["up_to"])
    return list(dict.fromkeys(ocid for _pk, ocid in due[:limit]))


def _read_otherwise(process_ids: list[int]) -> set[int]:
    named = Party.objects.filter(process__any_of=process_ids).order_by()
    may_be = Q(key__startswith="name:")
    for number in numbers_of_anybody():
        may_be |= Q(key__endswith=f":{number.upper()}")
    keys = named.annotate(key=Coalesce("named_as__key", "organization__key")).filter(may_be)
    # Names that were not read, so that another thing named the party: its id within the record.
    left_out = ContractingProcess.objects.filter(
        pk__any_of=process_ids, corrections__contains=[{"used": None, "reason": "placeholder"}]
    )
    return {pk for pk, key in keys.values_list("process", "key") if is_joined_by_nobody(key)} | {
        pk
        for pk, corrections in left_out.values_list("pk", "corrections")
        if any(row["reason"] == "placeholder" and _is_read_now(row["found"]) for row in corrections)
    }


def _is_read_now(found: str) -> bool:
    return names_nobody(found) and not is_placeholder(found, NAME) and not is_placeholder(found, NUMBER)
