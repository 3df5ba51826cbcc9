"""The source of a record: its publisher, the one that it names, the prefix of its ocid, or the table of its row."""

from collections.abc import Iterable, Sequence

from contracts.ocds.written.simple import OCID_PREFIX
from contracts.postgres.querying import query

# SQL of observations ``o``, each with its process ``p`` and its ``publisher``, which may be missing.
OBSERVED = """
    audits_observation o
    JOIN contracts_contractingprocess p ON p.id = o.process_id
    LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
"""
# SQL of the source of an observation.
SOURCE = "coalesce(publisher.slug, o.source)"

# The part of the source that an observation stores, over a process ``p``, because it has to be read from the record.
# An ocid with a registered prefix shows its source; others ("59"), and those made from rows of a table, would each be
# a source of a single record. A name in a record or its package is marked, so that a sender cannot join the records of
# a publisher by naming its slug; a submission is marked too, because its key is private.
_OF_RECORD = f"""coalesce(
    CASE WHEN p.ocid !~* '^ocds-' THEN coalesce(
        'publisher:' || left(coalesce(
            nullif(p.compiled_release #>> '{{packageInfo,publisher,name}}', ''),
            nullif(p.compiled_release #>> '{{publisher,name}}', ''),
            nullif(first.package #>> '{{publisher,name}}', '')
        ), 200),
        CASE WHEN p.ocid LIKE '{OCID_PREFIX}-%%'
            THEN 'submission:' || left(encode(sha256(first.id::text::bytea), 'hex'), 12) END
    ) END,
    substring(p.ocid from '^[^-]*-?[^-]*')
)"""


def read_sources(process_ids: Sequence[int]) -> dict[int, str]:
    """Return primary key → source according to the record, regardless of its publisher."""
    rows = query(
        f"""
        SELECT p.id, {_OF_RECORD} FROM contracts_contractingprocess p
        LEFT JOIN LATERAL (
            SELECT submission.id, submission.package
            FROM contracts_release release
            JOIN contracts_submission submission ON submission.id = release.submission_id
            WHERE release.ocid = p.ocid AND release.claim_id IS NULL ORDER BY release.id LIMIT 1
        ) AS first ON p.ocid !~* '^ocds-'
        WHERE p.id = ANY(%s)
        """,  # noqa: S608  -- an expression of ours
        [list(process_ids)],
    )
    return dict(rows)


def sources_of(ocids: Iterable[str]) -> dict[str, str]:
    """Return ocid → source, for audited processes."""
    return dict(query(f"SELECT p.ocid, {SOURCE} FROM {OBSERVED} WHERE p.ocid = ANY(%s)", [list(ocids)]))  # noqa: S608
