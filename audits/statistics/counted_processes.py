"""The processes behind a figure about an organization, the most telling first."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from audits.judging.figures.organizations import CountedProcess
from contracts.postgres.querying import query

# Maximum number shown as evidence; the page of the organization lists them all.
MAX_COUNTED = 50

Counted = dict[tuple[int, str], list[CountedProcess]]


class _Count(NamedTuple):
    """``where`` and ``first`` are SQL conditions, ``path`` is the place in the process, ``value`` its value."""

    where: str
    first: str
    path: str
    value: Callable[[Sequence[Any]], Any]


_COUNTS = {
    "method_use": _Count(
        "q.is_competitive IS NOT NULL", "NOT q.is_competitive", "/tender/procurementMethod", lambda row: row[0]
    ),
    "bids_won": _Count("q.competed", "NOT q.won", "/bids/details", lambda row: {"won": row[1]}),
    "bids_disqualified": _Count(
        "q.submitted > 0",
        "q.disqualified > 0",
        "/bids/details",
        lambda row: {"submitted": row[2], "disqualified": row[3]},
    ),
    "supplied_categories": _Count(
        "q.categories <> '{}'", "cardinality(q.categories) > 1", "/awards", lambda row: {"categories": row[4]}
    ),
}


def is_counted(name: str) -> str:
    """Return the condition that a participation ``q`` counts for a figure."""
    return _COUNTS[name].where


def counted_processes(name: str, organization_ids: Sequence[int]) -> Counted:
    """Return (organization, role) → processes, for a figure that counts participations."""
    count = _COUNTS[name]
    found: Counted = defaultdict(list)
    rows = query(
        f"""
        SELECT organization_id, role, ocid, title, procurement_method, won, submitted, disqualified, categories
        FROM (
            SELECT q.organization_id, q.role, p.ocid, p.title, p.procurement_method, q.won, q.submitted,
                   q.disqualified, q.categories,
                   row_number() OVER (
                       PARTITION BY q.organization_id, q.role
                       ORDER BY ({count.first}) DESC, p.date DESC NULLS LAST, p.ocid
                   ) AS place
            FROM audits_participation q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.organization_id = ANY(%s) AND {count.where}
        ) ranked
        WHERE place <= %s ORDER BY organization_id, role, place
        """,  # noqa: S608  -- conditions of ours
        [list(organization_ids), MAX_COUNTED],
    )
    for organization, role, ocid, title, *row in rows:
        found[organization, role].append(CountedProcess(ocid, count.path, count.value(row), title[:120]))
    return found
