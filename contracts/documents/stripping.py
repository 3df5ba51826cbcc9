"""Pictures without what programs and telephones write beside their pixels (EXIF with GPS, XMP, comments, times)."""

import io
import re
from typing import Any

from contracts.documents.upright import exif_of, upright

JPEG_QUALITY = 90
_JPEG_START = b"\xff\xd8"
_JPEG_SCAN, _JPEG_COMMENT = 0xDA, 0xFE
# APP0 and APP14 tell how the colours are to be read.
_JPEG_TELLING = frozenset({*range(0xE1, 0xEE), 0xEF, _JPEG_COMMENT})
_JPEG_END = b"\xff\xd9"
# A marker, and no byte or restart of the scan.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_TELLING = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_JP2_START = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_TELLING = frozenset({b"xml ", b"uuid", b"uinf"})
# Pictures in an office file that are encoded anew.
_OTHER_PICTURES = {b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"GIF8": "GIF"}


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
    end = _end_of_jpeg(content, at)
    return bytes(kept + content[at:end]), found or end < len(content)


def _end_of_jpeg(content: bytes, start: int) -> int:
    """Return where the picture ends: telephones put films and times behind it."""
    at = start
    while marker := _JPEG_MARKER.search(content, at):
        if marker[0] == _JPEG_END:
            return marker.end()
        at = marker.end() + max(int.from_bytes(content[marker.end() : marker.end() + 2]), 2)
    return len(content)


def strip_png(content: bytes) -> tuple[bytes, bool]:
    """Return a PNG without texts, EXIF and time, and if it had any."""
    kept, at, found = bytearray(_PNG_START), len(_PNG_START), False
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if kind in _PNG_TELLING:
            found = True
        else:
            kept += content[at:end]
        at = end
        if kind == b"IEND":
            break
    return bytes(kept), found or at < len(content)


def strip_jp2(content: bytes) -> tuple[bytes, bool]:
    """Return a JPEG 2000 without the boxes of programs (EXIF, XMP), and if it had any."""
    if not content.startswith(_JP2_START):
        return content, False
    kept, at, found = bytearray(), 0, False
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        if length == 1:
            length = int.from_bytes(content[at + 8 : at + 16])
        end = at + max(length, 8) if length else len(content)
        if content[at + 4 : at + 8] in _JP2_TELLING:
            found = True
        else:
            kept += content[at:end]
        at = end
    return bytes(kept), found


def clean_image(content: bytes, *, formats: tuple[str, ...] = ("PNG", "JPEG", "TIFF")) -> tuple[bytes, set[str]]:
    """
    Return a picture encoded again, turned as it is shown, with nothing but its pixels.

    :raises ValueError: if it cannot be read
    """
    from PIL import Image, ImageSequence  # noqa: PLC0415 - after the limits

    try:
        image = Image.open(io.BytesIO(content), formats=formats)
        kind = str(image.format)
        removed = {str(name) for name in image.info if isinstance(name, str)} - {"jfif", "dpi"}
        if 0x8825 in exif_of(image):
            removed.add("GPS")
        frames = [_plain_frame(upright(frame)) for frame in ImageSequence.Iterator(image)]
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


def strip_part(part: bytes, removed: set[str]) -> bytes:
    """Return a picture in an office file without metadata, and any other part as it is."""
    if other := next((kind for start, kind in _OTHER_PICTURES.items() if part.startswith(start)), None):
        return _picture_anew(part, other, removed)
    strip = strip_png if part.startswith(_PNG_START) else strip_jpeg
    cleaned, found = strip(part)
    removed |= {"EXIF"} if found else set()
    return cleaned


def _picture_anew(part: bytes, kind: str, removed: set[str]) -> bytes:
    """Return a picture of an office file encoded anew, empty if it cannot be read: nothing strips it."""
    removed.add("EXIF")
    try:
        return clean_image(part, formats=(kind,))[0]
    except Exception:  # noqa: BLE001 - the library raises a dozen kinds for a damaged file
        return b""
