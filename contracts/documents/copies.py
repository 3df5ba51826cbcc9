"""A document → its copy without metadata, and pictures of its pages, made in processes of their own."""

import base64
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

from msgspec import Struct

from contracts.documents.places import Quad
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError

# Somebody waits for it.
PICTURE_LIMITS = ReaderLimits(cpu_seconds=10, wall_seconds=20)
# More lines than a page has that somebody reads; they are arguments of a process, which may not be long.
MAX_QUADS = 2000


class Copy(Struct, frozen=True):
    """A copy: its bytes, and the kinds of metadata that were left out of it."""

    content: bytes
    removed: tuple[str, ...]


def clean_copy(file: IO[bytes], kind: str) -> Copy:
    """
    Return the copy of a document.

    :param file: with a descriptor
    :param kind: one of ``reading.KINDS``
    :raises RefusedError: if none can be made
    """
    removed: list[str] = []
    try:
        content = b"".join(_parts(file, kind, removed))
    except ReaderDiedError as died:
        raise RefusedError(Problem("document_refused", died.reason)) from died
    return Copy(content, tuple(removed))


def _parts(file: IO[bytes], kind: str, removed: list[str]) -> Iterator[bytes]:
    for line in run_isolated("contracts.documents.cleaning", file, kind):
        if "refused" in line:
            raise RefusedError(Problem("file_refused", line["refused"], {"kind": kind}))
        removed.extend(line.get("removed", ()))
        yield base64.b64decode(line.get("data", ""))


def page_picture(file: IO[bytes], kind: str, number: int, marked: Iterable[Quad]) -> bytes:
    """
    Return a page as a PNG.

    :param file: with a descriptor
    :param kind: one of ``pictures.PAINTERS``
    :param number: the number of the page, from 1
    :param marked: where passages stand on it; the first ``MAX_QUADS`` are marked
    :raises RefusedError: if it cannot be shown
    """
    marks = [",".join(map(str, quad)) for quad in islice(dict.fromkeys(marked), MAX_QUADS)]
    try:
        for line in run_isolated(
            "contracts.documents.pictures", file, kind, str(number), *marks, limits=PICTURE_LIMITS
        ):
            if "picture" in line:
                return base64.b64decode(line["picture"])
    except ReaderDiedError as died:
        raise RefusedError(Problem("document_refused", died.reason)) from died
    raise RefusedError(Problem("file_refused", "damaged", {"kind": kind}))
