"""Advisory locks of PostgreSQL on names, for rows that may not exist yet."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from contracts.postgres.querying import execute, query

# So many names of a kind are locked one by one.
MAX_LOCKS = 2_000


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def lock_until_commit(names: Iterable[str]) -> None:
    """Take a lock on each name, in one order everywhere, until the transaction ends."""
    keys = sorted({_key(name) for name in names})
    execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key", [keys])


def lock_many_until_commit(kind: str, names: Iterable[str]) -> None:
    """
    Lock each name of a kind, always in the same order, until the transaction ends; all names, if there are very many.

    PostgreSQL has room for some ten thousand locks, in all sessions together: whoever exceeds that fails, and so do
    others that lock something meanwhile.
    """
    keys = sorted({_key(name) for name in names})
    if len(keys) > MAX_LOCKS:
        lock_until_commit([kind])
        return
    execute(
        "WITH shared AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%s))"
        " SELECT pg_advisory_xact_lock(key) FROM shared, unnest(%s::bigint[]) key",
        [_key(kind), keys],
    )


def share_until_commit(name: str) -> None:
    """Take a lock that many may hold at once, and nobody who takes it by ``lock_until_commit`` beside them."""
    execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(name)])


@contextmanager
def hold_if_free(name: str) -> Iterator[bool]:
    """Hold a lock without a transaction, and yield whether it was free; it ends with the block or the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(name)])
        (is_held,) = cursor.fetchone()
        try:
            yield is_held
        finally:
            if is_held:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(name)])


def session_that_holds(name: str) -> int | None:
    """Return the number of PostgreSQL's session that holds a lock without a transaction, if one does."""
    found = query(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32) | objid::bigint = %s",
        [_key(name)],
    )
    return found[0][0] if found else None
