"""Work in another thread, and whether anybody waits for a lock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from contracts.postgres.locks import hold_if_free

# Of this database alone: other tests may run beside. Who waits for another's transaction names no database, but holds
# locks that do; pg_stat_activity, which names it, says the same until the end of the transaction that asks.
_WAITING = """
    SELECT count(*) FROM pg_locks waiting WHERE NOT granted AND EXISTS (
        SELECT FROM pg_locks beside JOIN pg_database ON pg_database.oid = beside.database
        WHERE beside.pid = waiting.pid AND datname = current_database()
    )
"""
_SECONDS = 20


class Beside:
    """Work that is done in a thread, on a connection of its own, and how it failed."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.failed: list[Exception] = []
        self._work = work
        self._thread = threading.Thread(target=self._do)

    def start(self) -> None:
        self._thread.start()

    def start_and_let_wait(self) -> None:
        """Start, and go on as soon as it waits for a lock or is done."""
        self.start()
        deadline = time.monotonic() + _SECONDS
        while self._thread.is_alive() and not _somebody_waits():
            assert time.monotonic() < deadline, "it neither ends nor waits"
            time.sleep(0.02)

    def join(self) -> list[Exception]:
        """Wait until it is done; return how it failed."""
        self._thread.join()
        return self.failed

    def _do(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  -- told by the test, whatever it is
            self.failed.append(error)
        finally:
            connection.close()


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if _somebody_waits():
            return
        time.sleep(0.02)
    pytest.fail("nobody waits for a lock")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


@contextmanager
def held_elsewhere(name: str) -> Iterator[Callable[[], None]]:
    """Hold a lock as another process does, on a connection of its own; yield what lets it go before the end."""
    begun, done = threading.Event(), threading.Event()

    def hold():
        with hold_if_free(name):
            begun.set()
            done.wait(60)

    def let_go():
        done.set()
        assert holding.join() == []

    holding = Beside(hold)
    holding.start()
    assert begun.wait(60)
    try:
        yield let_go
    finally:
        let_go()
