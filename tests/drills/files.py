"""Hostile files by chance: PDFs and tables in turn. The same seed and number give the same file."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tests.drills.hostile_pdfs import make_pdf
from tests.drills.hostile_tables import make_table
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS, TABLES

# A scan of many pages would only take the time of its OCR, page by page.
MAX_BYTES = 700_000


class Known(NamedTuple):
    """Files that are damaged."""

    pdfs: Sequence[bytes]
    tables: Sequence[bytes]


class HostileFile(NamedTuple):
    """
    A file, what was done to it, and what must be read of it all the same.

    ``companion`` is sent with it: a PDF of its own number, which must be read whole.
    """

    number: int
    is_pdf: bool
    change: str
    content: bytes
    good: tuple[str, ...]
    companion: bytes


@lru_cache
def known_files(*, with_real: bool = True) -> Known:
    """Return what is damaged beside our own: the real documents and tables, where they are."""
    if not with_real:
        return Known((), ())
    pdfs = (path.read_bytes() for path in DOCUMENTS if path.suffix == ".pdf")
    return Known([one for one in pdfs if len(one) <= MAX_BYTES], [path.read_bytes() for path in TABLES])


def make_file(seed: str, number: int, known: Known) -> HostileFile:
    """Make a file by chance."""
    chance = random.Random(f"{seed} file {number}")
    good: tuple[str, ...] = ()
    if is_pdf := number % 2 == 0:
        change, content, good = make_pdf(chance, list(known.pdfs))
    else:
        change, content = make_table(chance, list(known.tables))
    return HostileFile(number, is_pdf, change, content, good, pdf(*companion_texts(seed, number)))


def companion_texts(seed: str, number: int) -> tuple[str, str]:
    """Return the texts of the pages of a companion."""
    return (f"Acompana al archivo {number} de {seed}.", f"Segunda pagina junto al archivo {number}.")
