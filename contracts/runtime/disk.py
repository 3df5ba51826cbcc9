"""The disk of files that workers write: often the database's too, which stops where the disk is full."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

# What is left to the others, in bytes.
SPARED_BYTES = 1 << 30


class NoSpaceError(OSError):
    """Raised where a file would take what is left to the others."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sparing(pieces: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """
    Yield what is to be written below a folder, as long as its disk has room for it and for the others.

    :raises NoSpaceError: before the piece for which it has none
    """
    for piece in pieces:
        if shutil.disk_usage(folder).free < SPARED_BYTES:
            raise NoSpaceError
        yield piece
