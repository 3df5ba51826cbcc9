"""A batch that fails is repeated item by item, so that only the failing items are reported."""

import errno
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

logger = logging.getLogger(__name__)

# Seconds to wait before retrying after the database was unavailable.
_PAUSES = (1, 2, 4, 8, 15)

Item = TypeVar("Item")
Result = TypeVar("Result")

# Classes of SQLSTATE that do not concern the rows: connection, rollback, resources, locks, intervention.
_TRANSIENT = frozenset({"08", "40", "53", "55", "57"})
# Lock timeout, deadlock, serialization failure.
_HELD_BY_OTHERS = frozenset({"55P03", "40P01", "40001"})
# Statement timeout.
_STOPPED = "57014"
# The database takes no writes: it is a standby after a failover, or an operator made it read-only.
_READ_ONLY = "25006"
# The worker ran out of time or memory, whatever it was working on.
INTERRUPTIONS = (SoftTimeLimitExceeded, MemoryError)


def is_transient(error: BaseException) -> bool:
    """Return whether a failure lies with database or worker and not with the data: a retry may succeed."""
    if isinstance(error, INTERRUPTIONS):
        return True
    if state := _state_of(error):
        return state[:2] in _TRANSIENT or state == _READ_ONLY
    lost = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
    return isinstance(error, lost)


class StorageError(OSError):
    """The storage of received bytes takes none: it is away, full or read-only."""


def may_pass(error: BaseException) -> bool:
    """Return whether who asked may ask again in a while: a server or storage is away or slow, or a disk is full."""
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return is_full or isinstance(error, StorageError) or is_transient(error)


def is_exhausted(error: BaseException) -> bool:
    """
    Return whether time or memory ran out, of worker or statement.

    In a batch that is the fault of none, but it may come each time: it uses an attempt up, or there would be no end.
    """
    return isinstance(error, INTERRUPTIONS) or _state_of(error) == _STOPPED


def is_blocked(error: BaseException) -> bool:
    """Return whether others held what a statement needs, until it gave up or PostgreSQL chose it to end a deadlock."""
    return _state_of(error) in _HELD_BY_OTHERS


def _state_of(error: BaseException) -> str:
    """Return the SQLSTATE of an error of the database, ``""`` where it has none."""
    origin = error if isinstance(error, psycopg.Error) else error.__cause__
    return str(getattr(origin, "sqlstate", None) or "")


def once_more(work: Callable[[], Result]) -> Result:
    """
    Do some work, and once more if others held what it needs: by then they are done.

    :param work: does all of it or nothing
    """
    try:
        return work()
    except (psycopg.Error, DatabaseError) as error:
        if not is_blocked(error):
            raise
        logger.warning("A batch was blocked by locks and is tried once more: %s", type(error).__name__)
    return work()


def insist(action: Callable[[], object]) -> None:
    """Do what must be stored after a failure; the database may be what failed, and is asked again for a while."""
    for pause in (*_PAUSES, None):
        try:
            action()
        except (InterfaceError, DatabaseError) as error:
            if pause is None or not is_transient(error):
                raise
            connection.close()
            time.sleep(pause)
        else:
            return


def write_aside(write: Callable[[], object]) -> None:
    """Write what an answer does not depend on: a reader gets it also where the database takes no writes now."""
    try:
        with transaction.atomic():
            write()
    except DatabaseError as error:
        if not is_transient(error):
            raise
        logger.warning("Something beside an answer could not be stored: %s", type(error.__cause__ or error).__name__)


def work_isolated(
    batch: Sequence[Item], work: Callable[[Sequence[Item]], Result], *, on_error: Callable[[Item, Exception], None]
) -> list[Result]:
    """
    Do some work for a batch; if it fails, for each item alone.

    :param work: does all of it or nothing, and may be called again
    :param on_error: called with each item that fails alone
    :returns: the results of the calls that went well
    :raises Exception: a transient one, see ``is_transient``: it concerns no item
    """
    if not batch:
        return []
    try:
        return [work(batch)]
    except Exception as error:
        if is_transient(error):
            raise
        if len(batch) == 1:
            logger.exception("One entry of a batch failed by itself.")  # not what it holds: logs must not tell
            on_error(batch[0], error)
            return []
        logger.warning("A batch of %d failed and is tried one by one: %s", len(batch), type(error).__name__)
    return [result for item in batch for result in work_isolated([item], work, on_error=on_error)]
