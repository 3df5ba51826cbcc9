"""
Store releases as rows, one batch per transaction.

Writing a batch twice is harmless, and so are concurrent batches that share processes: a release is unique by ocid and
digest.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg import sql

from contracts.intake.claiming import accept_emptied_claims, make_claims
from contracts.intake.compiling import Touched, compile_processes, lock_ocids
from contracts.intake.duplicates.same_contracts import Deal, deals_of
from contracts.intake.received.authority import Publishers
from contracts.models import Claim, Release, Submission
from contracts.ocds.gate.reading import Received
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.ocds.parsing.parse import parse_process
from contracts.postgres.clock import database_now
from contracts.postgres.copying import copy_rows, excluded, upsert_rows

RELEASE_COLUMNS = (
    "ocid",
    "release_id",
    "kind",
    "digest",
    "content",
    "submission_id",
    "claim_id",
    "pointer",
    "line",
    "received_at",
)
_CLAIM = RELEASE_COLUMNS.index("claim_id")


def store_batch(batch: Sequence[Received], *, submission: Submission) -> None:
    """Store the releases of a batch and compile the processes of new ones; nothing for erased submissions."""
    with transaction.atomic():
        if not hold_unless_erased(submission):
            return
        publishers = Publishers()
        touched = _store_releases(batch, submission, publishers)
        if touched:
            compile_processes(touched, batch, touched=touched, publishers=publishers, are_locked=True)


def hold_unless_erased(submission: Submission) -> bool:
    """
    Return whether a submission is not erased, and lock it against erasure until the end of the transaction.

    The worker may have lost its lease without knowing, for example if the machine was suspended.
    """
    # Inserts of rows that refer to it, as when somebody sends it again, do not wait.
    held = Submission.objects.select_for_update(of=("self",), no_key=True).filter(pk=submission.pk, erased_on=None)
    return held.values_list("pk").first() is not None


def _store_releases(batch: Sequence[Received], submission: Submission, publishers: Publishers) -> Touched:
    """Store new releases, as claims if their sender does not speak for the publisher."""
    now = database_now()
    received = {(entry.ocid, entry.document.digest): entry for entry in batch}
    ocids = {ocid for ocid, _digest in received}
    # Releases keep the order of the file, in which the last one counts; so files with the same ones in another order
    # must not insert them concurrently, or they deadlock.
    lock_ocids(ocids)
    claimed = publishers.of_others(submission, ocids)

    def deals(ocids: Sequence[str]) -> list[Deal]:
        wanted = set(ocids)
        return [
            deal
            for (ocid, _digest), entry in received.items()
            if ocid in wanted
            for deal in deals_of(ocid, parse_process(entry.document.value)[0])
        ]

    stored = _stored(ocids)
    unknown = {ocid for ocid, digest in received.keys() - stored.keys() if ocid in claimed}
    claims = make_claims(submission, unknown, publishers, deals) if claimed else {}
    rows = {
        (ocid, digest): (
            ocid,
            entry.release_id,
            entry.kind,
            digest,
            entry.content,
            submission.pk,
            claims.get(ocid),
            entry.pointer,
            entry.line,
            now if ocid not in claims else start_of_day(now),
        )
        for (ocid, digest), entry in received.items()
        if ocid not in claimed or ocid in claims
    }
    new = [key for key in rows if key not in stored]
    copy_rows(Release, RELEASE_COLUMNS, map(rows.__getitem__, new))
    touched: dict[str, set[UUID | None]] = defaultdict(set)
    for ocid, _digest in new:
        touched[ocid].add(claims.get(ocid))
    for ocid in _become_official([row for key, row in rows.items() if key in stored and row[_CLAIM] is None]):
        touched[ocid].add(None)
    accept_emptied_claims([ocid for ocid, sources in touched.items() if None in sources])
    held = {claim for key in received.keys() & stored.keys() if key[0] in claimed and (claim := stored[key])}
    if repeated := held - set(claims.values()):
        _note_repeated(submission, repeated)
    return touched


def _stored(ocids: Iterable[str]) -> dict[tuple[str, bytes], UUID | None]:
    """Return ocid and digest of stored releases → the claim that holds each, if any."""
    stored = Release.objects.filter(ocid__any_of=list(ocids)).values_list("ocid", "digest", "claim")
    return {(ocid, bytes(digest)): claim for ocid, digest, claim in stored}


def _note_repeated(submission: Submission, claims: Iterable[UUID]) -> None:
    """Record which claims of others a submission repeats; an earlier attempt may have made some of them its own."""
    repeated = Claim.repeated_by.through
    others = Claim.objects.filter(pk__in=claims).exclude(submission=submission).values_list("pk", flat=True)
    rows = [repeated(claim_id=claim, submission=submission) for claim in others]
    repeated.objects.bulk_create(rows, ignore_conflicts=True)


def _become_official(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """Assign releases to the publisher that were claimed before it sent the same bytes; return the ocids."""
    if not rows:
        return []
    official = upsert_rows(
        Release,
        RELEASE_COLUMNS,
        rows,
        conflict=("ocid", "digest"),
        update=excluded(("submission_id", "claim_id", "pointer", "line", "received_at")),
        where=sql.SQL("contracts_release.claim_id IS NOT NULL"),
        returning=("ocid",),
    )
    return [ocid for (ocid,) in official]
