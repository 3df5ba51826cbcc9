"""The indexes of the tables that loading and auditing fill."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db

FILLED = [
    *("contracts_contractingprocess", "contracts_release", "contracts_party", "contracts_award", "contracts_contract"),
    *("contracts_bid", "audits_audit", "audits_flag", "audits_purchase", "audits_observation", "audits_participation"),
]


def test_no_index_is_the_beginning_of_another_one():
    """It would answer nothing that the longer one does not, and be written with each row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT short.indexrelid::regclass::text, long.indexrelid::regclass::text
            FROM pg_index short JOIN pg_index long USING (indrelid)
            WHERE indrelid::regclass::text = ANY(%s) AND short.indexrelid <> long.indexrelid
                AND NOT short.indisunique AND starts_with(concat(long.indkey, ' '), concat(short.indkey, ' '))
                -- the same order, the same operators: texts have an index for beginnings, too
                AND starts_with(concat(long.indoption, ' '), concat(short.indoption, ' '))
                AND starts_with(concat(long.indclass, ' '), concat(short.indclass, ' '))
                AND short.indpred IS NULL AND short.indexprs IS NULL AND long.indpred IS NULL AND long.indexprs IS NULL
            """,
            [FILLED],
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid::regclass::text = ANY(%s)", [FILLED])
        assert cursor.fetchone()[0] > 60


def test_what_models_state_is_in_the_database():
    """Migrations that keep models and database apart must not lose a constraint on the way."""
    models = [model for model in apps.get_models() if model.__module__.startswith(("contracts.", "audits."))]
    stated = {
        part.name
        for model in models
        if model._meta.managed
        for part in (*model._meta.constraints, *model._meta.indexes)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")
        assert stated - {name for (name,) in cursor.fetchall()} == set()
    assert "audit_one_current_a_process" in stated


@pytest.mark.parametrize("migration", [("contracts", "0048"), ("audits", "0061")])
def test_indexes_are_dropped_while_others_read_and_write(migration):
    """The SQL, forwards and back: no lock on a table, no foreign key that is validated again."""
    for way in ({}, {"backwards": True}):
        written = io.StringIO()
        call_command("sqlmigrate", *migration, **way, stdout=written)
        statements = [line for line in written.getvalue().splitlines() if not line.startswith("--")]
        assert statements
        assert [line for line in statements if " INDEX CONCURRENTLY " not in line] == []


def test_tables_have_the_columns_of_their_models_and_no_others(db):
    """A column that a model has lost stays while a version still runs that writes it, and then goes."""
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    with connection.cursor() as cursor:
        stored = {
            model._meta.db_table: {
                column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
            }
            for model in models
        }
    known = {model._meta.db_table: {field.column for field in model._meta.local_concrete_fields} for model in models}
    assert {table: columns - known[table] for table, columns in stored.items() if columns != known[table]} == {}
