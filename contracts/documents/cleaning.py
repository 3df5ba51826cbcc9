"""
A document → a copy without metadata: run as a process of its own, by ``run_isolated``.

Argument: the kind of file. The lines are ``{"removed": [names]}``, the kinds of metadata that were found, never their
values, and the copy in parts, ``{"data": base64}``; or ``{"refused": variant}``. Names in the text, and what a scan
shows, stay.
"""

import base64
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from contracts.files.lines import write_lines

CHUNK_BYTES = 1024**2
JPEG_QUALITY = 90
# Keys of PDF objects that tell of people, programs and times, or that act by themselves.
_PDF_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb")
_PDF_ROOT_KEYS = ("/OpenAction", "/AA", "/Metadata", "/PieceInfo", "/AF")
_PDF_NAMES = {"/EmbeddedFiles": "attachments", "/JavaScript": "scripts"}
_NOTE_KEYS = ("/T", "/M", "/CreationDate", "/NM", "/RC", "/Subj")
# Notes of a reader have authors; the link and the field of a form have a name of their own there.
_NO_NOTES = ("/Link", "/Widget")
_JPEG_START = b"\xff\xd8"
_JPEG_SCAN, _JPEG_COMMENT = 0xDA, 0xFE
# APP0 and APP14 tell how the colours are to be read.
_JPEG_TELLING = frozenset({*range(0xE1, 0xEE), 0xEF, _JPEG_COMMENT})

_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/%s"/>'
)
_EMPTY_PARTS = {
    "docProps/core.xml": _CORE,
    "docProps/app.xml": _PROPERTIES % b"extended-properties",
    "docProps/custom.xml": _PROPERTIES % b"custom-properties",
}
_RELATIONSHIP = re.compile(rb"<Relationship [^<>]*>")
_AUTHORS = re.compile(rb' (w:author|w:initials|w:date|w15:author|w15:providerId|w15:userId|w:rsid\w*)="[^"<>]*"')
_TEMPLATE = re.compile(rb"<w:attachedTemplate [^<>]*>")
# From the first of these tags to the last: people write between them.
_STRETCHES = {
    "comments": (b"<w:comment ", b"</w:comment>"),
    "people": (b"<w15:person ", b"</w15:person>"),
    "rsids": (b"<w:rsids>", b"</w:rsids>"),
}


def clean_pdf(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return a PDF without metadata, attachments and scripts.

    :raises ValueError: if it cannot be read
    """
    import pikepdf  # noqa: PLC0415 - after the limits

    removed: set[str] = set()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if "/Info" in pdf.trailer:
                removed |= {str(name).strip("/") for name in pdf.trailer.Info}
                del pdf.trailer["/Info"]
            _drop(pdf.Root, _PDF_ROOT_KEYS, removed)
            names = pdf.Root.get("/Names")
            if names is not None:
                for key, word in _PDF_NAMES.items():
                    if key in names:
                        del names[key]
                        removed.add(word)
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
                    _clean_object(thing, removed, pikepdf)
            file = io.BytesIO()
            pdf.save(file, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, TypeError) as error:
        raise ValueError(str(error)) from error
    return file.getvalue(), removed


def _clean_object(thing: Any, removed: set[str], pikepdf: Any) -> None:
    _drop(thing, _PDF_KEYS, removed)
    kind = str(thing.get("/Subtype", ""))
    if str(thing.get("/Type", "")) == "/Annot" and kind not in _NO_NOTES:
        _drop(thing, _NOTE_KEYS, removed, "notes")
    if isinstance(thing, pikepdf.Stream) and str(thing.get("/Filter", "")) == "/DCTDecode":
        picture = thing.read_raw_bytes()
        cleaned, found = strip_jpeg(picture)
        if found:
            thing.write(cleaned, filter=pikepdf.Name.DCTDecode)
            removed.add("EXIF")


def _drop(thing: Any, keys: tuple[str, ...], removed: set[str], word: str = "") -> None:
    for key in keys:
        if key in thing:
            del thing[key]
            removed.add(word or key.strip("/"))


def strip_jpeg(content: bytes) -> tuple[bytes, bool]:
    """Return a JPEG without comments and the segments of programs (EXIF with GPS, XMP, IPTC), and if it had any."""
    if not content.startswith(_JPEG_START):
        return content, False
    kept, at, found = bytearray(_JPEG_START), len(_JPEG_START), False
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != _JPEG_SCAN:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in _JPEG_TELLING:
            found = True
        else:
            kept += content[at : at + 2 + length]
        at += 2 + length
    return bytes(kept + content[at:]), found


def clean_image(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return a picture encoded anew, turned as it is shown, with its pixels alone.

    :raises ValueError: if it cannot be read
    """
    from PIL import Image, ImageOps, ImageSequence  # noqa: PLC0415 - after the limits

    try:
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
        kind = str(image.format)
        removed = {str(name) for name in image.info if isinstance(name, str)} - {"jfif", "dpi"}
        if 0x8825 in image.getexif():
            removed.add("GPS")
        frames = [_plain_frame(ImageOps.exif_transpose(frame)) for frame in ImageSequence.Iterator(image)]
        file = io.BytesIO()
        more = {"save_all": True, "append_images": frames[1:]} if len(frames) > 1 else {}
        quality = {"quality": JPEG_QUALITY} if kind == "JPEG" else {}
        frames[0].save(file, kind, **more, **quality)
    except (OSError, SyntaxError) as error:
        raise ValueError(str(error)) from error
    return file.getvalue(), removed


def _plain_frame(frame: Any) -> Any:
    from PIL import Image  # noqa: PLC0415 - after the limits

    plain = Image.new(frame.mode, frame.size)
    if frame.mode == "P":
        plain.putpalette(frame.getpalette() or [])
    plain.paste(frame)
    return plain


def clean_docx(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return a DOCX with empty properties, without comments and the authors of changes.

    :raises ValueError: if it cannot be read
    """
    removed: set[str] = set()
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy:
            for entry in source.infolist():
                if entry.filename.startswith("docProps/thumbnail"):
                    removed.add("thumbnail")
                    continue
                part = _clean_part(entry.filename, source.read(entry), removed)
                # A new entry: the old one tells when it was written, and by which program.
                fresh = zipfile.ZipInfo(entry.filename)
                fresh.compress_type = zipfile.ZIP_DEFLATED
                copy.writestr(fresh, part)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise ValueError(str(error)) from error
    return file.getvalue(), removed


def _clean_part(name: str, part: bytes, removed: set[str]) -> bytes:
    if name in _EMPTY_PARTS:
        removed.add(name.removeprefix("docProps/"))
        return _EMPTY_PARTS[name]
    if name.lower().endswith((".jpg", ".jpeg")):
        cleaned, found = strip_jpeg(part)
        removed |= {"EXIF"} if found else set()
        return cleaned
    if not name.endswith((".xml", ".rels")):
        return part
    for word, (first, last) in _STRETCHES.items():
        start, end = part.find(first), part.rfind(last)
        if 0 <= start < end:
            part = part[:start] + part[end + len(last) :]
            removed.add(word)
    for word, pattern in (("authors", _AUTHORS), ("template", _TEMPLATE)):
        part, number = pattern.subn(b"", part)
        if number:
            removed.add(word)
    return _RELATIONSHIP.sub(lambda found: b"" if b"thumbnail" in found[0] else found[0], part)


CLEANERS = {"PDF": clean_pdf, "DOCX": clean_docx, "PNG": clean_image, "JPEG": clean_image, "TIFF": clean_image}


def clean(kind: str, content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the lines of a copy."""
    try:
        copy, removed = CLEANERS[kind](content)
    except ValueError:
        yield {"refused": "damaged"}
        return
    yield {"removed": sorted(removed)}
    for start in range(0, len(copy), CHUNK_BYTES):
        yield {"data": base64.b64encode(copy[start : start + CHUNK_BYTES]).decode()}


if __name__ == "__main__":
    write_lines(lambda: clean(sys.argv[1], sys.stdin.buffer.read()))
