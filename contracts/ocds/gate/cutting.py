"""
Cut a stream of JSON into its releases and records, without parsing them.

This is the first half of the input gate. A hostile stream can make a parser use unbounded memory (nested arrays) or
crash (long numbers). So the stream is first cut into pieces of bounded size and depth, with numpy, by looking only at
quotes, backslashes and brackets. Memory is bounded by one chunk and one piece.

A *value* is one JSON value at the top of the stream: a plain file has one, JSON Lines have many, and the entries of a
top-level array count as values too. An *element* is an entry of a value's ``releases`` or ``records``. What remains of
a value without its elements is its *skeleton*: the metadata of a package, or a whole release.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct

from contracts.ocds.problems import Limits, Problem

_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_STEP = np.zeros(256, np.int8)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1
# Whether each byte is one of these characters.
_MARKS = bytes(byte in b'"{}[]' for byte in range(256))

_LIST_KEY = re.compile(rb'"(releases|records)"\s*:\s*$')
_FILLER = re.compile(rb"[\s,]*")
_ENTRY = re.compile(rb'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^",])++', re.DOTALL)
_SHORT = 4096
# Maximum number of entries of one gap that are reported separately.
_MAX_REPORTED = 20
# A text, also one that is not closed.
TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


class Piece(Struct, frozen=True):
    """
    A release or record (``list_name`` is the list that contained it), or a value's skeleton (``list_name`` is empty).

    ``offset`` is its start in the stream, in bytes; ``elements`` the number of elements of the skeleton.
    """

    content: bytes
    pointer: str
    line: int
    offset: int
    list_name: str = ""
    elements: int = 0


class Scanner:
    """Cuts a stream: feed it chunks, take pieces and problems."""

    def __init__(
        self, limits: Limits, *, line: int = 0, start: int = 0, is_line: bool = False, is_part: bool = False
    ) -> None:
        self.limits = limits
        self.is_part = is_part  # Of a larger value: what follows the top-level array is not read.
        self.ended = False
        self.buffer = b""
        self.start = start  # Stream offset of buffer[0].
        self.cut = start  # Stream offset of the rest that is not yet cut off.
        self.scanned = start  # Stream offset of the unscanned rest.
        self.depth = 0
        self.in_string = False
        self.base = -1  # 1 if the stream is one array of values, else 0; -1 before the first byte.
        self.line = line
        self.is_line = is_line  # The whole input is this one line.
        self.entry = -1  # Index in the top-level array.
        self.value_at = -1  # Stream offset of the open value, -1 between values.
        self.skeleton: list[bytes] = []
        self.skeleton_size = 0
        self.list_name = ""
        self.index = 0
        self.elements = 0
        self.element_at = -1
        self.too_deep = False
        self.astray = False  # Whether the data before ``cut`` is not an object, was reported, and may continue.
        self.torn = b""  # How the list entry that contains ``cut`` begins: as a text, or anything else.
        self.deep = np.empty(0, np.int64)  # Where the current chunk is nested deeper than the limit.

    def feed(self, chunk: bytes) -> Iterator[Piece | Problem]:
        """Take the next chunk of the stream, yield complete pieces; of a part that has ended take none."""
        self.buffer = self.buffer[self.cut - self.start :] + chunk
        self.start = self.cut
        data = np.frombuffer(self.buffer, np.uint8)[self.scanned - self.start :]
        # An escape must not be separated from what it escapes.
        usable = len(data)
        while usable and data[usable - 1] == _BACKSLASH:
            usable -= 1
        data = data[:usable]
        # bytes.translate takes half the time of numpy.
        marked = self.buffer[self.scanned - self.start : self.scanned - self.start + usable].translate(_MARKS)
        positions = np.flatnonzero(np.frombuffer(marked, bool))
        marks = data[positions]
        quotes = marks == _QUOTE
        if _BACKSLASH in data:
            quotes &= ~_escaped(data, positions)
        # Only the parity of counts matters, so a small type is enough.
        inside = (np.cumsum(quotes, dtype=np.uint8) + np.uint8(self.in_string)) & 1
        steps = np.where((inside == 0) & ~quotes, _STEP[marks], 0)
        depths = self.depth + np.cumsum(steps)
        if self.base < 0:
            first = self.buffer.lstrip()[:1]
            self.base = (1 if first == b"[" else 0) if first else -1
        positions += self.scanned
        self.scanned += usable
        self.deep = positions[depths > self.limits.depth + 2]
        shallow = np.flatnonzero((np.minimum(depths, depths - steps) <= 2 + max(self.base, 0)) & (steps != 0))
        yield from self._walk(positions[shallow].tolist(), steps[shallow].tolist(), depths[shallow].tolist())
        if self.ended:
            return
        if len(depths):
            self.depth, self.in_string = int(depths[-1]), bool(inside[-1])
        yield from self._bound_memory()

    def close(self) -> Iterator[Problem]:
        """End the stream; yield a problem if it ended inside a value."""
        rest = self.buffer[self.cut - self.start :]
        if self.value_at >= 0 or self.depth > 0 or self.in_string:
            at = self.element_at if self.element_at >= 0 else max(self.value_at, 0)
            yield self._problem("cut_off", at, values={"offset": at})
        elif not self.astray and not _FILLER.fullmatch(rest):
            yield self._problem("not_json", self.cut, "outside")

    def _walk(self, offsets: list[int], steps: list[int], depths: list[int]) -> Iterator[Piece | Problem]:
        base = max(self.base, 0)
        for offset, step, depth in zip(offsets, steps, depths, strict=True):
            before = depth - step
            if step > 0 and before == base:
                yield from self._stray(offset)
                self.value_at = offset
                self.line += base == 0 and not self.is_line
                self.entry += base
                self.skeleton, self.skeleton_size, self.elements, self.too_deep = [], 0, 0, False
                self._drop(offset)
            elif step > 0 and before == base + 1:
                at = offset - self.start
                key = _LIST_KEY.search(self.buffer, max(0, at - 64), at)
                if key and self.buffer[at : at + 1] == b"[":
                    self.list_name, self.index = key.group(1).decode(), 0
                    self._keep(offset + 1)
            elif step > 0 and before == base + 2 and self.list_name:
                yield from self._stray(offset)
                self.element_at = offset
                self._drop(offset)
            elif step < 0 and depth == base + 2 and self.element_at >= 0:
                yield from self._element(offset + 1)
            elif step < 0 and depth == base + 1 and self.list_name:
                yield from self._stray(offset)
                self.list_name = ""
                self._drop(offset)
            elif step < 0 and depth == base and self.value_at >= 0:
                yield from self._value(offset + 1)
            elif step > 0 and base == 1 and before == 0:
                yield from self._stray(offset)
                self.line += not self.is_line
                self.entry = -1
                self._drop(offset + 1)
            elif step < 0 and base == 1 and depth == 0:
                yield from self._stray(offset)
                self._drop(offset + 1)
                if self.is_part:
                    self.ended = True
                    return
            elif depth < 0:
                yield self._problem("not_json", offset, "bracket")
                self._drop(offset + 1)

    def _element(self, end: int) -> Iterator[Piece | Problem]:
        pointer, at = f"{self._pointer()}/{self.list_name}/{self.index}", self.element_at
        if self.too_deep or self._is_deep(at, end):
            yield self._too_deep(pointer, at)
        elif self.cut > at or end - at > self.limits.item_bytes:
            yield self._too_large(pointer, at)
        else:
            yield self._bounded(
                Piece(self.buffer[at - self.start : end - self.start], pointer, self.line, at, self.list_name)
            )
        self.index += 1
        self.elements += 1
        self.element_at, self.too_deep = -1, False
        self.deep = self.deep[self.deep >= end]  # The depth of an element does not count for its package.
        self._drop(end)

    def _value(self, end: int) -> Iterator[Piece | Problem]:
        self._keep(end)
        pointer, at = self._pointer(), self.value_at
        if self.too_deep or self._is_deep(at, end):
            yield self._too_deep(pointer, at)
        elif self.skeleton_size > self.limits.item_bytes:
            yield self._too_large(pointer, at)
        else:
            yield self._bounded(Piece(b"".join(self.skeleton), pointer, self.line, at, elements=self.elements))
        self.value_at, self.skeleton, self.too_deep = -1, [], False

    def _bounded(self, piece: Piece) -> Piece | Problem:
        """Return the piece, or a problem if it holds too many values."""
        if not holds_more_values(piece.content, self.limits.item_values):
            return piece
        limit = {"limit": self.limits.item_values}
        return self._problem("item_too_large", piece.offset, "values", limit, piece.pointer)

    def _bound_memory(self) -> Iterator[Problem]:
        """Move the data of a skeleton out of the buffer, drop what exceeds the limit or is between values."""
        if self.element_at >= 0:
            self.too_deep |= self._is_deep(self.element_at, self.scanned)
            if self.scanned - self.cut > self.limits.item_bytes:
                self._drop(self.scanned)
        elif self.value_at >= 0 and not self.list_name:
            self.too_deep |= self._is_deep(self.value_at, self.scanned)
            # The last bytes stay: a key may be needed to recognise the list that follows it.
            self._keep(max(self.cut, self.scanned - 128))
        elif self.scanned - self.cut > _SHORT and (self.list_name or self.depth <= max(self.base, 0)):
            yield from self._stray(self.scanned, goes_on=True)
            self._drop(self.scanned)

    def _keep(self, end: int) -> None:
        """Move what is not yet cut off, up to stream offset ``end``, into the skeleton."""
        part = self.buffer[self.cut - self.start : max(self.cut, end) - self.start]
        self.skeleton_size += len(part)
        if self.skeleton_size <= self.limits.item_bytes:
            self.skeleton.append(part)
        else:
            self.skeleton = []
        self._drop(end)

    def _drop(self, end: int) -> None:
        """Drop everything before stream offset ``end``."""
        self.cut = max(self.cut, end)

    def _is_deep(self, start: int, end: int) -> bool:
        deep = self.deep
        return bool(len(deep)) and bool(np.any((deep >= start) & (deep < end)))

    def _stray(self, end: int, *, goes_on: bool = False) -> Iterator[Problem]:
        """
        Report everything between objects except spaces and commas: ``null``, numbers, texts, garbage.

        In a short gap each entry of a list is one problem; a long gap is one problem, at its beginning.

        :param goes_on: whether it may continue after ``end``
        """
        between = self.torn + self.buffer[self.cut - self.start : end - self.start]
        reported, is_torn = self.astray, bool(self.torn)
        self.astray, self.torn = False, b""
        if not _FILLER.fullmatch(between):
            if not reported:
                yield from self._stray_entries(between)
            reported = True
            if self.list_name or self.base == 1:
                entries = [entry.strip() for entry in TEXT.sub(b"0", between).split(b",")]
                passed = sum(map(bool, entries)) - is_torn
                if self.list_name:
                    self.index += passed
                else:
                    self.entry += passed
                if goes_on and entries[-1]:
                    self.torn = b'"' if self.in_string else b"0"
        self.astray = reported and goes_on

    def _stray_entries(self, between: bytes) -> Iterator[Problem]:
        entries = [between]
        if self.list_name or self.base == 1:
            # Up to this size a gap is examined whole, whatever the size of chunks.
            found = [match.group() for match in _ENTRY.finditer(between)] if len(between) <= _SHORT else []
            entries = [entry for entry in found if entry.strip()] or entries
        place, first = (f"{self._pointer()}/{self.list_name}", self.index) if self.list_name else ("", self.entry + 1)
        for index, entry in enumerate(entries[:_MAX_REPORTED], first):
            shown = entry.strip(b", \t\r\n")[:40].decode("utf-8", "replace").replace("\x00", "\N{SYMBOL FOR NULL}")
            pointer = f"{place}/{index}" if self.list_name or self.base == 1 else ""
            yield self._problem("object_expected", self.cut, values={"text": shown}, pointer=pointer)
        if len(entries) > _MAX_REPORTED:
            more = len(entries) - _MAX_REPORTED
            yield self._problem("object_expected", self.cut, "more", {"number": more})

    def _pointer(self) -> str:
        return f"/{self.entry}" if self.base == 1 and self.entry >= 0 else ""

    def _problem(
        self,
        code: str,
        offset: int,
        variant: str = "",
        values: dict[str, Any] | None = None,
        pointer: str | None = None,
    ) -> Problem:
        at = self._pointer() if pointer is None else pointer
        return Problem(code, variant, values or {}, at, max(self.line, 1), offset)

    def _too_deep(self, pointer: str, offset: int) -> Problem:
        return self._problem("too_deep", offset, values={"limit": self.limits.depth}, pointer=pointer)

    def _too_large(self, pointer: str, offset: int) -> Problem:
        return self._problem("item_too_large", offset, values={"limit": self.limits.item_bytes}, pointer=pointer)


def holds_more_values(content: bytes, limit: int) -> bool:
    """Return whether there are more commas and opening brackets outside of texts than `limit` values can have."""

    def count(text: bytes) -> int:
        return text.count(b",") + text.count(b"{") + text.count(b"[")

    # Each takes at least one byte.
    return len(content) > limit and count(content) > limit and count(TEXT.sub(b"", content)) > limit


def _escaped(
    data: "np.ndarray[tuple[int], np.dtype[np.uint8]]", positions: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return for each position whether an odd number of backslashes precedes it."""
    slashes = np.flatnonzero(data == _BACKSLASH)
    starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    run_of = np.searchsorted(slashes, positions - 1)
    preceded = (run_of < len(slashes)) & (slashes[np.minimum(run_of, len(slashes) - 1)] == positions - 1)
    run_start = slashes[starts[np.searchsorted(starts, run_of, side="right") - 1]]
    lengths = positions - run_start
    escaped: np.ndarray[tuple[int], np.dtype[np.bool_]] = preceded & (lengths % 2 == 1)
    return escaped
