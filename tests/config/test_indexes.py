"""The indexes of the tables that loading and auditing fill."""

import pytest
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
