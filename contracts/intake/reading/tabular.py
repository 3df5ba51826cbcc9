"""The rows of a submission that is a table: CSV as a stream of text, workbooks as files."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from typing import IO, Protocol

from contracts.files.kinds import WORKBOOKS, FileKind, kind_of_file
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.encoded_twice import mended
from contracts.tables.sheets import Row, read_csv, read_workbook


class Source(Protocol):
    """The bytes of a submission, on their way in or stored."""

    def text(self, problems: list[Problem], /) -> Iterator[bytes]:
        """Yield them as UTF-8; each guess at the encoding is added to the problems."""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Lend them as a file with a descriptor."""


def table_rows(
    source: Source,
    problems: list[Problem],
    *,
    bound: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    limits: ReaderLimits,
) -> Generator[Row | Problem, None, None]:
    """
    Yield the rows of a table.

    :param problems: receives a problem for each guess at the encoding of a text
    :param bound: wraps the stream of a text, to end it early
    :param limits: of the process that reads a workbook
    :raises RefusedError: if it is no table, by its content
    """
    with source.open() as file:
        kind = kind_of_file(file)
        if kind in WORKBOOKS:
            yield from mended(read_workbook(file, limits))
        elif kind is FileKind.TEXT:
            yield from mended(read_csv(bound(source.text(problems))))
        else:
            raise RefusedError(Problem("file_refused", "kind", {"kind": kind.value}))
