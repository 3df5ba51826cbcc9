"""Where the words of a page of a PDF stand."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.documents.places import PIECE, WHOLE, Box, pack, with_soft_hyphens

# So far a piece is looked for behind the one before: a text may lack what PDFium has outside of a page.
_WINDOW = 2000
_EDGES = 4
# Two points of a page so far apart tell its scale.
_STEP = 1000
_UNKNOWN = (0, 0, 0, 0)


def places_on_page(page: Any, textpage: Any, text: str) -> bytes:
    """
    Return the places of the pieces of the text of a page.

    :param page: a page of pypdfium2; ``textpage`` likewise
    :param text: its stored text: the same letters in the same order, except some that were left out
    """
    import ctypes  # noqa: PLC0415 - after the limits

    from pypdfium2 import raw  # noqa: PLC0415

    spans = _characters(textpage, text)
    if not spans:
        return b""
    # The boxes of the first and the last character of each piece.
    found = (raw.FS_RECTF * (2 * len(spans)))()
    box_of, at = raw.FPDFText_GetLooseCharBox, ctypes.byref
    start, size = found[0], ctypes.sizeof(raw.FS_RECTF)
    for number, (first, last) in enumerate(spans):
        box_of(textpage, first, at(start, 2 * number * size))
        box_of(textpage, last, at(start, (2 * number + 1) * size))
    edges = list(memoryview(found).cast("B").cast("f"))
    return pack(_on_picture(page, *(edges[edge :: 2 * _EDGES] for edge in range(2 * _EDGES))))


def _characters(textpage: Any, text: str) -> list[tuple[int, int]]:
    """Return the first and the last of PDFium's characters of each piece; ``-1`` of one that is not found."""
    from pypdfium2 import raw  # noqa: PLC0415 - after the limits

    written = with_soft_hyphens(textpage.get_text_range())
    if len(written) != textpage.count_chars():  # characters that are no text, or two of UTF-16
        codes = (raw.FPDFText_GetUnicode(textpage, index) for index in range(textpage.count_chars()))
        written = with_soft_hyphens("".join(chr(code or ord(" ")) for code in codes))
    if PIECE.findall(written) == PIECE.findall(text):
        return [(match.start(), match.end() - 1) for match in PIECE.finditer(written)]
    letters = [index for index, letter in enumerate(written) if not letter.isspace()]
    solid = "".join(written.split())
    spans, at = [], 0
    for piece in PIECE.findall(text):
        here = at if solid.startswith(piece, at) else solid.find(piece, at, at + _WINDOW)
        if here >= 0:
            at = here + len(piece)
        spans.append((letters[here], letters[at - 1]) if here >= 0 else (-1, -1))
    return spans


def _on_picture(page: Any, *edges: Sequence[float]) -> Iterator[Box]:
    """
    Yield boxes on the page as it is shown: turned, and cut to what is seen of it.

    :param edges: left, upper, right and lower edges of pieces at their first character, then at their last, in the
        page's own measure
    """
    xs = list(map(min, edges[0], edges[4])), list(map(max, edges[2], edges[6]))
    ys = list(map(min, edges[3], edges[7])), list(map(max, edges[1], edges[5]))
    origin, along, up = (_on_whole(page, x, y) for x, y in ((0, 0), (_STEP, 0), (0, _STEP)))
    sides = []
    for start, across, upward in zip(origin, along, up, strict=True):
        # Pages are turned only by right angles: a side of the picture runs along x or y.
        ends, factor = (ys, (upward - start) / _STEP) if across == start else (xs, (across - start) / _STEP)
        near, far = ([min(max(int(start + factor * edge), 0), WHOLE) for edge in end] for end in ends)
        sides.append((near, far) if factor > 0 else (far, near))
    (lefts, rights), (uppers, lowers) = sides
    for box, low, high in zip(zip(lefts, uppers, rights, lowers, strict=True), *xs, strict=True):
        yield box if low < high else _UNKNOWN


def _on_whole(page: Any, x: float, y: float) -> tuple[int, int]:
    """Return where a point of a page stands on a picture of ``WHOLE`` by ``WHOLE``."""
    import ctypes  # noqa: PLC0415 - after the limits

    from pypdfium2 import raw  # noqa: PLC0415

    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, WHOLE, WHOLE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value
