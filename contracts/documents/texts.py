"""Documents as rules read them. Pure: texts, and how much of a document they are."""

import re

from msgspec import Struct

_PAGE = re.compile(r"/documents/[0-9a-f]{64}/pages/[0-9]{1,9}")


def is_page(path: str) -> bool:
    """Return whether evidence cites a page of a document by this path, and not a place of a record."""
    return _PAGE.fullmatch(path) is not None


def passage_address(path: str, start: int, end: int) -> str:
    """Return the address of a passage on a page; the offsets are characters of its text."""
    return f"{path}#c={start}-{end}"


class ReadPage(Struct, frozen=True, gc=False):
    """
    A page that was read; ``number`` counts from 1, ``source`` is ``text``, ``ocr``, or empty if it is blank.

    ``places`` are those of its words, see ``contracts.documents.places``; empty where they are not known.
    """

    number: int
    text: str
    source: str = "text"
    places: bytes = b""


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
