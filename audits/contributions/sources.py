"""The source of a record: its publisher, else the one that the record names, or the prefix of its ocid."""

from collections.abc import Iterable

from django.db import connection

# SQL over a process ``p`` and its ``publisher``, which may be missing. An ocid with a prefix of the standard tells its
# source by itself; others ("59") would each be a source of one record. A name that a record or its package gives is
# marked, so that nobody counts among the records of a publisher by naming its slug.
SOURCE = """coalesce(
    publisher.slug,
    CASE WHEN p.ocid !~* '^ocds-' THEN 'publisher:' || left(coalesce(
        nullif(p.compiled_release #>> '{packageInfo,publisher,name}', ''),
        nullif(p.compiled_release #>> '{publisher,name}', ''),
        (
            SELECT nullif(submission.package #>> '{publisher,name}', '')
            FROM contracts_release release
            JOIN contracts_submission submission ON submission.id = release.submission_id
            WHERE release.ocid = p.ocid AND release.claim_id IS NULL ORDER BY release.id LIMIT 1
        )
    ), 200) END,
    substring(p.ocid from '^[^-]*-?[^-]*')
)"""


def sources_of(ocids: Iterable[str]) -> dict[str, str]:
    """Return ocid → source, of the processes that are stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.ocid, {SOURCE} FROM contracts_contractingprocess p
            LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id WHERE p.ocid = ANY(%s)
            """,  # noqa: S608  -- an expression of ours
            [list(ocids)],
        )
        return dict(cursor.fetchall())
