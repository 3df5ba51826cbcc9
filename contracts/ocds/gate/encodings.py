"""
Decode bytes that are not all UTF-8.

Publishers join files of several systems: UTF-8 tables with one name in Windows-1252 are common, and so are files
entirely in Windows-1252. Only bytes that are not UTF-8 are decoded as Windows-1252, and each such line is reported. A
file with hardly any UTF-8 beyond ASCII is decoded entirely as Windows-1252: two letters in a row may by chance form
one UTF-8 character (``Ã”`` has the bytes of ``Ô``).
"""

import codecs
import re
from collections.abc import Iterable, Iterator

import numpy as np

from contracts.ocds.problems import Problem

MIXED = "utf-8+cp1252"
# In Windows-1252 text, at most this share of the characters beyond ASCII look like UTF-8 by chance.
CHANCE = 0.1
# More lines than a person checks one by one.
MAX_LINES_REPORTED = 20
ASCII_END = 0x80

# Python's "surrogateescape" replaces a byte that is not UTF-8 with one of 128 code points that do not occur in text.
_STAND_IN = re.compile("[\udc80-\udcff]+")
# cp1252 has five undefined bytes; a stray one must not stop the file.
_WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(ASCII_END, 0x100)}


class Utf8Check:
    """Detects in passing whether the bytes of a text are UTF-8: all, none, or some of them."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.characters = 0  # beyond ASCII
        self.broken = 0  # bytes that are not UTF-8

    def feed(self, part: bytes, *, final: bool = False) -> None:
        try:
            text = self.decoder.decode(part, final)
        except UnicodeDecodeError:
            # Slower, and seldom needed. Bytes of a character cut by the end of a chunk are kept.
            kept = self.decoder.getstate()
            self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
            self.decoder.setstate(kept)
            text = self.decoder.decode(part, final)
        if not text.isascii():
            self.characters += len(text) - int(np.count_nonzero(np.frombuffer(part, np.uint8) < ASCII_END))
            if self.decoder.errors != "strict":
                self.broken += sum(map(len, _STAND_IN.findall(text)))

    @property
    def encoding(self) -> str:
        """Return ``utf-8``, ``cp1252``, or ``MIXED``."""
        if not self.broken:
            return "utf-8"
        valid = self.characters - self.broken
        return "cp1252" if valid <= CHANCE * self.characters else MIXED


def decode_mixed(chunks: Iterable[bytes], problems: list[Problem]) -> Iterator[bytes]:
    """
    Yield a text that is partly UTF-8 as UTF-8, without byte order mark.

    :param problems: receives a problem for each line with other bytes, up to ``MAX_LINES_REPORTED``, then one with the
        number of further lines; offsets are those of the received bytes
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    line, offset, reported, last, started = 1, 0, 0, 0, False
    for chunk, final in _with_end(chunks):
        text = decoder.decode(chunk, final)
        at = 0
        for match in _STAND_IN.finditer(text):
            line += text.count("\n", at, match.start())
            offset += _size(text[at : match.start()])
            at = match.start()
            if line != last:
                last, reported = line, reported + 1
                if reported <= MAX_LINES_REPORTED:
                    shown = _read(text[max(at - 20, 0) : match.end() + 20])
                    values = {"line": line, "offset": offset, "text": shown}
                    problems.append(Problem("looks_like_latin1", "line", values, offset=offset))
        read = _read(text).encode()
        yield read if started else read.removeprefix(codecs.BOM_UTF8)
        started = started or bool(read)
        line += text.count("\n", at)
        offset += _size(text[at:])
    if reported > MAX_LINES_REPORTED:
        problems.append(Problem("looks_like_latin1", "more", {"number": reported - MAX_LINES_REPORTED}))


def _read(text: str) -> str:
    return _STAND_IN.sub(lambda match: match.group().translate(_WINDOWS), text)


def _size(text: str) -> int:
    """Return the number of bytes of a text as received."""
    return len(text.encode("utf-8", "surrogateescape"))


def _with_end(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True
