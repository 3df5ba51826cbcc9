"""Write exports one at a time. A file is renamed when it is complete, so nobody can read an unfinished one."""

import hashlib
import logging
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils import timezone, translation

from audits.exporting import files
from audits.exporting.lists import open_list
from audits.models import Export
from audits.models.export import KEPT, LISTED, MAX_ATTEMPTS, rights_of
from contracts.api.protocol.problems import ProblemError
from contracts.postgres.querying import one_moment
from contracts.runtime.disk import NoSpaceError, sparing

# Number of rows after which progress is stored.
NOTED_ROWS = 5000

logger = logging.getLogger(__name__)


def write_due() -> int:
    """Write all due exports, and remove expired ones; return the number written. One caller at a time."""
    clean()
    written = 0
    while (export := Export.objects.due().select_related("owner").first()) is not None:
        # Count the attempt first: a file that kills its worker is tried three times.
        Export.objects.filter(pk=export.pk).update(attempts=F("attempts") + 1, started_at=timezone.now())
        try:
            written += _write(export)
        except (ProblemError, NoSpaceError) as error:
            code = "no_space" if isinstance(error, NoSpaceError) else error.code
            Export.objects.filter(pk=export.pk).update(failure=code)
            files.unfinished(export).unlink(missing_ok=True)
            logger.info("Export of %s failed: %s.", export, code)
    return written


def clean() -> None:
    """Give up exports that failed too often, and remove expired files and leftovers of dead workers."""
    now = timezone.now()
    Export.objects.waiting().filter(attempts__gte=MAX_ATTEMPTS).update(failure="attempts")
    Export.objects.filter(requested_at__lt=now - LISTED).delete()
    # Finished while the clock was ahead, these would be kept until it catches up, even if rows are withdrawn.
    Export.objects.filter(finished_at__gt=now).update(finished_at=now)
    files.remove_all_but(Export.objects.filter(finished_at__gt=now - KEPT))


def reader_of(export: Export) -> Any:
    """Return the reader of an export; raises ProblemError if their account no longer exists."""
    if export.owner is not None and not export.owner.is_active:
        raise ProblemError("permission_denied")
    return AnonymousUser() if export.is_public or export.owner is None else export.owner


def _write(export: Export) -> bool:
    """Write an export; return whether it is complete: it may be deleted, or due again after a withdrawal."""
    user = reader_of(export)
    rights = rights_of(user)
    digest, size = hashlib.sha256(), 0
    target = files.unfinished(export)
    with one_moment(), translation.override(export.language), target.open("wb") as file:
        target.chmod(0o600)
        view, request = open_list(export.list_name, export.format, export.query, user=user, address=export.address)
        whole = view.list_file(request)
        noted = 0
        for piece in sparing(whole.content(), target.parent):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if whole.counted.rows >= noted + NOTED_ROWS:
                noted = whole.counted.rows
                files.note_progress(export, noted)
    target.replace(files.path_of(export))
    is_there = Export.objects.filter(pk=export.pk, started_at__isnull=False).update(
        finished_at=timezone.now(), rows=whole.counted.rows, bytes=size, sha256=digest.hexdigest(), rights=rights
    )
    if not is_there:
        files.path_of(export).unlink(missing_ok=True)
        return False
    logger.info("Export of %s: %d rows, %d bytes.", export, whole.counted.rows, size)
    return True
