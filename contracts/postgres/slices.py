"""Statements of migrations about whole tables, slice by slice: the version before goes on working meanwhile."""

from typing import Any

from django.db import migrations

SLICE_ROWS = 5_000


def fill_by_slices(table: str, statement: str) -> migrations.RunPython:
    """
    Return the operation that runs a statement for the rows of a table, each slice in a transaction of its own.

    The migration has ``atomic = False``; broken off, it starts again from the first row.

    :param statement: with ``%s`` twice, for the first and the last primary key of a slice
    """

    def run(_apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM {table}")  # noqa: S608  -- ours
            first, last = cursor.fetchone()
            for start in range(first, last + 1, SLICE_ROWS):
                cursor.execute(statement, [start, min(start + SLICE_ROWS - 1, last)])

    return migrations.RunPython(run, migrations.RunPython.noop, elidable=True)
