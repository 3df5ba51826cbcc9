"""An XLSX: the parts of its sheets, searched with patterns."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import islice

from contracts.tables.sheets.left_out.number_formats import BUILT_IN, shows_more
from contracts.tables.sheets.left_out.sheet import DAMAGED, MAX_CELLS, NOT_WORKED_OUT, LeftOut, link_of

_FORMULA = rb"<f(?:\s[^<>]{0,300})?(?:/>|>[^<>]{0,9000}</f>)"
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:\s[a-z]{1,5}="[^"<>]{0,20}"){0,4}\st="e"[^<>]{0,60}>(?:'
    + _FORMULA
    + rb")?\s{0,9}<v>([^<>]{1,30})</v>"
)
# With the type "str" it is the empty text that a formula returned.
_NO_VALUE = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:\ss="\d{1,9}")?>\s{0,9}' + _FORMULA + rb"\s{0,9}(?:<v></v>|<v\s?/>|</c>)"
)
_HIDDEN = re.compile(rb'<row r="(\d{1,7})"(?:\s[\w:]{1,20}="[^"<>]{0,40}"){0,10}\shidden="(?:1|true)"')
_COLUMN = re.compile(r"<(?:x:)?col\s([^<>]{1,300})>")
_TRUE = ("1", "true")
_STYLED = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3})(\d{1,7})"(?:\st="[a-zA-Z]{1,12}")?\ss="(\d{1,9})"')
_LINKED = re.compile(r"<(?:x:)?hyperlink\s([^<>]{1,3000})>")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::[A-Z]{1,3}\d{1,7})?")
_LINKING = re.compile(
    rb'<(?:x:)?c r="([A-Z]{1,3})(\d{1,7})"[^<>]{0,80}><(?:x:)?f(?:\s[^<>]{0,300})?>(HYPERLINK\([^<>]{1,3000})<'
)
_STYLES = "xl/styles.xml"
_FORMAT = re.compile(r"<(?:x:)?numFmt\s([^<>]{1,2000})>")
# The formats of cells come after those of named styles.
_OF_CELLS = re.compile(r"<(?:x:)?cellXfs\b")
_STYLE = re.compile(r"<(?:x:)?xf\s([^<>]{1,1000})>|</(?:x:)?cellXfs>")
_BOOK = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_SHEET = re.compile(r"<sheet\s([^<>]{1,1000})>")
_LINK = re.compile(r"<Relationship\s([^<>]{1,2000})>")
_ATTRIBUTE = re.compile(r'(?<![\w:])([\w:]{1,20})="([^"<>]{0,1000})"')


class Sheets:
    """The sheets of a workbook; damaged ones are ignored."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)
        self._parts = _parts(self._file)
        self._codes = _codes(self._part(_STYLES).decode("utf-8", "replace"))

    def left_out(self, name: str) -> LeftOut:
        """Return what is left out of a sheet; the reader of workbooks reports merged cells."""
        sheet = LeftOut()
        if name in self._parts:
            xml = self._part(self._parts[name])
            for match in _ERROR.finditer(xml):
                sheet.add(int(match[2]), _column(match[1]), match[3].decode("utf-8", "replace"))
            for match in _NO_VALUE.finditer(xml):
                sheet.add(int(match[2]), _column(match[1]), NOT_WORKED_OUT)
            for match in _STYLED.finditer(xml) if self._codes else ():
                if code := self._codes.get(int(match[3])):
                    sheet.set_format(int(match[2]), _column(match[1]), code)
            if b"hyperlink" in xml:
                self._add_links(sheet, name, xml)
            for match in _LINKING.finditer(xml) if b"HYPERLINK(" in xml else ():
                target = link_of(html.unescape(match[3].decode("utf-8", "replace")))
                sheet.set_link(int(match[2]), _column(match[1]), target)
            sheet.hidden.update(int(match[1]) for match in islice(_HIDDEN.finditer(xml), MAX_CELLS))
            self._add_hidden_columns(sheet, xml[: max(xml.find(b"sheetData"), 0)].decode("utf-8", "replace"))
        return sheet

    @staticmethod
    def _add_hidden_columns(sheet: LeftOut, before: str) -> None:
        for column in _elements(_COLUMN, before):
            first, last = (column.get(name, "") for name in ("min", "max"))
            if column.get("hidden") in _TRUE and first.isdecimal() and last.isdecimal():
                sheet.hide_columns(int(first) - 1, int(last) - 1)

    def _add_links(self, sheet: LeftOut, name: str, xml: bytes) -> None:
        """Add the links of cells: the sheet has their places, its relations have the addresses."""
        folder, _, file = self._parts[name].rpartition("/")
        relations = self._part(f"{folder}/_rels/{file}.rels").decode("utf-8", "replace")
        targets = {link.get("Id", ""): link.get("Target", "") for link in _elements(_LINK, relations)}
        # Links come after the rows.
        behind = xml[xml.rfind(b"</row>") + 1 :].decode("utf-8", "replace")
        for link in _elements(_LINKED, behind):
            if place := _PLACE.fullmatch(link.get("ref", "")):
                within = f"#{link['location']}" if link.get("location") else ""
                target = targets.get(link.get("r:id", ""), "")
                sheet.set_link(int(place[2]), _column(place[1].encode()), target + within)

    def _part(self, name: str) -> bytes:
        try:
            with zipfile.ZipFile(self._file) as archive:
                return archive.read(name)
        except DAMAGED:
            return b""  # the reader of workbooks reports the damage


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
    except DAMAGED:
        return {}  # not an XLSX, or a damaged one: the reader of workbooks reports which
    targets = {link.get("Id", ""): link.get("Target", "").lstrip("/") for link in _elements(_LINK, links)}
    found = {}
    for sheet in _elements(_SHEET, book):
        target = targets.get(sheet.get("r:id", ""), "")
        part = target if target in names else f"xl/{target}"
        if part in names:
            found[sheet.get("name", "")] = part
    return found


def _codes(styles: str) -> dict[int, str]:
    """Return the number of a cell style → the code of its format, for formats that show more than a number."""
    own = {element.get("numFmtId", ""): element.get("formatCode", "") for element in _elements(_FORMAT, styles)}
    codes = BUILT_IN | own
    found: dict[int, str] = {}
    start = _OF_CELLS.search(styles)
    for at, match in enumerate(_STYLE.finditer(styles, start.end()) if start else ()):
        if match[1] is None:
            break
        code = codes.get(dict(_ATTRIBUTE.findall(match[1])).get("numFmtId", ""), "")
        if shows_more(code):
            found[at] = code
    return found


def _elements(pattern: re.Pattern[str], xml: str) -> Iterator[dict[str, str]]:
    for match in pattern.finditer(xml):
        yield {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
