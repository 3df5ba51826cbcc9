"""Rows of a table: CSV and JSON as text streams, workbooks, DOCX, PDF and web pages as files; a row as it was sent."""

import itertools
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, suppress
from typing import IO, Protocol

from contracts.files.kinds import REFUSALS, WORKBOOKS, FileKind, kind_of_file
from contracts.files.limits import ReaderLimits
from contracts.intake.received.receiving import StoredSource, gate_limits
from contracts.models import Release, Submission
from contracts.ocds.pointers import unescape
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.json_rows import is_json, read_json
from contracts.tables.preview import lists_alone
from contracts.tables.sheets.mending import mended
from contracts.tables.sheets.rows import Row, read_csv, read_workbook


class Source(Protocol):
    """The bytes of a submission, received or stored."""

    def text(self, problems: list[Problem], /) -> Iterator[bytes]:
        """Yield them as UTF-8; each guess of the encoding is added to the problems."""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Provide them as a file with a descriptor."""


def table_rows(
    source: Source,
    problems: list[Problem],
    *,
    bound: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    limits: ReaderLimits,
) -> Generator[Row | Problem, None, None]:
    """
    Yield the rows of a table.

    :param problems: receives a problem for each guess of the encoding
    :param bound: wraps the text stream, to end it early
    :param limits: limits of the process that reads a workbook
    :raises RefusedError: if the content is not a table
    """
    with source.open() as file:
        kind = kind_of_file(file)
        if kind in {*WORKBOOKS, FileKind.DOCX, FileKind.PDF, FileKind.HTML}:
            rows = read_workbook(file, limits, kind=kind)
            yield from mended(lists_alone(rows) if kind is FileKind.PDF else rows)
        elif kind is FileKind.TEXT:
            yield from mended(_rows_of_text(bound(source.text(problems))))
        else:
            raise RefusedError(Problem("file_refused", REFUSALS.get(kind, "kind"), {"kind": kind.value}))


def _rows_of_text(text: Iterator[bytes]) -> Iterator[Row | Problem]:
    head = next(text, b"")
    chunks = itertools.chain([head], text)
    return read_json(chunks, gate_limits()) if is_json(head) else read_csv(chunks)


# Maximum number of rows read while a person waits.
MAX_ROWS_READ = 100_000


def sent_row(release: Release, limits: ReaderLimits) -> list[tuple[str, str]]:
    """
    Return the cells of the row from which a release was read, each with its header.

    :returns: empty if the release is not from a table, or its bytes are gone or beyond the limit
    """
    submission = release.submission
    if submission.kind != Submission.Kind.TABLE or submission.erased_on or submission.content.removed_on:
        return []
    sheet = unescape(release.pointer.split("/")[1]) if release.pointer.count("/") > 1 else ""
    headers = {(entry["sheet"], entry["header_row"]) for entry in submission.sheets}
    header: Row | None = None
    rows = table_rows(StoredSource(submission.content), [], limits=limits)
    with closing(rows), suppress(RefusedError):  # It was read before: an error now means a lack of time or memory.
        for row in itertools.islice(rows, MAX_ROWS_READ):
            if not isinstance(row, Row):
                continue
            if (row.sheet, row.number) == (sheet, release.line) and header and header.group == row.group:
                return list(itertools.zip_longest(map(str, header.whole()), map(str, row.whole()), fillvalue=""))
            if (row.sheet, row.number) in headers:
                header = row
    return []
