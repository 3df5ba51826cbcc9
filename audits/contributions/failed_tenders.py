"""
Tenders that came to nothing, as their own records tell, by buyer and object.

One object has one title, whatever its case and punctuation; a title of few letters says too little. A tender failed
where its status says so, or all of its awards do. What was awarded directly is none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from audits.models import FailedTender
from contracts.ocds.codes import CANCELLED
from contracts.postgres.copying import copy_rows
from contracts.postgres.querying import query

# Letters of a title that name one object among all that a buyer tenders for.
_LETTERS = 20
_WORDS = r"btrim(regexp_replace(lower(p.title), '\W+', ' ', 'g'))"
# SQL of what processes ``p`` of one object share; null where the title says too little.
OBJECT = f"CASE WHEN length(replace({_WORDS}, ' ', '')) >= {_LETTERS} THEN md5({_WORDS}) END"
# SQL of who buys in a process ``p``.
BUYER = "coalesce(p.buyer_id, p.procuring_entity_id)"


class _Row(NamedTuple):
    process_id: int
    buyer_id: int
    title: str
    date: datetime


Changes = Mapping[int, tuple[_Row | None, _Row | None]]


def changed_failures(process_ids: Sequence[int], public: set[int]) -> Changes:
    """Return the processes whose failed tender is another than the stored one: process → stored, and read now."""
    stored = {
        row.process_id: row
        for row in map(_Row._make, FailedTender.objects.filter(process__any_of=process_ids).values_list(*_Row._fields))
    }
    found = query(
        f"""
        SELECT * FROM (
            SELECT p.id, {BUYER} AS buyer, {OBJECT} AS title, coalesce(p.tender_end, p.tender_start, p.date) AS date
            FROM contracts_contractingprocess p
            WHERE p.id = ANY(%(process_ids)s) AND p.procurement_method <> 'direct' AND (
                lower(p.status) = ANY(%(failed)s) OR (
                    EXISTS (SELECT FROM contracts_award a WHERE a.process_id = p.id)
                    AND NOT EXISTS (
                        SELECT FROM contracts_award a WHERE a.process_id = p.id AND lower(a.status) <> 'unsuccessful'
                    )
                )
            )
        ) failed WHERE buyer IS NOT NULL AND title IS NOT NULL AND date IS NOT NULL
        """,  # noqa: S608  -- expressions of ours
        {"process_ids": list(public.intersection(process_ids)), "failed": list(CANCELLED)},
    )
    read = {row.process_id: row for row in map(_Row._make, found)}
    return {
        process_id: (stored.get(process_id), read.get(process_id))
        for process_id in process_ids
        if stored.get(process_id) != read.get(process_id)
    }


def write_failures(changes: Changes, versions: Mapping[int | None, int]) -> None:
    """
    Store what changed.

    :param versions: buyer → the new version of its group of peers
    """
    outdated = [process_id for process_id, (stored, _) in changes.items() if stored]
    if outdated:
        FailedTender.objects.filter(process__any_of=outdated).delete()
    rows = [read for _, read in changes.values() if read]
    if rows:
        copy_rows(FailedTender, (*_Row._fields, "version"), ([*row, versions[row.buyer_id]] for row in rows))
