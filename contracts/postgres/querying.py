"""Statements that Django's ORM cannot express."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg.sql import Composable

Text = str | Composable
Values = Mapping[str, Any] | Sequence[Any] | None


def query(text: Text, values: Values = None) -> list[tuple[Any, ...]]:
    """Return all rows of a statement; raises ``django.db.DatabaseError`` as it does."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def execute(text: Text, values: Values = None) -> int:
    """Run a statement, and return how many rows it read or wrote; raises ``django.db.DatabaseError`` as it does."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.rowcount)


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the rows as of one moment, and write none, for however long; the caller sets a limit."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # A statement lasts as long as its file takes to be written.
            cursor.execute("SET LOCAL statement_timeout = 0")
            # Parquet is written between two statements.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield
