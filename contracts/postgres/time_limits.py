"""Time limits of single statements, shorter than the one of the server."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

# For a statement of a search or of a list, in seconds.
MAX_SECONDS = 5
T = TypeVar("T")


@contextmanager
def statement_timeout(seconds: float) -> Iterator[None]:
    """
    Stop each statement inside that takes longer, see ``was_stopped``; each keeps to one processor.

    What comes after it in the same transaction has the limits that it had before.
    """
    is_outermost = not connection.in_atomic_block
    # To start further processes takes longer than most searches. Rows whose keys are known are read one by one,
    # from memory or a disk without arms: at the cost that PostgreSQL assumes it would rather read whole tables.
    wanted = {
        "statement_timeout": str(int(seconds * 1000)),
        "max_parallel_workers_per_gather": "0",
        "random_page_cost": "1.1",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        before = {} if is_outermost else _settings(cursor, wanted)
        _set_until_commit(cursor, wanted)
        yield
        # The end of a transaction, and what is rolled back, restore them by themselves.
        if before:
            _set_until_commit(cursor, before)


def _settings(cursor: Any, names: Iterable[str]) -> dict[str, str]:
    cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(names)])
    return dict(cursor.fetchall())


def _set_until_commit(cursor: Any, values: Mapping[str, str]) -> None:
    # Values of ours or of the server's, without quotes: as text in one trip they cost half of what parameters do.
    cursor.execute("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in values.items()))


def was_stopped(error: BaseException) -> bool:
    """Tell whether a statement was stopped because it took too long."""
    return isinstance(error.__cause__, QueryCanceled)


def in_time(seconds: float, ask: Callable[[], T], otherwise: T) -> T:
    """Return the answer of the database, or something else if a statement takes longer."""
    try:
        with statement_timeout(seconds):
            return ask()
    except OperationalError as error:
        if was_stopped(error):
            return otherwise
        raise
