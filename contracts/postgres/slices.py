"""Statements over whole tables, slice by slice, so that other readers and writers are not blocked."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

SLICE_ROWS = 5_000


def slices(connection: Any, table: str, size: int = SLICE_ROWS) -> Iterator[tuple[int, int]]:
    """Yield the first and the last primary key of each slice of a table as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM {table}")  # noqa: S608  -- ours
        first, last = cursor.fetchone()
    for start in range(first, last + 1, size):
        yield start, min(start + size - 1, last)


def fill_by_slices(table: str, statement: str) -> migrations.RunPython:
    """
    Return the operation of a migration that runs a statement for the rows of a table, a transaction for each slice.

    The migration has ``atomic = False``; broken off, it starts again from the first row.

    :param statement: with ``%s`` twice, for the first and the last primary key of a slice
    """

    def run(_apps: Any, editor: Any) -> None:
        for bounds in slices(editor.connection, table):
            with editor.connection.cursor() as cursor:
                cursor.execute(statement, bounds)

    return migrations.RunPython(run, migrations.RunPython.noop, elidable=True)
