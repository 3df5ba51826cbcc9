"""
ANALYZE works out no words: of 30,000 rows that takes seconds, each time that a tenth of a table has changed.

What it learns misleads: for a word that many rows hold, PostgreSQL would rather work out the words of the rows that
other filters leave than read the index.
"""

from django.db import migrations
from django.db.migrations.operations.base import Operation


def without_statistics(index: str) -> Operation:
    """Return what leaves the words of an index, and its windows, out of ANALYZE, and forgets what that learned."""

    def setting(number: int) -> str:
        return "; ".join(f"ALTER INDEX {index} ALTER COLUMN {column} SET STATISTICS {number}" for column in (1, 2))

    # Before PostgreSQL 18 no owner can forget: there it grows old.
    forgetting = f"""
        DO $body$ BEGIN
            IF current_setting('server_version_num')::int >= 180000 THEN
                PERFORM pg_clear_attribute_stats(relnamespace::regnamespace::text, relname, attname, false)
                FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE pg_class.oid = '{index}'::regclass;
            END IF;
        END $body$
    """  # noqa: S608  -- a name of ours
    return migrations.RunSQL(f"{setting(0)}; {forgetting}", setting(-1))


class Migration(migrations.Migration):
    dependencies = [("contracts", "0059_documents_that_lay_before_a_decision")]

    operations = [
        without_statistics("process_words_newest"),
        without_statistics("contract_words_newest"),
        without_statistics("organization_words_newest"),
    ]
