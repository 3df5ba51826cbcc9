"""What the reader of workbooks leaves out of one sheet."""

import re
import struct
import zipfile
import zlib

from contracts.ocds.links import is_address

# Errors that Python raises for damaged archives.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError),
    *(OverflowError, ValueError),
)
# Nobody corrects more cells than this.
MAX_CELLS = 20_000
# Further columns are not read.
MAX_COLUMNS = 500
NOT_WORKED_OUT = "#FORMULA!"
_ERROR = re.compile(r"#[¡¿]?[A-ZÁÉÍÓÚÑÇÃÕ/0-9]{1,12}[!?]|#N/[AD]|Err:5\d\d")
_MAX_LINK_LENGTH = 2000
# Only literal addresses: one that a formula composes is not computed.
_LINKING = re.compile(r'HYPERLINK\(\s{0,9}"([^"]{1,2000})"\s{0,9}[,;)]')


class LeftOut:
    """
    What is left out of a sheet: rows are numbers as the office program counts, columns count from 0.

    ``cells`` is row → column → the shown text, ``merged`` has the first and last row and the first and last column of
    merged cells, ``hidden`` the hidden rows, ``hidden_columns`` the hidden columns, ``formats`` row → column → code of
    a format that shows a text beside a number or divides it, ``links`` row → column → the address behind the text of a
    cell.
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
        """Set the link of a cell; links to a file or another sheet are ignored."""
        if len(target) <= _MAX_LINK_LENGTH and is_address(target):
            self.links.setdefault(row, {})[column] = target


def link_of(formula: str) -> str:
    """Return the address that a formula links to, ``""`` if there is none."""
    match = _LINKING.search(formula)
    return match[1] if match else ""


def is_error(text: str) -> bool:
    """Return whether a text is an error: ``#DIV/0!``, ``#¡REF!``, ``#¿NOMBRE?``, ``#N/D``, ``Err:502``."""
    return text.startswith(("#", "Err:")) and _ERROR.fullmatch(text) is not None
