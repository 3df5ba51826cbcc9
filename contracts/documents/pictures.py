"""
A page of a document → a picture with passages marked: run as a process of its own, by ``run_isolated``.

Arguments: the kind of file, the number of the page (from 1), and passages, ``start-end`` in characters of its text, or
where that was recognised ``start-=letters``: so many letters stand before the letters of the passage, spaces not
counted. These are looked for among the words that are recognised once more, with their places. The line is
``{"picture": base64 of a PNG}``, or ``{"refused": variant}``.
"""

import base64
import io
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from contracts.documents.pages import HYPHEN, page_for_recognition, recognise
from contracts.files.lines import write_lines

MAX_PIXELS = 3_000_000
_DPI = 110
_POINTS_PER_INCH = 72
_MARK = (255, 232, 138)
# What stands before the letters of a passage of a recognised text.
QUOTED = "="

Span = tuple[int, int]
# A level of Tesseract's table, whose rows are words.
_WORD_LEVEL = "5"
_COLUMNS = 12


class Quote(NamedTuple):
    """A passage of a recognised text: its letters, without spaces, and how many stand before it."""

    before: int
    letters: str


def picture_of_pdf(content: bytes, number: int, spans: Sequence[Span], quotes: Sequence[Quote]) -> Any:
    """Return a page as a picture, the passages marked."""
    import pypdfium2  # noqa: PLC0415 - after the limits

    document = pypdfium2.PdfDocument(content)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(_DPI / _POINTS_PER_INCH, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale)
    places = bitmap.get_posconv(page)
    picture = bitmap.to_pil().convert("RGB")
    textpage = page.get_textpage()
    for start, end in _characters(textpage, spans):
        for index in range(textpage.count_rects(start, end - start)):
            left, bottom, right, top = textpage.get_rect(index)
            _mark(picture, [*places.to_bitmap(left, top), *places.to_bitmap(right, bottom)])
    if quotes:
        _mark_recognised(picture, page_for_recognition(page), quotes)
    return picture


def _characters(textpage: Any, spans: Sequence[Span]) -> Iterator[Span]:
    """
    Yield passages of the text that was kept as stretches of PDFium's characters.

    Both are counted without spaces: line ends and what the reader trimmed differ, the letters do not.
    """
    from pypdfium2 import raw  # noqa: PLC0415 - after the limits

    if not spans:
        return
    kept = textpage.get_text_bounded().replace("\r\n", "\n").replace(HYPHEN, "-").replace("\x00", "").strip()
    codes = [raw.FPDFText_GetUnicode(textpage, index) for index in range(textpage.count_chars())]
    letters = [(index, chr(code)) for index, code in enumerate(codes) if code and not chr(code).isspace()]
    written = "".join("-" if letter == HYPHEN else letter for _index, letter in letters)
    for start, end in spans:
        quote = "".join(kept[start:end].split())
        found = _nearest(written, quote, len("".join(kept[:start].split())))
        if found >= 0:
            yield letters[found][0], letters[found + len(quote) - 1][0] + 1


def _nearest(written: str, quote: str, expected: int) -> int:
    """Return where a quote stands, nearest to where it is expected, ``-1`` if nowhere."""
    if not quote:
        return -1
    after, before = written.find(quote, expected), written.rfind(quote, 0, expected + len(quote))
    if min(after, before) < 0:
        return max(after, before)
    return min(after, before, key=lambda at: abs(at - expected))


def _mark_recognised(picture: Any, recognised: Any, quotes: Sequence[Quote]) -> None:
    """
    Mark the words of quotes.

    :param recognised: the page in the resolution in which its text was recognised
    """
    boxes: list[tuple[int, int, int, int]] = []
    written = ""
    for line in (recognise(recognised, "tsv") or "").splitlines():
        level, *_numbers, x, y, width, height, _confidence, text = (*line.split("\t"), *[""] * _COLUMNS)[:_COLUMNS]
        if level == _WORD_LEVEL and (letters := "".join(text.split())):
            boxes += [(int(x), int(y), int(x) + int(width), int(y) + int(height))] * len(letters)
            written += letters
    across, down = picture.width / recognised.width, picture.height / recognised.height
    for quote in quotes:
        found = _nearest(written, quote.letters, quote.before)
        words = boxes[found : found + len(quote.letters)] if found >= 0 else []
        for left, top, right, bottom in set(words):
            _mark(picture, [round(left * across), round(top * down), round(right * across), round(bottom * down)])


def _mark(picture: Any, corners: list[int]) -> None:
    """Lay a colour over a stretch of a picture as a marker pen does: what is dark stays dark."""
    from PIL import Image, ImageChops  # noqa: PLC0415 - after the limits

    box = (
        max(min(corners[0], corners[2]) - 1, 0),
        max(min(corners[1], corners[3]) - 1, 0),
        min(max(corners[0], corners[2]) + 1, picture.width),
        min(max(corners[1], corners[3]) + 1, picture.height),
    )
    if box[0] < box[2] and box[1] < box[3]:
        part = picture.crop(box)
        picture.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _MARK)), box)


def picture_of_image(content: bytes, number: int, _spans: Sequence[Span], quotes: Sequence[Quote]) -> Any:
    """Return a picture, or one of the pictures of a TIFF, in the size of a page, the passages marked."""
    from PIL import Image  # noqa: PLC0415 - after the limits

    image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    image.seek(number - 1)
    side = int(MAX_PIXELS**0.5)
    picture = image.convert("RGB")
    picture.thumbnail((side, side))
    if quotes:
        _mark_recognised(picture, image.convert("L"), quotes)
    return picture


PAINTERS = {"PDF": picture_of_pdf, "PNG": picture_of_image, "JPEG": picture_of_image, "TIFF": picture_of_image}


def paint(
    kind: str, number: int, spans: Sequence[Span], quotes: Sequence[Quote], content: bytes
) -> Iterator[dict[str, Any]]:
    """Yield the line of a picture."""
    file = io.BytesIO()
    try:
        PAINTERS[kind](content, number, spans, quotes).save(file, "PNG")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the libraries raise a dozen kinds for damaged files
        yield {"refused": "damaged"}
        return
    yield {"picture": base64.b64encode(file.getvalue()).decode()}


def main() -> None:
    kind, number, *passages = sys.argv[1:]
    spans: list[Span] = []
    quotes: list[Quote] = []
    for start, _dash, end in (passage.partition("-") for passage in passages):
        if end.startswith(QUOTED):
            quotes.append(Quote(int(start), end.removeprefix(QUOTED)))
        else:
            spans.append((int(start), int(end)))
    write_lines(lambda: paint(kind, int(number), spans, quotes, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
