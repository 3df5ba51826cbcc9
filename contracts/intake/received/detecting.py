"""Detect the kind of a submission from its content: OCDS, a simple contract, a table, a document or a bundle."""

import itertools
import re

from contracts.documents.reading import KINDS as DOCUMENT_KINDS
from contracts.documents.reading import MAX_BYTES, refused_kind
from contracts.files.kinds import (
    GZIP,
    HEAD_BYTES,
    REFUSALS,
    WORKBOOKS,
    FileKind,
    is_binary,
    kind_of_file,
    kind_of_head,
)
from contracts.files.limits import ReaderLimits
from contracts.files.unpacking import BUNDLES
from contracts.intake.received.receiving import gate_limits
from contracts.intake.received.spooling import CHUNK_BYTES, Spool, read_text
from contracts.models import Submission
from contracts.ocds.gate.reading import read_value
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.json_rows import is_json, lists_rows
from contracts.tables.preview import lists_contracts
from contracts.tables.sheets.rows import looks_like_csv, read_workbook

# Length of the examined beginning of a text.
START_BYTES = 2 * 1024**2
# A simple contract is one page; a record has one of these members.
_NOT_SIMPLE = frozenset(
    {"ocid", "releases", "records", "compiledRelease", "versionedRelease", "tender", "awards", "contracts", "parties"}
)
_PROSE_BYTES = 4096
# Kinds of documents that are looked into → the largest size; the first pages of a PDF show what it is.
_WITH_TABLES = {
    FileKind.DOCX: Submission.LITTLE_BYTES,
    FileKind.PDF: MAX_BYTES,
    FileKind.HTML: Submission.LITTLE_BYTES,
}
# Limits of the process that looks into a file while its sender waits.
_LIMITS = ReaderLimits(cpu_seconds=2, wall_seconds=4)
_PROSE_WORDS = 3
# What stands in brackets before a text is no JSON array; a saved chat begins with a time, in them or without:
# "[7/3/24 10:15] Ana: …", "7/3/24, 10:15 - Ana: …". The mark of its direction may stand before it.
_BRACKETED = re.compile(rb"\[[^\[\]{}\"\n]{1,40}\] ?\w")
_CHAT = re.compile(
    rb"(?:\xe2\x80\x8e)?(?:\[\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? [^\[\]{}\"\n]{1,20}\] ?\S"
    rb"|\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d{2}[^\n,;]{0,12} - )"
)
# An address, and how office programs write one.
_LINKS = (b"http:", b"https:", b"[InternetShortcut]")
_SENTENCE = re.compile(rb"\w[.!?](?:\s|\Z)")


def kind_of(spooled: Spool, *, looks: bool = True) -> Submission.Kind:
    """
    Return the kind of what was sent.

    :param looks: look for contracts in the tables of a DOCX or PDF, which may take seconds; else it is a document
    :raises RefusedError: if it is a file of another kind
    """
    if not spooled.is_gzip:
        with spooled.open() as file:
            found = kind_of_file(file)
        # A web page is no document: it is refused unless it holds a table, so it is looked into in any case.
        looks = looks or found is FileKind.HTML
        if found in WORKBOOKS or (looks and found in _WITH_TABLES and _lists_contracts(spooled, found)):
            return Submission.Kind.TABLE
        if found in BUNDLES:
            return Submission.Kind.BUNDLE
        if found is not FileKind.TEXT:
            if found in DOCUMENT_KINDS:
                return Submission.Kind.DOCUMENT
            raise RefusedError(Problem("file_refused", REFUSALS.get(found, "kind"), {"kind": found.value}))
    elif not _packs_a_text(spooled):
        raise RefusedError(Problem("file_refused", "archive", {"kind": FileKind.ARCHIVE.value}))
    # A larger simple contract is cut off within a value here, so it is not detected.
    start = b"".join(itertools.islice(spooled.text([]), START_BYTES // CHUNK_BYTES))
    text = start.lstrip()
    if text.startswith(b"{") and _is_simple(start):
        return Submission.Kind.SIMPLE_CONTRACT
    if is_json(text):
        return Submission.Kind.TABLE if lists_rows(text, gate_limits()) else Submission.Kind.OCDS
    if not text.startswith(b"[") and is_binary(text[:_PROSE_BYTES]):
        raise RefusedError(Problem("file_refused", "unknown"))
    is_table = not text.startswith(b"[") and not _CHAT.match(text) and looks_like_csv(start)
    if not is_table and _CHAT.match(text):
        raise RefusedError(Problem("file_refused", "chat", {"kind": FileKind.TEXT.value}))
    if not is_table and _is_prose(text):
        if spooled.is_gzip or not _has_sentences(text):
            raise RefusedError(Problem("file_refused", "text", {"kind": FileKind.TEXT.value}))
        return Submission.Kind.DOCUMENT
    return Submission.Kind.TABLE if is_table else Submission.Kind.OCDS


def refuse_unless_document(spooled: Spool) -> None:
    """Raise RefusedError if it is of no kind that documents have; JSON is none, whatever it belongs to."""
    with spooled.open() as file:
        found = kind_of_file(file)
    if found not in DOCUMENT_KINDS or (found is FileKind.TEXT and _begins_like_json(spooled)):
        raise RefusedError(refused_kind(found))


def _begins_like_json(spooled: Spool) -> bool:
    text = next(spooled.text([]), b"").lstrip()
    return text.removeprefix(b"[").lstrip().startswith(b"{")


def _lists_contracts(spooled: Spool, kind: FileKind) -> bool:
    """
    Return whether it is a table of contracts with little text beside; what is large is not looked into.

    :raises RefusedError: if it is a PDF with a password: its sender may not come back to be told
    """
    if spooled.size > _WITH_TABLES[kind]:
        return False
    try:
        with spooled.open() as file:
            return lists_contracts(read_workbook(file, _LIMITS, kind=kind))
    except RefusedError as refused:
        if kind is FileKind.PDF and refused.problems[0].variant == "encrypted":
            raise RefusedError(Problem("document_refused", "encrypted", {"kind": kind.value})) from refused
        return False  # told when it is read as a document


def _packs_a_text(spooled: Spool) -> bool:
    head = next(read_text(spooled.chunks(), "utf-8", [], is_gzip=True))
    return not head.startswith(GZIP) and kind_of_head(head[:HEAD_BYTES]) is FileKind.TEXT


def _is_prose(text: bytes) -> bool:
    """Return whether a text is words, a link or table headers, but no beginning of JSON."""
    head = text[:_PROSE_BYTES]
    holds_cells = any(mark in head for mark in b",;\t") and bool(head.strip(b",;\t\r\n "))
    is_written = len(head.split()) >= _PROSE_WORDS or head.startswith(_LINKS) or holds_cells
    return (
        is_written
        and b"{" not in head
        and (not head.startswith(b"[") or head.startswith(_LINKS) or _BRACKETED.match(head) is not None)
    )


def _has_sentences(text: bytes) -> bool:
    """Return whether a text says something, in lines or a sentence: not a link, headers without rows, or markup."""
    head = text[:_PROSE_BYTES]
    words = [word for word in head.split() if not word.startswith(_LINKS)]
    is_said = head.strip().count(b"\n") > 0 or _SENTENCE.search(head) is not None
    return len(words) >= _PROSE_WORDS and is_said and not head.startswith((b"<", _LINKS[-1]))


def _is_simple(content: bytes) -> bool:
    """Return whether it is a simple contract: a title or description, a buyer or supplier, no member of a record."""
    try:
        value = read_value([content], gate_limits()).value
    except RefusedError:
        return False
    return (
        isinstance(value, dict)
        and bool({"title", "description"} & value.keys())
        and bool({"buyer", "supplier", "suppliers"} & value.keys())
        and not _NOT_SIMPLE & value.keys()
    )
