"""Plain text in whatever encoding a program wrote it: read in the process of a reader, after its limits."""

import codecs
import re

# The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that are not UTF-8: those of Windows, of DOS, and of older Macintoshes.
_ENCODINGS = ("cp1252", "cp850", "mac_roman")
# What Spanish, Portuguese and English are written with beyond ASCII, where it stands in them; other signs stand where
# an encoding is the wrong one.
_LETTERS = "áéíóúüñÁÉÍÓÚÜÑàâãêôõçÀÂÃÊÔÕÇ"
_EXPECTED = re.compile(
    rf"(?<=[a-zA-Z])[{_LETTERS}]|[{_LETTERS}](?=[a-zA-Z])|(?<=[\dNn])[ºª°]|[¿¡](?=[A-Za-z])|(?<=\s)[–—](?=\s)"
    r"|(?<!\w)[“‘«](?=\w)|(?<=\w)[”’»](?!\w)"
)
_SAMPLE_BYTES = 256 * 1024
# Python's "surrogateescape" gives a byte that is not UTF-8 one of these.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
# In a text of another encoding no larger share of what is beyond ASCII looks like UTF-8, by chance.
_CHANCE = 0.1
_CONTROLS = dict.fromkeys({*range(32)} - {*map(ord, "\t\n\f")})


def decoded(content: bytes) -> str:
    """Return a text with lines ended by line feeds, without control characters except tabs and form feeds."""
    text = _decoded(content)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    text = content.decode("utf-8", "surrogateescape")
    broken = len(_NOT_UTF8.findall(text))
    if not broken:
        return text
    beyond = sum(not letter.isascii() for letter in text)
    encoding = _likeliest(content)
    if beyond - broken > _CHANCE * beyond:  # files of two systems that were joined
        return _NOT_UTF8.sub(lambda byte: _letter(byte[0], encoding), text)
    return content.decode(encoding, "replace")


def _likeliest(content: bytes) -> str:
    """Return the encoding in which most of what is beyond ASCII is what people write; the first where they tie."""
    sample = content[:_SAMPLE_BYTES]
    return max(_ENCODINGS, key=lambda encoding: len(_EXPECTED.findall(sample.decode(encoding, "replace"))))


def _letter(stand_in: str, encoding: str) -> str:
    return bytes([ord(stand_in) - 0xDC00]).decode(encoding, "replace")
