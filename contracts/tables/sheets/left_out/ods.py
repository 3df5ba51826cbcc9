"""An ODS (OpenDocument 1.3, part 3, 9): its content, read as a stream of elements."""

import contextlib
import html
import re

from contracts.files.open_document import DamagedError, read_elements
from contracts.tables.sheets.left_out.number_formats import code_of, text_beside
from contracts.tables.sheets.left_out.sheet import MAX_CELLS, MAX_COLUMNS, NOT_WORKED_OUT, LeftOut, is_error, link_of

_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_HIDDEN = frozenset({"collapse", "filter"})
# Nothing is left out of a content without one of these and without formats that show texts beside numbers.
_SIGNS = (
    *(b"table:formula=", b"number-rows-spanned=", b"number-columns-spanned=", b"table:visibility="),
    *(b'value-type="error"', b'value-type="currency"', b"<text:a "),
)
_TEXT = re.compile(rb"<number:(?:embedded-)?text(?:\s[^<>]{0,200})?>([^<>]{1,200})<")
_NUMBERS = frozenset({"float", "currency"})
# The "$" of the United States says nothing: programs set it in tables of all countries.
_UNCLEAR = ("$", "USD")
_MAX_TEXT = 60


def left_out(content: bytes, styles: bytes = b"") -> dict[str, LeftOut]:
    """
    Return what is left out of each sheet; for a damaged file, as far as it can be read.

    :param styles: the separate file of styles
    """
    if not any(sign in content for sign in _SIGNS) and not _shows_more(content, styles):
        return {}
    sheets = _Sheets()
    with contextlib.suppress(DamagedError):  # the reader of workbooks reports the damage
        read_elements(content, sheets)
    return sheets.found


def _shows_more(content: bytes, styles: bytes) -> bool:
    """
    Return whether a format shows a text beside a number, or divides it. Programs write unused formats of currencies to
    the file of styles, and used ones before the cells.
    """
    before = content[: max(content.find(b"</office:automatic-styles>"), 0)]
    if b"<number:currency-style" in before or b"number:display-factor=" in before + styles:
        return True
    formats = (
        part.partition(b"</number:number-style>")[0] for part in (before + styles).split(b"<number:number-style")
    )
    texts = (text.decode("utf-8", "replace") for part in list(formats)[1:] for text in _TEXT.findall(part))
    return any(text_beside(html.unescape(text)) for text in texts)


class _Sheets:
    """Collects the sheets from the start and end of elements."""

    def __init__(self) -> None:
        self.found: dict[str, LeftOut] = {}
        self._sheet = LeftOut()
        self._row = self._column = self._columns = 0
        self._rows = 1
        self._cell: dict[str, str] = {}
        self._text = self._link = ""
        self._notes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._cell, self._text, self._link = attributes, "", ""
        elif name == "table:table-row":
            self._rows, self._column = _count(attributes, "table:number-rows-repeated"), 0
            if attributes.get("table:visibility") in _HIDDEN:
                self._sheet.hidden.update(range(self._row + 1, self._row + 1 + min(self._rows, MAX_CELLS)))
        elif name == "table:table-column":
            width = _count(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self._sheet.hide_columns(self._columns, self._columns + width - 1)
            self._columns += width
        elif name == "text:a" and not self._notes:
            self._link = self._link or attributes.get("xlink:href", "")
        elif name == "office:annotation":
            self._notes += 1
        elif name == "table:table":
            self._sheet = self.found.setdefault(attributes.get("table:name", ""), LeftOut())
            self._row = self._columns = 0

    def text(self, text: str) -> None:
        if not self._notes and len(self._text) < _MAX_TEXT:
            self._text += text

    def end(self, name: str) -> None:
        if name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            self._row += self._rows
        elif name == "office:annotation":
            self._notes -= 1

    def _end_cell(self) -> None:
        cell, text = self._cell, self._text.strip()
        if "table:formula" in cell or cell.get("calcext:value-type") == "error":
            if cell.get("calcext:value-type") == "error" or is_error(text):
                self._sheet.add(self._row + 1, self._column, text)
            elif not text and "office:value-type" not in cell:
                self._sheet.add(self._row + 1, self._column, NOT_WORKED_OUT)
        self._sheet.set_link(self._row + 1, self._column, self._link or link_of(cell.get("table:formula", "")))
        if cell.get("office:value-type") in _NUMBERS and text:
            self._add_format(cell, text)
        rows, columns = (_count(cell, f"table:number-{name}-spanned") for name in ("rows", "columns"))
        if (rows > 1 or columns > 1) and len(self._sheet.merged) < MAX_CELLS:
            self._sheet.merged.append((self._row + 1, self._row + rows, self._column, self._column + columns - 1))
        self._column += _count(cell, "table:number-columns-repeated")

    def _add_format(self, cell: dict[str, str], text: str) -> None:
        try:
            number = float(cell.get("office:value", ""))
        except ValueError:
            return
        code = code_of(text, number)
        if '"$"' in code and (currency := cell.get("office:currency", "$")) not in _UNCLEAR:
            code = code.replace('"$"', f'"{currency}"')
        for row in range(min(self._rows, MAX_CELLS) if code else 0):
            for column in range(min(_count(cell, "table:number-columns-repeated"), MAX_COLUMNS)):
                self._sheet.set_format(self._row + row + 1, self._column + column, code)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1
