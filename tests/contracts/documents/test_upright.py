"""Pictures with broken EXIF data are read, and do not crash their process."""

import io
import struct

import pytest
from PIL import Image

from contracts.documents.cleaning import clean_image
from contracts.documents.pictures import picture_of_image
from contracts.documents.upright import upright

LYING, STANDING = (40, 20), (20, 40)
TO_BE_TURNED = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)


def exif(*entries: bytes) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4)


def lying(kind: str, written: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", LYING).save(file, kind, exif=written)
    return file.getvalue()


WHOLE = lying("JPEG", exif(TO_BE_TURNED))
# A resolution in letters, a number of pixels with a fraction, no EXIF at all.
TEXT_FOR_NUMBER = lying("JPEG", exif(TO_BE_TURNED, struct.pack(">HHI4s", 0x011A, 2, 3, b"72\0\0")))
FRACTION = lying("JPEG", exif(struct.pack(">HHIf", 0x0100, 11, 1, 1.5), TO_BE_TURNED))
GARBAGE = lying("PNG", b"Exif\0\0nothing of the kind")


@pytest.mark.parametrize(
    ("content", "size"), [(WHOLE, STANDING), (TEXT_FOR_NUMBER, STANDING), (FRACTION, STANDING), (GARBAGE, LYING)]
)
def test_are_read_shown_and_copied_turned_as_far_as_they_tell(content, size):
    copy, _removed = clean_image(content)
    pictures = [upright(Image.open(io.BytesIO(content))), picture_of_image(content, 1), Image.open(io.BytesIO(copy))]
    assert [picture.size for picture in pictures] == [size] * 3
