"""The entries of a submission, read as a stream: by the worker, and by the preview before the receipt."""

from collections.abc import Callable, Generator, Iterable, Iterator

from msgspec import structs, to_builtins

from contracts.files.limits import LIMITS, ReaderLimits
from contracts.intake.reading.dating import date_problems
from contracts.intake.reading.report import Entry
from contracts.intake.reading.tabular import Source, table_rows
from contracts.intake.received.receiving import gate_limits
from contracts.models import Submission
from contracts.ocds.corrections import Correction
from contracts.ocds.gate.document import encode
from contracts.ocds.gate.reading import Package, Received, read_releases, read_value
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.written.simple import read_simple
from contracts.ocds.written.written_values import Understood
from contracts.tables.headers.given_mapping import GivenMapping
from contracts.tables.reading import read_table
from contracts.tables.table import RowRelease, SheetRead


def read_entries(
    source: Source,
    kind: str,
    *,
    given: GivenMapping | None = None,
    bound: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    limits: ReaderLimits = LIMITS,
) -> Generator[Entry, None, None]:
    """
    Yield releases, packages and problems of a submission, and the values understood in a simple contract.

    :param kind: one of ``Submission.Kind``
    :param given: the sender's mapping for a table
    :param bound: wraps the text stream, to end it early
    :param limits: limits of the process that reads a workbook
    """
    guessed: list[Problem] = []
    if kind == Submission.Kind.TABLE:
        entries = _of_table(source, given, guessed, bound, limits)
    elif kind == Submission.Kind.SIMPLE_CONTRACT:
        entries = _of_simple(source, guessed, bound)
    else:
        entries = read_releases(bound(source.text(guessed)), gate_limits())
    for entry in entries:
        while guessed:  # Filled while the text is read.
            yield guessed.pop(0)
        yield entry
        if isinstance(entry, Received):
            yield from date_problems(entry, kind)
    yield from guessed


def _of_simple(
    source: Source, guessed: list[Problem], bound: Callable[[Iterator[bytes]], Iterator[bytes]]
) -> Iterator[Entry]:
    try:
        document = read_value(bound(source.text(guessed)), gate_limits())
        mended = list(_mended(document.corrections))
        simple = read_simple(document.value)
    except RefusedError as refusal:
        yield from refusal.problems
        return
    yield from mended
    yield from simple.understood
    yield from read_releases([encode(simple.release)], gate_limits())
    yield from simple.warnings


def _mended(corrections: Iterable[Correction]) -> Iterator[Understood]:
    """
    Yield what was mended in a simple contract before it was read.

    :raises RefusedError: if a member is given twice, with two values: which one a person means nobody knows
    """
    twice = [found for found in corrections if found.reason == "duplicate_key"]
    if twice:
        names = ((found.path, found.path.rpartition("/")[2]) for found in twice)
        raise RefusedError(*(Problem("duplicate_key", values={"name": name}, pointer=path) for path, name in names))
    for found in corrections:
        yield Understood(found.path, str(found.found), "" if found.used is None else str(found.used))


def _of_table(
    source: Source,
    given: GivenMapping | None,
    guessed: list[Problem],
    bound: Callable[[Iterator[bytes]], Iterator[bytes]],
    limits: ReaderLimits,
) -> Iterator[Entry]:
    """Yield the releases of rows, and at the end the report on sheets, as package metadata."""
    sheets: list[SheetRead] = []
    rows = table_rows(source, guessed, bound=bound, limits=limits)
    try:
        for entry in read_table(rows, given.as_mapping() if given else None):
            match entry:
                case RowRelease():
                    yield from _of_row(entry)
                case SheetRead():
                    sheets.append(entry)
                case Problem():
                    yield entry
    except RefusedError as refusal:
        yield from refusal.problems
    if sheets:
        yield Package({"sheets": to_builtins(sheets)}, 1)


def _of_row(row: RowRelease) -> Iterator[Entry]:
    """Read the release of a row through the same input gate as a sent one; its place is that of the row."""
    for entry in read_releases([encode(row.release)], gate_limits()):
        if isinstance(entry, Received | Problem):
            yield structs.replace(entry, pointer=row.pointer + entry.pointer, line=row.number)
