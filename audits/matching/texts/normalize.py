"""
Fold a text for matching, and map offsets back to the original.

Folded text has no case, accents, hyphens (they become spaces) or line breaks, and only single spaces. A word broken at
a line end is joined. Almost every text keeps its length, so offsets need no map.
"""

import re
import unicodedata
from bisect import bisect_right

from msgspec import Struct

from contracts.ocds.caching import remembered
from contracts.ocds.folding import without_marks

# Removed, or joined over: the soft hyphen and invisible marks. One placeholder, which folded text does not contain.
_DROP = "\x01"
_BREAKS = re.compile(r"[\x01]| {2,}")
_SPACES = re.compile(r"  +")
_HYPHENS = "-_\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\u2043\u30fb\u00b7"
_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u2010\u2011][^\S\r\n]*+[\r\n]\s*+(?=\w)")


# Web and e-mail addresses: "https://…", "www.…", "compras@…".
_ADDRESS = re.compile(r"(?:https?://|www\d?\.)\S++|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++", re.IGNORECASE)
# Portals that Brazil's register of notices puts before a title; other words in brackets may be the object.
_PORTAL = re.compile(r"\A\s*\[(?:licitanet|portal de compras p[uú]blicas|publicenter)\] - ", re.IGNORECASE)


class Folded(Struct, frozen=True, gc=False):
    """
    A folded text.

    ``anchors`` are pairs ``(offset here, offset in the original)`` where the two start to differ, in order; empty if
    they never do.
    """

    text: str
    anchors: tuple[tuple[int, int], ...] = ()

    def written(self, offset: int) -> int:
        """Return the offset in the original text of the character at ``offset`` here."""
        if not self.anchors:
            return offset
        here, there = self.anchors[bisect_right(self.anchors, (offset, 1 << 62)) - 1]
        return there + offset - here

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original text of the interval ``start`` to ``end`` here."""
        return (self.written(start), self.written(end - 1) + 1) if self.anchors else (start, end)


def without_addresses(text: str) -> str:
    """
    Return ``text`` with web and e-mail addresses, and the portal before a title, replaced by blanks, because they do
    not describe what is bought.

    The length stays the same, so offsets remain valid.
    """
    if "] - " in text:
        text = _PORTAL.sub(_blank, text)
    if "://" not in text and "@" not in text and "www" not in text and "WWW" not in text:
        return text
    return _ADDRESS.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _fold_letter(letter: str) -> str:
    """Return exactly one character for one, so that offsets remain valid."""
    if letter in "\u00ad\u200b\u200c\u200d\u2060\ufeff\x01" or unicodedata.combining(letter):
        return _DROP
    if letter in _HYPHENS or letter.isspace() or unicodedata.category(letter) in {"Cc", "Zs"}:
        return " "
    if letter in "‘’´`ʼ":
        return "'"
    if letter in "“”«»„":
        return '"'
    return without_marks(letter).lower()[:1] or letter


class _Letters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_letter(chr(code))
        return folded


_LETTERS = _Letters()


# Western European text is folded byte by byte, some twenty times as fast as by letter. The tables are equivalent,
# except for signs that no phrase contains ("€"), which become "?".
def _table(codec: str) -> bytes:
    return bytes(
        _fold_letter(bytes([code]).decode(codec, "replace")).encode("latin-1", "replace")[0] for code in range(256)
    )


_LATIN, _WINDOWS = _table("latin-1"), _table("cp1252")


def fold(text: str) -> Folded:
    """Return the folded form of ``text``, with the anchors for mapping offsets back."""
    try:
        folded = text.encode("latin-1").translate(_LATIN).decode("latin-1")
    except UnicodeEncodeError:
        try:
            folded = text.encode("cp1252").translate(_WINDOWS).decode("latin-1")
        except UnicodeEncodeError:
            folded = text.translate(_LETTERS)
    if "  " not in folded and _DROP not in folded:
        return Folded(folded)
    return _squeeze(text, folded)


@remembered
def fold_phrase(text: str) -> str:
    """Return the folded form of a phrase from a list, trimmed."""
    return fold(text).text.strip()


def _squeeze(text: str, folded: str) -> Folded:
    """Join words broken at line ends, remove invisible marks, and collapse spaces."""
    breaks = _BREAKS if _DROP in folded else _SPACES
    cuts = [(*match.span(), " " if folded[match.start()] == " " else "") for match in breaks.finditer(folded)]
    if "\n" in text or "\r" in text:
        cuts = _with_broken_words(text, cuts)
    parts: list[str] = []
    anchors = [(0, 0)]
    length = position = 0
    for start, end, instead in cuts:
        parts.append(folded[position:start])
        parts.append(instead)
        length += start - position + len(instead)
        position = end
        anchors.append((length, position))
    parts.append(folded[position:])
    return Folded("".join(parts), tuple(anchors))


def _with_broken_words(text: str, cuts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the cuts together with those that join words broken at line ends, which replace overlapping ones."""
    joins = [(*match.span(), "") for match in _LINE_END_HYPHEN.finditer(text)]
    taken = {position for start, end, _ in joins for position in range(start, end)}
    return sorted([*joins, *(cut for cut in cuts if cut[0] not in taken and cut[1] - 1 not in taken)])
