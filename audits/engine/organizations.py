"""
Organizations → figures → dossiers → outcomes → audits and flags, in batches.

An organization is due while its track record has a version that was not audited, or was audited under other rules. A
batch is selected, judged and written in one transaction that holds its track records, so no audit is half done and no
lease is needed: if a worker dies, they stay due. No record is read here; figures are sums of rows.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from psycopg import sql

from audits.engine.attempts import country_case
from audits.engine.flags import leave_unanswered
from audits.engine.judged import Judged
from audits.engine.tally import Tally, note_work
from audits.engine.writing import write_organization_audits
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.rule.vocabulary import Subject
from audits.judging.rule_set import RuleSet
from audits.models import Flag, TrackRecord
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from audits.statistics.organizations import figures_of
from contracts.models import Organization
from contracts.postgres.isolating import INTERRUPTIONS, work_isolated
from contracts.postgres.querying import execute, query

# Number of organizations per transaction.
BATCH_ORGANIZATIONS = 200
# Figures of an organization with more participations take long (two seconds for 100,000) and block their writers: such
# organizations are left to the schedule.
MAX_PARTICIPATIONS_INLINE = 5000

_CHANGED = sql.SQL("t.version > t.audited")


class _Organization(NamedTuple):
    pk: int
    version: int
    key: str
    name: str
    country: str
    roles: list[str]


class Selection(NamedTuple):
    """
    Selects among the organizations that are due for an audit.

    ``only``: these, by primary key. ``quiet``: not those that changed within this time, because one check is enough
    while much is being loaded. ``only_changed``: not those for which only rules changed, which a full scan finds.
    """

    only: Sequence[int] | None = None
    quiet: timedelta = timedelta(0)
    only_changed: bool = False


EVERYTHING = Selection()


def audit_due(tally: Tally | None = None, *, selection: Selection = EVERYTHING, batches: int | None = None) -> int:
    """
    Audit organizations that are due and that no other worker holds; return the number of audits written.

    :param batches: maximum number of batches; by default until none is left
    """
    rule_sets = rule_sets_in_force()
    written = done = 0
    while (batches is None or done < batches) and (taken := _due_batch(rule_sets, selection)):
        for judged, new in work_isolated(
            taken,
            lambda batch: _audit(rule_sets, selection._replace(only=[entry.pk for entry in batch])),
            on_error=lambda entry, error: _note_error(rule_sets, entry, error),
        ):
            written += new
            if tally is not None:
                tally.count_organizations(judged, new)
        done += 1
    return written


def due_organizations_of(process_ids: Sequence[int]) -> list[int]:
    """
    Return the organizations of processes that are due for an audit, without large ones, which the
    schedule audits.
    """
    rows = query(
        """
        SELECT DISTINCT t.organization_id FROM audits_trackrecord t
        JOIN contracts_party party ON party.organization_id = t.organization_id
        WHERE party.process_id = ANY(%s) AND t.version > t.audited AND NOT EXISTS (
            SELECT FROM audits_participation q WHERE q.organization_id = t.organization_id OFFSET %s
        )
        """,
        [list(process_ids), MAX_PARTICIPATIONS_INLINE],
    )
    return [pk for (pk,) in rows]


def count_due() -> int:
    """Return the number of organizations that are due for an audit."""
    statement = sql.SQL(
        """
        SELECT count(*) FROM audits_trackrecord t JOIN contracts_organization o ON o.id = t.organization_id
        WHERE {due}
        """
    ).format(due=_due_condition(rule_sets_in_force()))
    ((number,),) = query(statement)
    return int(number)


def read_dossiers(pks: Sequence[int], *, reads: frozenset[str]) -> list[OrganizationDossier]:
    """
    Return organizations with their current figures.

    :param reads: names of the figures
    """
    figures = figures_of(pks, reads=reads)
    rows = Organization.objects.filter(pk__in=pks).order_by("pk").values_list("pk", "key", "name", "country", "roles")
    return [
        OrganizationDossier(key, name, country, frozenset(roles), figures[pk])
        for pk, key, name, country, roles in rows
    ]


def _due_condition(rule_sets: RuleSets) -> sql.Composable:
    """Return the condition under which the track record ``t`` of an organization ``o`` is due for an audit."""
    digest = country_case("o.country", {name: rules.digest for name, rules in rule_sets.organizations.items()})
    return sql.SQL("({} OR t.ruleset_digest <> {})").format(_CHANGED, digest)


def _due_batch(rule_sets: RuleSets, selection: Selection) -> list[_Organization]:
    with transaction.atomic():
        return _take(rule_sets, selection)


def _note_error(rule_sets: RuleSets, entry: _Organization, error: Exception) -> None:
    """Store why an audit failed, up to the version that was tried: a concurrent change is still due."""
    with transaction.atomic():
        TrackRecord.objects.filter(pk=entry.pk).update(
            audited=entry.version,
            ruleset_digest=rule_sets.organizations_in(entry.country).digest,
            error=f"{type(error).__name__}: {error}"[:1000],
        )
        flags = Flag.objects.filter(organization=entry.pk)
        leave_unanswered(flags, {entry.pk: entry.version.to_bytes(8)})


def _audit(rule_sets: RuleSets, selection: Selection) -> tuple[list[Judged], int]:
    begun = time.monotonic()
    with transaction.atomic():
        taken = _take(rule_sets, selection)
        figures = figures_of([entry.pk for entry in taken], reads=rule_sets.organization_reads())
        judged = [_judge(entry, figures[entry.pk], rule_sets.organizations_in(entry.country)) for entry in taken]
        written = write_organization_audits(judged)
        _finish(taken, judged)
        note_work(judged, since=begun)
    return judged, written


def _take(rule_sets: RuleSets, selection: Selection) -> list[_Organization]:
    """Lock and return the track records of organizations that are due for an audit."""
    due = _CHANGED if selection.only_changed else _due_condition(rule_sets)
    statement = sql.SQL(
        """
        SELECT o.id, t.version, o.key, o.name, o.country, o.roles
        FROM audits_trackrecord t JOIN contracts_organization o ON o.id = t.organization_id
        WHERE {due} AND (%(only)s::bigint[] IS NULL OR t.organization_id = ANY(%(only)s))
            AND t.changed_at <= clock_timestamp() - make_interval(secs => %(quiet)s)
        ORDER BY t.organization_id LIMIT %(limit)s
        FOR NO KEY UPDATE OF t SKIP LOCKED
        """
    ).format(due=due)
    only = None if selection.only is None else list(selection.only)
    values: dict[str, Any] = {"only": only, "quiet": selection.quiet.total_seconds(), "limit": BATCH_ORGANIZATIONS}
    return [_Organization(*row) for row in query(statement, values)]


def _judge(entry: _Organization, figures: OrganizationFigures, rule_set: RuleSet) -> Judged:
    dossier = OrganizationDossier(entry.key, entry.name, entry.country, frozenset(entry.roles), figures)
    return Judged(
        subject_id=entry.pk,
        identity=entry.key,
        country=entry.country,
        dossier_digest=bytes.fromhex(dossier.digest),
        rule_set=rule_set,
        outcomes=rule_set.judge(dossier, interruptions=INTERRUPTIONS),
        subject=Subject.ORGANIZATION,
    )


def _finish(taken: Sequence[_Organization], judged: Sequence[Judged]) -> None:
    execute(
        """
        UPDATE audits_trackrecord t SET audited = given.version, ruleset_digest = given.digest,
            error = given.error
        FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::text[]) AS given (pk, version, digest, error)
        WHERE t.organization_id = given.pk
        """,
        [
            [entry.pk for entry in taken],
            [entry.version for entry in taken],
            [entry.rule_set.digest for entry in judged],
            # Flags of failed rules stay, and they run again once figures or rules change.
            [f"failed: {', '.join(entry.failed)}" if entry.failed else "" for entry in judged],
        ],
    )
