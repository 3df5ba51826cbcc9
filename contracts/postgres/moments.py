"""Long reading: all of it sees the rows of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the rows of one moment, and write none, for however long; who calls it has a limit of their own."""
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
