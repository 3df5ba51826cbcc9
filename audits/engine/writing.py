"""
Outcomes → rows: audits and flags of a batch, in one transaction, or nothing.

A subject is a contracting process or an organization; its column in both tables tells which. A second writing of the
same audit changes nothing: audits are unique by subject, dossier and rule set, flags by subject and fingerprint.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from msgspec import Struct, to_builtins
from msgspec.json import encode
from psycopg import sql

from audits.engine import attempts
from audits.judging.rule_set import BoundRule, Outcome, RuleSet
from audits.judging.vocabulary import Finding, OutcomeKind
from audits.models import Audit, Flag
from audits.triage import refresh_states
from contracts.postgres.copying import excluded, upsert_rows

PROCESS = "process_id"
ORGANIZATION = "organization_id"

_SUBJECTS = (PROCESS, ORGANIZATION)
_AUDIT_COLUMNS = (
    *_SUBJECTS,
    "process_digest",
    "dossier_digest",
    "ruleset_digest",
    "outcomes",
    "sectors",
    "is_current",
    "is_due",
    "failed",
    "audited_at",
)
_FLAG_KEPT = (*_SUBJECTS, "fingerprint", "first_audit_id", "raised_at", "state", "changed_at")
_FLAG_COLUMNS = (
    *_FLAG_KEPT,
    "country",
    "rule",
    "severity",
    "sentence",
    "values",
    "evidence",
    "rule_version",
    "parameters",
    "judged_digest",
    "last_audit_id",
)


_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
_as_digested = json.JSONEncoder(sort_keys=True, default=str).encode


class Judged(Struct):
    """
    One subject, judged: what was read, and what every rule answered.

    ``subject_id`` is its primary key, ``identity`` its ocid or the key of the organization. ``process_digest`` and
    ``sectors`` are those of a process.
    """

    subject_id: int
    identity: str
    country: str
    dossier_digest: bytes
    rule_set: RuleSet
    outcomes: tuple[Outcome, ...]
    process_digest: bytes = b""
    sectors: tuple[str, ...] = ()

    @property
    def failed(self) -> list[str]:
        """The codes of the rules that failed."""
        return [outcome.code for outcome in self.outcomes if outcome.kind is OutcomeKind.FAILED]


def write_audits(judged: Sequence[Judged]) -> int:
    """
    Write the audits of processes whose record is still the one that was judged; return how many were new.

    Where the record moved on meanwhile, nothing is written: the process is due for an audit again.
    """
    with transaction.atomic():
        present = _lock([entry.subject_id for entry in judged])
        unchanged = _unchanged(judged, PROCESS)
        fresh = [
            entry
            for entry in judged
            if present.get(entry.subject_id) == entry.process_digest and entry.subject_id not in unchanged
        ]
        if fresh:
            _write(fresh, PROCESS)
        attempts.finish({entry.subject_id: entry.failed for entry in judged})
        # The record may have changed in what no dossier holds (its digest, not its content): the audit still stands.
        written = {entry.subject_id for entry in fresh}
        _confirm([entry for entry in judged if entry.subject_id in present and entry.subject_id not in written])
    return len(fresh)


def write_organization_audits(judged: Sequence[Judged]) -> int:
    """Write the audits of organizations; part of the transaction that holds them. Return how many were new."""
    unchanged = _unchanged(judged, ORGANIZATION)
    fresh = [entry for entry in judged if entry.subject_id not in unchanged]
    if fresh:
        _write(fresh, ORGANIZATION)
    return len(fresh)


def _unchanged(judged: Sequence[Judged], subject: str) -> set[int]:
    """Return the subjects whose current audit is of the same dossier and rule set, and complete."""
    current = {
        pk: (bytes(dossier), bytes(rule_set))
        for pk, dossier, rule_set in Audit.objects.filter(
            **{f"{subject}__any_of": [entry.subject_id for entry in judged]}, is_current=True, failed=[]
        ).values_list(subject, "dossier_digest", "ruleset_digest")
    }
    return {
        entry.subject_id
        for entry in judged
        if current.get(entry.subject_id) == (entry.dossier_digest, entry.rule_set.digest)
    }


def _lock(process_ids: Sequence[int]) -> dict[int, bytes]:
    """Keep compilers and other auditors away from these processes; return their digests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest FROM contracts_contractingprocess WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(process_ids)],
        )
        return {process_id: bytes(digest) for process_id, digest in cursor.fetchall()}


def _confirm(unchanged: Sequence[Judged]) -> None:
    if not unchanged:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE audits_audit a SET process_digest = given.process_digest, is_due = false
            FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS given (process_id, process_digest, dossier_digest)
            WHERE a.process_id = given.process_id AND a.is_current AND a.dossier_digest = given.dossier_digest
                AND (a.is_due OR a.process_digest <> given.process_digest)
            """,
            [
                [entry.subject_id for entry in unchanged],
                [entry.process_digest for entry in unchanged],
                [entry.dossier_digest for entry in unchanged],
            ],
        )


def _write(fresh: Sequence[Judged], subject: str) -> None:
    subject_ids = [entry.subject_id for entry in fresh]
    of_subjects = {f"{subject}__any_of": subject_ids}
    # Of organizations only some rows have a key: PostgreSQL wants to be told which index is meant.
    among = None if subject == PROCESS else sql.SQL("{} IS NOT NULL").format(sql.Identifier(subject))
    now = timezone.now()
    Audit.objects.filter(**of_subjects, is_current=True).update(is_current=False)
    audits = dict(
        upsert_rows(
            Audit,
            _AUDIT_COLUMNS,
            (
                (
                    *_subject_columns(entry, subject),
                    entry.process_digest,
                    entry.dossier_digest,
                    entry.rule_set.digest,
                    encode({outcome.code: _describe(outcome) for outcome in entry.outcomes}).decode(),
                    encode(entry.sectors).decode(),
                    True,
                    False,
                    entry.failed,
                    now,
                )
                for entry in fresh
            ),
            conflict=(subject, "dossier_digest", "ruleset_digest"),
            among=among,
            update=excluded(("process_digest", "outcomes", "sectors", "is_current", "is_due", "failed", "audited_at")),
            returning=(subject, "id"),
        )
    )
    rows = {row[:3]: row for entry in fresh for row in _flag_rows(entry, subject, audits[entry.subject_id], now)}
    upsert_rows(
        Flag,
        _FLAG_COLUMNS,
        rows.values(),
        conflict=(subject, "fingerprint"),
        among=among,
        update=sql.SQL(
            "{}, withdrawn_at = NULL, changed_at = CASE WHEN audits_flag.judged_digest = EXCLUDED.judged_digest"
            " AND audits_flag.withdrawn_at IS NULL THEN audits_flag.changed_at ELSE EXCLUDED.changed_at END"
        ).format(excluded([column for column in _FLAG_COLUMNS if column not in _FLAG_KEPT])),
    )
    gone = Flag.objects.filter(**of_subjects, withdrawn_at=None).exclude(last_audit__any_of=audits.values())
    for entry in fresh:
        if entry.failed:  # it gave no answer: what it asked before stands
            gone = gone.exclude(**{subject: entry.subject_id, "rule__in": entry.failed})
    gone.update(withdrawn_at=now, changed_at=now)
    refresh_states(Flag.objects.filter(**of_subjects))
    _prune(subject_ids, subject)


def _subject_columns(entry: Judged, subject: str) -> tuple[int | None, ...]:
    """Return the values of the two columns that tell the subject."""
    return tuple(entry.subject_id if column == subject else None for column in _SUBJECTS)


def _describe(outcome: Outcome) -> dict[str, str]:
    described: dict[str, str] = {"kind": outcome.kind}
    if outcome.reason:
        described["reason"] = outcome.reason
    if outcome.field:
        described["field"] = outcome.field
    return described


def _flag_rows(entry: Judged, subject: str, audit_id: int, now: Any) -> Iterable[tuple[Any, ...]]:
    for outcome in entry.outcomes:
        if outcome.kind is not OutcomeKind.FLAGGED:
            continue
        bound = entry.rule_set.by_code[outcome.code]
        for finding in outcome.findings:
            yield (*_subject_columns(entry, subject), *_flag_row(entry, audit_id, now, bound, finding))


def _flag_row(entry: Judged, audit_id: int, now: Any, bound: BoundRule, finding: Finding) -> tuple[Any, ...]:
    severity = bound.severity(finding).value
    values = _json(finding.values)
    evidence = to_builtins(finding.evidence, builtin_types=())
    return (
        fingerprint(entry.identity, bound.rule.code, finding),
        audit_id,
        now,
        Flag.State.NEW.value,
        now,
        entry.country,
        bound.rule.code,
        severity,
        finding.sentence,
        values,
        encode(evidence).decode(),
        bound.rule.version,
        _json(bound.parameters),
        _judged_digest(severity, finding, values, evidence),
        audit_id,
    )


def fingerprint(identity: str, code: str, finding: Finding) -> bytes:
    """Return the identity of a flag over re-audits: ocid or key of the organization, rule, and the ids it cites."""
    return hashlib.sha256(json.dumps([identity, code, sorted(finding.cites)]).encode()).digest()


def _judged_digest(severity: str, finding: Finding, values: str, evidence: Sequence[dict[str, Any]]) -> bytes:
    """Digest what a person judges. Places are left out: an award that moves in its list is still the same award."""
    seen = [[entry["value"], entry["passage"], entry["note"]] for entry in evidence]
    judged = (
        [severity, finding.decision_basis] if finding.decision_basis else [severity, finding.sentence, values, seen]
    )
    return hashlib.sha256(_as_digested(judged).encode()).digest()


def _json(mapping: Any) -> str:
    return _as_json(to_builtins(dict(mapping)))


def _prune(subject_ids: Sequence[int], subject: str) -> None:
    """Remove superseded audits that no flag refers to."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                """
                DELETE FROM audits_audit a WHERE a.{subject} = ANY(%s) AND NOT a.is_current AND NOT EXISTS (
                    SELECT 1 FROM audits_flag f
                    WHERE f.{subject} = a.{subject} AND a.id IN (f.first_audit_id, f.last_audit_id)
                )
                """
            ).format(subject=sql.Identifier(subject)),
            [list(subject_ids)],
        )
