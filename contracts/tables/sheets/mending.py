"""
Cells whose texts a program damaged (mojibake, HTML entities): each is restored, and one problem of each kind reports
their number and the first one. Read literally, names would be those of other bodies, and the semicolon of ``&amp;``
would split one supplier into two.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from contracts.ocds.entities import without_entities
from contracts.ocds.problems import Problem
from contracts.tables.sheets.rows import Cell, Row, place_of

# Bytes that are undefined in Windows-1252; they stay unchanged.
_NO_LETTERS = "\x81\x8d\x8f\x90\x9d"
# A letter beyond ASCII in UTF-8, decoded as Windows-1252: its first byte, then its second.
_SECOND = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + _NO_LETTERS
_TWICE = re.compile(f"[\xc2-\xc5\xe2][{re.escape(_SECOND)}]")
# A correct text that looks damaged, a word in capitals before a quotation mark: “MACÃ”.
_BY_CHANCE = re.compile("[^\x00-\x7f]{0,40}Ã[’”]")
_MAX_SHOWN = 60


def encoded_once(text: str) -> str:
    """Restore a text that was encoded as UTF-8 twice, by way of Windows-1252: ``EducaciÃ³n``."""
    if text.isascii() or not _TWICE.search(text):
        return text
    if _BY_CHANCE.fullmatch("".join(letter for letter in text if not letter.isascii())):
        return text
    try:
        return b"".join(letter.encode("latin-1" if letter in _NO_LETTERS else "cp1252") for letter in text).decode()
    except UnicodeError:
        return text


# Code of the problem → function that returns the restored text, or the text unchanged.
_MENDERS = {"encoded_twice": encoded_once, "entities": without_entities}


def mended(rows: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Yield rows with restored cells, and at the end the problems that report them."""
    told: dict[str, Problem] = {}
    numbers = dict.fromkeys(_MENDERS, 0)
    for row in rows:
        if isinstance(row, Row):
            for code, mend in _MENDERS.items():
                cells = [mend(cell) if isinstance(cell, str) else cell for cell in row.cells]
                if changed := [pair for pair in zip(row.cells, cells, strict=True) if pair[0] != pair[1]]:
                    numbers[code] += len(changed)
                    told.setdefault(code, _problem(code, row, *changed[0]))
                above = {column: mend(text) for column, text in row.above.items()}  # counted in its own row
                if changed or above != row.above:
                    row = structs.replace(row, cells=cells, above=above)  # noqa: PLW2901
        yield row
    for code, problem in told.items():
        yield structs.replace(problem, values=problem.values | {"number": numbers[code]})


def _problem(code: str, row: Row, cell: Cell, meant: Cell) -> Problem:
    values = {"text": str(cell)[:_MAX_SHOWN], "used": str(meant)[:_MAX_SHOWN]}
    return Problem(code, values=values, pointer=place_of(row.sheet, row.number), line=row.number)
