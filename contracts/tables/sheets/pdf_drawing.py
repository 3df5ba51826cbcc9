"""
The drawing of a page of a PDF: horizontal and vertical lines, and letters with their places.

Places are as in ``pdf_grid``: points from the upper left corner of the page as it is shown, after rotation.
"""

import ctypes
import math
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from contracts.tables.sheets.pdf_grid import Edge

# Maximum number of lines of a table; drawings and maps have more.
MAX_EDGES = 40_000
_MAX_DEPTH = 4
# Maximum deviation of a line from its axis.
_STRAIGHT = 0.7
_INEXACT = 0.5
_UPRIGHT = math.radians(3)
# PDFium's marks of a hyphen at the end of a line.
_HYPHENS = str.maketrans("\ufffe\x02", "--")

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_WHOLE: Box = (-math.inf, -math.inf, math.inf, math.inf)


class Letter(Struct):
    """
    A letter: left and right edge, base line and height of its font, and whether a space precedes it. It ``is_sure`` if
    it is upright and known; ``clip`` is the box that clips its text.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    clip: Box
    is_apart: bool
    is_sure: bool

    @property
    def top(self) -> float:
        """The upper edge of a small letter."""
        return self.base - 0.4 * self.size

    @property
    def is_seen(self) -> bool:
        left, top, right, bottom = self.clip
        return left <= self.x <= right and top <= self.y <= bottom

    @property
    def is_whole(self) -> bool:
        """Whether it is visible to its edges: further letters may follow one that is cut off."""
        left, top, right, bottom = self.clip
        return (
            left <= self.left + _INEXACT and self.right - _INEXACT <= right and top <= self.top and self.base <= bottom
        )

    @property
    def middle_of_clip(self) -> Point:
        left, top, right, bottom = self.clip
        return (left + right) / 2, (top + bottom) / 2

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle of a small letter."""
        return self.base - self.size / 4


class Drawn:
    """The drawing on a page of pypdfium2, including its forms."""

    def __init__(self, page: Any) -> None:
        from pypdfium2 import raw  # noqa: PLC0415 - after the limits

        self._page = page
        self._turn = page.get_rotation() // 90
        self._shown = _as_shown(page.get_cropbox(), self._turn)
        self._lines: list[tuple[Point, Point]] = []
        self._clips: dict[int, Box] = {}  # address of a text → the box that clips it
        count, get = raw.FPDFPage_CountObjects(page), raw.FPDFPage_GetObject
        self._take((get(page, index) for index in range(count)), _SAME, _WHOLE, 0)

    def edges(self) -> tuple[list[Edge], list[Edge]]:
        """Return the horizontal and the vertical lines; none if a page has more than a table can."""
        level, upright = [], []
        for (x, y), (other_x, other_y) in self._lines if len(self._lines) < MAX_EDGES else ():
            if abs(y - other_y) <= _STRAIGHT:
                level.append(Edge((y + other_y) / 2, min(x, other_x), max(x, other_x)))
            elif abs(x - other_x) <= _STRAIGHT:
                upright.append(Edge((x + other_x) / 2, min(y, other_y), max(y, other_y)))
        return level, upright

    def _take(self, objects: Iterator[Any], matrix: Matrix, clip: Box, depth: int) -> None:
        from pypdfium2 import raw  # noqa: PLC0415

        for item in objects:
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._take_path(item, _times(_matrix_of(item), matrix))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self._clips[ctypes.addressof(item.contents)] = self._cut(item, matrix, clip)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                count, get = raw.FPDFFormObj_CountObjects(item), raw.FPDFFormObj_GetObject
                inside = (get(item, index) for index in range(count))
                self._take(inside, _times(_matrix_of(item), matrix), self._cut(item, matrix, clip), depth + 1)

    def _take_path(self, path: Any, matrix: Matrix) -> None:
        from pypdfium2 import raw  # noqa: PLC0415

        fill, stroke = ctypes.c_int(), raw.FPDF_BOOL()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        if (not fill.value and not stroke.value) or len(self._lines) >= MAX_EDGES:
            return
        first = last = None
        for index in range(raw.FPDFPath_CountSegments(path)):
            segment = raw.FPDFPath_GetPathSegment(path, index)
            point = self._place(segment, matrix)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_LINETO and last is not None:
                self._lines.append((last, point))
            elif kind == raw.FPDF_SEGMENT_MOVETO:
                first = point
            last = point
            if first is not None and (raw.FPDFPathSegment_GetClose(segment)):
                self._lines.append((point, first))

    def _cut(self, item: Any, matrix: Matrix, clip: Box) -> Box:
        """Return the box in which an object is visible."""
        from pypdfium2 import raw  # noqa: PLC0415

        path = raw.FPDFPageObj_GetClipPath(item)
        for number in range(max(raw.FPDFClipPath_CountPaths(path), 0) if path else 0):
            count = raw.FPDFClipPath_CountPathSegments(path, number)
            segments = (raw.FPDFClipPath_GetPathSegment(path, number, index) for index in range(max(count, 0)))
            points = [self._place(segment, matrix) for segment in segments]
            if points:
                xs, ys = [x for x, _y in points], [y for _x, y in points]
                clip = max(clip[0], min(xs)), max(clip[1], min(ys)), min(clip[2], max(xs)), min(clip[3], max(ys))
        return clip

    def _place(self, segment: Any, matrix: Matrix) -> Point:
        from pypdfium2 import raw  # noqa: PLC0415

        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        a, b, c, d, e, f = matrix
        return self._shown(a * x.value + c * y.value + e, b * x.value + d * y.value + f)

    def letters(self) -> Iterator[Letter]:
        """Yield the letters in the order of the file."""
        from pypdfium2 import raw  # noqa: PLC0415

        text = self._page.get_textpage()
        box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        is_apart = False
        before: tuple[Letter, Box] | None = None
        for index in range(text.count_chars()):
            letter = chr(raw.FPDFText_GetUnicode(text, index)).translate(_HYPHENS)
            if letter.isspace() or letter == "\x00":
                # PDFium inserts spaces into words whose letters are close together.
                is_apart = is_apart or raw.FPDFText_IsGenerated(text, index) != 1
                continue
            raw.FPDFText_GetLooseCharBox(text, index, box)
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            xs, ys = zip(self._shown(box.left, box.top), self._shown(box.right, box.bottom), strict=True)
            place = min(xs), min(ys), max(xs), max(ys)
            owner = raw.FPDFText_GetTextObject(text, index)
            clip = self._clips.get(ctypes.addressof(owner.contents), _WHOLE) if owner else _WHOLE
            angle = (raw.FPDFText_GetCharAngle(text, index) + self._turn * math.pi / 2) % math.tau
            is_sure = (
                min(angle, math.tau - angle) < _UPRIGHT
                and raw.FPDFText_HasUnicodeMapError(text, index) != 1
                and letter.isprintable()
            )
            base, size = self._shown(x.value, y.value)[1], place[3] - place[1]
            found = Letter(letter, place[0], place[2], base, size, clip, is_apart, is_sure)
            if before and before[1] == place and not is_apart:  # a ligature, such as "fi"
                found.left = before[0].right = (before[0].left + before[0].right) / 2
            before, is_apart = (found, place), False
            yield found


def _as_shown(box: Box, turn: int) -> Callable[[float, float], Point]:
    """
    Return the matrix from a point to its place on the page as it is shown: cropped to a box, and rotated by right
    angles.
    """
    left, bottom, right, top = box
    places = (
        lambda x, y: (x - left, top - y),
        lambda x, y: (y - bottom, x - left),
        lambda x, y: (right - x, y - bottom),
        lambda x, y: (top - y, right - x),
    )
    return places[turn]


def _matrix_of(item: Any) -> Matrix:
    from pypdfium2 import raw  # noqa: PLC0415

    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that applies one matrix, then the other."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
