"""
The sheets of a workbook (XLSX, XLS, ODS), written as JSON lines: run as a process of its own, by ``run_isolated``.

A line is ``{"sheet": name}``, ``{"row": number, "cells": […]}`` of the sheet before, or ``{"refused": variant}``.
Numbers of rows are those that the office program shows; empty rows are left out. Nothing but values is read: neither
formulas nor macros are run, and no link is followed.
"""

import io
import math
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from contracts.files.lines import write_lines

MAX_COLUMNS = 500
MAX_CELL = 20_000


def read(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the lines of a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 - after the limits

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            yield {"sheet": name}
            first = sheet.start[0] + 1 if sheet.start else 1
            left = [""] * sheet.start[1] if sheet.start else []
            for number, row in enumerate(sheet.to_python(skip_empty_area=True), first):
                cells = [*left, *map(_cell, row)][:MAX_COLUMNS]
                if any(cell != "" for cell in cells):
                    yield {"row": number, "cells": cells}
    except PasswordError:
        yield {"refused": "encrypted"}
    except CalamineError:
        yield {"refused": "damaged"}


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
