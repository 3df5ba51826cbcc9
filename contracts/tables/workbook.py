"""
The sheets of a workbook (XLSX, XLS, ODS), written as JSON lines: run as a process of its own, by ``run_isolated``.

A line is ``{"sheet": name}``, ``{"row": number, "cells": […]}`` of the sheet before, or ``{"refused": variant}``; a
row that merged cells reach into has ``"above": {column: text}`` too.
Numbers of rows are those that the office program shows; empty rows are left out. Nothing but values is read: neither
formulas nor macros are run, and no link is followed.
"""

import io
import math
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from contracts.files.lines import write_lines
from contracts.tables.spoilt import SpoiltCells

MAX_COLUMNS = 500
MAX_CELL = 20_000


def read(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the lines of a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 - after the limits

    spoilt = SpoiltCells(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            yield {"sheet": name}
            first = sheet.start[0] + 1 if sheet.start else 1
            left = [""] * sheet.start[1] if sheet.start else []
            merged = _Merged(sheet.merged_cell_ranges or ())
            lost: dict[int, dict[int, str]] = {}
            for (row_number, column), shown in spoilt.of(name).items():
                lost.setdefault(row_number, {})[column] = shown
            for number, row in enumerate(sheet.to_python(skip_empty_area=True), first):
                cells = [*left, *map(_cell, row)][:MAX_COLUMNS]
                for column, shown in lost.get(number, {}).items():
                    if column < len(cells) and cells[column] == "":
                        cells[column] = shown
                above = merged.above(number, cells)
                if any(cell != "" for cell in cells):
                    yield {"row": number, "cells": cells} | ({"above": above} if above else {})
    except PasswordError:
        yield {"refused": "encrypted"}
    except CalamineError:
        yield {"refused": "damaged"}


class _Merged:
    """
    The cells that are merged over several rows: what the first row holds is said of each of them.

    A number is not: an amount of two rows would be counted twice.
    """

    def __init__(self, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        # First row, column, last row; rows counted as the office program shows them.
        tall = ((top + 1, column, bottom + 1) for (top, column), (bottom, _right) in ranges if bottom > top)
        self._waiting = deque(sorted(tall))
        self._open: dict[int, tuple[int, str]] = {}

    def above(self, number: int, cells: Sequence[Any]) -> dict[int, str]:
        """Return column → text of the merged cells that reach into a row; rows are asked for in their order."""
        self._open = {column: entry for column, entry in self._open.items() if entry[0] >= number}
        found = {column: text for column, (_last, text) in self._open.items()}
        while self._waiting and self._waiting[0][0] <= number:
            top, column, bottom = self._waiting.popleft()
            if top == number and column < len(cells) and isinstance(cells[column], str) and cells[column]:
                self._open[column] = (bottom, cells[column])
        return found


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
    return value.strip()[:MAX_CELL] if isinstance(value, str) else value


def main() -> None:
    # Rows are many and small: the last few go with a process that dies, and no more.
    write_lines(lambda: read(sys.stdin.buffer.read()), at_once=False)


if __name__ == "__main__":
    main()
