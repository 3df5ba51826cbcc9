"""
Failed tenders according to their own records, by buyer and object. An object is identified by its title, regardless of
case and punctuation; a title of few letters is not enough. A tender failed if its status says so, or if all its awards
failed. Direct awards are not failed tenders.

It failed on the day of the last failed award; if none is dated, by the end of bidding, because the date of a record is
that of its notice in one source, and that of its last change in another.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from audits.contributions.contests import BUYER
from audits.contributions.replacing import replace_rows
from audits.models import FailedTender
from contracts.ocds.codelists.codes import CANCELLED
from contracts.postgres.querying import query

# Minimum number of letters of a title that identifies an object among the tenders of a buyer.
_LETTERS = 20
_WORDS = r"btrim(regexp_replace(lower(p.title), '\W+', ' ', 'g'))"
# SQL of the key of the object of a process ``p``, a SHA-256; null if the title is not enough.
OBJECT = f"CASE WHEN length(replace({_WORDS}, ' ', '')) >= {_LETTERS} THEN sha256(convert_to({_WORDS}, 'UTF8')) END"


class _Row(NamedTuple):
    process_id: int
    buyer_id: int
    object_digest: bytes
    status: str
    date: datetime
    failed_on: datetime


Changes = Mapping[int, tuple[_Row | None, _Row | None]]


def changed_failures(process_ids: Sequence[int], counted: set[int]) -> Changes:
    """
    Return the processes whose failed tender differs from the stored one: process → stored, and read now.

    :param counted: the processes whose tenders count
    """
    stored = _by_process(FailedTender.objects.filter(process__any_of=process_ids).values_list(*_Row._fields))
    found = query(
        f"""
        SELECT id, buyer, object, status, date, coalesce(decided, date)
        FROM (
            SELECT p.id, {BUYER} AS buyer, {OBJECT} AS object, awards.decided,
                CASE WHEN lower(p.status) = ANY(%(failed)s) THEN lower(p.status)
                    WHEN awards.number > 0 AND awards.unsuccessful = awards.number THEN 'unsuccessful' END AS status,
                coalesce(p.tender_end, p.tender_start, p.date) AS date
            FROM contracts_contractingprocess p
            CROSS JOIN LATERAL (
                SELECT count(*) AS number, count(*) FILTER (WHERE lower(a.status) = 'unsuccessful') AS unsuccessful,
                    max(a.date) FILTER (WHERE lower(a.status) = 'unsuccessful') AS decided
                FROM contracts_award a WHERE a.process_id = p.id
            ) awards
            WHERE p.id = ANY(%(process_ids)s) AND p.procurement_method <> 'direct'
        ) failed WHERE status IS NOT NULL AND buyer IS NOT NULL AND object IS NOT NULL AND date IS NOT NULL
        """,  # noqa: S608  -- expressions of ours
        {"process_ids": list(counted.intersection(process_ids)), "failed": list(CANCELLED)},
    )
    read = _by_process(found)
    return {
        process_id: (stored.get(process_id), read.get(process_id))
        for process_id in process_ids
        if stored.get(process_id) != read.get(process_id)
    }


def _by_process(rows: Iterable[Sequence[Any]]) -> dict[int, _Row]:
    return {row.process_id: row._replace(object_digest=bytes(row.object_digest)) for row in map(_Row._make, rows)}


def write_failures(changes: Changes, versions: Mapping[int | None, int]) -> None:
    """
    Store what changed.

    :param versions: buyer → the new version of its group of peers
    """
    outdated = [process_id for process_id, (stored, _) in changes.items() if stored]
    rows = ((*read, versions[read.buyer_id]) for _, read in changes.values() if read)
    replace_rows(FailedTender, outdated, (*_Row._fields, "version"), rows)
