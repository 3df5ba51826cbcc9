"""Advisory locks: which exclude each other, and how many PostgreSQL has room for."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction

from contracts.postgres import locks
from contracts.postgres.locks import lock_many_until_commit

pytestmark = pytest.mark.django_db
# More than PostgreSQL has room for, with the settings that it comes with.
TOO_MANY = 30_000


@contextmanager
def another_session():
    given = connection.get_connection_params()
    address = {name: given[name] for name in ("host", "port", "user", "dbname") if name in given}
    with psycopg.connect(**address, options="-c lock_timeout=50ms") as session:
        yield session


def waits(session: psycopg.Connection, name: str, kind: str = "kind") -> bool:
    """Return whether somebody else who takes a lock on a name of a kind has to wait."""
    try:
        session.execute("SELECT pg_advisory_xact_lock_shared(%s)", [locks._key(kind)])
        session.execute("SELECT pg_advisory_xact_lock(%s)", [locks._key(name)])
    except psycopg.errors.LockNotAvailable:
        return True
    finally:
        session.rollback()
    return False


def test_of_few_names_each_is_locked_and_no_other():
    with transaction.atomic(), another_session() as session:
        lock_many_until_commit("kind", ["a", "b"])
        assert [waits(session, name) for name in "abc"] == [True, True, False]


def test_very_many_names_lock_all_of_their_kind_and_no_other():
    with transaction.atomic(), another_session() as session:
        lock_many_until_commit("kind", map(str, range(TOO_MANY)))
        assert waits(session, "anything")
        assert not waits(session, "anything", kind="another kind")
