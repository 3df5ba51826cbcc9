"""
The tables of a web page, written as JSON lines like the sheets of a workbook: run as a process of its own.

Portals and office programs write such pages and call them XLS. Each table is a sheet, named by its number; the lines
right above it are its row 0. A table around others is only layout. A page with more text beside its tables than in
them yields nothing.
"""

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from contracts.files.lines import write_lines
from contracts.ocds.links import is_address
from contracts.tables.sheets.docx_tables import MAX_ABOVE
from contracts.tables.sheets.left_out.sheet import MAX_COLUMNS
from contracts.tables.sheets.workbook import MAX_CELL, Merged

# Maximum number of rows that a cell spans: a page may declare any number.
MAX_SPAN = 1000
# Elements that are not text for readers. A page saved as MHTML is not decoded here.
_UNSEEN = ("script", "style", "noscript", "template", "head", "select")
_LINES = ("caption", "h1", "h2", "h3", "h4", "p", "div")
_HEAD = 4096


def read(content: bytes) -> Iterator[dict[str, Any]]:
    page = _page(content)
    if page is None:
        return
    tables = [table for table in page.iter("table") if next(table.iterdescendants("table"), None) is None]
    if _length(page) > 2 * sum(map(_length, tables)):
        return
    innermost, above, number = {*tables}, deque[str](maxlen=MAX_ABOVE), 0
    for part in page.iter("table", *_LINES):
        if part.tag != "table":
            if _is_line(part):
                above.extend(filter(None, [_text(part)]))
            continue
        if part not in innermost:
            continue
        above.extend(filter(None, (_text(caption) for caption in part.iterchildren("caption"))))
        number += 1
        yield {"sheet": str(number)}
        if above:
            yield {"row": 0, "cells": list(above)}
            above.clear()
        yield from _rows(part)


def _page(content: bytes) -> Any:
    """Return the page as elements of lxml, without invisible ones; ``None`` if it is not a page."""
    from lxml import etree, html  # type: ignore[import-untyped]  # noqa: PLC0415 - after the limits

    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return None
    try:
        page = html.document_fromstring(content, parser=html.HTMLParser(encoding=_encoding(content)))
    except (etree.LxmlError, ValueError):
        return None
    etree.strip_elements(page, etree.Comment, *_UNSEEN, with_tail=False)
    for line_end in page.iter("br"):
        line_end.tail = f"\n{line_end.tail or ''}"
    return page


def _encoding(content: bytes) -> str | None:
    """Return the encoding of a page, ``None`` if the page declares it."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return None if b"charset" in content[:_HEAD].lower() else "windows-1252"
    return "utf-8"


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _is_line(part: Any) -> bool:
    """Return whether it is a line of text outside tables, not a box around others."""
    is_box = next(part.iterdescendants("table", *_LINES), None) is not None
    return not is_box and next(part.iterancestors("table"), None) is None


def _text(element: Any) -> str:
    """Return the text of an element, with spaces as a browser shows them."""
    lines = (" ".join(line.split()) for line in "".join(element.itertext()).splitlines())
    return "\n".join(filter(None, lines))[:MAX_CELL]


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows that are not empty, with merged cells as in a workbook."""
    rows: list[tuple[list[str], dict[int, str]]] = []
    ranges: list[tuple[int, int, int, int]] = []
    # Column → the last row of a cell above that spans several.
    taken: dict[int, int] = {}
    for number, row in enumerate(table.iter("tr"), 1):
        cells, links = list[str](), dict[int, str]()
        for cell in row.iterchildren("td", "th"):
            while taken.get(len(cells), 0) >= number:
                cells.append("")
            column, width, height = len(cells), _span(cell, "colspan"), _span(cell, "rowspan")
            last = column + width - 1
            ranges.append((number, number + height - 1, column, last))
            taken |= dict.fromkeys(range(column, last + 1), number + height - 1)
            cells += [_text(cell), *[""] * (width - 1)]
            if len(addresses := _addresses(cell)) == 1:
                links[column] = addresses.pop()
            if len(cells) >= MAX_COLUMNS:
                break
        rows.append((cells[:MAX_COLUMNS], links))
    merged = Merged(ranges)
    for number, (cells, links) in enumerate(rows, 1):
        line = merged.line(number, cells, links=links)
        if any(cells):
            yield line


def _addresses(cell: Any) -> set[str]:
    return {link for anchor in cell.iter("a") if is_address(link := anchor.get("href", "").strip())}


def _span(cell: Any, name: str) -> int:
    """Return the number of columns or rows that a cell spans."""
    text = cell.get(name, "").strip()
    found = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return min(max(found, 1), MAX_COLUMNS if name == "colspan" else MAX_SPAN)


def main() -> None:
    write_lines(lambda: read(sys.stdin.buffer.read()), at_once=False)


if __name__ == "__main__":
    main()
