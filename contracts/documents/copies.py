"""A document → its copy without metadata, made in a process of its own."""

import base64
from collections.abc import Iterator
from typing import IO

from msgspec import Struct

from contracts.files.isolated import ReaderDiedError, ReaderLimits, run_isolated
from contracts.ocds.problems import Problem, RefusedError

LIMITS = ReaderLimits()


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
