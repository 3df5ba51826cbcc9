"""
A document → its pages, read in a process of its own.

A page that ends the process is lost: reading continues after it, once. Unread pages are reported, because "not found"
means nothing if half of the pages are pictures.
"""

import base64
from collections.abc import Callable
from typing import IO, Any

from msgspec import Struct

from contracts.documents.pages import MAX_PAGES, READERS, WITH_PICTURES
from contracts.documents.recognising import missing_for_ocr
from contracts.documents.texts import ReadPage
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.kinds import FileKind, kind_of_file
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError

MAX_BYTES = 50 * 1024**2
# Goes up whenever the same document could be read otherwise, or its copy is made otherwise.
READER_VERSION = 8
# The first version that reads a kind as this one does: what an earlier one read of that kind is read anew.
SAME_SINCE = dict.fromkeys(READERS, 5) | {"DOCX": 8, "PDF": 8}
KINDS = frozenset(READERS)
MAX_SHOWN = 50
# A scan takes a second or two a page; each page's own limit is in `pages`.
LIMITS = ReaderLimits(wall_seconds=600)


class DocumentText(Struct, frozen=True):
    """
    What was read of a document.

    ``pages`` is how many it has, ``pages_read`` how many of them were read, ``parts`` their texts; of a document
    without pages (DOCX, ODT, RTF, plain text) they are stretches of its ``paragraphs``. ``problems`` say why the rest
    was not.
    """

    kind: str
    pages: int
    pages_read: int
    ocr_pages: int
    paragraphs: int
    parts: tuple[ReadPage, ...]
    problems: tuple[Problem, ...]

    @property
    def characters(self) -> int:
        return sum(len(part.text) for part in self.parts)


def refused_kind(kind: FileKind) -> Problem:
    """Return the problem of a file that is no document."""
    return Problem("document_refused", "unknown" if kind is FileKind.UNKNOWN else "kind", {"kind": kind.value})


def _ignore(_page: ReadPage) -> None:
    """Keep nothing while a document is read."""


def read_document(
    file: IO[bytes], limits: ReaderLimits = LIMITS, *, keep: Callable[[ReadPage], None] = _ignore
) -> DocumentText:
    """
    Read a document.

    :param file: with a descriptor
    :param keep: is given each page when it is read
    :raises RefusedError: if it is no document, too large, encrypted or damaged, or holds macros
    """
    if file.seek(0, 2) > MAX_BYTES:
        raise RefusedError(Problem("document_refused", "size", {"limit": MAX_BYTES}))
    kind = kind_of_file(file)
    if kind not in READERS:
        raise RefusedError(refused_kind(kind))
    missing = list(missing_for_ocr()) if kind in WITH_PICTURES else []
    reading = _Reading(kind.value, [] if missing else ["ocr"], keep)
    reading.run(file, 0, limits)
    if reading.died:
        reading.run(file, reading.last, limits)
    return reading.result(missing)


class _Reading:
    def __init__(self, kind: str, options: list[str], keep: Callable[[ReadPage], None]) -> None:
        self.kind = kind
        self.options = options
        self.keep = keep
        self.pages = 0
        self.last = 0  # the page that was read last
        self.died = False
        self.parts: list[ReadPage] = []
        self.failed: dict[int, str] = {}
        self.poor: list[int] = []

    def run(self, file: IO[bytes], first: int, limits: ReaderLimits) -> None:
        """Read from a page on; should one end the process, note it as the last."""
        self.died = False
        options = (self.kind, str(first), *self.options)
        try:
            for line in run_isolated("contracts.documents.pages", file, *options, limits=limits):
                self.take(line)
        except ReaderDiedError as died:
            if not self.pages:
                raise RefusedError(Problem("document_refused", died.reason)) from died
            self.died = True
            self.last += 1
            self.failed[self.last] = died.reason

    def take(self, line: dict[str, Any]) -> None:
        if "refused" in line:
            raise RefusedError(Problem("document_refused", line["refused"], {"kind": self.kind}))
        if "pages" in line:
            self.pages = line["pages"]
            return
        number = self.last = line["page"]
        if "failed" in line:
            self.failed[number] = line["failed"]
        else:
            places = base64.b64decode(line.get("places", ""))
            paragraphs = tuple((first, paragraph) for first, paragraph in line.get("paragraphs", ()))
            page = ReadPage(number, line["text"], line["source"], places, paragraphs)
            self.parts.append(page)
            self.poor += [number] if line.get("poor") else []
            self.keep(page)

    def result(self, missing: list[str]) -> DocumentText:
        read = len(self.parts)
        return DocumentText(
            kind=self.kind,
            pages=self.pages,
            pages_read=read,
            ocr_pages=sum(part.source == "ocr" for part in self.parts),
            paragraphs=sum(len(part.paragraphs) for part in self.parts),
            parts=tuple(self.parts),
            problems=tuple(self.problems(missing, read)),
        )

    def problems(self, missing: list[str], read: int) -> list[Problem]:
        """Say why pages were not read, reason by reason, which may be wrong, and how many of all were read."""
        problems = []
        for reason in sorted({*self.failed.values()}):
            pages = sorted(number for number, why in self.failed.items() if why == reason)[:MAX_SHOWN]
            values = {"pages": pages} | ({"missing": missing} if reason == "ocr_missing" else {})
            problems.append(Problem("pages_unread", reason, values))
        if read and not any(part.text.strip() for part in self.parts):
            problems.append(Problem("pages_unread", "no_text"))
        if self.poor:
            problems.append(Problem("pages_unread", "ocr_poor", {"pages": self.poor[:MAX_SHOWN]}))
        if read + len(self.failed) < self.pages:  # the rest lies behind the limit
            problems.append(Problem("pages_unread", "", {"read": read, "pages": self.pages, "limit": MAX_PAGES}))
        return problems
