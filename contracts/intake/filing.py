"""
A submission that is a document → its pages, and a copy without metadata.

Pages are kept as they are read: should the worker die, the next attempt finds them.
"""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import to_builtins

from contracts.documents.copies import Copy, clean_copy, places_of_pages
from contracts.documents.reading import READER_VERSION, DocumentText, Page, in_stretches, read_document
from contracts.intake.attaching import announce
from contracts.intake.receiving import StoredSource, keep_bytes
from contracts.intake.report import Report
from contracts.models import Document, DocumentPage, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.postgres.jsonb import storable
from contracts.postgres.locks import hold_if_free

_BATCH_PAGES = 20
_BATCH_SECONDS = 2.0


class DocumentBusyError(Exception):
    """Raised while another worker reads the same document: it came twice at once."""


def file_document(submission: Submission, *, renew: Callable[[], None]) -> tuple[Report, dict[str, int]]:
    """
    Read the document of a submission, and keep what was read.

    :param renew: called now and then while it is read
    :returns: its problems, and its counts: ``pages``, ``pages_read``, ``ocr_pages``, ``characters``
    :raises DocumentBusyError: while another worker reads it
    """
    report = Report()
    document = _known(submission)
    if document is None:
        try:
            with hold_if_free(f"reading of document {submission.content_id}") as is_free:
                if not is_free:
                    raise DocumentBusyError
                document = _known(submission) or _read(submission, renew)
        except RefusedError as refused:
            report.add_all(refused.problems)
            return report, {}
    report.add_all(document.found_problems)
    # What it was sent with may have been read before it.
    with transaction.atomic():
        announce(document.pk)
    return report, {
        "pages": document.pages,
        "pages_read": document.pages_read,
        "ocr_pages": document.ocr_pages,
        "characters": sum(len(text) for text in document.texts.values_list("text", flat=True)),
    }


def _known(submission: Submission) -> Document | None:
    return Document.objects.filter(pk=submission.content_id, reader_version=READER_VERSION).first()


def _read(submission: Submission, renew: Callable[[], None]) -> Document:
    document, _is_new = Document.objects.get_or_create(pk=submission.content_id)
    keeper = _Keeper(document, renew)
    with StoredSource(submission.content).open() as file:
        text = read_document(file, keep=keeper.keep)
        keeper.finish(text)
        if text.kind == "PDF":
            keeper.place(places_of_pages(file))
        renew()
        try:
            copy: Copy | None = clean_copy(file, text.kind)
        except RefusedError:  # its text may be read all the same; without a copy nothing of it is served
            copy = None
    _conclude(document, text, copy, parts=keeper.parts)
    return document


class _Keeper:
    """Keeps pages in small batches, with their offsets in the whole text."""

    def __init__(self, document: Document, renew: Callable[[], None]) -> None:
        self.document = document
        self.renew = renew
        self.waiting: list[DocumentPage] = []
        self.numbers: set[int] = set()
        self.offset = self.parts = 0
        self.written = time.monotonic()

    def keep(self, page: Page) -> None:
        row = DocumentPage(
            document=self.document,
            number=page.number,
            offset=self.offset,
            text=storable(page.text),
            source=page.source,
            places=page.places,
        )
        self.waiting.append(row)
        self.offset += len(page.text)
        self.parts += 1
        if len(self.waiting) >= _BATCH_PAGES or time.monotonic() - self.written > _BATCH_SECONDS:
            self.write()

    def write(self) -> None:
        # One that is read anew keeps its pages until they are written over: audits may read them meanwhile.
        DocumentPage.objects.bulk_create(
            self.waiting,
            update_conflicts=True,
            unique_fields=["document", "number"],
            update_fields=["offset", "text", "source", "places"],
        )
        self.numbers.update(row.number for row in self.waiting)
        self.waiting, self.written = [], time.monotonic()
        self.renew()

    def finish(self, text: DocumentText) -> None:
        """Write what waits, and remove what another reading left; paragraphs become stretches of about a page."""
        if text.paragraphs:
            self.waiting, self.offset, self.parts, self.numbers = [], 0, 0, set()
            for stretch in in_stretches(text.parts):
                self.keep(stretch)
        self.write()
        self.document.texts.exclude(number__in=self.numbers).delete()

    def place(self, places: Iterator[tuple[int, bytes]]) -> None:
        """Keep where the words of pages stand that were not recognised, which have their places."""
        while found := dict(islice(places, _BATCH_PAGES)):
            rows = list(self.document.texts.filter(number__in=found, source="text").only("number"))
            for row in rows:
                row.places = found[row.number]
            DocumentPage.objects.bulk_update(rows, ["places"])
            self.renew()


def _conclude(document: Document, text: DocumentText, copy: Copy | None, *, parts: int) -> None:
    """Keep how much was read, last: the document counts from now on."""
    with transaction.atomic():
        if copy is not None:
            document.cleaned = keep_bytes(copy.content)
            document.removed_metadata = list(copy.removed)
        document.kind = text.kind
        document.pages = parts if text.paragraphs else text.pages
        document.pages_read = parts if text.paragraphs else text.pages_read
        document.ocr_pages = text.ocr_pages
        document.problems = storable(to_builtins(_problems(text, copy)))
        document.reader_version = READER_VERSION
        document.read_on = timezone.now().date()
        document.save()


def _problems(text: DocumentText, copy: Copy | None) -> list[Any]:
    lacking = [] if copy is not None else [Problem("document_uncleaned")]
    return [*text.problems, *lacking]
