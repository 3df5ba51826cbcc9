"""All that the database holds, to find what must be nowhere in it, or to see that nothing has changed."""

from collections.abc import Collection, Iterable

from django.db import connection

from contracts.models import ContentChunk

# Computed for all records together, whoever sent what. A mark that something was written, which names nothing, goes
# when cohorts are brought up to date, within minutes.
OF_ALL = {"audits_pagefigures", "audits_cohort", "audits_populationchange", "django_migrations", "django_session"}


def times_since(begun) -> dict[str, list[str]]:
    """Return table → columns that hold a time since a moment, other than a midnight."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'"
        )
        for table, column in cursor.fetchall():
            if table in OF_ALL:
                continue
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" >= %s', [begun])
            if cursor.fetchone()[0]:
                found.setdefault(table, []).append(column)
    return found


def stored_rows(*, but: Collection[str] = ()) -> dict[str, list[str]]:
    """Return table → its rows as JSON, in order; bytes are hexadecimal."""
    # What rows pass through on their way in is emptied at the end of a transaction, which tests never reach.
    return _rows_of(sorted(table for table in _tables() - {*but} if not table.startswith("load_")))


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        return {*connection.introspection.table_names(cursor)}


def _rows_of(tables: Iterable[str]) -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(row)::text FROM "{table}" AS row ORDER BY 1')
            found[table] = [text for (text,) in cursor.fetchall()]
    return found


def is_stored(text: str) -> bool:
    """Say whether a text stands anywhere, in bytes too."""
    everything = "\n".join(row for rows in stored_rows().values() for row in rows)
    return text in everything or text.encode().hex() in everything


def dump() -> str:
    """Return all of it as text, also what rows pass through on their way in; bytes are hexadecimal."""
    return "\n".join(row for rows in _rows_of(_tables()).values() for row in rows)


def dump_with_bytes() -> str:
    """Return the same, and what was received as Latin-1 too."""
    chunks = ContentChunk.objects.values_list("data", flat=True)
    return "\n".join([dump(), *(bytes(chunk).decode("latin-1") for chunk in chunks)])
