"""
Finds audits with outdated figures: those of other processes of a buyer that bought, or failed to buy, something.

Figures depend only on purchases and failed tenders, and these only on records and lexicon
(``audits.contributions.recording``). So an audit that is repeated because of its figures changes no purchase and makes
nothing else due, and loaded data settles in any order.

A group of peers is unchecked while its version is above the one up to which it was checked. A check computes the
current digest of each figure made from its purchases; if one differs from the judged figure, the audit is due again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from msgspec.json import decode

from audits.contributions.failed_tenders import OBJECT
from audits.contributions.recording import SPLITTING_WINDOW, bump_peer_groups
from audits.engine import attempts
from audits.judging.figures.processes import figure_digests
from audits.models import PeerGroup
from audits.models.monthly_spend import PRICED
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from audits.statistics import OF_PURCHASES, statistics_for
from audits.statistics.windows import SPEND_WINDOW
from contracts.ocds.codelists.codes import COMPETITIVE
from contracts.postgres.querying import execute, query

# Number of groups that one query checks, and of processes for which figures are computed at once.
_GROUPS = 100
_PROCESSES = 1000
# Checking a buyer with more purchases takes long (a second for a thousand, on a busy machine) and is left to the
# schedule. All purchases count: finding those affected would take as long as checking them.
MAX_PURCHASES_INLINE = 1000
# A buyer that keeps changing is checked after this many changes.
MAX_CHANGES_UNCHECKED = 100
# The version in which a purchase ``q`` was added; one without a version counts as newer than every audit.
_ADDED = "coalesce(q.version, 9223372036854775807)"
# Whether a buyer made, before its process ``own``, as many purchases as the figures of audit ``a`` are settled below.
_ENOUGH = f"""EXISTS (
    SELECT FROM jsonb_each_text(a.settled -> 'below') AS below (sector, number)
    WHERE EXISTS (
        SELECT FROM audits_purchase q
        WHERE q.buyer_id = own.buyer_id AND q.currency = a.settled ->> 'currency' AND {PRICED}
            AND (below.sector = '' OR below.sector = ANY(q.sectors))
            AND q.date BETWEEN own.date - make_interval(days => {SPEND_WINDOW.days}) AND own.date
        OFFSET below.number::int - 1
    )
)"""  # noqa: S608  -- conditions of ours


class Versions(NamedTuple):
    """
    The versions of groups when the figures of processes were read, by buyer and by process.

    ``since`` is, by buyer, the earliest date of the processes for which they were read.
    """

    of_buyer: Mapping[int, int]
    of_process: Mapping[int, int]
    since: Mapping[int, datetime]


def versions_of(process_ids: Sequence[int]) -> Versions:
    """Return the versions of the groups to which the processes belong."""
    rows = query(
        """
        SELECT q.process_id, q.buyer_id, g.version, min(q.date)
        FROM audits_purchase q JOIN audits_peergroup g ON g.buyer_id = q.buyer_id
        WHERE q.process_id = ANY(%s) GROUP BY q.process_id, q.buyer_id, g.version ORDER BY min(q.date) DESC
        """,
        [list(process_ids)],
    )
    return Versions(
        {buyer: version for _, buyer, version, _ in rows},
        {process_id: version for process_id, _, version, _ in rows},
        {buyer: date for _, buyer, _, date in rows},  # The earliest comes last.
    )


def recheck_if_changed(versions: Versions) -> None:
    """
    Mark groups for a check that changed after figures were read, from the version of these figures; runs in the
    transaction that writes the audits.

    A later writer of such a group waits for this transaction, and its check then finds these audits.
    """
    rows = query(
        "SELECT buyer_id, version FROM audits_peergroup WHERE buyer_id = ANY(%s) ORDER BY buyer_id FOR NO KEY UPDATE",
        [list(versions.of_buyer)],
    )
    overtaken = [buyer for buyer, version in rows if version != versions.of_buyer[buyer]]
    if overtaken:
        bump_peer_groups({buyer: versions.since[buyer] for buyer in overtaken})
        execute(
            """
            UPDATE audits_peergroup known SET checked = least(known.checked, given.version)
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (buyer_id, version)
            WHERE known.buyer_id = given.buyer_id
            """,
            [overtaken, [versions.of_buyer[buyer] for buyer in overtaken]],
        )


def find_due(*, only: Sequence[int] | None = None, quiet: timedelta = timedelta(0), limit: int = 10_000) -> list[int]:
    """
    Check groups of peers; mark audits with changed figures as due.

    :param only: only the groups of these processes, without those that are too large to check after each record
    :param quiet: skip groups that changed within this time, because one check is enough while much is being loaded
    :param limit: stop when this many were found; the rest is found next time
    :returns: the processes whose audits are due
    """
    rule_sets = rule_sets_in_force()
    found: list[int] = []
    groups = _due_groups(only, quiet)
    while groups and len(found) < limit:
        chunk, groups = groups[:_GROUPS], groups[_GROUPS:]
        found.extend(_check({group.buyer: group for group in chunk}, rule_sets))
    return found


class _Group(NamedTuple):
    buyer: int
    version: int
    checked: int
    since: datetime
    replaced: int


class _Reached(NamedTuple):
    """A process whose figures a change may affect."""

    buyer: int
    date: datetime
    process_id: int


def _check(groups: Mapping[int, _Group], rule_sets: RuleSets) -> list[int]:
    """
    Check groups by buyer, in chunks of processes, and store progress: a large buyer takes long, and an interrupted
    check must not start again.

    A concurrent writer of an audit sees by the version of its group what changed since it read its figures.
    """
    found: list[int] = []
    reached = _reached(groups.values())
    for start in range(0, len(reached), _PROCESSES):
        portion = reached[start : start + _PROCESSES]
        stale = _changed_figures([entry.process_id for entry in portion], rule_sets)
        last = portion[-1]
        with transaction.atomic():
            attempts.mark_due(stale)
            _close([groups[buyer] for buyer in {entry.buyer for entry in portion} - {last.buyer}])
            _advance(groups[last.buyer], last.date)
        found.extend(stale)
    _close(list(groups.values()))
    return found


def _due_groups(process_ids: Sequence[int] | None, quiet: timedelta) -> list[_Group]:
    wanted = (
        """
        AND buyer_id IN (
            SELECT buyer_id FROM audits_purchase WHERE process_id = ANY(%(process_ids)s)
            UNION ALL SELECT buyer_id FROM audits_failedtender WHERE process_id = ANY(%(process_ids)s)
        )
        AND NOT EXISTS (SELECT FROM audits_purchase q WHERE q.buyer_id = g.buyer_id OFFSET %(inline)s)
        """
        if process_ids is not None
        else ""
    )
    rows = query(
        f"""
        SELECT buyer_id, version, checked, since, replaced FROM audits_peergroup g
        WHERE version > checked {wanted} AND (
            changed_at <= clock_timestamp() - make_interval(secs => %(seconds)s)
            OR version - checked >= %(changes)s
        )
        ORDER BY changed_at
        """,  # noqa: S608  -- clauses of ours
        {
            "process_ids": list(process_ids or ()),
            "inline": MAX_PURCHASES_INLINE,
            "seconds": quiet.total_seconds(),
            "changes": MAX_CHANGES_UNCHECKED,
        },
    )
    return [_Group(*row) for row in rows]


# Processes whose figures the changes of groups may affect, see ``_reached``.
_REACHED = f"""
    WITH g AS (
        SELECT * FROM unnest(
            %(buyers)s::bigint[], %(versions)s::bigint[], %(checked)s::bigint[], %(since)s::timestamptz[],
            %(replaced)s::bigint[]
        ) AS g (buyer_id, version, checked, since, replaced)
    ), bought AS MATERIALIZED (
        -- One row a buyer, for it is looked at for each of its processes.
        SELECT buyer_id, max(added) AS added, array_agg(ROW (currency, priced, dates)) AS spent
        FROM (
            SELECT q.buyer_id, q.currency, max({_ADDED}) AS added, max({_ADDED}) FILTER (WHERE {PRICED}) AS priced,
                   array_agg(q.date ORDER BY q.date) FILTER (WHERE {PRICED}) AS dates
            FROM g JOIN audits_purchase q ON q.buyer_id = g.buyer_id GROUP BY q.buyer_id, q.currency
        ) AS by_currency
        GROUP BY buyer_id
    ), failures AS MATERIALIZED (
        -- To tell the object of a purchase takes long, and few buyers have a tender that failed since.
        SELECT f.buyer_id, max(f.version) AS added
        FROM g JOIN audits_failedtender f ON f.buyer_id = g.buyer_id GROUP BY f.buyer_id
    )
    SELECT DISTINCT own.buyer_id, own.date, own.process_id
    FROM g JOIN bought ON bought.buyer_id = g.buyer_id
    JOIN audits_purchase own ON own.buyer_id = g.buyer_id
        AND own.date >= g.since - make_interval(days => %(splitting_days)s)
    JOIN audits_audit a ON a.process_id = own.process_id AND a.is_current AND NOT a.is_due
        AND a.peers_version IS DISTINCT FROM g.version
    CROSS JOIN LATERAL (
        SELECT CASE WHEN greatest(a.peers_version, g.checked) < g.replaced THEN -1
                    ELSE greatest(a.peers_version, g.checked) END
    ) AS known (version)
    WHERE (
        own.date >= g.since AND (
            EXISTS (
                SELECT FROM unnest(bought.spent) AS spent (currency text, added bigint, dates timestamptz[])
                WHERE currency <> a.settled ->> 'currency' AND added > known.version
                    -- Of two currencies with as many contests the first by its code is that of a figure.
                    AND width_bucket(own.date, dates)
                        - width_bucket(own.date - make_interval(days => {SPEND_WINDOW.days}), dates)
                        >= coalesce((a.settled ->> 'contests')::bigint, 0)
                            + (currency COLLATE "C" > a.settled ->> 'currency')::int
            ) OR (bought.added > known.version AND (a.settled = '{{}}' OR {_ENOUGH}))
        )
    ) OR (
        -- What comes later is beside an earlier one that nobody competed for.
        (own.date >= g.since OR own.procurement_method <> ALL(%(competitive)s)) AND EXISTS (
            SELECT FROM audits_purchase q
            WHERE q.buyer_id = own.buyer_id AND q.supplier_id = own.supplier_id AND {_ADDED} > known.version
                AND q.date <= own.date + make_interval(days => %(splitting_days)s)
        )
    ) OR EXISTS (
        SELECT FROM contracts_contractingprocess process
        JOIN contracts_contractingprocess other
            ON other.buyer_id = process.buyer_id AND other.tender_end = process.tender_end
        JOIN audits_purchase q ON q.process_id = other.id AND {_ADDED} > known.version
        WHERE process.id = own.process_id
    ) OR (
        own.procurement_method <> ALL(%(competitive)s) AND (
            (known.version < 0 AND a.figures ? 'failed_tenders') OR (
                EXISTS (SELECT FROM failures WHERE buyer_id = own.buyer_id AND added > known.version)
                AND EXISTS (
                    SELECT FROM contracts_contractingprocess p JOIN audits_failedtender failed
                        ON failed.buyer_id = own.buyer_id AND failed.object_digest = {OBJECT}
                    WHERE p.id = own.process_id AND failed.version > known.version
                )
            )
        )
    )
    ORDER BY own.buyer_id, own.date, own.process_id
"""  # noqa: S608  -- conditions of ours


def _reached(groups: Collection[_Group]) -> list[_Reached]:
    """
    Return the processes whose figures the changes may affect, by buyer and date: those with a current audit that read
    its figures before the changes.

    Added purchases affect later processes that are not settled in them, those of the same supplier, and those of the
    same tender. A failed tender affects later purchases of the same object without competition. If a purchase was
    removed or changed since an audit, all of them count as added; for a removed one, the group is checked from a year
    before it.
    """
    rows = query(
        _REACHED,
        {
            "buyers": [group.buyer for group in groups],
            "versions": [group.version for group in groups],
            "checked": [group.checked for group in groups],
            "since": [group.since for group in groups],
            "replaced": [group.replaced for group in groups],
            "splitting_days": SPLITTING_WINDOW.days,
            "competitive": list(COMPETITIVE),
        },
    )
    return [_Reached(*row) for row in rows]


def _changed_figures(process_ids: Sequence[int], rule_sets: RuleSets) -> list[int]:
    """Return the processes whose current audit read figures that differ from today's."""
    audited = query(
        """
        SELECT p.id, p.country, a.figures::text
        FROM contracts_contractingprocess p
        JOIN audits_audit a ON a.process_id = p.id AND a.is_current AND NOT a.is_due
            AND a.process_digest = p.digest
        WHERE p.id = ANY(%s)
        """,
        [list(process_ids)],
    )
    reads = rule_sets.reads() & OF_PURCHASES
    figures = statistics_for([process_id for process_id, *_ in audited], reads=reads, bounds=rule_sets.bounds())
    outdated = []
    for process_id, country, text in audited:
        judged, today = decode(text), figure_digests(rule_sets.for_country(country).reduced(figures[process_id]))
        if any(today.get(name) != judged.get(name) for name in reads):
            outdated.append(process_id)
    return outdated


def _advance(group: _Group, date: datetime) -> None:
    """Store up to which date a group is checked, unless it changed meanwhile."""
    PeerGroup.objects.filter(buyer=group.buyer, version=group.version, since__lt=date).update(since=date)


@transaction.atomic
def _close(groups: Collection[_Group]) -> None:
    buyers, versions = [group.buyer for group in groups], [group.version for group in groups]
    checked = [group.checked for group in groups]
    # Lock in the same order as writers of groups, to avoid deadlocks.
    execute("SELECT FROM audits_peergroup WHERE buyer_id = ANY(%s) ORDER BY buyer_id FOR NO KEY UPDATE", [buyers])
    execute(
        """
        UPDATE audits_peergroup known SET checked = given.version
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given (buyer_id, version, checked)
        -- Whoever wrote audits of an earlier version meanwhile asks to be checked from there.
        WHERE known.buyer_id = given.buyer_id AND known.checked = given.checked
        """,
        [buyers, versions, checked],
    )
