"""A row of a table as its sender wrote it, for whoever compares it with what was read of it."""

import itertools
from contextlib import closing, suppress

from contracts.files.limits import ReaderLimits
from contracts.intake.reading.tabular import table_rows
from contracts.intake.received.receiving import StoredSource
from contracts.models import Release, Submission
from contracts.ocds.pointers import unescape
from contracts.ocds.problems import RefusedError
from contracts.tables.sheets import Row

# So far a table is read while somebody waits.
MAX_ROWS_READ = 100_000


def sent_row(release: Release, limits: ReaderLimits) -> list[tuple[str, str]]:
    """
    Return the cells of the row that a release was read from, each with what stands above it in the header.

    :returns: nothing if the release is of no table, or its bytes are gone or are not read so far
    """
    submission = release.submission
    if submission.kind != Submission.Kind.TABLE or submission.erased_on or submission.content.removed_on:
        return []
    sheet = unescape(release.pointer.split("/")[1]) if release.pointer.count("/") > 1 else ""
    above = [entry["header_row"] for entry in submission.sheets if entry["sheet"] == sheet]
    header_row = max((number for number in above if number < release.line), default=0)
    found: dict[int, Row] = {}
    rows = table_rows(StoredSource(submission.content), [], limits=limits)
    with closing(rows), suppress(RefusedError):  # it was read once: a reader that ends now has no time or memory
        for row in itertools.islice(rows, MAX_ROWS_READ):
            if isinstance(row, Row) and row.sheet == sheet and row.number in {header_row, release.line}:
                found[row.number] = row
                if row.number == release.line:
                    break
    if len(found) < 2:
        return []
    header, cells = (map(str, found[number].whole()) for number in (header_row, release.line))
    return list(itertools.zip_longest(header, cells, fillvalue=""))
