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
            SELECT own.id, min(other.ocid)
            FROM contracts_contractingprocess own
            JOIN contracts_contractingprocess other
                ON other.buyer_id = own.buyer_id AND other.tender_end = own.tender_end
                AND other.tender_start = own.tender_start
                AND other.title = own.title AND other.description = own.description
            WHERE own.id = ANY(%s) AND own.title <> '' AND other.ocid < own.ocid AND other.verification = ANY(%s)
            GROUP BY own.id
            """,
            [list(process_ids), list(PUBLIC)],
        )
        return dict(cursor.fetchall())
