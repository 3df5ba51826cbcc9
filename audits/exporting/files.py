"""The folder of exports: one file each, how much of an unfinished one is written, and which are to be removed."""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from audits.models import Export

logger = logging.getLogger(__name__)

_UNFINISHED, _PROGRESS = ".unfinished-", ".rows-"


def folder() -> Path:
    """Return the folder; it is beside the dumps, for workers and web alike, and closed to other accounts."""
    path = Path(settings.VEEDOR_DUMPS) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def free_share() -> float:
    """Return how much of the disk of the folder is free, of 1; nothing where the folder cannot be reached."""
    try:
        usage = shutil.disk_usage(folder())
    except OSError as error:
        logger.warning("The folder of exports is unavailable.", exc_info=error)
        return 0.0
    return usage.free / usage.total


def path_of(export: Export) -> Path:
    return folder() / export.file


def unfinished(export: Export) -> Path:
    """Return where a file is written until it is whole."""
    return folder() / f"{_UNFINISHED}{export.file}"


def note_progress(export: Export, rows: int) -> None:
    """Leave how many rows are written where the web finds it: the database is busy with reading them."""
    note = folder() / f"{_PROGRESS}{export.pk}"
    begun = note.with_name(f"{note.name}.new")
    begun.write_text(str(rows))
    begun.replace(note)


def progress(export: Export) -> int:
    """Return how many rows are written, as far as is known."""
    try:
        return int((folder() / f"{_PROGRESS}{export.pk}").read_text())
    except FileNotFoundError:
        return 0


def remove_all_but(exports: Iterable[Export]) -> int:
    """Remove the files of all other exports, and what a worker that died left; return how many."""
    kept = {export.file for export in exports}
    gone = [path for path in folder().iterdir() if path.name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
