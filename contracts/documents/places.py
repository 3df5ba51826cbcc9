"""
Where the words of a page stand on its picture. Pure.

Places are bytes: for each piece of the text of a page four numbers of 16 bits, its left, upper, right and lower edge,
in parts of `WHOLE` of the width and height of the page as it is shown. They hold in whatever size the page is drawn.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

WHOLE = 0xFFFF
SOFT_HYPHEN = "\xad"
# A word; or a part of one up to its hyphens, behind which the next line may begin.
PIECE = re.compile(rf"[^\s{SOFT_HYPHEN}-]+[{SOFT_HYPHEN}-]*|[{SOFT_HYPHEN}-]+")
# PDFium's marks of a hyphen at the end of a line become one that is dropped where words are matched.
_HYPHENS = str.maketrans({"\ufffe": SOFT_HYPHEN, "\x02": SOFT_HYPHEN})
_BOX = struct.Struct("<4H")
_DIGITS = 4

# Left, upper, right and lower edge.
Box = Sequence[int]
Quad = tuple[float, float, float, float]


def with_soft_hyphens(text: str) -> str:
    """Return a text of PDFium with a soft hyphen where a line ends within a word: matched, it is whole again."""
    return text.translate(_HYPHENS)


def pack(boxes: Iterable[Box]) -> bytes:
    """Return places, a box for each piece of a text; of a piece whose place is unknown all four are 0."""
    return b"".join(_BOX.pack(*box) for box in boxes)


def quads(text: str, places: bytes, start: int, end: int) -> tuple[Quad, ...]:
    """
    Return where a passage stands: one quad a line, around whole pieces.

    :param text: the text of the page
    :param places: the places of its pieces; empty if none are known, as in a DOCX
    :param start: where the passage starts in the text, in characters; likewise ``end``
    :returns: left, upper, right and lower edge as shares of width and height of the page, from its upper left corner
    """
    lines: list[list[int]] = []
    for box in _boxes(text, places, start, end):
        if lines and _goes_on(lines[-1], box):
            left, upper, right, lower = lines[-1]
            lines[-1] = [left, min(upper, box[1]), max(right, box[2]), max(lower, box[3])]
        else:
            lines.append(list(box))
    return tuple(_shares(line) for line in lines)


def boxes(places: bytes) -> Iterator[Box]:
    """Yield the box of each piece of a text; all four edges are 0 if its place is unknown."""
    size = _BOX.size
    return _BOX.iter_unpack(memoryview(places)[: len(places) // size * size])


def _boxes(text: str, places: bytes, start: int, end: int) -> Iterator[Box]:
    if not places:
        return
    first = last = 0
    for piece in PIECE.finditer(text):
        if piece.start() >= end:
            break
        first += piece.end() <= start
        last += 1
    for box in islice(boxes(places), first, last):
        if any(box):
            yield box


def _goes_on(line: Box, box: Box) -> bool:
    """Tell whether a piece stands on a line, behind what is known of it."""
    return box[0] >= line[0] and line[1] <= (box[1] + box[3]) // 2 <= line[3]


def _shares(box: Box) -> Quad:
    left, upper, right, lower = (round(edge / WHOLE, _DIGITS) for edge in box)
    return left, upper, right, lower
