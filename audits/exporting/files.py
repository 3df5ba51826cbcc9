"""The folder of exports: one file each, the progress of unfinished ones, and removal."""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from audits.models import Export

logger = logging.getLogger(__name__)

_UNFINISHED, _PROGRESS = ".unfinished-", ".rows-"


def folder() -> Path:
    """Return the folder. It is beside the dumps, shared by workers and web, and closed to other system accounts."""
    path = Path(settings.VEEDOR_DUMPS) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def free_share() -> float:
    """Return the free share of the folder's disk, 0 to 1; 0 if the folder is unreachable."""
    try:
        usage = shutil.disk_usage(folder())
    except OSError as error:
        logger.warning("The folder of exports is unavailable.", exc_info=error)
        return 0.0
    return usage.free / usage.total


def path_of(export: Export) -> Path:
    return folder() / export.file


def unfinished(export: Export) -> Path:
    """Return the path of an export while it is being written."""
    return folder() / f"{_UNFINISHED}{export.file}"


def note_progress(export: Export, rows: int) -> None:
    """Store the number of written rows in a file for the web: the database transaction is busy reading them."""
    note = folder() / f"{_PROGRESS}{export.pk}"
    begun = note.with_name(f"{note.name}.new")
    begun.write_text(str(rows))
    begun.replace(note)


def progress(export: Export) -> int:
    """Return the number of written rows, as last stored."""
    try:
        return int((folder() / f"{_PROGRESS}{export.pk}").read_text())
    except FileNotFoundError:
        return 0


def remove_all_but(exports: Iterable[Export]) -> int:
    """Remove the files of all other exports, and leftovers of dead workers; return their number."""
    kept = {export.file for export in exports}
    gone = [path for path in folder().iterdir() if path.name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
