"""
Whose figures changed when a buyer bought something else: the processes of the same buyer.

Figures depend on purchases alone, and those on records and lexicon alone (``audits.contributions.recording``). So an
audit that is made again for the sake of its figures changes no purchase, makes nothing else stale, and what was loaded
settles, in whatever order it came.

A group of peers is unchecked while its version is above the one up to which it was checked. To check it is to compute
today's digest of each figure that is made of its purchases; where one differs from what was judged, the audit is due
again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from msgspec.json import decode

from audits.contributions.recording import SPLITTING_WINDOW, bump_peer_groups
from audits.engine import attempts
from audits.judging.figures import figure_digests
from audits.models import PeerGroup
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from audits.statistics import OF_PURCHASES, statistics_for
from contracts.ocds.codes import COMPETITIVE
from contracts.postgres.querying import query

# How many groups are looked at by one query, and of how many processes the figures are computed at once.
_GROUPS = 100
_PROCESSES = 1000
# To check a buyer with more purchases takes a while (a thousand: a second, on a busy machine): that is not done after
# each record. Rows are counted, since whom a change reaches takes as long to find out as to check.
MAX_PURCHASES_INLINE = 1000
# A buyer that never rests is checked after so many changes.
MAX_CHANGES_UNCHECKED = 100


class Versions(NamedTuple):
    """
    The versions of groups when the figures of processes were read, by buyer and by process.

    ``since`` is, by buyer, the earliest date of the processes that they were read for.
    """

    of_buyer: Mapping[int, int]
    of_process: Mapping[int, int]
    since: Mapping[int, datetime]


def versions_of(process_ids: Sequence[int]) -> Versions:
    """Return the versions of the groups that the processes belong to."""
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
        {buyer: date for _, buyer, _, date in rows},  # the earliest comes last
    )


def recheck_if_changed(versions: Versions) -> None:
    """
    Let groups be checked that changed after figures were read; part of the transaction that writes the audits.

    Whoever changes such a group later waits for this transaction, and its check then finds these audits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT buyer_id, version FROM audits_peergroup WHERE buyer_id = ANY(%s) ORDER BY buyer_id"
            " FOR NO KEY UPDATE",
            [list(versions.of_buyer)],
        )
        overtaken = [buyer for buyer, version in cursor.fetchall() if version != versions.of_buyer[buyer]]
    if overtaken:
        bump_peer_groups({buyer: versions.since[buyer] for buyer in overtaken})


def find_due(*, only: Sequence[int] | None = None, quiet: timedelta = timedelta(0), limit: int = 10_000) -> list[int]:
    """
    Check groups of peers; mark audits due again whose figures changed.

    :param only: only the groups of these processes, without those that are too large to be checked after each record
    :param quiet: leave groups alone that changed within this time: while much is being loaded, one check is enough
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
    since: datetime


class _Reached(NamedTuple):
    """A process whose figures a change may have reached."""

    buyer: int
    date: datetime
    process_id: int


def _check(groups: Mapping[int, _Group], rule_sets: RuleSets) -> list[int]:
    """
    Check groups by buyer, so many processes at a time, and keep what is done: a large buyer takes long, and who ends
    this check must not begin it again.

    Whoever writes an audit meanwhile sees by the version of its group what changed since it read its figures.
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
        AND buyer_id IN (SELECT buyer_id FROM audits_purchase WHERE process_id = ANY(%(process_ids)s))
        AND NOT EXISTS (SELECT FROM audits_purchase q WHERE q.buyer_id = g.buyer_id OFFSET %(inline)s)
        """
        if process_ids is not None
        else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT buyer_id, version, since FROM audits_peergroup g
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
        return [_Group(*row) for row in cursor.fetchall()]


def _reached(groups: Collection[_Group]) -> list[_Reached]:
    """
    Return the processes whose figures the changes may have reached, those of one buyer after another, by date: those
    with an audit that stands and that read its figures before them.

    What changed in its place is a row at its own date still, so that it is found from there; of what went, the date
    from which its group is checked lies a year before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT q.buyer_id, q.date, q.process_id
            FROM unnest(%(buyers)s::bigint[], %(versions)s::bigint[], %(since)s::timestamptz[])
                AS g (buyer_id, version, since)
            JOIN audits_purchase q ON q.buyer_id = g.buyer_id AND (
                q.date >= g.since
                OR (
                    q.date >= g.since - make_interval(days => %(splitting_days)s)
                    AND (
                        -- What comes later is beside an earlier one only if both are from one supplier,
                        (q.procurement_method <> ALL(%(competitive)s) AND EXISTS (
                            SELECT FROM audits_purchase later
                            WHERE later.buyer_id = q.buyer_id AND later.supplier_id = q.supplier_id
                                AND later.date >= g.since
                                AND later.date <= q.date + make_interval(days => %(splitting_days)s)
                        ))
                        -- or may tell the same tender, whoever won it.
                        OR EXISTS (
                            SELECT FROM contracts_contractingprocess own
                            JOIN contracts_contractingprocess other
                                ON other.buyer_id = own.buyer_id AND other.tender_end = own.tender_end
                            JOIN audits_purchase later ON later.process_id = other.id AND later.date >= g.since
                            WHERE own.id = q.process_id
                        )
                    )
                )
            )
            JOIN audits_audit a ON a.process_id = q.process_id AND a.is_current AND NOT a.is_due
                AND a.peers_version IS DISTINCT FROM g.version
            ORDER BY q.buyer_id, q.date, q.process_id
            """,
            {
                "buyers": [group.buyer for group in groups],
                "versions": [group.version for group in groups],
                "since": [group.since for group in groups],
                "splitting_days": SPLITTING_WINDOW.days,
                "competitive": list(COMPETITIVE),
            },
        )
        return [_Reached(*row) for row in cursor.fetchall()]


def _changed_figures(process_ids: Sequence[int], rule_sets: RuleSets) -> list[int]:
    """Return the processes whose audit stands and read other figures than there are today."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.country, a.figures::text
            FROM contracts_contractingprocess p
            JOIN audits_audit a ON a.process_id = p.id AND a.is_current AND NOT a.is_due
                AND a.process_digest = p.digest
            WHERE p.id = ANY(%s)
            """,
            [list(process_ids)],
        )
        audited = cursor.fetchall()
    reads = rule_sets.reads() & OF_PURCHASES
    figures = statistics_for([process_id for process_id, *_ in audited], reads=reads, bounds=rule_sets.bounds())
    outdated = []
    for process_id, country, text in audited:
        judged, today = decode(text), figure_digests(rule_sets.for_country(country).asked(figures[process_id]))
        if any(today.get(name) != judged.get(name) for name in reads):
            outdated.append(process_id)
    return outdated


def _advance(group: _Group, date: datetime) -> None:
    """Note up to which date a group is checked, unless it changed meanwhile."""
    PeerGroup.objects.filter(buyer=group.buyer, version=group.version, since__lt=date).update(since=date)


@transaction.atomic
def _close(groups: Collection[_Group]) -> None:
    buyers, versions = [group.buyer for group in groups], [group.version for group in groups]
    with connection.cursor() as cursor:
        # In one order, as whoever changes groups: else two wait for each other.
        cursor.execute(
            "SELECT FROM audits_peergroup WHERE buyer_id = ANY(%s) ORDER BY buyer_id FOR NO KEY UPDATE", [buyers]
        )
        cursor.execute(
            """
            UPDATE audits_peergroup known SET checked = greatest(known.checked, given.version)
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (buyer_id, version)
            WHERE known.buyer_id = given.buyer_id
            """,
            [buyers, versions],
        )
