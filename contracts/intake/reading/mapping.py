"""Table mappings by senders: those stored for an account, and that of one submission."""

from typing import Any

from django.db import transaction
from msgspec import to_builtins

from contracts.files.limits import ReaderLimits
from contracts.intake.reading.tabular import Source, table_rows
from contracts.intake.received.receiving import StoredSource
from contracts.models import Submission, TableMapping
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.headers.given_mapping import GivenMapping
from contracts.tables.preview import TablePreview, preview_table
from contracts.tables.reading import first_headers

# Maximum number per account.
MAX_KEPT = 200


class NotMappableError(Exception):
    """Raised for a submission that is not a table without a mapping, or that a worker is processing."""


def keep_mapping(user: Any, given: GivenMapping) -> TableMapping:
    """
    Store a mapping for an account, replacing one for the same headers.

    :raises RefusedError: if the account has too many
    """
    others = TableMapping.objects.filter(user=user).exclude(digest=given.digest)
    if others.count() >= MAX_KEPT:
        raise RefusedError(Problem("mapping_refused", "many", {"number": MAX_KEPT}))
    kept, _is_new = TableMapping.objects.update_or_create(
        user=user, digest=given.digest, defaults={"mapping": to_builtins(given)}
    )
    return kept


def kept_mapping(user: Any, source: Source, limits: ReaderLimits) -> GivenMapping | None:
    """Return the account's mapping for a table, the one with most columns; ``None`` if there is none."""
    kept = [row.given for row in TableMapping.objects.filter(user=user)] if user else []
    if not kept:
        return None
    try:
        headers = first_headers(table_rows(source, [], limits=limits), [given.as_mapping() for given in kept])
    except RefusedError:  # It is refused again, with the reason, when it is read.
        return None
    fitting = [given for given in kept if any(given.fits(header) for header in headers)]
    return max(fitting, key=lambda given: len(given.columns), default=None)


def preview_of(submission: Submission, limits: ReaderLimits) -> TablePreview | None:
    """Return the preview of a table with unknown columns; ``None`` for any other submission."""
    if submission.kind != Submission.Kind.TABLE or submission.erased_on:
        return None
    try:
        return preview_table(table_rows(StoredSource(submission.content), [], limits=limits))
    except RefusedError:
        return None


def give_mapping(submission: Submission, given: GivenMapping) -> None:
    """
    Assign a mapping to a table of which no row was read; it is due again afterwards.

    :raises NotMappableError: if a row was read, or a worker is processing it
    """
    with transaction.atomic():
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        if row.kind != Submission.Kind.TABLE or row.erased_on or row.is_busy or row.counts.get("releases_read"):
            raise NotMappableError
        row.mapping = to_builtins(given)
        row.processed_at = row.failed_at = row.attempted_at = None
        row.attempts = 0
        row.forget_result()
        row.save()
