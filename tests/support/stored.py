"""All that the database holds, to find what must be nowhere in it, or to see that nothing has changed."""

from collections.abc import Collection

from django.db import connection


def stored_rows(*, but: Collection[str] = ()) -> dict[str, list[str]]:
    """Return table → its rows as JSON, in order; bytes are hexadecimal."""
    found = {}
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - set(but)
        # What rows pass through on their way in is emptied at the end of a transaction, which tests never reach.
        for table in sorted(table for table in tables if not table.startswith("load_")):
            cursor.execute(f'SELECT to_jsonb(row)::text FROM "{table}" AS row ORDER BY 1')
            found[table] = [text for (text,) in cursor.fetchall()]
    return found


def is_stored(text: str) -> bool:
    """Say whether a text stands anywhere, in bytes too."""
    everything = "\n".join(row for rows in stored_rows().values() for row in rows)
    return text in everything or text.encode().hex() in everything
