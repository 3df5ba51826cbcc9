"""The paragraphs of an ODT (OpenDocument 1.3, part 3), read in a process of their own."""

import io
import zipfile
import zlib

from contracts.files.open_document import DamagedError, read_elements

_PARAGRAPHS = frozenset({"text:p", "text:h"})
# Comments, what a change took out, and what only programs show.
_LEFT_OUT = frozenset(
    {"office:annotation", "text:tracked-changes", "office:scripts", "svg:title", "svg:desc", "text:ruby-text"}
)
_MARKS = {"text:tab": "\t", "text:line-break": "\n"}
_SPACES = "text:s"
_MAX_SPACES = 100
_MANIFEST, _ENCRYPTED = "META-INF/manifest.xml", b"encryption-data"


class UnreadableError(Exception):
    """Raised if an ODT cannot be read; ``variant`` is ``encrypted`` or ``damaged``."""

    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        self.variant = variant


def paragraphs_of(content: bytes) -> list[str]:
    """
    Return the texts of all paragraphs and headings of the body in the order of the file, also empty ones and those of
    tables, boxes and notes; without comments and what a change took out.

    :raises UnreadableError: if it is encrypted or damaged
    """
    found = _Paragraphs()
    try:
        read_elements(part_of(content, "content.xml"), found)
    except DamagedError as error:
        raise UnreadableError("damaged") from error
    return ["".join(parts) for parts in found.paragraphs]


def part_of(content: bytes, name: str) -> bytes:
    """
    Return a part of the file.

    :raises UnreadableError: if it is encrypted or missing
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _MANIFEST in archive.namelist() and _ENCRYPTED in archive.read(_MANIFEST):
                raise UnreadableError("encrypted")
            return archive.read(name)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableError("damaged") from error


class _Paragraphs:
    """The paragraphs as elements begin and end; one of a box stands within another."""

    def __init__(self) -> None:
        self.paragraphs: list[list[str]] = []
        self._open: list[list[str]] = []
        self._left_out = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._left_out or name in _LEFT_OUT:
            self._left_out += 1
        elif name in _PARAGRAPHS:
            self._open.append([])
            self.paragraphs.append(self._open[-1])
        elif name == _SPACES:
            count = attributes.get("text:c", "1")
            self.text(" " * min(int(count[:9]), _MAX_SPACES) if count.isascii() and count.isdecimal() else " ")
        elif name in _MARKS:
            self.text(_MARKS[name])

    def end(self, name: str) -> None:
        if self._left_out:
            self._left_out -= 1
        elif name in _PARAGRAPHS:
            self._open.pop()

    def text(self, text: str) -> None:
        if self._open and not self._left_out:
            self._open[-1].append(text)
