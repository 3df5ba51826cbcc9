"""
Cells whose text was encoded as UTF-8 twice: a program took UTF-8 for Windows-1252 and saved ``EducaciÃ³n``.

Read as they stand, the names would be those of other bodies.
"""

import re

# The first byte of a letter beyond ASCII, as Windows-1252, and what the second one is there.
_SECOND = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "\x81\x8d\x8f\x90\x9d"
_TWICE = re.compile(f"[\xc2-\xc5\xe2][{re.escape(_SECOND)}]")
# A word in capitals before a quotation mark: “MACÃ”.
_BY_CHANCE = re.compile("[^\x00-\x7f]{0,40}Ã[’”]")


def once(text: str) -> str:
    """Return what was meant by a text that was encoded twice, any other as it is."""
    if text.isascii() or not _TWICE.search(text) or _BY_CHANCE.fullmatch("".join(filter(_is_beyond, text))):
        return text
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def _is_beyond(letter: str) -> bool:
    return not letter.isascii()


def _byte(letter: str) -> bytes:
    """Return the byte that was taken for a letter; five are none in Windows-1252, and stay as they are."""
    return letter.encode("latin-1" if letter in "\x81\x8d\x8f\x90\x9d" else "cp1252")
