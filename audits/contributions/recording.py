"""
Contributions → rows of purchases, observations and participations; the groups of peers and the organizations whose
figures change get a new version.

Only what differs is written. The version goes up in the transaction that changes the rows, so no change is lost before
the audits that it makes due.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from audits.contributions.contests import BUYER, CONTEST_OF_PROCESS
from audits.contributions.contribution import NOTHING, Contribution
from audits.contributions.failed_tenders import changed_failures, write_failures
from audits.contributions.replacing import replace_rows
from audits.contributions.sources import read_sources
from audits.contributions.track_records import mark_organizations_due, record_participants
from audits.models import Observation, Participation, Purchase
from contracts.models.process import PUBLIC
from contracts.ocds.codelists.codes import CANCELLED
from contracts.postgres.querying import query


class _Row(NamedTuple):
    process_id: int
    buyer_id: int | None
    supplier_id: int
    country: str
    procurement_method: str
    date: datetime
    amount: Any
    currency: str
    contest: str
    is_cancelled: bool
    sectors: tuple[str, ...]
    subjects: tuple[str, ...]
    is_gift: bool


_Rows = dict[int, set[_Row]]

# How far figures look for purchases before and after a direct one (``audits.statistics.history``).
SPLITTING_WINDOW = timedelta(days=366)
# Columns of an observation.
_OBSERVED = ("price_gaps", "gives", "lacks", "habits")


def record_contributions(contributions: Mapping[int, Contribution], digests: Mapping[int, bytes]) -> None:
    """
    Bring the purchases, observations and participations of processes up to date; a held claim counts for nothing.

    A process in whose place another record counts only contributes how its source fills fields.

    :param contributions: primary key of the process → contribution read from its record
    :param digests: the digest of the record that was read; if the record has changed, nothing is written
    """
    with transaction.atomic():
        process_ids, public, counted = _lock(digests)
        contributions = {pk: contributions[pk] if pk in public else NOTHING for pk in process_ids}
        _observe(process_ids, contributions)
        changed = record_participants(
            {pk: contributions[pk].participants if pk in counted else () for pk in process_ids}
        )
        mark_organizations_due(changed | _record_purchases(process_ids, contributions, counted))


def _record_purchases(
    process_ids: Sequence[int], contributions: Mapping[int, Contribution], counted: set[int]
) -> set[int]:
    """Write the purchases and failed tenders that differ; bump the peers; return the organizations concerned."""
    wanted, stored = _wanted(process_ids, contributions, counted), _stored(process_ids)
    changed = [process_id for process_id in process_ids if wanted[process_id] != stored[process_id]]
    failures = changed_failures(process_ids, counted)
    if not changed and not failures:
        return set()
    touched: dict[int, datetime] = {}
    replaced, suppliers = set(), set()
    for process_id in changed:
        stands = {(row.buyer_id, row.supplier_id, row.date) for row in wanted[process_id]}
        for row in wanted[process_id] ^ stored[process_id]:
            suppliers.add(row.supplier_id)
            if row.buyer_id is not None:
                # A removed purchase no longer shows which purchases it stood beside: recheck a whole window.
                is_gone = (row.buyer_id, row.supplier_id, row.date) not in stands
                earliest = row.date - SPLITTING_WINDOW if is_gone else row.date
                touched[row.buyer_id] = min(earliest, touched.get(row.buyer_id, earliest))
                if row in stored[process_id]:
                    replaced.add(row.buyer_id)
    since = dict(touched)
    for was, now in failures.values():
        for failed in filter(None, (was, now)):
            since[failed.buyer_id] = min(failed.failed_on, since.get(failed.buyer_id, failed.failed_on))
        if was:
            replaced.add(was.buyer_id)
    versions = bump_peer_groups(since, replaced)
    write_failures(failures, versions)
    outdated = [process_id for process_id in changed if stored[process_id]]
    rows = ((*row, versions.get(row.buyer_id)) for process_id in changed for row in wanted[process_id])
    replace_rows(Purchase, outdated, (*_Row._fields, "version"), rows)
    return suppliers | touched.keys() | _bodies_of(changed)


def _bodies_of(process_ids: Sequence[int]) -> set[int]:
    """Return the buyers of processes, and their procuring entities, whose figures contain the costs too."""
    return set(
        Participation.objects.filter(
            process__any_of=process_ids, role__in=(Participation.Role.BUYER, Participation.Role.PROCURING_ENTITY)
        ).values_list("organization", flat=True)
    )


def _observe(process_ids: Sequence[int], contributions: Mapping[int, Contribution]) -> None:
    seen = {
        process_id: (read.price_gaps, read.gives, read.lacks, read.habits)
        for process_id in process_ids
        for read in (contributions[process_id],)
    }
    sources = read_sources([process_id for process_id in process_ids if any(seen[process_id])])
    known = {
        process_id: (source, tuple(map(tuple, entries)))
        for process_id, source, *entries in Observation.objects.filter(process__any_of=process_ids).values_list(
            "process", "source", *_OBSERVED
        )
    }
    nothing = "", ((),) * len(_OBSERVED)
    changed = [
        process_id
        for process_id in process_ids
        if (sources.get(process_id, ""), seen[process_id]) != known.get(process_id, nothing)
    ]
    outdated = [process_id for process_id in changed if process_id in known]
    rows = ((process_id, sources[process_id], *seen[process_id]) for process_id in changed if process_id in sources)
    replace_rows(Observation, outdated, ("process_id", "source", *_OBSERVED), rows)


def bump_peer_groups(since: Mapping[int, datetime], replaced: Collection[int] = ()) -> dict[int | None, int]:
    """
    Give groups of peers a new version, and return it by buyer.

    A later writer waits for the end of this transaction, so rows of one version are visible before those of the next.

    :param since: primary key of the buyer → the earliest date from which its figures may differ
    :param replaced: the buyers with removed or changed purchases
    """
    buyers = sorted(since)
    rows = query(
        """
        INSERT INTO audits_peergroup AS known (buyer_id, version, checked, since, replaced, changed_at)
        SELECT buyer, 1, 0, since, is_replaced::int, clock_timestamp()
        FROM unnest(%s::bigint[], %s::timestamptz[], %s::boolean[]) AS given (buyer, since, is_replaced)
        ON CONFLICT (buyer_id) DO UPDATE SET
            version = known.version + 1,
            since = CASE WHEN known.version = known.checked THEN EXCLUDED.since
                         ELSE least(known.since, EXCLUDED.since) END,
            replaced = CASE WHEN EXCLUDED.replaced > 0 THEN known.version + 1 ELSE known.replaced END,
            changed_at = EXCLUDED.changed_at
        RETURNING buyer_id, version
        """,
        [buyers, [since[buyer] for buyer in buyers], [buyer in replaced for buyer in buyers]],
    )
    return dict(rows)


def _lock(digests: Mapping[int, bytes]) -> tuple[list[int], set[int], set[int]]:
    """
    Lock processes against compiling and auditing.

    :returns: the processes with an unchanged record, the public ones of these, and those that count
    """
    found = query(
        "SELECT id, digest, verification, same_as_id IS NULL FROM contracts_contractingprocess"
        " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(digests)],
    )
    public = {process_id for process_id, _, verification, _ in found if verification in PUBLIC}
    return (
        [process_id for process_id, digest, _, _ in found if bytes(digest) == digests[process_id]],
        public,
        {process_id for process_id, _, _, counts in found if counts and process_id in public},
    )


def _wanted(process_ids: Sequence[int], contributions: Mapping[int, Contribution], counted: set[int]) -> _Rows:
    found = query(
        f"""
        SELECT p.id, {BUYER}, s.supplier, p.country, p.procurement_method,
               coalesce(p.award_date, p.date_signed, p.date),
               sum(round(c.amount / cardinality(c.suppliers), 10)), c.currency, {CONTEST_OF_PROCESS},
               lower(p.status) = 'cancelled'
        FROM contracts_contractingprocess p
        JOIN contracts_contract c ON c.process_id = p.id
        CROSS JOIN LATERAL unnest(c.suppliers) AS s (supplier)
        WHERE p.id = ANY(%s) AND lower(c.status) <> ALL(%s)
            AND coalesce(p.award_date, p.date_signed, p.date) IS NOT NULL
        GROUP BY p.id, s.supplier, c.currency
        """,  # noqa: S608  -- expressions of ours
        [list(counted.intersection(process_ids)), list(CANCELLED)],
    )
    own = ((row, contributions[row[0]]) for row in found)
    rows = (_Row._make((*row, read.sectors, read.subjects, read.is_gift)) for row, read in own)
    return _by_process(process_ids, rows)


def _stored(process_ids: Sequence[int]) -> _Rows:
    rows = Purchase.objects.filter(process__any_of=process_ids).values_list(*_Row._fields)
    return _by_process(
        process_ids, (_Row._make(tuple(value) if isinstance(value, list) else value for value in row) for row in rows)
    )


def _by_process(process_ids: Sequence[int], rows: Iterable[_Row]) -> _Rows:
    found: _Rows = defaultdict(set, {process_id: set() for process_id in process_ids})
    for row in rows:
        found[row.process_id].add(row)
    return found
