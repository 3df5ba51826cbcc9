"""
Releases → rows, one batch in one transaction.

A batch may be written twice, or two batches that share processes at the same time, without harm: a release is unique
by ocid and digest, and a process is compiled under a lock from all releases that are stored.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import Struct, to_builtins
from psycopg import sql

from contracts.intake.receiving import gate_limits
from contracts.intake.rows import (
    AWARD_COLUMNS,
    BID_COLUMNS,
    CONTRACT_COLUMNS,
    ORGANIZATION_COLUMNS,
    PARTY_COLUMNS,
    PROCESS_COLUMNS,
    ProcessRows,
)
from contracts.models import (
    Award,
    Bid,
    Contract,
    ContractingProcess,
    Organization,
    Party,
    Publisher,
    Release,
    Submission,
)
from contracts.ocds.corrections import Correction
from contracts.ocds.document import decode, encode
from contracts.ocds.merge import compile_releases
from contracts.ocds.parse import parse_process
from contracts.ocds.reading import Received
from contracts.postgres.copying import copy_rows, excluded, raw_cursor, upsert_rows
from contracts.postgres.locks import lock_until_commit
from contracts.signals import process_compiled, releases_stored

RELEASE_COLUMNS = (
    "ocid",
    "release_id",
    "kind",
    "digest",
    "content",
    "submission_id",
    "pointer",
    "line",
    "received_at",
)
_COMPILED_COLUMNS = (
    "ocid",
    "publisher_id",
    "digest",
    "compiled_release",
    "release_count",
    "corrections",
    "compiled_at",
)


class _Compiled(Struct):
    ocid: str
    publisher: Publisher | None
    canonical: bytes
    digest: bytes
    release_count: int
    corrections: list[Correction]
    rows: ProcessRows


def store_batch(batch: Sequence[Received], *, submission: Submission) -> None:
    """Store the releases of a batch and compile the processes that new ones belong to."""
    with transaction.atomic():
        ocids = _store_releases(batch, submission)
        if ocids:
            process_ids = compile_processes(ocids, batch, publisher=submission.publisher)
            announce_compiled(process_ids)


def announce_compiled(process_ids: Sequence[int]) -> None:
    """Announce processes that were compiled in this transaction."""
    releases_stored.send(sender=ContractingProcess, process_ids=process_ids)
    transaction.on_commit(
        lambda: process_compiled.send(sender=ContractingProcess, process_ids=process_ids), robust=True
    )


def _store_releases(batch: Sequence[Received], submission: Submission) -> set[str]:
    """Store new releases; return their ocids."""
    now = timezone.now()
    rows = {
        (received.ocid, received.document.digest): (
            received.ocid,
            received.release_id,
            received.kind,
            received.document.digest,
            received.content,
            submission.pk,
            received.pointer,
            received.line,
            now,
        )
        for received in batch
    }
    # Releases keep the order of the file, in which the last one counts; so two files that hold the same ones in other
    # orders must not insert them at once, or they wait for each other in a circle.
    lock_until_commit(ocid for ocid, _digest in rows)
    new = upsert_rows(Release, RELEASE_COLUMNS, rows.values(), conflict=("ocid", "digest"), returning=("ocid",))
    return {ocid for (ocid,) in new}


def compile_processes(
    ocids: Iterable[str], batch: Sequence[Received] = (), *, publisher: Publisher | None = None
) -> list[int]:
    """
    Compile processes from their stored releases and replace their rows.

    :param batch: releases that are at hand, so that they need not be read again
    :param publisher: the publisher that was named; by default the one with the prefix of the ocid
    :returns: the primary keys of the processes
    """
    ordered = sorted(set(ocids))
    lock_until_commit(ordered)  # who compiles sees all releases
    releases = _releases_of(ordered, {(received.ocid, received.document.digest): received for received in batch})
    publishers = _Publishers(publisher)
    compiled = [_compile(ocid, releases[ocid], publishers.of(ocid)) for ocid in ordered]
    return _write(compiled)


def _releases_of(
    ocids: Sequence[str], at_hand: dict[tuple[str, bytes], Received]
) -> dict[str, list[tuple[str, str, Any]]]:
    """Return ``(kind, release id, document)`` of every stored release, oldest received first."""
    releases: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
    limits = gate_limits()
    missing: list[int] = []
    order = []
    stored = (
        Release.objects.filter(ocid__any_of=ocids)
        .order_by("pk")
        .values_list("pk", "ocid", "kind", "release_id", "digest")
    )
    for pk, ocid, kind, release_id, digest in stored:
        received = at_hand.get((ocid, bytes(digest)))
        order.append((pk, ocid, kind, release_id, received))
        if received is None:
            missing.append(pk)
    contents = dict(Release.objects.filter(pk__any_of=missing).values_list("pk", "content")) if missing else {}
    for pk, ocid, kind, release_id, received in order:
        document = received.document if received else decode(bytes(contents[pk]), limits)
        releases[ocid].append((kind, release_id, document))
    return releases


def _compile(ocid: str, releases: list[tuple[str, str, Any]], publisher: Publisher | None) -> _Compiled:
    """
    Merge the releases of one process.

    Of several contents under one release id the last received counts. A record's compiled release counts only where no
    releases were received.
    """
    own = [entry for entry in releases if entry[0] == Release.Kind.RELEASE] or releases[-1:]
    latest: dict[str, Any] = {}
    corrections: list[Correction] = []
    for position, (_, release_id, document) in enumerate(own):
        key = release_id or f"#{position}"
        if key in latest:
            corrections.append(Correction("/id", release_id, release_id, "release_id_reused"))
            del latest[key]
        latest[key] = document
    for document in latest.values():
        corrections.extend(document.corrections)
    merged, normalized = compile_releases([document.value for document in latest.values()])
    merged["ocid"] = ocid
    corrections.extend(normalized)
    if publisher:
        process, read = parse_process(merged, country=publisher.country, zone=publisher.zone)
    else:
        process, read = parse_process(merged)
    corrections.extend(read)
    canonical = encode(merged)
    return _Compiled(
        ocid=ocid,
        publisher=publisher,
        canonical=canonical,
        digest=hashlib.sha256(canonical).digest(),
        release_count=len(releases),
        corrections=corrections,
        rows=ProcessRows(process),
    )


def _write(compiled: Sequence[_Compiled]) -> list[int]:
    organizations: dict[str, tuple[Any, ...]] = {}
    for entry in compiled:
        for key, row in entry.rows.organizations.items():
            known = organizations.get(key)
            organizations[key] = (*row[:5], sorted({*row[5], *known[5]})) if known else row
    keys = _store_organizations(organizations)
    now = timezone.now()
    columns = (*_COMPILED_COLUMNS, *PROCESS_COLUMNS)
    stored = dict(
        upsert_rows(
            ContractingProcess,
            columns,
            (
                (
                    entry.ocid,
                    entry.publisher.pk if entry.publisher else None,
                    entry.digest,
                    entry.canonical,
                    entry.release_count,
                    json.dumps(to_builtins(entry.corrections), ensure_ascii=False, default=str),
                    now,
                    *entry.rows.columns(keys),
                )
                for entry in compiled
            ),
            conflict=("ocid",),
            update=excluded(columns),
            returning=("ocid", "id"),
        )
    )
    changed = [(stored[entry.ocid], entry.rows) for entry in compiled]
    process_ids = [process_id for process_id, _ in changed]
    tables = (
        (Party, PARTY_COLUMNS, ProcessRows.parties),
        (Award, AWARD_COLUMNS, ProcessRows.awards),
        (Contract, CONTRACT_COLUMNS, ProcessRows.contracts),
        (Bid, BID_COLUMNS, ProcessRows.bids),
    )
    for model, names, read in tables:
        _delete_rows(model, process_ids)
        copy_rows(model, names, (row for process_id, rows in changed for row in read(rows, process_id, keys)))
    return process_ids


def _store_organizations(organizations: dict[str, tuple[Any, ...]]) -> dict[str, int]:
    """Add new organizations and new roles; return the primary key of every organization's key."""
    # One order for all writers: two batches that share organizations must not wait for each other in a circle.
    ordered = [organizations[key] for key in sorted(organizations)]
    upsert_rows(
        Organization,
        ORGANIZATION_COLUMNS,
        ordered,
        conflict=("key",),
        update=sql.SQL(
            "roles = ARRAY(SELECT DISTINCT unnest(contracts_organization.roles || EXCLUDED.roles) ORDER BY 1)"
        ),
        where=sql.SQL("NOT contracts_organization.roles @> EXCLUDED.roles"),
    )
    return dict(Organization.objects.filter(key__any_of=organizations).values_list("key", "pk"))


def _delete_rows(model: Any, process_ids: list[int]) -> None:
    # Nothing refers to these rows, so Django's collector has nothing to do here.
    with raw_cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE process_id = ANY(%s)").format(sql.Identifier(model._meta.db_table)),
            [process_ids],
        )


class _Publishers:
    """The publisher of an ocid: the one that was named, else the one whose prefix it carries."""

    def __init__(self, named: Publisher | None) -> None:
        self.named = named
        self.by_prefix: list[Publisher] | None = None

    def of(self, ocid: str) -> Publisher | None:
        if self.named:
            return self.named
        if self.by_prefix is None:
            known = Publisher.objects.exclude(ocid_prefix="")
            self.by_prefix = sorted(known, key=lambda publisher: -len(publisher.ocid_prefix))
        folded = ocid.casefold()
        return next((entry for entry in self.by_prefix if folded.startswith(entry.ocid_prefix.casefold())), None)
