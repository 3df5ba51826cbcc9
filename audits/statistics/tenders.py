"""Records of one tender: publishers who give an ocid to each contract tell the same tender several times."""

from collections.abc import Sequence

from django.db import connection

from contracts.models.process import PUBLIC


def first_records(process_ids: Sequence[int]) -> dict[int, str]:
    """
    Return the first ocid of the public records that tell the tender of each process, where it is another record's.

    One tender has one buyer, one title and description, and is open from one moment to another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH own AS MATERIALIZED (
                SELECT id, ocid, buyer_id, tender_end, tender_start, title, description
                FROM contracts_contractingprocess
                WHERE id = ANY(%s) AND title <> '' AND tender_end IS NOT NULL AND tender_start IS NOT NULL
            ), first AS MATERIALIZED (
                -- Of one deadline a buyer may have very many: they are read once, and not for each process.
                SELECT buyer_id, tender_end, tender_start, title, description, min(ocid) AS ocid
                FROM (SELECT DISTINCT buyer_id, tender_end FROM own) deadline
                JOIN contracts_contractingprocess other USING (buyer_id, tender_end)
                WHERE verification = ANY(%s) AND title <> ''
                GROUP BY buyer_id, tender_end, tender_start, title, description
            )
            SELECT own.id, first.ocid
            FROM own JOIN first USING (buyer_id, tender_end, tender_start, title, description)
            WHERE first.ocid < own.ocid
            """,
            [list(process_ids), list(PUBLIC)],
        )
        return dict(cursor.fetchall())
