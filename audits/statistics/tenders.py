"""
Records of the same tender, which exist if a publisher gives each contract an ocid; and failed tenders for an object
that was then awarded directly.
"""

from collections import defaultdict
from collections.abc import Sequence

from audits.contributions.contests import BUYER
from audits.contributions.failed_tenders import OBJECT
from audits.contributions.recording import SPLITTING_WINDOW
from audits.judging.figures.processes import FailedTender
from contracts.models.process import PUBLIC
from contracts.ocds.codelists.codes import COMPETITIVE
from contracts.postgres.querying import query

# Maximum number of records, which bounds the cost of a title that a buyer uses for everything.
_MAX_FAILED = 20


def first_records(process_ids: Sequence[int]) -> dict[int, str]:
    """
    Return the first ocid of the public records of each process's tender, if it is another record's. Records of one
    tender have the same buyer, title, description, and start and end of the tender.
    """
    return dict(
        query(
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
                WHERE verification = ANY(%s) AND same_as_id IS NULL AND title <> ''
                GROUP BY buyer_id, tender_end, tender_start, title, description
            )
            SELECT own.id, first.ocid
            FROM own JOIN first USING (buyer_id, tender_end, tender_start, title, description)
            WHERE first.ocid < own.ocid
            """,
            [list(process_ids), list(PUBLIC)],
        )
    )


def failed_tenders(process_ids: Sequence[int]) -> dict[int, list[FailedTender]]:
    """
    Return, for each process without competition, the failed tenders of its buyer for its object in the year before.

    A process without any is left out. Records with bids due on the same date are the same tender, represented by its
    first ocid.
    """
    rows = query(
        f"""
        SELECT own.id, failed.ocid, failed.failed_on, failed.status
        FROM (
            SELECT p.id, {BUYER} AS buyer_id, {OBJECT} AS object, coalesce(p.award_date, p.date_signed, p.date) AS date
            FROM contracts_contractingprocess p
            WHERE p.id = ANY(%(process_ids)s) AND p.procurement_method <> ALL(%(competitive)s)
        ) own CROSS JOIN LATERAL (
            SELECT DISTINCT ON (f.date) f.date, f.failed_on, f.status, p.ocid
            FROM audits_failedtender f JOIN contracts_contractingprocess p ON p.id = f.process_id
            WHERE f.buyer_id = own.buyer_id AND f.object_digest = own.object AND f.failed_on <= own.date
                AND f.failed_on >= own.date - make_interval(days => %(days)s) AND f.process_id <> own.id
                AND p.verification = ANY(%(public)s)
            ORDER BY f.date DESC, p.ocid LIMIT {_MAX_FAILED}
        ) failed
        ORDER BY failed.date DESC
        """,  # noqa: S608  -- expressions and a number of ours
        {
            "process_ids": list(process_ids),
            "competitive": list(COMPETITIVE),
            "days": SPLITTING_WINDOW.days,
            "public": list(PUBLIC),
        },
    )
    found: dict[int, list[FailedTender]] = defaultdict(list)
    for process_id, ocid, date, status in rows:
        found[process_id].append(FailedTender(ocid, date.date(), status))
    return found
