"""
Cells whose text was encoded as UTF-8 twice: a program took UTF-8 for Windows-1252 and saved ``EducaciÃ³n``.

Each is read as what was meant, and one problem tells how many there are: the names would be those of other bodies.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.tables.sheets import Cell, Row

# The first byte of a letter beyond ASCII, as Windows-1252, and what the second one is there.
_SECOND = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "\x81\x8d\x8f\x90\x9d"
_TWICE = re.compile(f"[\xc2-\xc5\xe2][{re.escape(_SECOND)}]")
# A word in capitals before a quotation mark: “MACÃ”.
_BY_CHANCE = re.compile("[^\x00-\x7f]{0,40}Ã[’”]")
_MAX_SHOWN = 60


def once(text: str) -> str:
    """Return what was meant by a text that was encoded twice, any other as it is."""
    if text.isascii() or not _TWICE.search(text) or _BY_CHANCE.fullmatch("".join(filter(_is_beyond, text))):
        return text
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def mended(rows: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Yield rows with what was meant by their cells, and at the end, if any was encoded twice, how many and which."""
    number, shown = 0, None
    for row in rows:
        if isinstance(row, Row):
            cells = [once(cell) if isinstance(cell, str) else cell for cell in row.cells]
            if changed := [(cell, meant) for cell, meant in zip(row.cells, cells, strict=True) if cell != meant]:
                number += len(changed)
                shown = shown or _problem(row, *changed[0])
            above = {column: once(text) for column, text in row.above.items()}  # counted where it stands
            if changed or above != row.above:
                row = structs.replace(row, cells=cells, above=above)  # noqa: PLW2901
        yield row
    if shown is not None:
        yield structs.replace(shown, values=shown.values | {"number": number})


def _problem(row: Row, cell: Cell, meant: Cell) -> Problem:
    place = "".join(f"/{part}" for part in (escape(row.sheet), row.number) if part)
    values = {"text": str(cell)[:_MAX_SHOWN], "used": str(meant)[:_MAX_SHOWN]}
    return Problem("encoded_twice", values=values, pointer=place, line=row.number)


def _is_beyond(letter: str) -> bool:
    return not letter.isascii()


def _byte(letter: str) -> bytes:
    """Return the byte that was taken for a letter; five are none in Windows-1252, and stay as they are."""
    return letter.encode("latin-1" if letter in "\x81\x8d\x8f\x90\x9d" else "cp1252")
