"""
Finds processes that are due for an audit, and leases them to workers.

An audit is due if the current record of a process has no audit under the rule set of its country. Only these rows
decide: if every queue message is lost, the sweep still finds the same processes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Concat, Now, TruncDay
from psycopg import sql

from audits.engine.flags import leave_unanswered
from audits.models import AuditAttempt, Flag
from audits.models.audit import MAX_ATTEMPTS
from contracts.models import ContractingProcess
from contracts.models.provenance import Verification
from contracts.postgres.isolating import insist
from contracts.postgres.querying import execute, query

# A SQL expression over ``p.country``: the rule set of a process is that of its country.
_OWED = """
    FROM contracts_contractingprocess p
    CROSS JOIN LATERAL (SELECT {rule_set} AS digest) rules
    LEFT JOIN audits_audit a ON a.process_id = p.id AND a.is_current
    LEFT JOIN audits_auditattempt t ON t.process_id = p.id AND t.key = sha256(p.digest || rules.digest)
    WHERE p.verification <> 'retired' AND (
        a.id IS NULL OR a.is_due OR a.process_digest <> p.digest OR a.ruleset_digest <> rules.digest
        OR (a.failed <> '{{}}' AND t.process_id IS NOT NULL)
    )
"""


def attempt_key(process_digest: bytes, ruleset_digest: bytes) -> bytes:
    """Return the key of an attempt; another record or another rule set makes another attempt."""
    return hashlib.sha256(process_digest + ruleset_digest).digest()


def due_processes(digests: Mapping[str, bytes], *, limit: int | None = None) -> list[tuple[int, int]]:
    """
    Return ``(process id, number of attempts)`` of processes that are due and that no worker holds.

    Processes given up after three attempts are left out.

    :param digests: country → digest of its rule set, ``""`` for all others
    """
    statement = sql.SQL("SELECT p.id, coalesce(t.attempts, 0)") + _due_condition(digests)
    statement += sql.SQL(
        " AND (t.process_id IS NULL OR (t.failed_at IS NULL AND t.leased_until < clock_timestamp()))"
        # Processes of one buyer go into one batch: their figures depend on each other, so they are judged only once.
        " ORDER BY p.buyer_id, p.id"
    )
    if limit is not None:
        statement += sql.SQL(" LIMIT {}").format(limit)
    return query(statement)


class Backlog(NamedTuple):
    """
    The backlog of audits: including processes held by a worker, without those given up.

    ``oldest_seconds`` is the age of the oldest compiled record without an audit of its current form; 0 if there is
    none. For changed figures or rules the age is not known, nor is it for held records, of which the day is kept.
    """

    processes: int
    oldest_seconds: float


def backlog(digests: Mapping[str, bytes]) -> Backlog:
    """
    Return the backlog of audits.

    :param digests: country → digest of its rule set, ``""`` for all others
    """
    measured = sql.SQL(
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(p.compiled_at)"
        " FILTER (WHERE p.verification <> 'unverified' AND (a.id IS NULL OR a.process_digest <> p.digest))), 0)"
    )
    ((processes, oldest),) = query(measured + _due_condition(digests) + sql.SQL(" AND t.failed_at IS NULL"))
    return Backlog(processes, max(float(oldest), 0.0))


def _due_condition(digests: Mapping[str, bytes]) -> sql.Composed:
    return sql.SQL(_OWED).format(rule_set=country_case("p.country", digests))


def country_case(column: str, digests: Mapping[str, bytes]) -> sql.Composable:
    """Return a SQL expression for the digest of the rule set of a country; ``""`` is that of all others."""
    base = sql.SQL("{}::bytea").format(digests[""])
    named = [
        sql.SQL("WHEN {} THEN {}").format(country, digest) for country, digest in sorted(digests.items()) if country
    ]
    if not named:
        return base
    column_of = sql.Identifier(*column.split("."))
    return sql.SQL("CASE {} {} ELSE {} END").format(column_of, sql.SQL(" ").join(named), base)


def mark_due(process_ids: Sequence[int]) -> None:
    """Mark audits as due again, because something they read has changed."""
    if not process_ids:
        return
    lock_processes(process_ids)
    execute(
        "UPDATE audits_audit SET is_due = true WHERE process_id = ANY(%s) AND is_current AND NOT is_due",
        [list(process_ids)],
    )


def mark_publisher_due(publisher_id: int) -> None:
    """Mark audits as due again for all processes of a publisher: rules read its country and time zone."""
    mark_due(list(ContractingProcess.objects.filter(publisher=publisher_id).values_list("pk", flat=True)))


def mark_recompiled_due(process_ids: Sequence[int]) -> None:
    """
    Mark audits as due again for processes with new releases but an unchanged compiled release.

    Rules also read figures of single releases (``audits.statistics.plans``). Runs in the transaction that writes the
    releases and holds the rows of the processes.
    """
    execute(
        """
        UPDATE audits_audit a SET is_due = true
        FROM contracts_contractingprocess p
        WHERE p.id = ANY(%s) AND p.id = a.process_id AND a.is_current AND a.process_digest = p.digest
        """,
        [list(process_ids)],
    )


def begin(keys: Mapping[int, bytes]) -> dict[int, int]:
    """
    Lease processes for one attempt, and commit that before the risky work.

    :param keys: process id → attempt key
    :returns: the leased processes, with the number of this attempt; the others are held by other workers, or were
        tried three times
    """
    lease = timedelta(seconds=settings.VEEDOR_LEASE_SECONDS)
    ordered = sorted(keys)
    rows = query(
        """
        INSERT INTO audits_auditattempt (process_id, key, attempts, leased_until, error)
        SELECT id, key, 1, clock_timestamp() + make_interval(secs => %s), ''
        FROM unnest(%s::bigint[], %s::bytea[]) AS given (id, key)
        ON CONFLICT (process_id) DO UPDATE SET
            attempts = CASE WHEN audits_auditattempt.key = EXCLUDED.key
                            THEN audits_auditattempt.attempts + 1 ELSE 1 END,
            key = EXCLUDED.key, leased_until = EXCLUDED.leased_until, failed_at = NULL, error = ''
        WHERE audits_auditattempt.key <> EXCLUDED.key
           OR (audits_auditattempt.failed_at IS NULL AND audits_auditattempt.leased_until < clock_timestamp()
               AND audits_auditattempt.attempts < %s)
        RETURNING process_id, attempts
        """,
        [lease.total_seconds(), ordered, [keys[process_id] for process_id in ordered], MAX_ATTEMPTS],
    )
    return dict(rows)


def finish(failed: Mapping[int, Sequence[str]]) -> None:
    """
    End the attempts on audited processes, in the transaction that writes the audits.

    :param failed: process id → codes of failed rules; if there are any, the next attempt may begin
    """
    incomplete = [process_id for process_id, codes in failed.items() if codes]
    for process_id in incomplete:
        note_error(process_id, f"failed: {', '.join(failed[process_id])}")
    unfinished = AuditAttempt.objects.filter(pk__any_of=list(failed))
    unfinished.exclude(pk__in=incomplete, attempts__lt=MAX_ATTEMPTS).delete()


def note_error(process_id: int, error: Exception | str) -> None:
    """Store why an attempt failed, and permit the next one."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    AuditAttempt.objects.filter(pk=process_id).update(error=text[:1000], leased_until=Now())


def give_back(begun: Mapping[int, int], keys: Mapping[int, bytes]) -> None:
    """
    Release processes interrupted by a database error; this does not count as an attempt.

    After a standstill longer than the lease, another worker may be at the next attempt on some, which goes on.

    :param begun: process id → number of the attempt, of ``begin``
    :param keys: process id → attempt key
    """
    own = [list(begun), list(begun.values()), [keys[process_id] for process_id in begun]]
    insist(
        lambda: execute(
            """
            UPDATE audits_auditattempt t SET attempts = t.attempts - 1, leased_until = clock_timestamp()
            FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS own (id, attempts, key)
            WHERE t.process_id = own.id AND t.attempts = own.attempts AND t.key = own.key
            """,
            own,
        )
    )


def give_up_exhausted() -> int:
    """Mark attempts that failed three times, and flags that can no longer be judged; return the number of new ones."""
    # Leases taken while the clock was ahead would last until then.
    ahead = Now() + 2 * timedelta(seconds=settings.VEEDOR_LEASE_SECONDS)
    AuditAttempt.objects.filter(leased_until__gt=ahead).update(leased_until=Now())
    exhausted = AuditAttempt.objects.filter(failed_at=None, attempts__gte=MAX_ATTEMPTS, leased_until__lt=Now())
    with transaction.atomic():
        digests = lock_processes(list(exhausted.values_list("pk", flat=True)))
        given_up = exhausted.filter(pk__any_of=list(digests))
        given_up.filter(error="").update(error="the worker died or ran out of time each time")
        prefix = Value(f"Tried {MAX_ATTEMPTS} times: ", TextField())
        process_ids = list(given_up.values_list("pk", flat=True))
        given_up.filter(pk__any_of=process_ids).update(failed_at=Now(), error=Concat(prefix, "error"))
        # Only the day for held records: an audit that fails is given up minutes after the record was sent.
        held = AuditAttempt.objects.filter(pk__any_of=process_ids, process__verification=Verification.UNVERIFIED)
        day = TruncDay(Now(), tzinfo=UTC)
        held.update(failed_at=day, leased_until=day)
        leave_unanswered(Flag.objects.filter(process__any_of=process_ids), digests)
    return len(process_ids)


def lock_processes(process_ids: Sequence[int]) -> dict[int, bytes]:
    """Lock processes, in the fixed order, against compiling and auditing; return their digests."""
    rows = query(
        "SELECT id, digest FROM contracts_contractingprocess WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(process_ids)],
    )
    return {process_id: bytes(digest) for process_id, digest in rows}
