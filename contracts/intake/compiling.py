"""
Stored releases → contracting processes and their typed rows.

Which releases make up which row: ``contracts.intake.composing``. A process is compiled under a lock from all stored
releases, so two batches may share processes.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from msgspec import Struct, to_builtins
from psycopg import sql

from contracts.intake.composing import Composition, Entry, compositions_of
from contracts.intake.duplicates.published_twice import lock_counting, point_to_kept, update_pairs
from contracts.intake.received.authority import Publishers
from contracts.intake.rows.contract_keys import with_keys
from contracts.intake.rows.former_names import keep_former_names, named_by, named_in
from contracts.intake.rows.merged_bodies import BODIES
from contracts.intake.rows.organization_keys import OrganizationKeys
from contracts.intake.rows.organization_rows import store_organizations
from contracts.intake.rows.process_rows import ProcessRows, Row
from contracts.models import Award, Bid, Contract, ContractingProcess, Party, Release
from contracts.models.process import PUBLIC
from contracts.models.provenance import Verification
from contracts.ocds.corrections import Correction, shorten
from contracts.ocds.gate.document import encode, encode_again
from contracts.ocds.gate.reading import Received
from contracts.ocds.merging.history import read_history, stamp_of
from contracts.ocds.merging.merge import compile_releases
from contracts.ocds.merging.paths import select
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.ocds.parsing.parse import parse_process
from contracts.postgres.clock import database_now
from contracts.postgres.copying import copy_rows, excluded, fresh_keys, raw_cursor, upsert_rows
from contracts.postgres.locks import lock_many_until_commit, share_until_commit
from contracts.signals import process_compiled, processes_emptied, processes_retired, releases_stored

# If recompiling changes nothing, the time of compilation stays: the record is not newer.
_COMPILED_AT = sql.SQL(
    ", compiled_at = CASE WHEN contracts_contractingprocess.digest = EXCLUDED.digest"
    " AND contracts_contractingprocess.verification = EXCLUDED.verification"
    " THEN contracts_contractingprocess.compiled_at ELSE EXCLUDED.compiled_at END"
)


class _Present(NamedTuple):
    """A stored row of processes."""

    pk: int
    claim_id: UUID | None
    verification: str
    release_count: int


class _Compiled(Struct):
    row: Composition
    canonical: bytes
    digest: bytes
    corrections: list[Correction]
    rows: ProcessRows


# ocid → the claims (None: official) with new releases.
Touched = Mapping[str, set[UUID | None]]


def lock_ocids(ocids: Iterable[str]) -> None:
    """Lock these ocids until the end of the transaction, against storing, compiling and decisions."""
    lock_many_until_commit("ocids", ocids)


def compile_processes(
    ocids: Iterable[str],
    batch: Sequence[Received] = (),
    *,
    touched: Touched | None = None,
    publishers: Publishers | None = None,
    are_locked: bool = False,
) -> list[int]:
    """
    Compile the public record and the held claims of ocids from their stored releases, and announce changes.

    :param batch: releases already in memory, which need not be read again
    :param touched: ocids with new releases, by claim; without it, all rows are compiled again
    :param are_locked: whether the transaction already holds the ocids by ``lock_ocids``
    :returns: the primary keys of the processes
    """
    ordered = sorted(set(ocids))
    with transaction.atomic():
        if not are_locked:
            lock_ocids(ordered)  # Compiling needs all releases.
        rows = compositions_of(ordered, {(entry.ocid, entry.document.digest): entry for entry in batch}, publishers)
        present = _present(ordered)
        retired, erased, were_public = _retire(ordered, present, {row.key for row in rows})
        process_ids = _write([_compile(row) for row in (*_changed(rows, touched, present), *erased)], present)
        releases_stored.send(sender=ContractingProcess, process_ids=process_ids)
        if retired:
            point_to_kept()
            processes_retired.send(sender=ContractingProcess, process_ids=retired, were_public=were_public)
        if erased:
            emptied = [present[row.key].pk for row in erased]
            processes_emptied.send(sender=ContractingProcess, process_ids=emptied)
        transaction.on_commit(
            lambda: process_compiled.send(sender=ContractingProcess, process_ids=process_ids), robust=True
        )
        # Of two that form a pair, the later commit sees both.
        transaction.on_commit(lambda: update_pairs([*process_ids, *retired]), robust=True)
    return process_ids


def record_at(process: ContractingProcess, moment: datetime) -> tuple[bytes, bytes] | None:
    """
    Return a record as JSON, compiled from the releases received up to a time, and its digest; ``None`` without
    releases.

    Later decisions (withdrawn, accepted, rejected) are applied as of now; the digest shows the difference.
    """
    ocid = process.claim.ocid if process.claim else process.ocid
    rows = compositions_of([ocid], {}, None, until=moment)
    compiled = next((_compile(row) for row in rows if row.key == process.ocid), None)
    return (compiled.canonical, compiled.digest) if compiled else None


def _present(ocids: Sequence[str]) -> dict[str, _Present]:
    """Return the stored rows of processes, by key; the lock on their ocids prevents new ones."""
    stored = ContractingProcess.objects.of_ocids(ocids).values_list("ocid", *_Present._fields)
    return {key: _Present(*columns) for key, *columns in stored}


def _changed(
    rows: Sequence[Composition], touched: Touched | None, present: Mapping[str, _Present]
) -> list[Composition]:
    """Return the rows with new content, and those that were compiled from other releases before."""
    if touched is None:
        return list(rows)
    new = {source for sources in touched.values() for source in sources if source is not None}
    return [
        row
        for row in rows
        if row.claim_id in new
        or (row.claim_id is None and None in touched.get(row.key, ()))
        or row.key not in present
        or (present[row.key].claim_id, present[row.key].verification) != (row.claim_id, row.verification)
    ]


def _retire(
    ocids: Sequence[str], present: Mapping[str, _Present], keys: Collection[str]
) -> tuple[list[int], list[Composition], bool]:
    """
    Lock the rows of ocids, and retire those without content.

    :param present: the stored rows, by key
    :param keys: the keys that should exist
    :returns: the primary keys of new ones, those of rows to empty because their releases are gone, and whether one was
        public
    """
    gone = {
        key: row
        for key, row in present.items()
        if key not in keys and (row.verification != Verification.RETIRED or row.release_count)
    }
    process_ids = [row.pk for row in gone.values() if row.verification != Verification.RETIRED]
    if process_ids:
        lock_counting()
    rows = ContractingProcess.objects.all()
    list(rows.filter(pk__any_of=[row.pk for row in present.values()]).held().values_list("pk"))
    rows.filter(pk__any_of=process_ids).update(verification=Verification.RETIRED)
    left = set(Release.objects.filter(ocid__any_of=ocids).values_list("ocid", "claim_id")) if gone else set()
    left_ocids, left_claims = {ocid for ocid, _claim_id in left}, {claim_id for _ocid, claim_id in left}
    erased = [
        Composition(key, row.claim_id, Verification.RETIRED, None, ())
        for key, row in gone.items()
        if (row.claim_id not in left_claims if row.claim_id else key not in left_ocids)
    ]
    return process_ids, erased, any(row.verification in PUBLIC for row in gone.values())


def _compile(row: Composition) -> _Compiled:
    """Merge the releases of one row, using the ones that count for each source."""
    by_source: dict[UUID | None, list[Entry]] = defaultdict(list)
    for entry in row.entries:
        by_source[entry.source].append(entry)
    corrections: list[Correction] = []
    documents: list[dict[str, Any]] = []
    for entries in by_source.values():
        stamps = [
            stamp_of(entry.document.value, is_of_record=entry.kind == Release.Kind.COMPILED) for entry in entries
        ]
        history = read_history(stamps)
        for place in history.replaced:
            own = shorten(stamps[place].release_id)
            corrections.append(Correction("/id", own, own, "release_id_reused"))
        for place in history.counted:
            entry = entries[place]
            corrections.extend(entry.document.corrections)
            value = entry.document.value
            documents.append(select(value, entry.accepted) if entry.accepted else value)
    merged, normalized = compile_releases(documents)
    merged["ocid"] = row.key
    corrections.extend(normalized)
    country, zone = (row.publisher.country, row.publisher.zone) if row.publisher else ("", UTC)
    # A single clean release passes through unchanged: nearly all members of the compiled release are its own.
    canonical = encode_again(merged, row.entries[0].document) if len(row.entries) == 1 else encode(merged)
    process, read = parse_process(merged, country=country, zone=zone)
    corrections.extend(read)
    return _Compiled(
        row=row,
        canonical=canonical,
        digest=hashlib.sha256(canonical).digest(),
        corrections=corrections,
        rows=ProcessRows(process, zone),
    )


def _write(compiled: Sequence[_Compiled], present: Mapping[str, _Present]) -> list[int]:
    """
    Write rows of processes, with their typed rows; return their primary keys.

    :param present: the stored rows, by key
    """
    organizations: dict[str, tuple[Any, ...]] = {}
    public: set[str] = set()
    # Public rows last: they determine the names and roles of organizations.
    for entry in sorted(compiled, key=lambda entry: entry.row.claim_id is None):
        is_public = entry.row.claim_id is None
        for key, row in entry.rows.organizations.items():
            known = organizations.get(key)
            roles = {*(row[5] if is_public else ()), *(known[5] if known else ())}
            organizations[key] = (*row[:5], sorted(roles), *row[6:])
            if is_public:
                public.add(key)
    # Merges of organizations, and writers of rows that name them, exclude each other.
    share_until_commit(BODIES)
    keys = store_organizations(organizations, public=public)
    fresh = iter(fresh_keys(ContractingProcess, sum(entry.row.key not in present for entry in compiled)))
    stored = [present[entry.row.key].pk if entry.row.key in present else next(fresh) for entry in compiled]
    _write_processes(compiled, stored, present, keys)
    changed = [(process_id, entry.rows) for process_id, entry in zip(stored, compiled, strict=True)]
    known_ids = [process_id for process_id, entry in zip(stored, compiled, strict=True) if entry.row.key in present]
    # What was public and is: a claim that is held may have the row of a record that was taken back.
    were_public = {key: row.pk for key, row in present.items() if row.verification in PUBLIC}
    public_ids = [
        were_public[entry.row.key]
        for entry in compiled
        if entry.row.key in were_public and entry.row.verification in PUBLIC
    ]
    before = named_in(public_ids) if public_ids else {}
    tables = (
        (Party, ProcessRows.parties),
        (Award, ProcessRows.awards),
        (Contract, ProcessRows.contracts),
        (Bid, ProcessRows.bids),
    )
    for model, read in tables:
        new = [row for process_id, rows in changed for row in read(rows, process_id, keys)]
        keyed = with_keys(new) if model is Contract else new
        if known_ids:
            _delete_rows(model, known_ids)
        if keyed:
            copy_rows(model, list(keyed[0]), _values(keyed))
        if before and model is Party:
            keep_former_names(before, named_by(new))
    return stored


def _write_processes(
    compiled: Sequence[_Compiled], stored: Sequence[int], present: Mapping[str, _Present], keys: OrganizationKeys
) -> None:
    """
    Write the rows of processes: insert new ones, update stored ones.

    :param stored: their primary keys
    """
    now = database_now()
    known: list[Row] = []
    new: list[Row] = []
    for process_id, entry in zip(stored, compiled, strict=True):
        row = {
            "id": process_id,
            "ocid": entry.row.key,
            "publisher_id": entry.row.publisher.pk if entry.row.publisher else None,
            "verification": entry.row.verification.value,
            "claim_id": entry.row.claim_id,
            "digest": entry.digest,
            "compiled_release": entry.canonical,
            "release_count": len(entry.row.entries),
            "corrections": json.dumps(to_builtins(entry.corrections), ensure_ascii=False, default=str),
            "compiled_at": now if entry.row.claim_id is None else start_of_day(now),
            **entry.rows.columns(keys),
        }
        (known if entry.row.key in present else new).append(row)
    if new:
        copy_rows(ContractingProcess, list(new[0]), _values(new))
    if known:
        columns = list(known[0])
        updated = excluded([name for name in columns if name not in ("id", "compiled_at")]) + _COMPILED_AT
        upsert_rows(ContractingProcess, columns, _values(known), conflict=("ocid",), update=updated)


def _values(rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    return (tuple(row.values()) for row in rows)


def _delete_rows(model: Any, process_ids: list[int]) -> None:
    # Nothing refers to these rows, so Django's collector is not needed.
    with raw_cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE process_id = ANY(%s)").format(sql.Identifier(model._meta.db_table)),
            [process_ids],
        )
