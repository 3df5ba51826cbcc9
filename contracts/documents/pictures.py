"""
A page of a document → a picture with passages marked: run as a process of its own, by ``run_isolated``.

Arguments: the kind of file, the number of the page (from 1), and the quads to mark, each ``left,upper,right,lower`` in
shares of the page. The line is ``{"picture": base64 of a PNG}``, or ``{"refused": variant}``.
"""

import base64
import io
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.documents.upright import upright
from contracts.files.lines import write_lines

MAX_PIXELS = 3_000_000
_DPI = 110
_POINTS_PER_INCH = 72
_MARK = (255, 232, 138)


def picture_of_pdf(content: bytes, number: int) -> Any:
    import pypdfium2  # noqa: PLC0415 - after the limits

    page = pypdfium2.PdfDocument(content)[number - 1]
    width, height = page.get_size()
    scale = min(_DPI / _POINTS_PER_INCH, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    return page.render(scale=scale).to_pil().convert("RGB")


def picture_of_image(content: bytes, number: int) -> Any:
    """Return a picture, or one of the pictures of a TIFF, in the size of a page."""
    from PIL import Image  # noqa: PLC0415 - after the limits

    file = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    file.seek(number - 1)
    side = int(MAX_PIXELS**0.5)
    picture = upright(file).convert("RGB")
    picture.thumbnail((side, side))
    return picture


PAINTERS = {"PDF": picture_of_pdf, "PNG": picture_of_image, "JPEG": picture_of_image, "TIFF": picture_of_image}


def _mark(picture: Any, quad: Sequence[float]) -> None:
    """Lay a colour over a part of a picture as a marker pen does: what is dark stays dark."""
    from PIL import Image, ImageChops  # noqa: PLC0415 - after the limits

    left, upper, right, lower = (round(share * size) for share, size in zip(quad, picture.size * 2, strict=True))
    box = max(left - 1, 0), max(upper - 1, 0), min(right + 1, picture.width), min(lower + 1, picture.height)
    if box[0] < box[2] and box[1] < box[3]:
        part = picture.crop(box)
        picture.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _MARK)), box)


def paint(kind: str, number: int, marked: Sequence[Sequence[float]], content: bytes) -> Iterator[dict[str, Any]]:
    file = io.BytesIO()
    try:
        picture = PAINTERS[kind](content, number)
        for quad in marked:
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
    marked = [tuple(map(float, mark.split(","))) for mark in marks]
    write_lines(lambda: paint(kind, int(number), marked, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
