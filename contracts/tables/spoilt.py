"""
The cells of an XLSX that hold no value: those that show an error, and formulas that no office program has worked out.

The reader of workbooks gives both as empty, and what is lost so must be told. Run within its process.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice

# More than a person mends.
MAX_CELLS = 20_000
NOT_WORKED_OUT = "#FORMULA!"
_FORMULA = rb"<f(?:\s[^<>]{0,300})?(?:/>|>[^<>]{0,9000}</f>)"
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:\s[a-z]{1,5}="[^"<>]{0,20}"){0,4}\st="e"[^<>]{0,60}>(?:'
    + _FORMULA
    + rb")?\s{0,9}<v>([^<>]{1,30})</v>"
)
# With the type "str" it is an empty text, which was worked out.
_NO_VALUE = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:\ss="\d{1,9}")?>\s{0,9}' + _FORMULA + rb"\s{0,9}(?:<v></v>|<v\s?/>|</c>)"
)
_BOOK = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_SHEET = re.compile(r"<sheet\s([^<>]{1,1000})>")
_LINK = re.compile(r"<Relationship\s([^<>]{1,2000})>")
_ATTRIBUTE = re.compile(r'(?<![\w:])([\w:]{1,20})="([^"<>]{0,1000})"')


class SpoiltCells:
    """The cells without a value of each sheet of a workbook; none of what is no XLSX."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)
        self._parts = _parts(self._file)

    def of(self, sheet: str) -> dict[tuple[int, int], str]:
        """Return row, as the office program counts, and column, from 0, → what is shown there."""
        part = self._parts.get(sheet)
        if part is None:
            return {}
        with zipfile.ZipFile(self._file) as archive:
            xml = archive.read(part)
        return dict(islice(_found(xml), MAX_CELLS))


def _found(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for match in _ERROR.finditer(xml):
        yield (int(match[2]), _column(match[1])), match[3].decode("utf-8", "replace")
    for match in _NO_VALUE.finditer(xml):
        yield (int(match[2]), _column(match[1])), NOT_WORKED_OUT


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _parts(file: io.BytesIO) -> dict[str, str]:
    """Return the name of a sheet → its part in the archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            book, links = (archive.read(name).decode("utf-8", "replace") for name in _BOOK)
    except (zipfile.BadZipFile, zlib.error, KeyError):
        return {}  # no XLSX, or a damaged one: the reader of workbooks says which
    targets = {link.get("Id", ""): link.get("Target", "").lstrip("/") for link in _elements(_LINK, links)}
    found = {}
    for sheet in _elements(_SHEET, book):
        target = targets.get(sheet.get("r:id", ""), "")
        part = target if target in names else f"xl/{target}"
        if part in names:
            found[sheet.get("name", "")] = part
    return found


def _elements(pattern: re.Pattern[str], xml: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of elements."""
    for match in pattern.finditer(xml):
        yield {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
