"""
Outcomes → rows: audits and flags of a batch, in one transaction, or nothing.

A second writing of the same audit changes nothing: audits are unique by subject, dossier and rule set, flags by
process and fingerprint.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from msgspec import Struct, to_builtins
from psycopg import sql

from audits import attempts
from audits.judging import BoundRule, Outcome, RuleSet
from audits.models import Audit, Flag
from audits.rules.base import Finding, OutcomeKind
from audits.triage import refresh_states
from contracts.intake.copying import excluded, upsert_rows

_AUDIT_COLUMNS = (
    "process_id",
    "process_digest",
    "dossier_digest",
    "ruleset_digest",
    "outcomes",
    "sectors",
    "is_current",
    "audited_at",
)
_FLAG_KEPT = ("process_id", "fingerprint", "first_audit_id", "raised_at", "state", "changed_at")
_FLAG_COLUMNS = (
    *_FLAG_KEPT,
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


class Judged(Struct):
    """One process, judged: what was read, and what every rule answered."""

    process_id: int
    ocid: str
    process_digest: bytes
    dossier_digest: bytes
    rule_set: RuleSet
    outcomes: tuple[Outcome, ...]
    sectors: tuple[str, ...] = ()


def write_audits(judged: Sequence[Judged]) -> int:
    """
    Write the audits of processes whose record is still the one that was judged; return how many were new.

    Where the record moved on meanwhile, nothing is written: the process is owed an audit again.
    """
    with transaction.atomic():
        present = _lock([entry.process_id for entry in judged])
        current = {
            process_id: (bytes(dossier), bytes(rule_set))
            for process_id, dossier, rule_set in Audit.objects.filter(
                process__in=list(present), is_current=True
            ).values_list("process", "dossier_digest", "ruleset_digest")
        }
        fresh = [
            entry
            for entry in judged
            if present.get(entry.process_id) == entry.process_digest
            and current.get(entry.process_id) != (entry.dossier_digest, entry.rule_set.digest)
        ]
        if fresh:
            _write(fresh)
        attempts.finish([entry.process_id for entry in judged])
        # The record may have changed in what no dossier holds (its digest, not its content): the audit still stands.
        _confirm([entry for entry in judged if entry not in fresh and entry.process_id in present])
    return len(fresh)


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
            UPDATE audits_audit a SET process_digest = given.process_digest
            FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS given (process_id, process_digest, dossier_digest)
            WHERE a.process_id = given.process_id AND a.is_current AND a.dossier_digest = given.dossier_digest
                AND a.process_digest <> given.process_digest
            """,
            [
                [entry.process_id for entry in unchanged],
                [entry.process_digest for entry in unchanged],
                [entry.dossier_digest for entry in unchanged],
            ],
        )


def _write(fresh: Sequence[Judged]) -> None:
    process_ids = [entry.process_id for entry in fresh]
    now = timezone.now()
    Audit.objects.filter(process__in=process_ids, is_current=True).update(is_current=False)
    audits = dict(
        upsert_rows(
            Audit,
            _AUDIT_COLUMNS,
            (
                (
                    entry.process_id,
                    entry.process_digest,
                    entry.dossier_digest,
                    entry.rule_set.digest,
                    json.dumps({outcome.code: _describe(outcome) for outcome in entry.outcomes}, ensure_ascii=False),
                    json.dumps(list(entry.sectors)),
                    True,
                    now,
                )
                for entry in fresh
            ),
            conflict=("process_id", "dossier_digest", "ruleset_digest"),
            update=excluded(("process_digest", "outcomes", "sectors", "is_current", "audited_at")),
            returning=("process_id", "id"),
        )
    )
    rows = {(row[0], row[1]): row for entry in fresh for row in _flag_rows(entry, audits[entry.process_id], now)}
    upsert_rows(
        Flag,
        _FLAG_COLUMNS,
        rows.values(),
        conflict=("process_id", "fingerprint"),
        update=sql.SQL(
            "{}, withdrawn_at = NULL, changed_at = CASE WHEN audits_flag.judged_digest = EXCLUDED.judged_digest"
            " AND audits_flag.withdrawn_at IS NULL THEN audits_flag.changed_at ELSE EXCLUDED.changed_at END"
        ).format(excluded([column for column in _FLAG_COLUMNS if column not in _FLAG_KEPT])),
    )
    Flag.objects.filter(process__in=process_ids, withdrawn_at=None).exclude(
        last_audit__in=list(audits.values())
    ).update(withdrawn_at=now, changed_at=now)
    refresh_states(process_ids)
    _prune(process_ids)


def _describe(outcome: Outcome) -> dict[str, str]:
    described = {"kind": outcome.kind.value}
    if outcome.reason:
        described["reason"] = outcome.reason
    if outcome.field:
        described["field"] = outcome.field
    return described


def _flag_rows(entry: Judged, audit_id: int, now: Any) -> Iterable[tuple[Any, ...]]:
    rules = {bound.rule.code: bound for bound in entry.rule_set.rules}
    for outcome in entry.outcomes:
        if outcome.kind is not OutcomeKind.FLAGGED:
            continue
        bound = rules[outcome.code]
        for finding in outcome.findings:
            yield _flag_row(entry, audit_id, now, bound, finding)


def _flag_row(entry: Judged, audit_id: int, now: Any, bound: BoundRule, finding: Finding) -> tuple[Any, ...]:
    severity = bound.severity(finding).value
    values = _json(finding.values)
    evidence = to_builtins(finding.evidence, builtin_types=())
    return (
        entry.process_id,
        fingerprint(entry.ocid, bound.rule.code, finding),
        audit_id,
        now,
        Flag.State.NEW.value,
        now,
        bound.rule.code,
        severity,
        finding.sentence,
        values,
        json.dumps(evidence, ensure_ascii=False, default=str),
        bound.rule.version,
        _json(bound.parameters),
        _judged_digest(severity, finding.sentence, values, evidence),
        audit_id,
    )


def fingerprint(ocid: str, code: str, finding: Finding) -> bytes:
    """Return the identity of a flag over re-audits: ocid, rule, and the OCDS ids that the finding cites."""
    return hashlib.sha256(json.dumps([ocid, code, sorted(finding.cites)]).encode()).digest()


def _judged_digest(severity: str, sentence: str, values: str, evidence: Sequence[dict[str, Any]]) -> bytes:
    """Digest what a person judges. Places are left out: an award that moves in its list is still the same award."""
    seen = [[entry["value"], entry["passage"], entry["note"]] for entry in evidence]
    text = json.dumps([severity, sentence, values, seen], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).digest()


def _json(mapping: Any) -> str:
    return json.dumps(to_builtins(dict(mapping)), ensure_ascii=False, sort_keys=True, default=str)


def _prune(process_ids: Sequence[int]) -> None:
    """Remove superseded audits that no flag refers to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM audits_audit a WHERE a.process_id = ANY(%s) AND NOT a.is_current AND NOT EXISTS (
                SELECT 1 FROM audits_flag f
                WHERE f.process_id = a.process_id AND a.id IN (f.first_audit_id, f.last_audit_id)
            )
            """,
            [list(process_ids)],
        )
