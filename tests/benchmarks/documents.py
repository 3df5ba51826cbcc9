"""
Pages of PDFs, read in a process with limits, beside PDFium alone: in a process of its own, and in one that is warm.

Second part: what each of the shared documents takes, with its OCR, and the clauses found.
"""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO

import pikepdf
import pypdfium2

from audits.matching.documents.clauses import passages
from contracts.documents.reading import read_document
from contracts.documents.recognising import missing_for_ocr
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import Cost, cost
from tests.benchmarks.rows import Pair, Row, compared, part
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS

TIMES = 5
WARM_SECONDS = 0.5
# What anybody would write who wants the text: no limits, nothing kept of it.
ALONE = """
import sys, pypdfium2
for page in pypdfium2.PdfDocument(sys.stdin.buffer.read()):
    print(len(page.get_textpage().get_text_bounded()))
"""
_LINES = "\n".join(f"Clausula {number}: el proveedor entrega los equipos segun el anexo." for number in range(45))


@part("documents")
def pages_of_documents(bench: Bench) -> Iterator[Row]:
    """Read PDFs that have a text, as a worker does, and with PDFium alone, each in a process of its own."""
    missing_for_ocr()  # asked once by a worker
    for name, content in _papers():
        with tempfile.TemporaryFile() as file:
            file.write(content)
            pairs = [_pair(bench, file) for _time in range(TIMES)]
            warm = [_pair_warm(bench, file, content) for _time in range(TIMES)]
        what = f"read {name}, {pairs[0].count} pages"
        yield compared(what, "PDFium alone", pairs, goal="≥ 0.6")
        yield compared(
            what, "PDFium alone, in a process that is warm", warm, goal="none: a fresh process is asked for"
        )


@part("papers")
def shared_documents(bench: Bench) -> Iterator[Row]:
    """Read each of the shared documents once, with OCR of pages that are pictures, and look for clauses."""
    missing_for_ocr()
    for path in DOCUMENTS:
        with path.open("rb") as file, cost(bench.home) as spent:
            read = read_document(file)
        found = [passage.clause for part in read.parts for passage in passages(part.text)]
        pages = f"{read.pages_read} of {read.pages} pages, {read.ocr_pages} by OCR"
        seconds = f"{spent.seconds:.1f} s, {spent.processor:.1f} s of processor"
        clauses = ", ".join(f"{name} {found.count(name)}" for name in dict.fromkeys(found)) or "no clause"
        yield Row(path.name, f"{pages}, {seconds}", clauses, "", "")


def _papers() -> Iterator[tuple[str, bytes]]:
    yield "a made-up contract", pdf(_LINES)
    yield "a made-up tender", pdf(*[_LINES] * 400)
    for path in DOCUMENTS:
        # A scan is measured by its OCR, which PDFium alone does not do.
        if path.suffix == ".pdf" and "scan" not in path.name:
            yield path.stem, path.read_bytes()
    long = [path.read_bytes() for path in DOCUMENTS if path.stat().st_size > 600_000 and "scan" not in path.name]
    for content in long:
        yield "the longest one seven times", _repeated(content, 7)


def _repeated(content: bytes, times: int) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as source, pikepdf.new() as whole:
        for _time in range(times):
            whole.pages.extend(source.pages)
        file = io.BytesIO()
        whole.save(file)
    return file.getvalue()


def _pair(bench: Bench, file: IO[bytes]) -> Pair:
    with cost(bench.home) as ours:
        read = read_document(file)
    assert read.pages_read == read.pages, read.problems
    return Pair(read.pages, ours, _alone(bench, file))


def _pair_warm(bench: Bench, file: IO[bytes], content: bytes) -> Pair:
    """Processor time is told in hundredths of a second: the yardstick is read until some of these are spent."""
    with cost(bench.home) as ours:
        read = read_document(file)
    times, end = 0, time.perf_counter() + WARM_SECONDS
    with cost(bench.home) as alone:
        while not times or time.perf_counter() < end:
            for page in pypdfium2.PdfDocument(content):
                len(page.get_textpage().get_text_bounded())
            times += 1
    return Pair(read.pages, ours, alone, read.pages * times)


def _alone(bench: Bench, file: IO[bytes]) -> Cost:
    file.seek(0)
    with cost(bench.home) as spent:
        subprocess.run([sys.executable, "-c", ALONE], stdin=file, stdout=subprocess.DEVNULL, check=True)
    return spent
