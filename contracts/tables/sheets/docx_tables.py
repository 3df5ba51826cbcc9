"""
The tables of a DOCX, written as JSON lines like the sheets of a workbook: run as a process of its own.

Each table is a sheet, named by its number. The paragraphs right above it are its row 0, because they say whose
contracts these are, and in which unit. A DOCX with more text beside its tables than in them yields nothing, because it
is read page by page, as a document; with the argument ``document`` its tables are yielded too.
"""

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from contracts.files.docx import CELL, PARAGRAPH, ROW, TABLE, WORD, DamagedError, body_of, text_of
from contracts.files.lines import write_lines
from contracts.tables.sheets.left_out.sheet import MAX_COLUMNS
from contracts.tables.sheets.workbook import MAX_CELL, Merged

MAX_ABOVE = 3


def read(content: bytes, *, of_document: bool = False) -> Iterator[dict[str, Any]]:
    try:
        body = body_of(content)
    except DamagedError:
        yield {"refused": "damaged"}
        return
    parts = [part for part in body.iter(PARAGRAPH, TABLE) if next(part.iterancestors(TABLE), None) is None]
    beside = sum(len(text_of(part)) for part in parts if part.tag == PARAGRAPH)
    inside = sum(len(_text(part)) for part in parts if part.tag == TABLE)
    if beside > inside and not of_document:
        return
    above = deque[str](maxlen=MAX_ABOVE)
    number = 0
    for part in parts:
        if part.tag == PARAGRAPH:
            above.extend(filter(None, [text_of(part).strip()[:MAX_CELL]]))
            continue
        number += 1
        yield {"sheet": str(number)}
        if above:
            yield {"row": 0, "cells": list(above)}
            above.clear()
        yield from _rows(part)


def _text(element: Any) -> str:
    return "\n".join(text_of(paragraph) for paragraph in element.iter(PARAGRAPH)).strip()


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows that are not empty, with merged cells as in a workbook."""
    rows: list[list[str]] = []
    ranges: list[list[int]] = []
    open_at: dict[int, list[int]] = {}
    for number, row in enumerate((row for row in table.iter(ROW) if next(row.iterancestors(TABLE)) is table), 1):
        cells = [""] * _columns(row, "trPr", "gridBefore", 0)
        for cell in (cell for cell in row.iter(CELL) if next(cell.iterancestors(ROW)) is row):
            column, width = len(cells), _columns(cell, "tcPr", "gridSpan", 1)
            merged = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            if merged is not None and merged.get(f"{WORD}val") != "restart" and column in open_at:
                open_at[column][1] = number
                cells += [""] * width
                continue
            open_at[column] = [number, number, column, column + width - 1]
            ranges.append(open_at[column])
            cells += [_text(cell)[:MAX_CELL], *[""] * (width - 1)]
            if len(cells) >= MAX_COLUMNS:
                break
        rows.append(cells[:MAX_COLUMNS])
    merged_cells = Merged((top, bottom, column, last) for top, bottom, column, last in ranges)
    for number, cells in enumerate(rows, 1):
        line = merged_cells.line(number, cells)
        if any(cells):
            yield line


def _columns(element: Any, properties: str, name: str, otherwise: int) -> int:
    """Return the number of columns that a cell spans, or that a row leaves empty before its first cell."""
    found = element.find(f"{WORD}{properties}/{WORD}{name}")
    text = found.get(f"{WORD}val", "") if found is not None else ""
    return min(int(text), MAX_COLUMNS) if text.isascii() and text.isdecimal() and len(text) < 6 else otherwise


def main() -> None:
    write_lines(lambda: read(sys.stdin.buffer.read(), of_document="document" in sys.argv[1:]), at_once=False)


if __name__ == "__main__":
    main()
