"""Documents as rules read them. Pure: texts, and how much of a document they are."""

import re
from bisect import bisect_left, bisect_right

from msgspec import Struct

# The first character of each paragraph of a text, and its number in the document.
Paragraphs = tuple[tuple[int, int], ...]

_PAGE = re.compile(r"/documents/[0-9a-f]{64}/pages/[0-9]{1,9}")


def is_page(path: str) -> bool:
    """Return whether evidence cites a page of a document by this path, and not a place of a record."""
    return _PAGE.fullmatch(path) is not None


def document_of(path: str) -> str:
    """Return the SHA-256, in hex, of the document that a path cites a page of."""
    return path.split("/")[2]


def passage_address(path: str, start: int, end: int) -> str:
    """Return the address of a passage on a page; the offsets are characters of its text."""
    return f"{path}#c={start}-{end}"


class ReadPage(Struct, frozen=True, gc=False):
    """
    A page that was read; ``number`` counts from 1, ``source`` is ``text``, ``ocr``, or empty if it is blank.

    ``places`` are those of its words, see ``contracts.documents.places``; empty where they are not known. What a
    word processor writes has no pages: one of it is a stretch of ``paragraphs``, which only documents read before
    these were kept do not tell.
    """

    number: int
    text: str
    source: str = "text"
    places: bytes = b""
    paragraphs: Paragraphs = ()

    def paragraphs_of(self, start: int, end: int) -> tuple[int, ...]:
        """Return the numbers of the paragraphs that a passage stands in; its edges are characters of the text."""
        firsts = [first for first, _number in self.paragraphs]
        touched = self.paragraphs[max(bisect_right(firsts, start) - 1, 0) : bisect_left(firsts, end)]
        return tuple(number for _first, number in touched)


class ReadDocument(Struct, frozen=True, gc=False):
    """
    A document that belongs to a process, and what was read of it.

    ``page_count`` is how many pages it has, ``pages_read`` how many of them are among ``pages``.
    """

    sha256: str
    kind: str
    page_count: int
    pages_read: int
    pages: tuple[ReadPage, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every page was read."""
        return self.pages_read == self.page_count > 0

    def path(self, number: int) -> str:
        """Return what evidence cites a page by; it is its address on the site too."""
        return f"/documents/{self.sha256}/pages/{number}"
