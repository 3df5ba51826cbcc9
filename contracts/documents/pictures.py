"""
A page of a document → a picture with passages marked: run as a process of its own, by ``run_isolated``.

Arguments: the kind of file, the number of the page (from 1), and what to mark: quads, ``left,upper,right,lower`` in
shares of the page; or, of a page whose words were kept without their places, ``start-end`` in characters of its text,
which is read once more. The line is ``{"picture": base64 of a PNG}``, or ``{"refused": variant}``.
"""

import base64
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contracts.documents.pages import page_for_recognition, text_of_page
from contracts.documents.places import Quad, quads
from contracts.documents.placing import places_on_page
from contracts.documents.recognising import recognise
from contracts.documents.upright import upright
from contracts.files.lines import write_lines

MAX_PIXELS = 3_000_000
_DPI = 110
_POINTS_PER_INCH = 72
_MARK = (255, 232, 138)

Span = tuple[int, int]
# What reads the page that is shown once more: its text, and the places of its words.
Read = Callable[[], tuple[str, bytes]]


def picture_of_pdf(content: bytes, number: int) -> tuple[Any, Read]:
    """Return a page as a picture, and what reads it."""
    import pypdfium2  # noqa: PLC0415 - after the limits

    document = pypdfium2.PdfDocument(content)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(_DPI / _POINTS_PER_INCH, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    return page.render(scale=scale).to_pil().convert("RGB"), lambda: _read_page(page)


def picture_of_image(content: bytes, number: int) -> tuple[Any, Read]:
    """Return a picture, or one of the pictures of a TIFF, in the size of a page, and what reads it."""
    from PIL import Image  # noqa: PLC0415 - after the limits

    file = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    file.seek(number - 1)
    image = upright(file)
    side = int(MAX_PIXELS**0.5)
    picture = image.convert("RGB")
    picture.thumbnail((side, side))
    return picture, lambda: _recognised(image.convert("L"))


PAINTERS = {"PDF": picture_of_pdf, "PNG": picture_of_image, "JPEG": picture_of_image, "TIFF": picture_of_image}


def _read_page(page: Any) -> tuple[str, bytes]:
    textpage = page.get_textpage()
    text = text_of_page(textpage, page)
    if text is None:
        return _recognised(page_for_recognition(page))
    return text, places_on_page(page, textpage, text)


def _recognised(picture: Any) -> tuple[str, bytes]:
    found = recognise(picture)
    return found.get("text", ""), base64.b64decode(found.get("places", ""))


def _quads_of(read: Read, spans: Sequence[Span]) -> Iterator[Quad]:
    if spans:
        text, places = read()
        for start, end in spans:
            yield from quads(text, places, start, end)


def _mark(picture: Any, quad: Quad) -> None:
    """Lay a colour over a part of a picture as a marker pen does: what is dark stays dark."""
    from PIL import Image, ImageChops  # noqa: PLC0415 - after the limits

    left, upper, right, lower = (round(share * size) for share, size in zip(quad, picture.size * 2, strict=True))
    box = max(left - 1, 0), max(upper - 1, 0), min(right + 1, picture.width), min(lower + 1, picture.height)
    if box[0] < box[2] and box[1] < box[3]:
        part = picture.crop(box)
        picture.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _MARK)), box)


def paint(
    kind: str, number: int, marked: Sequence[Quad], spans: Sequence[Span], content: bytes
) -> Iterator[dict[str, Any]]:
    """Yield the line of a picture."""
    file = io.BytesIO()
    try:
        picture, read = PAINTERS[kind](content, number)
        for quad in (*marked, *_quads_of(read, spans)):
            _mark(picture, quad)
        picture.save(file, "PNG")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the libraries raise a dozen kinds for damaged files
        yield {"refused": "damaged"}
        return
    yield {"picture": base64.b64encode(file.getvalue()).decode()}


def main() -> None:
    kind, number, *marks = sys.argv[1:]
    marked: list[Quad] = []
    spans: list[Span] = []
    for mark in marks:
        if "," in mark:
            left, upper, right, lower = map(float, mark.split(","))
            marked.append((left, upper, right, lower))
        else:
            start, _dash, end = mark.partition("-")
            spans.append((int(start), int(end)))
    write_lines(lambda: paint(kind, int(number), marked, spans, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
