"""
Releases → rows, one batch in one transaction.

A batch may be written twice, or two batches that share processes at the same time, without harm: a release is unique
by ocid and digest.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from psycopg import sql

from contracts.intake.claiming import make_claims, settle_emptied_claims
from contracts.intake.compiling import Touched, compile_processes
from contracts.intake.same_contracts import Deal, deals_of
from contracts.intake.speaking import Publishers
from contracts.models import (
    Release,
    Submission,
)
from contracts.ocds.calendar_days import start_of_day
from contracts.ocds.parse import parse_process
from contracts.ocds.reading import Received
from contracts.postgres.copying import excluded, upsert_rows
from contracts.postgres.locks import lock_until_commit

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


def store_batch(batch: Sequence[Received], *, submission: Submission) -> None:
    """Store the releases of a batch and compile the processes that new ones belong to."""
    with transaction.atomic():
        publishers = Publishers()
        touched = _store_releases(batch, submission, publishers)
        if touched:
            compile_processes(touched, batch, touched=touched, publishers=publishers)


def _store_releases(batch: Sequence[Received], submission: Submission, publishers: Publishers) -> Touched:
    """Store new releases, those that its sender does not speak for as claims."""
    now = timezone.now()
    received = {(entry.ocid, entry.document.digest): entry for entry in batch}
    ocids = {ocid for ocid, _digest in received}
    # Releases keep the order of the file, in which the last one counts; so two files that hold the same ones in other
    # orders must not insert them at once, or they wait for each other in a circle.
    lock_until_commit(ocids)
    claimed = {ocid for ocid in ocids if not publishers.speaks(submission, ocid)}

    def deals(ocids: Sequence[str]) -> list[Deal]:
        wanted = set(ocids)
        return [
            deal
            for (ocid, _digest), entry in received.items()
            if ocid in wanted
            for deal in deals_of(ocid, parse_process(entry.document.value)[0])
        ]

    claims = make_claims(submission, _unknown(received, claimed), publishers, deals) if claimed else {}
    new = upsert_rows(
        Release,
        RELEASE_COLUMNS,
        (
            (
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
        ),
        conflict=("ocid", "digest"),
        # What was claimed is official once the publisher sends the same bytes.
        update=excluded(("submission_id", "claim_id", "pointer", "line", "received_at")),
        where=sql.SQL("contracts_release.claim_id IS NOT NULL AND EXCLUDED.claim_id IS NULL"),
        returning=("ocid", "claim_id"),
    )
    touched: dict[str, set[UUID | None]] = defaultdict(set)
    for ocid, claim_id in new:
        touched[ocid].add(claim_id)
    settle_emptied_claims([ocid for ocid, sources in touched.items() if None in sources])
    return touched


def _unknown(received: Mapping[tuple[str, bytes], Received], ocids: set[str]) -> set[str]:
    """Return those of the ocids of which a release is not stored yet."""
    stored = Release.objects.filter(ocid__any_of=list(ocids)).values_list("ocid", "digest")
    known = {(ocid, bytes(digest)) for ocid, digest in stored}
    return {ocid for ocid, digest in received if ocid in ocids and (ocid, digest) not in known}
