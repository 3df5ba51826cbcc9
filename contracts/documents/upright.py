"""
Pictures as they are shown: turned as their EXIF tells. What else stands there is not looked at, and not written again:
programs write much that is broken, and the picture is whole.
"""

import struct
from collections.abc import Mapping
from typing import Any

_ORIENTATION = 0x0112


def upright(picture: Any) -> Any:
    """Return a picture as it is shown; one whose EXIF cannot be read as it lies."""
    from PIL import Image  # noqa: PLC0415 - after the limits

    picture.load()  # a TIFF turns itself, and forgets then that it was turned
    way = Image.Transpose
    ways = {
        2: way.FLIP_LEFT_RIGHT,
        3: way.ROTATE_180,
        4: way.FLIP_TOP_BOTTOM,
        5: way.TRANSPOSE,
        6: way.ROTATE_270,
        7: way.TRANSVERSE,
        8: way.ROTATE_90,
    }
    turn = ways.get(exif_of(picture).get(_ORIENTATION, 1))
    return picture if turn is None else picture.transpose(turn)


def exif_of(picture: Any) -> Mapping[int, Any]:
    """Return the EXIF of a picture, nothing of one that is broken."""
    try:
        found: Mapping[int, Any] = picture.getexif()
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return {}
    return found
