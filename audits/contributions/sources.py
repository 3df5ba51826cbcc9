"""The source of a record: its publisher, the one that it names, the prefix of its ocid, or the table of its row."""

from collections.abc import Iterable, Sequence

from contracts.ocds.written.simple import OCID_PREFIX
from contracts.postgres.querying import query

# SQL of observations ``o``, each with its process ``p`` and the ``publisher`` of that, which may be missing.
OBSERVED = """
    audits_observation o
    JOIN contracts_contractingprocess p ON p.id = o.process_id
    LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
"""
# SQL of the source of one.
SOURCE = "coalesce(publisher.slug, o.source)"

# What an observation keeps of it, over a process ``p``: to read it needs the record. An ocid with a prefix of the
# standard tells its source by itself; others ("59") would each be a source of one record, and so would those that are
# made of the rows of a table. A name that a record or its package gives is marked, so that nobody counts among the
# records of a publisher by naming its slug; so is a submission, whose key is nobody's business.
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
    """Return primary key → source as the record tells it, whoever its publisher is."""
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
    """Return ocid → source, of the processes that were audited."""
    return dict(query(f"SELECT p.ocid, {SOURCE} FROM {OBSERVED} WHERE p.ocid = ANY(%s)", [list(ocids)]))  # noqa: S608
