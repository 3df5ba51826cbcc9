"""A document → its copy without metadata, places of words and pictures of pages, made in processes of their own."""

import base64
import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from msgspec import Struct

from contracts.documents.places import quads
from contracts.documents.texts import ReadPage
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError

logger = logging.getLogger(__name__)

LIMITS = ReaderLimits()
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
    for line in run_isolated("contracts.documents.cleaning", file, kind, limits=LIMITS):
        if "refused" in line:
            raise RefusedError(Problem("file_refused", line["refused"], {"kind": kind}))
        removed.extend(line.get("removed", ()))
        yield base64.b64decode(line.get("data", ""))


def places_of_pages(file: IO[bytes], limits: ReaderLimits = LIMITS) -> Iterator[tuple[int, bytes]]:
    """
    Yield the pages of a PDF that have a text, with the places of its words; those before one that ends its reader.

    :param file: with a descriptor
    """
    try:
        for line in run_isolated("contracts.documents.placing", file, limits=limits):
            yield line["page"], base64.b64decode(line["places"])
    except ReaderDiedError as died:
        logger.info("Places of words are known of some pages alone: %s", died.reason)


def page_picture(
    file: IO[bytes], kind: str, number: int, spans: Sequence[tuple[int, int]], *, read: ReadPage | None = None
) -> bytes:
    """
    Return a page as a PNG, with passages marked: the first ``MAX_QUADS`` lines of them where places are kept.

    :param file: with a descriptor
    :param kind: one of ``pictures.PAINTERS``
    :param number: of the page, from 1
    :param spans: start and end of passages in the text of the page, in characters
    :param read: what was read of the page; without it, and without the places of its words, it is read once more
    :raises RefusedError: if it cannot be shown
    """
    if read is not None and read.places:
        found = dict.fromkeys(quad for start, end in spans for quad in quads(read.text, read.places, start, end))
        marks = [",".join(map(str, quad)) for quad in islice(found, MAX_QUADS)]
    else:
        marks = [f"{start}-{end}" for start, end in spans]
    try:
        for line in run_isolated(
            "contracts.documents.pictures", file, kind, str(number), *marks, limits=PICTURE_LIMITS
        ):
            if "picture" in line:
                return base64.b64decode(line["picture"])
    except ReaderDiedError as died:
        raise RefusedError(Problem("document_refused", died.reason)) from died
    raise RefusedError(Problem("file_refused", "damaged", {"kind": kind}))
