"""
Indicators over a whole file: run over parts of it in several processes, and merged in the order of the file.

The result does not depend on the number of processes. Memory holds one line a process and the tallies: a few numbers
for each organization and each process with a price gap, and what was flagged.
"""

import gzip
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import IO

from audits.indicators.base import Indicator
from audits.indicators.part import SHOWN, Job, Part, indicators, run_part
from audits.indicators.results import Results

FIRST = 256 * 1024  # bytes the parent reads itself, nearly always enough to see the main currency
SMALL = 16 * 1024**2  # a file below this size is not worth a second process
PIECE = (4 * 1024**2, 64 * 1024**2)  # least and most bytes of a file for one turn of a worker
BLOCK = 4 * 1024**2  # bytes of a stream for one turn of a worker


@dataclass(frozen=True)
class Piece:
    """The lines of a file that start in [start, end)."""

    path: str
    start: int
    end: int

    def lines(self) -> Iterator[bytes]:
        with Path(self.path).open("rb", buffering=1024**2) as file:
            position = self.start
            if position:
                file.seek(position - 1)
                position += len(file.readline()) - 1
            while position < self.end and (line := file.readline()):
                position += len(line)
                yield line


@dataclass(frozen=True)
class Block:
    """Whole lines of a stream."""

    content: bytes

    def lines(self) -> Iterator[bytes]:
        return iter(BytesIO(self.content))


Source = Piece | Block


def run(job: Job, source: Path | IO[bytes], *, workers: int | None = None) -> Part:
    """
    The concluded results for a file (plain or .gz) or an open stream of JSON Lines.

    `workers` is the number of processes, by default one for each processor that may be used, or one for a small file.
    Raises OSError if the file cannot be read, EOFError or zlib.error if it is no whole .gz file.
    """
    count = workers or _processors()
    if not isinstance(source, Path):
        return _merged(job, _blocks(source), count)
    if source.suffix == ".gz":
        with gzip.open(source, "rb") as stream:
            return _merged(job, _blocks(stream), count)
    size = source.stat().st_size
    if workers is None and size < SMALL:
        count = 1
    return _merged(job, _pieces(source, size, count), count)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _pieces(path: Path, size: int, workers: int) -> Iterator[Piece]:
    step = min(max(size // (workers * 4), PIECE[0]), PIECE[1])
    start, end = 0, min(FIRST, size)
    while start < size:
        yield Piece(str(path), start, end)
        start, end = end, min(end + step, size)


def _blocks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[Block]:
    rest = b""
    size = FIRST
    while content := stream.read(size):
        size = BLOCK
        whole, newline, tail = content.rpartition(b"\n")
        if newline:
            yield Block(rest + whole + newline)
            rest = tail
        else:
            rest += content
    if rest:
        yield Block(rest)


def _merged(job: Job, sources: Iterator[Source], workers: int) -> Part:
    chosen = indicators(job)
    whole = Part(Results(currency=job.settings.currency, maps=job.maps), [], 0, 0, 0, [])
    for source, part in _parts(job, sources, workers, whole.results):
        main = whole.results.currency
        if main is not None and part.results.currency not in {None, main}:
            # This part was folded before the main currency was known, and took its own.
            _add(whole, run_part(job, source.lines(), main), chosen)
        else:
            _add(whole, part, chosen)
    for indicator in chosen:
        indicator.conclude(whole.results)
    return whole


def _parts(job: Job, sources: Iterator[Source], workers: int, results: Results) -> Iterator[tuple[Source, Part]]:
    """Each source with what it gave, in order. The first is read here: the currency seen in it helps the others."""
    alone = sources if workers == 1 else islice(sources, 1)
    for source in alone:
        yield source, run_part(job, source.lines(), results.currency)
    ahead = next(sources, None)
    if ahead is None:
        return
    waiting: deque[tuple[Source, Future[Part]]] = deque()
    context = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may hang
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for source in chain([ahead], sources):
            waiting.append((source, pool.submit(_fold, job, source, results.currency)))
            if len(waiting) > workers * 2:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()


def _fold(job: Job, source: Source, currency: str | None) -> Part:
    return run_part(job, source.lines(), currency)


def _add(whole: Part, part: Part, chosen: list[Indicator]) -> None:
    whole.results.merge(part.results)
    for indicator, tally in zip(chosen, part.tallies, strict=True):
        if tally is not None:
            indicator.merge(tally)
    whole.skipped += [(whole.lines + line, reason) for line, reason in part.skipped]
    del whole.skipped[SHOWN:]
    whole.lines += part.lines
    whole.releases += part.releases
    whole.skipped_lines += part.skipped_lines
