"""Plain text in whatever encoding a program wrote it: read in the process of a reader, after its limits."""

import codecs

from contracts.ocds.gate.encodings import MIXED, Utf8Check, decode_mixed

# The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = dict.fromkeys({*range(32)} - {*map(ord, "\t\n\f")})


def decoded(content: bytes) -> str:
    """Return a text with lines ended by line feeds, without control characters except tabs and form feeds."""
    text = _decoded(content)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    check = Utf8Check()
    check.feed(content, final=True)
    if check.encoding.startswith(MIXED):
        content, encoding = b"".join(decode_mixed([content], check.encoding.removeprefix(MIXED), [])), "utf-8"
    else:
        encoding = check.encoding
    return content.decode(encoding, "replace")
