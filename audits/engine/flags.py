"""Findings → flags: their identity, what is judged in them, and why one is withdrawn."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from msgspec import to_builtins
from msgspec.json import encode
from psycopg import sql

from audits.engine.judged import Judged
from audits.judging.rule_set import BoundRule
from audits.judging.vocabulary import Finding, OutcomeKind, stored_evidence
from audits.models import Flag
from audits.triage import refresh_states
from contracts.postgres.copying import excluded, upsert_rows

_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
_as_digested = json.JSONEncoder(sort_keys=True, default=str).encode


class FlagRow(NamedTuple):
    """The columns of a flag that an audit writes; JSON as text."""

    process_id: int | None
    organization_id: int | None
    fingerprint: bytes
    first_audit_id: int
    raised_at: datetime
    state: str
    changed_at: datetime
    country: str
    rule: str
    severity: str
    sentence: str
    values: str
    evidence: str
    rule_version: int
    parameters: str
    judged_digest: bytes
    last_audit_id: int


# What stays as the first audit wrote it.
_KEPT = {"process_id", "organization_id", "fingerprint", "first_audit_id", "raised_at", "state", "changed_at"}
_UPDATE = sql.SQL(
    "{}, withdrawn_at = NULL, withdrawn_because = '',"
    " changed_at = CASE WHEN audits_flag.judged_digest = EXCLUDED.judged_digest"
    " AND audits_flag.withdrawn_at IS NULL THEN audits_flag.changed_at ELSE EXCLUDED.changed_at END"
).format(excluded([column for column in FlagRow._fields if column not in _KEPT]))


def write_flags(judged: Sequence[Judged], audits: dict[int, int], now: datetime) -> None:
    """
    Write the flags that audits raise, and withdraw those that they no longer do.

    Part of the transaction that writes the audits, which holds their subjects.

    :param judged: of one kind of subject
    :param audits: primary key of a subject → that of its audit
    """
    column, among = judged[0].subject_column, judged[0].conflict_condition
    rows = {
        (entry.subject_id, row.fingerprint): row
        for entry in judged
        for row in _rows(entry, audits[entry.subject_id], now)
    }
    upsert_rows(Flag, FlagRow._fields, rows.values(), conflict=(column, "fingerprint"), among=among, update=_UPDATE)
    _keep(judged, audits)
    flags = Flag.objects.filter(**{f"{column}__any_of": list(audits)})
    _withdraw(flags.filter(withdrawn_at=None).exclude(last_audit__any_of=audits.values()), judged, now)
    refresh_states(flags)


def fingerprint(identity: str, code: str, finding: Finding) -> bytes:
    """Return the identity of a flag over re-audits: ocid or key of the organization, rule, and the ids it cites."""
    return hashlib.sha256(json.dumps([identity, code, sorted(finding.cites)]).encode()).digest()


def _rows(entry: Judged, audit_id: int, now: datetime) -> Iterator[FlagRow]:
    for outcome in entry.outcomes:
        if outcome.kind is OutcomeKind.FLAGGED:
            bound = entry.rule_set.by_code[outcome.code]
            for finding in outcome.findings:
                yield _row(entry, audit_id, now, bound, finding)


def _row(entry: Judged, audit_id: int, now: datetime, bound: BoundRule, finding: Finding) -> FlagRow:
    severity = bound.severity(finding).value
    values = _json(finding.values)
    evidence = to_builtins(finding.evidence, builtin_types=())
    return FlagRow(
        **entry.subject_columns,
        fingerprint=fingerprint(entry.identity, bound.rule.code, finding),
        first_audit_id=audit_id,
        raised_at=now,
        state=Flag.State.NEW.value,
        changed_at=now,
        country=entry.country,
        rule=bound.rule.code,
        severity=severity,
        sentence=finding.sentence,
        values=values,
        evidence=encode(stored_evidence(finding.evidence)).decode(),
        rule_version=bound.rule.version,
        parameters=_json(bound.parameters),
        judged_digest=_judged_digest(severity, finding, values, evidence),
        last_audit_id=audit_id,
    )


def _judged_digest(severity: str, finding: Finding, values: str, evidence: Sequence[dict[str, Any]]) -> bytes:
    """Digest what a person judges. Places are left out: an award that moves in its list is still the same award."""
    seen = [[entry["value"], entry["passage"], entry["note"]] for entry in evidence]
    basis = [finding.decision_basis] if finding.decision_basis else [finding.sentence, values, seen]
    judged = [severity, *basis]
    return hashlib.sha256(_as_digested(judged).encode()).digest()


def _keep(judged: Sequence[Judged], audits: dict[int, int]) -> None:
    """Let flags stand as they are where the audit keeps the answer of their rule."""
    kept = [
        (entry.subject_id, code, audits[entry.subject_id])
        for entry in judged
        for code, answer in entry.kept.items()
        if answer["kind"] == OutcomeKind.FLAGGED
    ]
    if not kept:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE audits_flag f SET last_audit_id = given.audit_id
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given (process_id, rule, audit_id)
            WHERE f.process_id = given.process_id AND f.rule = given.rule AND f.withdrawn_at IS NULL
            """,
            [list(column) for column in zip(*kept, strict=True)],
        )


def _withdraw(gone: QuerySet[Flag], judged: Sequence[Judged], now: datetime) -> None:
    """Withdraw flags, each with its cause. A rule that failed gave no answer: what it asked before stands."""
    by_subject = {entry.subject_id: entry for entry in judged}
    withdrawn = []
    for flag in gone.select_related("last_audit").defer("last_audit__outcomes"):
        entry = by_subject[flag.process_id or flag.organization_id or 0]
        if flag.rule not in entry.failed:
            flag.withdrawn_at = flag.changed_at = now
            flag.withdrawn_because = _cause(flag, entry)
            withdrawn.append(flag)
    Flag.objects.bulk_update(withdrawn, ["withdrawn_at", "changed_at", "withdrawn_because"])


def _cause(flag: Flag, entry: Judged) -> Flag.Withdrawal:
    """Return what differs between the audit that raised a flag last and the one that no longer does."""
    bound = entry.rule_set.by_code.get(flag.rule)
    if bound is None:
        return Flag.Withdrawal.RULE_OFF
    if bound.rule.version != flag.rule_version:
        return Flag.Withdrawal.RULE_VERSION
    if json.loads(_json(bound.parameters)) != flag.parameters:
        return Flag.Withdrawal.PARAMETER
    if bytes(flag.last_audit.process_digest) != entry.process_digest:
        return Flag.Withdrawal.RECORD
    if bytes(flag.last_audit.ruleset_digest) != entry.rule_set.digest:
        return Flag.Withdrawal.REFERENCE
    return Flag.Withdrawal.FIGURES


def _json(mapping: Any) -> str:
    return _as_json(to_builtins(dict(mapping)))
