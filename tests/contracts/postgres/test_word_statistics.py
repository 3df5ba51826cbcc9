"""What a row is found by is worked out when it is written and searched for, and by no ANALYZE."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_analyze_works_out_no_words_of_any_index():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT index.relname, array_agg(DISTINCT other.attstattarget)
            FROM pg_class index
            JOIN pg_attribute words ON words.attrelid = index.oid AND words.attname LIKE '%_words'
            JOIN pg_attribute other ON other.attrelid = index.oid
            WHERE index.relkind = 'i' GROUP BY index.relname
            """
        )
        targets = dict(cursor.fetchall())

    newest = {f"{table}_words_newest" for table in ("contract", "flag", "page")}
    assert set(targets) == {*newest, "process_words_and_items", "organization_words_public"}
    # One column that is asked for would do: all of the index would be worked out.
    assert set(map(tuple, targets.values())) == {(0,)}
