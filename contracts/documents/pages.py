"""
The pages of a document, written as JSON lines: run as a process of its own, by ``run_isolated``.

Arguments: the kind of file, the first page to read (from 0), and ``ocr`` where pages without text may be recognised. A
line is ``{"pages": n}``, ``{"page": number, "text": …, "source": "text" | "ocr" | ""}``, with ``"failed": reason``
where it could not be read, ``"places"`` of its words or, where there are no pages, ``"paragraphs"``, see
``texts.ReadPage``, and with ``"poor"`` where it was hard to recognise; or ``{"refused": variant}``. Numbers of pages
and paragraphs count from 1.
"""

import base64
import io
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from contracts.documents.places import with_soft_hyphens
from contracts.documents.placing import places_on_page
from contracts.documents.recognising import DPI, recognise
from contracts.documents.upright import upright
from contracts.files import odt, rtf
from contracts.files.docx import PARAGRAPH, DamagedError, body_of, text_of
from contracts.files.lines import write_lines
from contracts.files.pdf import open_pdf
from contracts.files.plain import decoded

MAX_PAGES = 500
MAX_OCR_PAGES = 60
MAX_PIXELS = 20_000_000
MAX_CHARACTERS = 2_000_000
# What a scanner and the print of a stamp leave on a page without text.
MIN_CHARACTERS = 50
# Where there are no pages, paragraphs are read in stretches of about a page.
STRETCH_CHARACTERS = 4000
_POINTS_PER_INCH = 72


def read_pdf(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:
    import pypdfium2  # noqa: PLC0415 - after the limits

    document, refused = open_pdf(content)
    if refused:
        yield {"refused": refused}
        return
    count = len(document)
    yield {"pages": count}
    recognised = characters = 0
    for index in range(first, min(count, MAX_PAGES)):
        line: dict[str, Any] = {"page": index + 1, "text": "", "source": ""}
        try:
            page = document[index]
            textpage = page.get_textpage()
            text = _text_of_page(textpage, page)
            if text is not None:
                places = base64.b64encode(places_on_page(page, textpage, text)).decode()
                line |= {"text": text, "source": "text" if text else "", "places": places}
            elif not with_ocr or recognised >= MAX_OCR_PAGES:
                line |= {"failed": "ocr_limit" if with_ocr else "ocr_missing"}
            else:
                recognised += 1
                line |= recognise(_for_recognition(page))
        except pypdfium2.PdfiumError:
            line["failed"] = "damaged"
        characters += len(line["text"])
        if characters > MAX_CHARACTERS:
            return
        yield line


def read_image(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:
    """Yield the lines of a picture, or of the pictures of a TIFF; a large one is refused before it is decoded."""
    from PIL import Image, ImageSequence, UnidentifiedImageError  # noqa: PLC0415 - after the limits

    Image.MAX_IMAGE_PIXELS = None  # checked here, from the header
    try:
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        yield {"refused": "damaged"}
        return
    count = getattr(image, "n_frames", 1)
    yield {"pages": count}
    for index, frame in enumerate(ImageSequence.Iterator(image)):
        if not first <= index < MAX_OCR_PAGES:
            continue
        line: dict[str, Any] = {"page": index + 1, "text": "", "source": ""}
        if frame.width * frame.height > MAX_PIXELS:
            line["failed"] = "too_large"
        elif not with_ocr:
            line["failed"] = "ocr_missing"
        else:
            try:
                # As a telephone shows it, and as the copy does.
                line |= recognise(upright(frame).convert("L"))
            except (OSError, SyntaxError, ValueError):
                line["failed"] = "damaged"
        yield line


def read_docx(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:  # noqa: ARG001 - as the others
    """
    Yield the lines of a DOCX.

    The numbers of paragraphs count all of its body in the order of the file: the empty ones, and those of tables,
    fields to fill in and text boxes; but not those in ``mc:Fallback``, which repeat a text box. What a change of the
    text takes out is not read, what it puts in is.
    """
    try:
        body = body_of(content)
    except DamagedError:
        yield {"refused": "damaged"}
        return
    yield from _stretches(map(text_of, body.iter(PARAGRAPH)), first)


def read_odt(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """Yield the lines of an ODT; its paragraphs are counted as those of a DOCX, headings among them."""
    try:
        paragraphs = odt.paragraphs_of(content)
    except odt.UnreadableError as error:
        yield {"refused": error.variant}
        return
    yield from _stretches(paragraphs, first)


def read_rtf(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """Yield the lines of an RTF; each line of its text is a paragraph."""
    try:
        text = rtf.text_of_rtf(content)
    except rtf.DamagedError:
        yield {"refused": "damaged"}
        return
    yield from _stretches(text.split("\n"), first)


def read_text(content: bytes, first: int, *, with_ocr: bool) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """Yield the lines of a plain text; each of its lines is a paragraph."""
    yield from _stretches(decoded(content).split("\n"), first)


def _stretches(written: Iterable[str], first: int) -> Iterator[dict[str, Any]]:
    """Yield the lines of a document without pages: one of it is a stretch of paragraphs, each on lines of its own."""
    text, paragraphs = "", list[tuple[int, int]]()
    stretches = []
    for number, paragraph in enumerate(written, 1):
        if not paragraph.strip():
            continue
        text += "\n" if paragraphs else ""
        paragraphs.append((len(text), number))
        text += paragraph
        if len(text) >= STRETCH_CHARACTERS:
            stretches.append((text, paragraphs))
            text, paragraphs = "", []
    if paragraphs or not stretches:
        stretches.append((text, paragraphs))
    yield {"pages": len(stretches)}
    characters = 0
    for index, (text, paragraphs) in enumerate(stretches[first:MAX_PAGES], first):
        characters += len(text)
        if characters > MAX_CHARACTERS:
            return
        yield {"page": index + 1, "text": text, "source": "text" if text else "", "paragraphs": paragraphs}


READERS = {
    "PDF": read_pdf,
    "DOCX": read_docx,
    "ODT": read_odt,
    "RTF": read_rtf,
    "TXT": read_text,
    "PNG": read_image,
    "JPEG": read_image,
    "TIFF": read_image,
}
# Kinds whose pages may be pictures, which are recognised.
WITH_PICTURES = frozenset({"PDF", "PNG", "JPEG", "TIFF"})


def _text_of_page(textpage: Any, page: Any) -> str | None:
    """Return the text of a page of a PDF, ``None`` of one that is a picture."""
    text = with_soft_hyphens(textpage.get_text_bounded()).replace("\r\n", "\n").replace("\x00", "").strip()
    if len("".join(text.split())) < MIN_CHARACTERS and _has_image(page):
        return None
    return text


def _has_image(page: Any) -> bool:
    from pypdfium2 import raw  # noqa: PLC0415 - after the limits

    return any(True for _image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _for_recognition(page: Any) -> Any:
    """Render a page in grey, in the resolution that recognition needs, and no larger than the limit."""
    width, height = page.get_size()
    area = max(width * height, 1)
    scale = min(DPI / _POINTS_PER_INCH, (MAX_PIXELS / area) ** 0.5)
    return page.render(scale=scale, grayscale=True).to_pil()


def main() -> None:
    kind, first, *rest = sys.argv[1:]
    write_lines(lambda: READERS[kind](sys.stdin.buffer.read(), int(first), with_ocr="ocr" in rest))


if __name__ == "__main__":
    main()
