"""Pages of PDFs, read in a process with limits, beside PDFium alone in a process of its own."""

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

import pikepdf

from contracts.documents.pages import missing_for_ocr
from contracts.documents.reading import read_document
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import Cost, cost
from tests.benchmarks.rows import Pair, Row, compared, part
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS

TIMES = 5
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
        yield compared(f"read {name}, {pairs[0].count} pages", "PDFium alone", pairs, goal="≥ 0.6")


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
    assert read.is_whole, read.problems
    return Pair(read.pages, ours, _alone(bench, file))


def _alone(bench: Bench, file: IO[bytes]) -> Cost:
    file.seek(0)
    with cost(bench.home) as spent:
        subprocess.run([sys.executable, "-c", ALONE], stdin=file, stdout=subprocess.DEVNULL, check=True)
    return spent
