"""
Read a submission that is a document: its pages, and a copy without metadata.

Pages are stored as they are read: if the worker dies, the next attempt continues.
"""

import hashlib
import logging
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from msgspec import to_builtins

from contracts.documents.copies import Copy, clean_copy
from contracts.documents.reading import READER_VERSION, SAME_SINCE, DocumentText
from contracts.documents.texts import ReadPage
from contracts.intake.documents.attaching import announce, unused_copies
from contracts.intake.documents.printed_lists import read_with_lists
from contracts.intake.reading.report import Report
from contracts.intake.received import contents
from contracts.intake.received.receiving import StoredSource, keep_bytes
from contracts.models import Content, Document, DocumentPage, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.postgres.jsonb import storable
from contracts.postgres.locks import hold_if_free, lock_until_commit

logger = logging.getLogger(__name__)

_BATCH_PAGES = 20
_BATCH_SECONDS = 2.0
_MAX_ANEW = 50
_OF_STRANGERS = frozenset({Submission.Channel.FORM, Submission.Channel.API})


class DocumentBusyError(Exception):
    """Raised while another worker reads the same document, which was sent twice at once."""


def file_document(submission: Submission, *, renew: Callable[[], None]) -> tuple[Report, dict[str, int]]:
    """
    Read the document of a submission, and store its text.

    :param renew: called regularly while reading
    :returns: its problems, and its counts: ``pages``, ``pages_read``, ``ocr_pages``, ``characters``
    :raises DocumentBusyError: while another worker reads it
    """
    report = Report()
    document = _known(submission)
    try:
        if document is None:
            with hold_if_free(_lock(submission.content_id)) as is_free:
                if not is_free:
                    raise DocumentBusyError
                document = _known(submission) or _read(submission.content, renew)
        elif submission.channel in _OF_STRANGERS:
            # A shorter time would reveal that somebody sent the document before.
            _read_whole(submission.content, lambda _page: renew(), renew)
    except RefusedError as refused:
        report.add_all(refused.problems)
        return report, {}
    report.add_all(document.found_problems)
    # The submissions that it was sent with may have been processed earlier.
    with transaction.atomic():
        announce(document.pk)
    return report, {
        "pages": document.pages,
        "pages_read": document.pages_read,
        "ocr_pages": document.ocr_pages,
        "characters": sum(len(text) for text in document.texts.values_list("text", flat=True)),
    }


def _known(submission: Submission) -> Document | None:
    document = Document.objects.filter(pk=submission.content_id, reader_version__gt=0)
    return document.exclude(pk__in=_read_earlier()).first()


def read_anew(seconds: float) -> int:
    """
    Read again documents read by an earlier version, in random order, so that a failing one does not block others.

    A document whose bytes are missing keeps its text, is logged, and is tried again later.

    :param seconds: time after which no further document is started
    :returns: number of documents read
    """
    earlier = _read_earlier()
    begun, number = time.monotonic(), 0
    for key in list(earlier.order_by("?").values_list("pk", flat=True)[:_MAX_ANEW]):
        if time.monotonic() - begun > seconds:
            break
        with hold_if_free(_lock(key)) as is_free:
            document = earlier.select_related("content").filter(pk=key).first() if is_free else None
            if document is None:
                continue
            try:
                _read(document.content, renew=lambda: None)  # No submission waits for it.
            except RefusedError:  # The earlier text stays.
                earlier.filter(pk=key).update(reader_version=READER_VERSION)
            except OSError:  # Its bytes are missing or altered: the earlier text stays until they are available again.
                logger.exception("Document %s could not be read again.", key)
                continue
            with transaction.atomic():
                announce(key)
            number += 1
    return number


def _read_earlier() -> QuerySet[Document]:
    """Return the documents read by an earlier version of the reader for their kind."""
    is_earlier = Q()
    for kind, version in SAME_SINCE.items():
        is_earlier |= Q(kind=kind, reader_version__lt=version)
    return Document.objects.filter(is_earlier, reader_version__gt=0)


def _lock(sha256: str) -> str:
    return f"reading of document {sha256}"


def _read(content: Content, renew: Callable[[], None]) -> Document:
    document, _is_new = Document.objects.get_or_create(pk=content.pk)
    keeper = _Keeper(document, renew)
    text, copy = _read_whole(content, keeper.keep, renew)
    keeper.finish()
    _conclude(document, text, copy)
    return document


def _read_whole(
    content: Content, keep: Callable[[ReadPage], None], renew: Callable[[], None]
) -> tuple[DocumentText, Copy | None]:
    with StoredSource(content).open() as file:
        text = read_with_lists(file, keep=keep)
        renew()
        try:
            return text, clean_copy(file, text.kind)
        except RefusedError:  # Its text may still be read; without a copy, the document itself is not served.
            return text, None


class _Keeper:
    """Stores pages in small batches, with their offsets in the whole text."""

    def __init__(self, document: Document, renew: Callable[[], None]) -> None:
        self.document = document
        self.renew = renew
        self.waiting: list[DocumentPage] = []
        self.numbers: set[int] = set()
        self.offset = 0
        self.written = time.monotonic()

    def keep(self, page: ReadPage) -> None:
        row = DocumentPage(
            document=self.document,
            number=page.number,
            offset=self.offset,
            text=storable(page.text),
            source=page.source,
            places=page.places,
            paragraphs=page.paragraphs,
        )
        self.waiting.append(row)
        self.offset += len(page.text)
        if len(self.waiting) >= _BATCH_PAGES or time.monotonic() - self.written > _BATCH_SECONDS:
            self.write()

    def write(self) -> None:
        # When a document is read again, its pages stay until they are replaced: audits may read them meanwhile.
        DocumentPage.objects.bulk_create(
            self.waiting,
            update_conflicts=True,
            unique_fields=["document", "number"],
            update_fields=["offset", "text", "source", "places", "paragraphs"],
        )
        self.numbers.update(row.number for row in self.waiting)
        self.waiting, self.written = [], time.monotonic()
        self.renew()

    def finish(self) -> None:
        """Write pending pages, and delete what an earlier reading left."""
        self.write()
        self.document.texts.exclude(number__in=self.numbers).delete()


def _conclude(document: Document, text: DocumentText, copy: Copy | None) -> None:
    """Store the counts, at the end: from now on the document counts."""
    lacking = [] if copy is not None else [Problem("document_uncleaned")]
    # A concurrent decision to publish it is kept.
    columns = ["kind", "pages", "pages_read", "ocr_pages", "problems", "reader_version", "read_on"]
    with transaction.atomic():
        if copy is not None:
            # Same order as for erasure: the document first, then its old and new copies.
            kept = Document.objects.select_for_update().get(pk=document.pk).cleaned_id
            before = [kept] if kept else []
            lock_until_commit([hashlib.sha256(copy.content).hexdigest(), *before])
            document.cleaned = keep_bytes(copy.content)
            document.removed_metadata = list(copy.removed)
            columns += ["cleaned", "removed_metadata"]
        document.kind = text.kind
        document.pages = text.pages
        document.pages_read = text.pages_read
        document.ocr_pages = text.ocr_pages
        document.problems = storable(to_builtins([*text.problems, *lacking]))
        document.reader_version = READER_VERSION
        document.read_on = timezone.now().date()
        document.save(update_fields=columns)
        if copy is not None:  # No erasure would find the old copy.
            contents.remove(unused_copies(before))
