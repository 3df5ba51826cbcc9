"""What the reader of workbooks leaves out of one sheet."""

import re
import struct
import zipfile
import zlib

from contracts.ocds.links import is_address

# What Python raises of an archive that somebody damaged.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError),
    *(OverflowError, ValueError),
)
# More than a person mends.
MAX_CELLS = 20_000
# More are not read.
MAX_COLUMNS = 500
NOT_WORKED_OUT = "#FORMULA!"
_ERROR = re.compile(r"#[¡¿]?[A-ZÁÉÍÓÚÑÇÃÕ/0-9]{1,12}[!?]|#N/[AD]|Err:5\d\d")
_MAX_LINK_LENGTH = 2000
# An address that a formula puts together is not worked out.
_LINKING = re.compile(r'HYPERLINK\(\s{0,9}"([^"]{1,2000})"\s{0,9}[,;)]')


class LeftOut:
    """
    What is left out of a sheet: rows are numbers as the office program counts, columns count from 0.

    ``cells`` is row → column → what is shown there, ``merged`` the first and last row and the first and last column of
    cells that reach over several, ``hidden`` the rows that are hidden, ``hidden_columns`` the columns that are,
    ``formats`` row → column → code of the format that shows something beside a number, or divides it, ``links`` row →
    column → the address behind the text of a cell.
    """

    def __init__(self) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.formats: dict[int, dict[int, str]] = {}
        self.links: dict[int, dict[int, str]] = {}
        self._count = 0

    def add(self, row: int, column: int, shown: str) -> None:
        """Add a cell, as long as there are not too many."""
        self._count += 1
        if self._count <= MAX_CELLS:
            self.cells.setdefault(row, {})[column] = shown

    def hide_columns(self, first: int, last: int) -> None:
        self.hidden_columns.update(range(max(first, 0), min(last, MAX_COLUMNS - 1) + 1))

    def set_format(self, row: int, column: int, code: str) -> None:
        self.formats.setdefault(row, {})[column] = code

    def set_link(self, row: int, column: int, target: str) -> None:
        """Set where a cell leads; what leads to a file or another sheet is no address."""
        if len(target) <= _MAX_LINK_LENGTH and is_address(target):
            self.links.setdefault(row, {})[column] = target


def link_of(formula: str) -> str:
    """Return the address that a formula links to, ``""`` if it names none."""
    match = _LINKING.search(formula)
    return match[1] if match else ""


def is_error(text: str) -> bool:
    """Tell whether a text is an error: ``#DIV/0!``, ``#¡REF!``, ``#¿NOMBRE?``, ``#N/D``, ``Err:502``."""
    return text.startswith(("#", "Err:")) and _ERROR.fullmatch(text) is not None
