"""Findings → flags: their identity, the digest of what people judge, and why a flag is withdrawn."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max
from msgspec import to_builtins
from msgspec.json import encode

from audits.engine.judged import Judged
from audits.engine.suppliers import Places, cited, decisions_on, digest_to_ask, places_of_suppliers
from audits.judging.rule.vocabulary import Finding, OutcomeKind, Subject, stored_evidence
from audits.judging.rule_set import BoundRule, as_json
from audits.models import Flag
from audits.models.flag_queryset import FlagQuerySet
from audits.triage import refresh_states
from contracts.models import Claim, Organization
from contracts.postgres.clock import database_now
from contracts.postgres.copying import excluded, upsert_rows
from contracts.postgres.querying import execute

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
    is_raised_by_hand: bool
    suppliers: list[int]


# Columns that keep the value of the first audit.
_KEPT = {"process_id", "organization_id", "fingerprint", "first_audit_id", "raised_at", "state", "changed_at"}
_UPDATE = excluded([column for column in FlagRow._fields if column not in _KEPT])
# Columns that record why a flag changed or was withdrawn.
_MOVED = ("withdrawn_at", "withdrawn_because", "changed_at", "changed_because", "judged_digest")

# Columns read from existing flags, and from the audits that last raised them.
_READ = (
    "is_raised_by_hand",
    *("process_id", "organization_id", "fingerprint", "rule", "rule_version", "parameters", "decision", "state"),
    *("severity", "suppliers"),
    *(*_MOVED, "last_audit__process_digest", "last_audit__ruleset_digest", "last_audit__figures"),
    "last_audit__audited_at",
)

# Primary key of the subject, and fingerprint of the flag.
Key = tuple[int, bytes]


def write_flags(judged: Sequence[Judged], audits: dict[int, int], now: datetime) -> None:
    """
    Write the flags that audits raise, and withdraw those that they no longer raise.

    Runs in the transaction that writes the audits and holds their subjects.

    :param judged: entries of one kind of subject
    :param audits: primary key of a subject → that of its audit
    """
    column, among = judged[0].subject_column, judged[0].conflict_condition
    flags = Flag.objects.filter(**{f"{column}__any_of": list(audits)})
    known = {_key(flag): flag for flag in flags.with_moment().select_related("last_audit").only(*_READ)}
    suppliers, decisions = places_of_suppliers(judged), decisions_on(known.values())
    rows = {
        (entry.subject_id, row.fingerprint): row
        for entry in judged
        for row in rows_of(entry, audits[entry.subject_id], entry.moment(now), suppliers.get(entry.subject_id, {}))
    }
    for key in rows.keys() & known.keys():
        row, flag = rows[key], known[key]
        asked = digest_to_ask(flag, row.judged_digest, row.suppliers, decisions.get(flag.pk, ()))
        rows[key] = row._replace(judged_digest=asked)
    upsert_rows(Flag, FlagRow._fields, rows.values(), conflict=(column, "fingerprint"), among=among, update=_UPDATE)
    _keep(judged, audits)
    Flag.objects.bulk_update(_moved(known, rows, judged), _MOVED)
    refresh_states(flags)


def write_raised(entry: Judged, audit_id: int) -> list[Flag]:
    """
    Write the flags for findings that a person raises; withdrawn ones become current again. Return them.

    Runs in the transaction that holds their process and adds the decision.
    """
    now = database_now()
    suppliers = places_of_suppliers([entry]).get(entry.subject_id, {})
    rows = [row._replace(is_raised_by_hand=True) for row in rows_of(entry, audit_id, now, suppliers)]
    upsert_rows(Flag, FlagRow._fields, rows, conflict=("process_id", "fingerprint"), update=_UPDATE)
    raised = Flag.objects.filter(process=entry.subject_id, fingerprint__in=[row.fingerprint for row in rows])
    raised.update(withdrawn_at=None, withdrawn_because="", changed_because="", changed_at=now)
    return list(raised.order_by("pk"))


def leave_unanswered(flags: FlagQuerySet, unjudged: Mapping[int, bytes]) -> None:
    """
    Note on decided flags that they could not be judged again because the audit of their subject failed.

    Runs in the transaction that holds the subjects.

    :param unjudged: primary key of a subject → digest that stands for what was not judged
    """
    moved = [
        flag
        for flag in flags.with_moment().filter(withdrawn_at=None).exclude(decision="").only(*_READ)
        if _move(flag, _unanswered(unjudged[_key(flag)[0]]), Flag.Cause.FAILURE)
    ]
    Flag.objects.bulk_update(moved, _MOVED)
    refresh_states(flags)


def fingerprint(identity: str, code: str, finding: Finding) -> bytes:
    """
    Return the fingerprint of a flag, its identity across audits: ocid or key of the organization, rule,
    ids cited.
    """
    return hashlib.sha256(json.dumps([identity, code, sorted(finding.cites)]).encode()).digest()


def rows_of(entry: Judged, audit_id: int, now: datetime, suppliers: Places) -> Iterator[FlagRow]:
    """Yield the flags that an audit raises."""
    for outcome in entry.outcomes:
        if outcome.kind is OutcomeKind.FLAGGED:
            bound = entry.rule_set.by_code[outcome.code]
            for finding in outcome.findings:
                yield _row(entry, audit_id, now, bound, finding)._replace(suppliers=cited(finding, suppliers))


def _row(entry: Judged, audit_id: int, now: datetime, bound: BoundRule, finding: Finding) -> FlagRow:
    return FlagRow(
        **entry.subject_columns,
        fingerprint=fingerprint(entry.identity, bound.rule.code, finding),
        first_audit_id=audit_id,
        raised_at=now,
        state=Flag.State.NEW.value,
        changed_at=now,
        country=entry.country,
        rule=bound.rule.code,
        severity=bound.severity(finding).value,
        sentence=finding.sentence,
        values=as_json(finding.values),
        evidence=encode(stored_evidence(finding.evidence)).decode(),
        rule_version=bound.rule.version,
        parameters=bound.stored_parameters,
        judged_digest=judged_digest(bound, finding),
        last_audit_id=audit_id,
        is_raised_by_hand=False,
        suppliers=[],
    )


def judged_digest(bound: BoundRule, finding: Finding) -> bytes:
    """
    Return the digest of what a person judges. Positions are left out: an award that moves in its list
    is the same.
    """
    basis: list[Any] = [finding.decision_basis]
    if not finding.decision_basis:
        seen = [[to_builtins(place.value, builtin_types=()), place.passage, place.note] for place in finding.evidence]
        basis = [finding.sentence, as_json(finding.values), seen]
    judged = [bound.severity_judged(finding).value, *basis]
    return hashlib.sha256(_as_digested(judged).encode()).digest()


def _keep(judged: Sequence[Judged], audits: dict[int, int]) -> None:
    """Keep flags unchanged if the audit keeps the outcome of their rule."""
    kept = [
        (entry.subject_id, code, audits[entry.subject_id])
        for entry in judged
        for code, answer in entry.kept.items()
        if answer["kind"] == OutcomeKind.FLAGGED
    ]
    if not kept:
        return
    execute(
        """
        UPDATE audits_flag f SET last_audit_id = given.audit_id
        FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given (process_id, rule, audit_id)
        WHERE f.process_id = given.process_id AND f.rule = given.rule AND f.withdrawn_at IS NULL
        """,
        [list(column) for column in zip(*kept, strict=True)],
    )


def _key(flag: Flag) -> Key:
    return flag.process_id or flag.organization_id or 0, bytes(flag.fingerprint)


def _moved(known: Mapping[Key, Any], rows: Mapping[Key, FlagRow], judged: Sequence[Judged]) -> list[Flag]:
    """Return the flags that changed or are no longer raised, each with the cause."""
    by_subject = {entry.subject_id: entry for entry in judged}
    decided = _decided_claims(judged) if known else {}
    merged = _merged(judged) if known else set()
    moved = []
    for key, flag in known.items():
        entry, row = by_subject[key[0]], rows.get(key)
        is_withdrawn = row is None
        if row is not None:
            digest, cause = row.judged_digest, _cause(flag, entry, decided)
        elif (
            flag.withdrawn_at
            or entry.kept.get(flag.rule, {}).get("kind") == OutcomeKind.FLAGGED
            or _stands_by_hand(flag, entry)
        ):
            continue
        elif flag.rule in entry.failed:
            # Without an outcome the earlier flag stays, and people must decide on it again.
            if not flag.decision:
                continue
            digest, cause, is_withdrawn = _unanswered(entry.dossier_digest), Flag.Cause.FAILURE, False
        else:
            of_figures = Flag.Cause.MERGED if entry.subject_id in merged else Flag.Cause.FIGURES
            digest, cause = bytes(flag.judged_digest), _cause(flag, entry, decided, of_figures)
        if _move(flag, digest, cause, is_withdrawn=is_withdrawn):
            moved.append(flag)
        elif row is not None and flag.severity != row.severity:
            # The trial of its rule began or ended: readers are told, and the decision stands.
            flag.changed_at = flag.moment
            moved.append(flag)
    return moved


def _stands_by_hand(flag: Flag, entry: Judged) -> bool:
    """Return whether a person raised a flag on this very record; if its rule is off, it is still withdrawn."""
    is_same_record = bytes(flag.last_audit.process_digest) == entry.process_digest
    return flag.is_raised_by_hand and is_same_record and flag.rule in entry.rule_set.by_code


def _move(flag: Any, digest: bytes, cause: Flag.Cause, *, is_withdrawn: bool = False) -> bool:
    """Note that a flag, read ``with_moment``, changed or is no longer raised; return whether it did."""
    if (bytes(flag.judged_digest), flag.withdrawn_at is not None) == (digest, is_withdrawn):
        return False
    # The first of several changes since a decision is kept: later figures must not hide a change of the record.
    is_noted = flag.state == Flag.State.CHANGED and flag.changed_because not in ("", Flag.Cause.FAILURE)
    flag.changed_because = flag.changed_because if is_noted and not is_withdrawn else cause
    flag.withdrawn_because = cause if is_withdrawn else ""
    flag.withdrawn_at = flag.moment if is_withdrawn else None
    flag.judged_digest, flag.changed_at = digest, flag.moment
    return True


def _unanswered(unjudged: bytes) -> bytes:
    """Return a substitute for the judged digest if a rule has no outcome, made from the digest of its input."""
    return hashlib.sha256(b"unanswered" + unjudged).digest()


def _merged(judged: Sequence[Judged]) -> set[int]:
    """Return the organizations that were merged into another one, which now has their flags."""
    keys = [entry.subject_id for entry in judged if entry.subject is Subject.ORGANIZATION]
    merged = Organization.objects.filter(pk__any_of=keys, merged_into__isnull=False)
    return set(merged.values_list("pk", flat=True)) if keys else set()


def _decided_claims(judged: Sequence[Judged]) -> dict[str, datetime]:
    """Return the time of the last decision on a claim for an ocid."""
    ocids = [entry.identity for entry in judged if entry.subject is Subject.PROCESS]
    decided = Claim.objects.filter(ocid__any_of=ocids, decision__isnull=False).values("ocid")
    return dict(decided.values_list("ocid", Max("decision__decided_at"))) if ocids else {}


def _cause(
    flag: Flag,
    entry: Judged,
    decided_claims: Mapping[str, datetime],
    of_figures: Flag.Cause = Flag.Cause.FIGURES,
) -> Flag.Cause:
    """
    Return the difference between the audit that last raised a flag and this one.

    :param of_figures: why figures differ, if nothing else does
    """
    bound, audit = entry.rule_set.by_code.get(flag.rule), flag.last_audit
    if bound is None:
        return Flag.Cause.RULE_OFF
    if bound.rule.version != flag.rule_version:
        return Flag.Cause.RULE_VERSION
    if json.loads(bound.stored_parameters) != flag.parameters:
        return Flag.Cause.PARAMETER
    if bytes(audit.process_digest) != entry.process_digest:
        decided_at = decided_claims.get(entry.identity)
        return Flag.Cause.CLAIM if decided_at and decided_at > audit.audited_at else Flag.Cause.RECORD
    has_other_figures = any(audit.figures.get(name) != entry.figures.get(name) for name in bound.rule.reads)
    if bytes(audit.ruleset_digest) != entry.rule_set.digest and not has_other_figures:
        return Flag.Cause.REFERENCE
    return of_figures
