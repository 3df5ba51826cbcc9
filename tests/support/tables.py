"""Tables as they are read: their releases, their problems, and what became of each sheet."""

import tempfile
from collections.abc import Iterable
from typing import Any

from contracts.ocds.problems import Problem
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import Row, read_csv, read_workbook
from contracts.tables.table import RowRelease, SheetRead


def parts(rows: Iterable[Row], given: Any = None) -> tuple[list[dict], list[Problem], list[SheetRead]]:
    entries = list(read_table(rows, given))
    return (
        [entry.release for entry in entries if isinstance(entry, RowRelease)],
        [entry for entry in entries if isinstance(entry, Problem)],
        [entry for entry in entries if isinstance(entry, SheetRead)],
    )


def parts_of_text(*lines: str) -> tuple[list[dict], list[Problem], list[SheetRead]]:
    return parts(read_csv(["\n".join(lines).encode()]))


def parts_of_workbook(content: bytes) -> tuple[list[dict], list[Problem], list[SheetRead]]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return parts(read_workbook(file))


def cells(*rows: Any, sheet: str = "Hoja") -> list[Row]:
    return [Row(sheet, number, row) for number, row in enumerate(rows, 1) if any(cell != "" for cell in row)]


def read_rows(*rows):
    """Return the first release, the problems and what became of the table."""
    (release, *_others), problems, (sheet,) = parts_of_text(*map(";".join, rows))
    return release, problems, sheet


def value(release):
    return release["awards"][0]["value"]
