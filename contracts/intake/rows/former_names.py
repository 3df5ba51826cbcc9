"""Parties that a public record names by another organization than before: the address of the former leads on."""

from collections import Counter
from collections.abc import Collection, Iterable

from contracts.models import FormerName, Party

# Process and OCDS id of a party → the organization that it is.
Named = dict[tuple[int, str], int]


def named_in(process_ids: Collection[int]) -> Named:
    """Return who the parties of stored processes are, but for ids that several parties of a record share."""
    rows = Party.objects.filter(process__any_of=process_ids).exclude(party_id="").order_by()
    found = list(rows.values_list("process", "party_id", "organization"))
    times = Counter((process, party) for process, party, _ in found)
    return {(process, party): pk for process, party, pk in found if times[process, party] == 1}


def keep_former_names(before: Named, now: Iterable[tuple[int, str, int]]) -> None:
    """
    Keep, for each organization that a party was before, the one that it is now.

    :param now: process, OCDS id and organization of each party
    """
    changed = {
        former: pk
        for process, party, pk in now
        if (former := before.get((process, party))) is not None and former != pk
    }
    # One that is named again, as before a mistake, leads nowhere.
    FormerName.objects.filter(organization__in=changed.values()).delete()
    rows = [FormerName(organization_id=former, now_id=changed[former]) for former in sorted(changed)]
    FormerName.objects.bulk_create(rows, update_conflicts=True, unique_fields=["organization"], update_fields=["now"])
