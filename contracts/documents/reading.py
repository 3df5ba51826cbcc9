"""
A document → its pages, read in a process of its own.

A page that ends the process costs that page: reading goes on behind it, once. What was not read is told, for "not
found" means nothing where half of the pages are pictures.
"""

import base64
from collections.abc import Callable, Iterator
from typing import IO, Any

from msgspec import Struct

from contracts.documents.pages import MAX_PAGES, READERS
from contracts.documents.recognising import missing_for_ocr
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.kinds import kind_of_file
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError

MAX_BYTES = 50 * 1024**2
# Goes up whenever the same document could be read otherwise.
READER_VERSION = 2
KINDS = frozenset(READERS)
MAX_SHOWN = 50
# A scan takes a second or two a page; each page's own limit is in `pages`.
LIMITS = ReaderLimits(wall_seconds=600)
# A DOCX has no pages; its paragraphs are kept in stretches of about a page.
_STRETCH = 4000


class Page(Struct, frozen=True):
    """
    A page, or a paragraph of a DOCX, that was read; ``number`` counts from 1.

    ``source`` is ``text``, ``ocr``, or empty where the page is blank; ``places`` are those of words that were
    recognised, see ``contracts.documents.places``.
    """

    number: int
    text: str
    source: str = "text"
    places: bytes = b""


class DocumentText(Struct, frozen=True):
    """
    What was read of a document.

    ``pages`` is how many it has, ``pages_read`` how many of them were read, ``parts`` their texts; a DOCX is one page
    of ``paragraphs``. ``problems`` say why the rest was not.
    """

    kind: str
    pages: int
    pages_read: int
    ocr_pages: int
    paragraphs: int
    parts: tuple[Page, ...]
    problems: tuple[Problem, ...]

    @property
    def characters(self) -> int:
        return sum(len(part.text) for part in self.parts)

    @property
    def is_whole(self) -> bool:
        return self.pages_read == self.pages


def _ignore(_page: Page) -> None:
    """Keep nothing while a document is read."""


def read_document(
    file: IO[bytes], limits: ReaderLimits = LIMITS, *, keep: Callable[[Page], None] = _ignore
) -> DocumentText:
    """
    Read a document.

    :param file: with a descriptor
    :param keep: is given each page, or paragraph of a DOCX, when it is read
    :raises RefusedError: if it is no document, too large, encrypted or damaged, or holds macros
    """
    if file.seek(0, 2) > MAX_BYTES:
        raise RefusedError(Problem("document_refused", "size", {"limit": MAX_BYTES}))
    kind = kind_of_file(file)
    if kind not in READERS:
        raise RefusedError(Problem("document_refused", "kind", {"kind": kind.value}))
    missing = list(missing_for_ocr()) if kind != "DOCX" else []
    reading = _Reading(kind.value, [] if missing else ["ocr"], keep)
    reading.run(file, 0, limits)
    if reading.died and kind != "DOCX":
        reading.run(file, reading.last, limits)
    return reading.result(missing)


def in_stretches(paragraphs: tuple[Page, ...]) -> Iterator[Page]:
    """Yield the paragraphs of a DOCX, a line each, in stretches of about a page, numbered from 1."""
    lines: list[str] = []
    number = size = 0
    for paragraph in paragraphs:
        lines.append(paragraph.text)
        size += len(paragraph.text)
        if size >= _STRETCH:
            number += 1
            yield Page(number, "\n".join(lines))
            lines, size = [], 0
    if lines:
        yield Page(number + 1, "\n".join(lines))


class _Reading:
    def __init__(self, kind: str, options: list[str], keep: Callable[[Page], None]) -> None:
        self.kind = kind
        self.options = options
        self.keep = keep
        self.pages = 0
        self.last = 0  # the page that was read last
        self.died = False
        self.parts: list[Page] = []
        self.failed: dict[int, str] = {}

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
            raise RefusedError(Problem("file_refused", line["refused"], {"kind": self.kind}))
        if "pages" in line:
            self.pages = line["pages"]
            return
        number = line.get("page") or line["paragraph"]
        self.last = number
        if "failed" in line:
            self.failed[number] = line["failed"]
        else:
            places = base64.b64decode(line.get("places", ""))
            page = Page(number, line["text"], line.get("source", "text"), places)
            self.parts.append(page)
            self.keep(page)

    def result(self, missing: list[str]) -> DocumentText:
        is_docx = self.kind == "DOCX"
        read = (0 if self.died else 1) if is_docx else len(self.parts)
        return DocumentText(
            kind=self.kind,
            pages=self.pages,
            pages_read=read,
            ocr_pages=sum(part.source == "ocr" for part in self.parts),
            paragraphs=len(self.parts) if is_docx else 0,
            parts=tuple(self.parts),
            problems=tuple(self.problems(missing, read)),
        )

    def problems(self, missing: list[str], read: int) -> list[Problem]:
        """Say why pages were not read, reason by reason, and how many of all were."""
        problems = []
        for reason in sorted({*self.failed.values()}):
            pages = sorted(number for number, why in self.failed.items() if why == reason)[:MAX_SHOWN]
            values = {"pages": pages} | ({"missing": missing} if reason == "ocr_missing" else {})
            problems.append(Problem("pages_unread", reason, values))
        if read < self.pages:
            problems.append(Problem("pages_unread", "", {"read": read, "pages": self.pages, "limit": MAX_PAGES}))
        return problems
