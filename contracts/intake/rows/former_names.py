"""Parties that a public record names by another organization than before: the address of the former leads on."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models.functions import Coalesce

from contracts.models import FormerName, Party
from contracts.names.sameness import ALIKE
from contracts.names.spelling import likeness

# Process and OCDS id of a party.
PartyOfRecord = tuple[int, str]


class Named(NamedTuple):
    """The identity of a party, before merges, and its name in the record."""

    organization: int
    name: str


def named_in(process_ids: Collection[int]) -> dict[PartyOfRecord, Named]:
    """Return the identities of the parties of stored processes, without ids that several parties of a record share."""
    rows = Party.objects.filter(process__any_of=process_ids).exclude(party_id="").order_by()
    own = Coalesce("named_as", "organization")
    return _once(
        ((process, party), Named(pk, name))
        for process, party, pk, name in rows.values_list("process", "party_id", own, "name")
    )


def named_by(rows: Iterable[Mapping[str, Any]]) -> dict[PartyOfRecord, Named]:
    """Return who the parties of rows that are to be stored are, as ``named_in``."""
    return _once(
        ((row["process_id"], row["party_id"]), Named(row["named_as_id"] or row["organization_id"], row["name"]))
        for row in rows
    )


def _once(parties: Iterable[tuple[PartyOfRecord, Named]]) -> dict[PartyOfRecord, Named]:
    found = list(parties)
    times = Counter(party for party, _named in found)
    return {party: named for party, named in found if times[party] == 1}


def keep_former_names(before: Mapping[PartyOfRecord, Named], now: Mapping[PartyOfRecord, Named]) -> None:
    """
    Store, for each former organization of a party, its present one.

    Not if the name differs: publishers give the id of one company to its successor.
    """
    changed = {
        former.organization: named.organization
        for party, named in now.items()
        if (former := before.get(party)) is not None
        and former.organization != named.organization
        and likeness(former.name, named.name) >= ALIKE
    }
    # One that is named again, as before a mistake, leads nowhere.
    FormerName.objects.filter(organization__in=changed.values()).delete()
    rows = [FormerName(organization_id=former, now_id=changed[former]) for former in sorted(changed)]
    FormerName.objects.bulk_create(rows, update_conflicts=True, unique_fields=["organization"], update_fields=["now"])
