"""What a dump holds, and where the newest complete one is."""

import re
import shutil
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

FILE = "manifest.json"
# How the names of folders begin that are being written or removed.
UNFINISHED = ".unfinished-"
# A newer dump leaves the one before it, for readers who are downloading that.
KEPT = 2
_DUMP = re.compile(r"\d{8}T\d{6}Z")
NO_DUMP_YET = _(
    "No dump has been written yet: one is written every night. Who runs the site can write one at once with "
    "“manage.py dump”."
)


class DumpFile(Struct, frozen=True):
    """``country`` is ``none``, and ``year`` ``undated``, for rows that have none; both are empty for a whole table."""

    name: str
    table: str
    country: str
    year: str
    media_type: str
    rows: int
    bytes: int
    sha256: str


class Licence(Struct, frozen=True):
    """The licence of the records of a publisher, and where it is stated; empty if the publisher states none."""

    publisher: str
    name: str
    licence: str
    source: str


class Head(Struct, frozen=True):
    """The head of a log of decisions, at the end of the day before the dump."""

    log: str
    day: str
    hash: str


class Manifest(Struct, frozen=True):
    """A dump: all its rows are those of one moment, ``taken``. An older one names no heads."""

    dump: str
    taken: datetime
    files: list[DumpFile]
    licences: list[Licence]
    heads: list[Head] = []


def dumps() -> list[Path]:
    """Return the folders of whole dumps, the newest first."""
    folder = Path(settings.VEEDOR_DUMPS)
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _DUMP.fullmatch(path.name) and (path / FILE).is_file()), reverse=True)


def newest() -> Manifest | None:
    """Return the newest dump."""
    return next((manifest for folder in dumps() if (manifest := _manifest(folder))), None)


def find(dump: str, name: str) -> tuple[Path, DumpFile] | None:
    """Return path and description of a file of a dump (``latest``: of the newest); None if there is no such file."""
    for folder in dumps():
        if dump in (folder.name, "latest") and (manifest := _manifest(folder)):
            return next(((folder / file.name, file) for file in manifest.files if file.name == name), None)
    return None


def _manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a dump, None if the dump is removed meanwhile."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None


def remove_old(written: str, keep: int = KEPT) -> None:
    """
    Remove all dumps but the one that was just written and those before it.

    What bears a later name was written while the clock was ahead, and would stand as the newest until then.
    """
    found = dumps()
    ahead = [folder for folder in found if folder.name > written]
    for folder in [*ahead, *found[len(ahead) + keep :]]:
        # By another name nobody finds its files; and what is broken off is removed by the next dump.
        shutil.rmtree(folder.rename(folder.with_name(f"{UNFINISHED}{folder.name}")))
