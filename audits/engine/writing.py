"""
Outcomes → rows: audits and flags of a batch, in one transaction.

Writing the same audit twice changes nothing: audits are unique by subject, dossier and rule set, flags by subject and
fingerprint.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from msgspec.json import encode
from psycopg import sql

from audits.engine import attempts
from audits.engine.flags import write_flags
from audits.engine.judged import Judged
from audits.models import Audit
from contracts.postgres.clock import database_now
from contracts.postgres.copying import excluded, upsert_rows
from contracts.postgres.querying import execute, query


class AuditRow(NamedTuple):
    """The columns of an audit; JSON as text."""

    process_id: int | None
    organization_id: int | None
    process_digest: bytes
    dossier_digest: bytes
    ruleset_digest: bytes
    outcomes: str
    withheld: list[str]
    sectors: str
    sector_evidence: str
    figures: str
    peers_version: int | None
    settled: str
    is_current: bool
    is_due: bool
    failed: list[str]
    audited_at: datetime


_UPDATED = (
    *(
        "process_digest",
        "outcomes",
        "withheld",
        "sectors",
        "figures",
        "peers_version",
        "settled",
        "is_current",
        "is_due",
        "failed",
    ),
    *("sector_evidence", "audited_at"),
)


def write_audits(judged: Sequence[Judged]) -> int:
    """
    Write the audits of processes whose record is still the one that was judged; return the number with a new dossier.

    If the record changed meanwhile, nothing is written: the process is due again. If figures changed but flags did
    not, the previous audit is kept and becomes the audit of the new dossier.
    """
    with transaction.atomic():
        present = attempts.lock_processes([entry.subject_id for entry in judged])
        unchanged = _unchanged(judged)
        fresh = [
            entry
            for entry in judged
            if present.get(entry.subject_id) == entry.process_digest and entry.subject_id not in unchanged
        ]
        standing = _move_on([entry for entry in fresh if entry.stands is not None])
        _write([entry for entry in fresh if entry.subject_id not in standing])
        attempts.finish({entry.subject_id: entry.failed for entry in judged})
        # The record may have changed in members that no dossier reads: its digest differs, but the audit is still
        # valid.
        written = {entry.subject_id for entry in fresh}
        _confirm([entry for entry in judged if entry.subject_id in present and entry.subject_id not in written])
    return len(fresh)


def write_organization_audits(judged: Sequence[Judged]) -> int:
    """Write the audits of organizations, in the transaction that holds them; return the number of new ones."""
    unchanged = _unchanged(judged)
    fresh = [entry for entry in judged if entry.subject_id not in unchanged]
    _write(fresh)
    return len(fresh)


def _unchanged(judged: Sequence[Judged]) -> set[int]:
    """Return the subjects whose current audit is complete and of the same dossier and rule set."""
    if not judged:
        return set()
    column = judged[0].subject_column
    current = {
        pk: (bytes(dossier), bytes(rule_set))
        for pk, dossier, rule_set in Audit.objects.filter(
            **{f"{column}__any_of": [entry.subject_id for entry in judged]}, is_current=True, failed=[]
        ).values_list(column, "dossier_digest", "ruleset_digest")
    }
    return {
        entry.subject_id
        for entry in judged
        if current.get(entry.subject_id) == (entry.dossier_digest, entry.rule_set.digest)
    }


def _confirm(unchanged: Sequence[Judged]) -> None:
    if not unchanged:
        return
    execute(
        """
        UPDATE audits_audit a
        SET process_digest = given.process_digest, figures = given.figures, peers_version = given.peers_version,
            settled = given.settled, is_due = false
        FROM ROWS FROM (
            unnest(%s::bigint[]), unnest(%s::bytea[]), unnest(%s::bytea[]), jsonb_array_elements(%s::jsonb),
            unnest(%s::bigint[]), jsonb_array_elements(%s::jsonb)
        ) AS given (process_id, process_digest, dossier_digest, figures, peers_version, settled)
        WHERE a.process_id = given.process_id AND a.is_current AND a.dossier_digest = given.dossier_digest
            AND (a.is_due OR a.process_digest <> given.process_digest)
        """,
        [
            [entry.subject_id for entry in unchanged],
            [entry.process_digest for entry in unchanged],
            [entry.dossier_digest for entry in unchanged],
            _json_array(encode(entry.figures).decode() for entry in unchanged),
            [entry.peers_version for entry in unchanged],
            _json_array(encode(entry.settled).decode() for entry in unchanged),
        ],
    )


def _move_on(standing: Sequence[Judged]) -> set[int]:
    """Assign audits to another dossier; return the processes for which that was possible."""
    if not standing:
        return set()
    now = database_now()
    columns = (
        [entry.stands for entry in standing],
        [entry.rule_set.digest for entry in standing],
        [entry.dossier_digest for entry in standing],
        _json_array(map(_outcomes, standing)),
        _json_array(encode(entry.figures).decode() for entry in standing),
        [entry.peers_version for entry in standing],
        _json_array(encode(entry.settled).decode() for entry in standing),
        [entry.moment(now) for entry in standing],
    )
    rows = query(
        """
        UPDATE audits_audit a
        SET dossier_digest = given.dossier_digest, outcomes = given.outcomes, figures = given.figures,
            peers_version = given.peers_version, settled = given.settled, is_due = false,
            audited_at = given.audited_at
        FROM ROWS FROM (
            unnest(%s::bigint[]), unnest(%s::bytea[]), unnest(%s::bytea[]),
            jsonb_array_elements(%s::jsonb), jsonb_array_elements(%s::jsonb), unnest(%s::bigint[]),
            jsonb_array_elements(%s::jsonb), unnest(%s::timestamptz[])
        ) AS given (id, ruleset_digest, dossier_digest, outcomes, figures, peers_version, settled, audited_at)
        WHERE a.id = given.id AND a.is_current AND a.ruleset_digest = given.ruleset_digest
            -- figures that are again what they were once, in an audit that a flag still names
            AND NOT EXISTS (
                SELECT 1 FROM audits_audit other
                WHERE other.process_id = a.process_id AND other.dossier_digest = given.dossier_digest
                    AND other.ruleset_digest = given.ruleset_digest
            )
        RETURNING a.process_id
        """,
        columns,
    )
    return {process_id for (process_id,) in rows}


def _write(fresh: Sequence[Judged]) -> None:
    if not fresh:
        return
    column, subject_ids = fresh[0].subject_column, [entry.subject_id for entry in fresh]
    now = database_now()
    Audit.objects.filter(**{f"{column}__any_of": subject_ids}, is_current=True).update(is_current=False)
    audits = dict(
        upsert_rows(
            Audit,
            AuditRow._fields,
            (_audit_row(entry, now) for entry in fresh),
            conflict=(column, "dossier_digest", "ruleset_digest"),
            among=fresh[0].conflict_condition,
            update=excluded(_UPDATED),
            returning=(column, "id"),
        )
    )
    write_flags(fresh, audits, now)
    _prune(column, subject_ids)


def _audit_row(entry: Judged, now: datetime) -> AuditRow:
    return AuditRow(
        **entry.subject_columns,
        process_digest=entry.process_digest,
        dossier_digest=entry.dossier_digest,
        ruleset_digest=entry.rule_set.digest,
        outcomes=_outcomes(entry),
        withheld=entry.withheld,
        sectors=encode(entry.sectors).decode(),
        sector_evidence=encode(entry.sector_evidence).decode(),
        figures=encode(entry.figures).decode(),
        peers_version=entry.peers_version,
        settled=encode(entry.settled).decode(),
        is_current=True,
        is_due=False,
        failed=entry.failed,
        audited_at=entry.moment(now),
    )


def _outcomes(entry: Judged) -> str:
    return encode({**entry.kept, **{outcome.code: outcome.answer for outcome in entry.outcomes}}).decode()


def _json_array(texts: Iterable[str]) -> str:
    """Return JSON texts joined into one: in a PostgreSQL array, each of their quotation marks would be escaped."""
    return f"[{','.join(texts)}]"


def _prune(column: str, subject_ids: Sequence[int]) -> None:
    """Delete superseded audits that no flag refers to."""
    execute(
        sql.SQL(
            """
            DELETE FROM audits_audit a WHERE a.{subject} = ANY(%s) AND NOT a.is_current AND NOT EXISTS (
                SELECT 1 FROM audits_flag f
                WHERE f.{subject} = a.{subject} AND a.id IN (f.first_audit_id, f.last_audit_id)
            )
            """
        ).format(subject=sql.Identifier(column)),
        [list(subject_ids)],
    )
