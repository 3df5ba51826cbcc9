"""Time limits of single statements."""

import pytest
from django.db import OperationalError, connection

from contracts.postgres.time_limits import statement_timeout, was_stopped

pytestmark = pytest.mark.django_db


def test_a_statement_that_takes_too_long_is_stopped():
    with pytest.raises(OperationalError) as stopped, statement_timeout(0.05), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")

    assert was_stopped(stopped.value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")


def test_after_it_a_transaction_has_the_limits_that_it_had():
    def limits():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name",
                [["statement_timeout", "max_parallel_workers_per_gather", "random_page_cost"]],
            )
            return dict(cursor.fetchall())

    outside = limits()
    with statement_timeout(4):
        within = limits()
        with statement_timeout(1):
            assert limits()["statement_timeout"] == "1000"
        assert limits() == within != outside
        with pytest.raises(OperationalError), statement_timeout(0.05), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")
        assert limits() == within
    assert limits() == outside
