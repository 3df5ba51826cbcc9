"""
Decode bytes that are not all UTF-8.

They are those of Windows, of DOS or of older Macintoshes: whichever gives the letters that Spanish, Portuguese and
English are written with, where such letters stand.

Publishers join files of several systems: UTF-8 tables with one name in Windows-1252 are common, and so are files
entirely in Windows-1252. Only bytes that are not UTF-8 are decoded otherwise, and each such line is reported. A file
with hardly any UTF-8 beyond ASCII is decoded entirely in the other encoding: two letters in a row may by chance form
one UTF-8 character (``Ã”`` has the bytes of ``Ô`` in Windows-1252).
"""

import codecs
import re
from collections.abc import Iterable, Iterator

import numpy as np

from contracts.ocds.problems import Problem

# Encoding → its name for people; the first is the likeliest.
NAMES = {"cp1252": "Windows-1252", "cp850": "DOS (cp850)", "mac_roman": "Mac Roman"}
# What precedes the other encoding of a text that is partly UTF-8.
MIXED = "utf-8+"
# In other text, at most this share of the characters beyond ASCII look like UTF-8 by chance.
CHANCE = 0.1
# More lines than a person checks one by one.
MAX_LINES_REPORTED = 20
ASCII_END = 0x80
# Characters that show the encoding, and how many of them stand before the first byte that is not UTF-8.
_SAMPLE = 64 * 1024
_BEFORE = 2
_LETTERS = "áéíóúüñàâãêôõç"
_CAPITALS = _LETTERS.upper()
# What is written beyond ASCII, where it stands; the wrong encoding gives other signs, or these elsewhere ("PERé").
_EXPECTED = re.compile(
    rf"(?:(?<=[a-z])|(?<=[^A-Za-z][A-Z]))[{_LETTERS}](?![A-Z])|[{_LETTERS}](?=[a-z])"
    rf"|(?<=[A-Z])[{_CAPITALS}]|(?<![a-z])[{_CAPITALS}](?=[A-Za-z])"
    r"|(?<=[\dNn])[ºª°]|[¿¡](?=[A-Za-z])|(?<=\s)[–—](?=\s)|(?<!\w)[“‘«](?=\w)|(?<=\w)[”’»](?!\w)"
)

# Python's "surrogateescape" replaces a byte that is not UTF-8 with one of 128 code points that do not occur in text.
_STAND_IN = re.compile("[\udc80-\udcff]+")
# cp1252 has five undefined bytes; a stray one must not stop the file.
_READ_AS = {
    encoding: {0xDC00 + byte: bytes([byte]).decode(encoding, "replace") for byte in range(ASCII_END, 0x100)}
    for encoding in NAMES
}


class Utf8Check:
    """Detects in passing whether the bytes of a text are UTF-8: all, none, or some of them."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.characters = 0  # beyond ASCII
        self.broken = 0  # bytes that are not UTF-8
        self.before = ""  # the last characters before these
        self.sample = ""  # what begins with them

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
        if self.broken and len(self.sample) < _SAMPLE:
            text = self.before + text
            first = None if self.sample else _STAND_IN.search(text)
            start = max(first.start() - _BEFORE, 0) if first else 0
            self.sample += text[start : start + _SAMPLE]
            self.before = ""
        elif not self.broken:
            self.before = (self.before + text[-_BEFORE:])[-_BEFORE:]

    @property
    def encoding(self) -> str:
        """Return ``utf-8``, one of ``NAMES``, or ``MIXED`` and one of them."""
        if not self.broken:
            return "utf-8"
        valid = self.characters - self.broken
        return self._likeliest() if valid <= CHANCE * self.characters else MIXED + self._likeliest()

    def _likeliest(self) -> str:
        """Return the encoding in which most of what is beyond ASCII is what people write."""
        return max(NAMES, key=lambda encoding: len(_EXPECTED.findall(_read(self.sample, _READ_AS[encoding]))))


def decode_mixed(chunks: Iterable[bytes], encoding: str, problems: list[Problem]) -> Iterator[bytes]:
    """
    Yield a text that is partly UTF-8 as UTF-8, without byte order mark.

    :param encoding: that of the other bytes
    :param problems: receives a problem for each line with other bytes, up to ``MAX_LINES_REPORTED``, then one with the
        number of further lines; offsets are those of the received bytes
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    letters = _READ_AS[encoding]
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
                    shown = _read(text[max(at - 20, 0) : match.end() + 20], letters)
                    values = {"line": line, "offset": offset, "text": shown}
                    problems.append(Problem("looks_like_latin1", "line", values, offset=offset))
        read = _read(text, letters).encode()
        yield read if started else read.removeprefix(codecs.BOM_UTF8)
        started = started or bool(read)
        line += text.count("\n", at)
        offset += _size(text[at:])
    if reported > MAX_LINES_REPORTED:
        problems.append(Problem("looks_like_latin1", "more", {"number": reported - MAX_LINES_REPORTED}))


def _read(text: str, letters: dict[int, str]) -> str:
    return _STAND_IN.sub(lambda match: match.group().translate(letters), text)


def _size(text: str) -> int:
    """Return the number of bytes of a text as received."""
    return len(text.encode("utf-8", "surrogateescape"))


def _with_end(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True
