"""Statements written once, over the cursor that a connection keeps: errors and transactions are those of Django."""

import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from contracts.models import Publisher
from contracts.postgres.statements import Slot, Statement, Together

SLUG = Slot("slug")


@pytest.fixture
def found(db):
    for slug in ("año", "other"):
        Publisher.objects.create(slug=slug, name=f"{slug} Compras")
    statement = Statement(Publisher.objects.filter(slug=SLUG).values_list("name"))
    return lambda slug: [tuple(row) for row in statement.rows({SLUG.key: slug})]


def test_it_finds_the_same_whether_django_looks_on_or_not(found):
    unseen = [found("año"), found("x")]
    with CaptureQueriesContext(connection) as queries:
        assert [found("año"), found("x")] == unseen == [[("año Compras",)], []]
    assert len(queries) == 2
    assert all('"slug" = ($1)' in query["sql"] for query in queries)


def test_who_wraps_statements_sees_its_text(found):
    seen = []
    with connection.execute_wrapper(lambda execute, sql, *more: seen.append(sql) or execute(sql, *more)):
        assert found("año")
    assert ['"slug" = ($1)' in sql for sql in seen] == [True]


def test_its_error_is_one_of_django_and_the_next_statement_is_asked(found):
    assert found("año")
    with pytest.raises(DataError), transaction.atomic():
        found("a\x00")
    assert found("año") == [("año Compras",)]


def test_in_a_broken_transaction_nothing_is_asked(found):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            found("año")


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_over_the_connection_that_there_is(found):
    assert found("año")
    connection.close()
    assert found("año") == [("año Compras",)]
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(OperationalError):
        found("año")
    connection.close()
    assert found("año") == [("año Compras",)]


def test_values_of_several_are_asked_at_once(found):
    part = ("%s", (SLUG,))
    assert list(Together([part, ("1 + 1", ())]).values({SLUG.key: "ñ"})) == ["ñ", 2]
