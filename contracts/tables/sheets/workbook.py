"""
The sheets of a workbook (XLSX, XLS, ODS), written as JSON lines: run as a process of its own, by ``run_isolated``.

A line is ``{"sheet": name}``, ``{"row": number, "cells": […]}`` of the last sheet, ``{"hidden": variant, …}`` for its
hidden parts (the ``number`` of rows, or the letters of ``columns``), or ``{"refused": variant}``. A row has ``"above":
{column: text}`` if merged cells span it, ``"wide": {column: last column}`` if cells are merged over several columns,
``"beside": {column: [text, power]}`` if its numbers are shown with texts, and ``"links": {column: address}`` if cells
have links. Row numbers are those that the office program shows; empty rows are left out. Only values are read:
formulas and macros are not run, links are not followed.
"""

import io
import math
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from contracts.files.lines import write_lines
from contracts.tables.sheets.left_out import finding
from contracts.tables.sheets.left_out.number_formats import Beside, beside
from contracts.tables.sheets.left_out.sheet import MAX_COLUMNS

MAX_CELL = 20_000


def read(content: bytes) -> Iterator[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum  # noqa: PLC0415 - after the limits

    left_out_of = finding.left_out_of(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for listed in workbook.sheets_metadata:
            sheet = workbook.get_sheet_by_name(listed.name)
            yield {"sheet": listed.name}
            left_out = left_out_of(listed.name)
            first = sheet.start[0] + 1 if sheet.start else 1
            left = [""] * sheet.start[1] if sheet.start else []
            # Rows as the office program shows them.
            ranges = (
                (top + 1, bottom + 1, column, last) for (top, column), (bottom, last) in sheet.merged_cell_ranges or ()
            )
            merged = Merged([*left_out.merged, *ranges])
            count = hidden = 0
            hidden_columns: set[int] = set()
            for number, row in enumerate(sheet.to_python(skip_empty_area=True), first):
                cells = [*left, *map(_cell, row)][:MAX_COLUMNS]
                for column, shown in left_out.cells.get(number, {}).items():
                    if column < len(cells):
                        cells[column] = shown
                beside = _beside(left_out.formats.get(number, {}), cells)
                line = merged.line(number, cells, beside=beside, links=left_out.links.get(number, {}))
                if any(cell != "" for cell in cells):
                    count += 1
                    hidden += number in left_out.hidden
                    hidden_columns.update(at for at in left_out.hidden_columns if at < len(cells) and cells[at] != "")
                    yield line
            if count and listed.visible != SheetVisibleEnum.Visible:
                yield {"hidden": "", "number": count}
                continue
            if hidden:
                yield {"hidden": "rows", "number": hidden}
            if hidden_columns:
                yield {"hidden": "columns", "columns": ", ".join(map(_letters, sorted(hidden_columns)))}
    except PasswordError:
        yield {"refused": "encrypted"}
    except CalamineError:
        yield {"refused": "damaged"}


def _beside(formats: Mapping[int, str], cells: Sequence[Any]) -> dict[int, Beside]:
    """Return column → text shown beside its number."""
    numbers = {
        column: beside(code, cells[column])
        for column, code in formats.items()
        if column < len(cells) and isinstance(cells[column], int | float) and not isinstance(cells[column], bool)
    }
    return {column: found for column, found in numbers.items() if any(found)}


class Merged:
    """
    The cells that are merged over several rows: the text in the first row applies to each of them. A number does not:
    an amount would be counted twice. ``wide`` is row → column → last column of cells merged over several columns.
    """

    def __init__(self, ranges: Iterable[tuple[int, int, int, int]]) -> None:
        """Build it from the first and last row, and the first and last column, of each merged cell."""
        high: list[tuple[int, int, int]] = []
        self.wide: dict[int, dict[int, int]] = {}
        for top, bottom, column, last in ranges:
            if bottom > top:
                high.append((top, column, bottom))
            if last > column:
                self.wide.setdefault(top, {})[column] = last
        self._waiting = deque(sorted(high))
        self._open: dict[int, tuple[int, str]] = {}

    def above(self, number: int, cells: Sequence[Any]) -> dict[int, str]:
        """Return column → text of the merged cells that span a row; call it for the rows in their order."""
        self._open = {column: entry for column, entry in self._open.items() if entry[0] >= number}
        found = {column: text for column, (_last, text) in self._open.items()}
        while self._waiting and self._waiting[0][0] <= number:
            top, column, bottom = self._waiting.popleft()
            if top == number and column < len(cells) and isinstance(cells[column], str) and cells[column]:
                self._open[column] = (bottom, cells[column])
        return found

    def line(self, number: int, cells: Sequence[Any], **more: Any) -> dict[str, Any]:
        """Return a row as it is written, with the cells merged into it; empty parts are left out."""
        known = {"above": self.above(number, cells), "wide": self.wide.get(number, {}), **more}
        return {"row": number, "cells": cells} | {name: value for name, value in known.items() if value}


def _letters(column: int) -> str:
    """Return the letters of a column, counted from 0: A, B, … Z, AA."""
    before, own = divmod(column, 26)
    return f"{_letters(before - 1) if before else ''}{chr(ord('A') + own)}"


def _cell(value: Any) -> str | int | float | bool:
    """Return a value as JSON: times as ISO 8601, a day without its midnight, durations in words of Python."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    # Some programs write XLS with a NUL after each letter.
    return value.replace("\x00", "").strip()[:MAX_CELL] if isinstance(value, str) else value


def main() -> None:
    # Rows are many and small, so they are written in blocks: a process that dies loses only the last few.
    write_lines(lambda: read(sys.stdin.buffer.read()), at_once=False)


if __name__ == "__main__":
    main()
