"""
Whose figures changed when a buyer bought something else: the processes of the same buyer.

Figures depend on purchases alone, and those on records and lexicon alone (``audits.contributions.recording``). So an
audit that is made again for the sake of its figures changes no purchase, makes nothing else stale, and what was loaded
settles, in whatever order it came.

A group of peers is unchecked while its version is above the one up to which it was checked. To check it is to compute
the digest that each dossier would have today; where it differs from the one that was judged, the audit is due again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from audits.contributions.recording import bump_peer_groups
from audits.engine import attempts
from audits.judging.building import dossier_digest
from audits.reference.rule_sets import rule_sets_in_force
from audits.statistics import statistics_for
from audits.statistics.windows import SPLITTING_WINDOW
from contracts.ocds.codes import COMPETITIVE

# How many groups one transaction checks, and of how many processes the figures are computed at once.
_GROUPS = 100
_PROCESSES = 1000


class Version(NamedTuple):
    """The version of a group when figures were read; ``since`` is the earliest date of those they were read for."""

    version: int
    since: datetime


def versions_of(process_ids: Sequence[int]) -> dict[int, Version]:
    """Return the versions of the groups that the processes belong to, by primary key of the buyer."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT q.buyer_id, g.version, min(q.date)
            FROM audits_purchase q JOIN audits_peergroup g ON g.buyer_id = q.buyer_id
            WHERE q.process_id = ANY(%s) GROUP BY q.buyer_id, g.version
            """,
            [list(process_ids)],
        )
        return {buyer: Version(version, since) for buyer, version, since in cursor.fetchall()}


def recheck_if_changed(versions: Mapping[int, Version]) -> None:
    """
    Let groups be checked that changed after figures were read; part of the transaction that writes the audits.

    Whoever changes such a group later waits for this transaction, and its check then finds these audits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT buyer_id, version FROM audits_peergroup WHERE buyer_id = ANY(%s) ORDER BY buyer_id"
            " FOR NO KEY UPDATE",
            [list(versions)],
        )
        overtaken = [buyer for buyer, version in cursor.fetchall() if version != versions[buyer].version]
    if overtaken:
        bump_peer_groups({buyer: versions[buyer].since for buyer in overtaken})


def find_due(*, only: Sequence[int] | None = None, quiet: timedelta = timedelta(0), limit: int = 10_000) -> list[int]:
    """
    Check groups of peers; mark audits due again whose figures changed.

    :param only: only the groups of these processes
    :param quiet: leave groups alone that changed within this time: while much is being loaded, one check is enough
    :param limit: stop when this many were found; the rest is found next time
    :returns: the processes whose audits are due
    """
    reads = rule_sets_in_force().reads()
    found: list[int] = []
    groups = _due_groups(only, quiet)
    while groups and len(found) < limit:
        chunk, groups = groups[:_GROUPS], groups[_GROUPS:]
        with transaction.atomic():
            stale = _changed_figures(_audited(chunk), reads)
            attempts.mark_due(stale)
            _close(chunk)
        found.extend(stale)
    return found


_Group = tuple[int, int, datetime]


def _due_groups(process_ids: Sequence[int] | None, quiet: timedelta) -> list[_Group]:
    wanted = (
        "AND buyer_id IN (SELECT buyer_id FROM audits_purchase WHERE process_id = ANY(%(process_ids)s))"
        if process_ids is not None
        else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT buyer_id, version, since FROM audits_peergroup
            WHERE version > checked AND changed_at <= clock_timestamp() - make_interval(secs => %(seconds)s) {wanted}
            ORDER BY changed_at
            """,  # noqa: S608  -- a clause of ours
            {"process_ids": list(process_ids or ()), "seconds": quiet.total_seconds()},
        )
        return cursor.fetchall()


def _audited(groups: Sequence[_Group]) -> list[tuple[Any, ...]]:
    """Return the audits that stand, of processes whose figures the changes may have reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT p.id, p.digest, a.dossier_digest, coalesce(publisher.country, ''),
                   coalesce(publisher.time_zone, 'UTC')
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS g (buyer_id, since)
            JOIN audits_purchase q ON q.buyer_id = g.buyer_id AND (
                q.date >= g.since
                OR (
                    q.date >= g.since - make_interval(days => %s)
                    AND q.procurement_method <> ALL(%s)
                )
            )
            JOIN contracts_contractingprocess p ON p.id = q.process_id
            JOIN audits_audit a ON a.process_id = p.id AND a.is_current AND NOT a.is_due
                AND a.process_digest = p.digest
            LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
            ORDER BY p.id
            """,
            [[group[0] for group in groups], [group[2] for group in groups], SPLITTING_WINDOW.days, list(COMPETITIVE)],
        )
        return cursor.fetchall()


def _changed_figures(audited: Sequence[tuple[Any, ...]], reads: frozenset[str]) -> list[int]:
    outdated = []
    for start in range(0, len(audited), _PROCESSES):
        chunk = audited[start : start + _PROCESSES]
        figures = statistics_for([row[0] for row in chunk], reads=reads)
        for process_id, digest, judged, country, zone in chunk:
            today = dossier_digest(bytes(digest), country, ZoneInfo(zone), figures[process_id])
            if bytes.fromhex(today) != bytes(judged):
                outdated.append(process_id)
    return outdated


def _close(groups: Sequence[_Group]) -> None:
    buyers, versions = [group[0] for group in groups], [group[1] for group in groups]
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
