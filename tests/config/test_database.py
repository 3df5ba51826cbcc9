"""
A connection that the server has ended is made anew for the next request; one that stands is not asked. Lists of keys
are written at once.
"""

import pytest
from django.db import close_old_connections, connection, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.array import ListDumper

from config.database.base import Lists

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.fixture
def ended(monkeypatch):
    """A connection, as a request finds it, whose backend was ended by somebody else."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.close()
    before = backend()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    other.close()
    yield before
    connection.close()


def test_a_connection_that_was_ended_is_made_anew(ended):
    close_old_connections()  # as at the beginning of a request
    assert backend() != ended


def test_one_that_stands_is_used_and_not_asked(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.close()
    before = backend()
    close_old_connections()
    trips = []
    cursor = connection.connection.cursor_factory
    ask = cursor.execute
    monkeypatch.setattr(cursor, "execute", lambda *given, **named: trips.append(given[1]) or ask(*given, **named))
    assert backend() == before
    assert trips == ["SELECT pg_backend_pid()"]
    assert connection.is_usable()
    assert len(trips) == 1


@pytest.mark.parametrize("left", [b"BEGIN; SELECT nothing_of_this_name", b"BEGIN; SELECT pg_sleep(5)"])
def test_one_that_was_left_amid_something_is_not_used(left):
    backend()
    connection.connection.pgconn.send_query(left)
    if b"sleep" not in left:
        while connection.connection.pgconn.get_result():
            pass
    assert not connection.is_usable()
    connection.close()


def test_a_connection_that_was_closed_here_is_not_used():
    backend()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()


@pytest.mark.parametrize(
    "values",
    [[], [7], [3, -1, 2**40], [2**70], [1, None], [True, False], [1.5, 2.0], ["a", 'b "c"', ""], [[1, 2], [3, 4]]],
)
def test_lists_are_written_as_psycopg_writes_them(values):
    with connection.cursor() as cursor:
        adapters = cursor.connection.adapters
        own = Transformer(cursor.connection).as_literal(values)
        assert adapters.get_dumper(list, PyFormat.TEXT) is Lists
        adapters.register_dumper(list, ListDumper)
        assert Transformer(cursor.connection).as_literal(values) == own
    connection.close()
