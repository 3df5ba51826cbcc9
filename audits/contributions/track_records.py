"""
Participants → rows of participations; organizations whose figures change get a new version.

The version goes up in the transaction that changes the rows, so no change is lost before the audit that it makes due.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audits.contributions.participation import Participant
from audits.contributions.replacing import replace_rows
from audits.models import Participation
from contracts.postgres.querying import execute, query

_COLUMNS = ("process_id", "organization_id", "role", *Participant._fields[2:])

_Row = tuple[Any, ...]


def record_participants(participants: Mapping[int, Sequence[Participant]]) -> set[int]:
    """
    Bring the participations of processes up to date; part of the transaction that holds the processes.

    :param participants: primary key of the process → its participants
    :returns: the organizations whose figures changed
    """
    process_ids = list(participants)
    organizations = _organizations(process_ids)
    wanted = {process_id: set(_rows(process_id, found, organizations)) for process_id, found in participants.items()}
    stored: dict[int, set[_Row]] = {process_id: set() for process_id in process_ids}
    for row in Participation.objects.filter(process__any_of=process_ids).values_list(*_COLUMNS):
        stored[row[0]].add(tuple(tuple(value) if isinstance(value, list) else value for value in row))
    changed = [process_id for process_id in process_ids if wanted[process_id] != stored[process_id]]
    outdated = [process_id for process_id in changed if stored[process_id]]
    replace_rows(Participation, outdated, _COLUMNS, (row for process_id in changed for row in wanted[process_id]))
    return {row[1] for process_id in changed for row in wanted[process_id] ^ stored[process_id]}


def mark_organizations_due(organization_ids: Iterable[int]) -> None:
    """Give organizations a new version: they are due for an audit."""
    ordered = sorted(organization_ids)
    if not ordered:
        return
    execute(
        """
        INSERT INTO audits_trackrecord AS known
            (organization_id, version, audited, ruleset_digest, changed_at, error)
        SELECT id, 1, 0, '', clock_timestamp(), '' FROM unnest(%s::bigint[]) AS given (id)
        ON CONFLICT (organization_id) DO UPDATE SET
            version = known.version + 1, changed_at = EXCLUDED.changed_at, error = ''
        """,
        [ordered],
    )


def _organizations(process_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return (process, id of the party in it) → organization; of parties that share an id, the first one counts."""
    rows = query(
        "SELECT process_id, party_id, organization_id FROM contracts_party"
        " WHERE process_id = ANY(%s) AND party_id <> '' ORDER BY id DESC",
        [list(process_ids)],
    )
    return {(process_id, party_id): organization for process_id, party_id, organization in rows}


def _rows(
    process_id: int, participants: Iterable[Participant], organizations: Mapping[tuple[int, str], int]
) -> Iterable[_Row]:
    """Return a row for each organization and role; several parties of one organization are added up."""
    found: dict[tuple[int, str], Participant] = {}
    for participant in participants:
        organization = organizations.get((process_id, participant.party_id))
        if organization is not None:
            key = (organization, participant.role)
            known = found.get(key)
            found[key] = _combined(known, participant) if known else participant
    return ((process_id, organization, role, *entry[2:]) for (organization, role), entry in found.items())


def _combined(one: Participant, other: Participant) -> Participant:
    return one._replace(
        submitted=one.submitted + other.submitted,
        disqualified=one.disqualified + other.disqualified,
        competed=one.competed or other.competed,
        won=one.won or other.won,
        categories=tuple(sorted({*one.categories, *other.categories})),
    )
