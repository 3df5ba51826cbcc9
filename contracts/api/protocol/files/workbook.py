"""A list as an XLSX workbook: README, rows and further sheets, written row by row to a file on disk."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, NamedTuple

import xlsxwriter

# Rows of one workbook; longer lists would take longer to write than a request may last.
MAX_ROWS = 100_000
MAX_CELL = 32_767


class Sheet(NamedTuple):
    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def write_workbook(sheets: Sequence[Sheet]) -> IO[bytes]:
    """
    Return a workbook as a file object positioned at its start. No text becomes a formula or link.

    Amounts that a spreadsheet would round stay texts; texts longer than a cell end with ``…``.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  -- the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, text in enumerate(sheet.header):
                page.write_string(0, column, text, bold)
            for number, row in enumerate(sheet.rows, 1):
                for column, value in enumerate(row):
                    _write(page, number, column, value)
    file.seek(0)
    return file


def _write(page: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, str):
        page.write_string(row, column, value if len(value) <= MAX_CELL else f"{value[: MAX_CELL - 1]}…")
    elif isinstance(value, Decimal) and Decimal(float(value)) != value and len(value.as_tuple().digits) > 15:
        page.write_string(row, column, format(value, "f"))
    else:
        page.write_number(row, column, float(value) if isinstance(value, Decimal) else value)


def pieces(file: IO[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield the bytes of a file, and close it."""
    with file:
        while piece := file.read(size):
            yield piece
