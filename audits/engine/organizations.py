"""
Organizations → figures → dossiers → outcomes → audits and flags, in batches.

An organization is due while its track record has a version that was not audited, or was audited under other rules. A
batch is taken, judged and written in one transaction that holds its track records, so there is no half-done
audit and nothing to lease: a worker that dies leaves them due. Nothing here reads a record; figures are sums of rows.

Locks are taken in one order, here as in ``audits.contributions.recording``, ``audits.engine.writing`` and
``audits.engine.cohorts``: processes, groups of peers, track records; each kind by its key.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from psycopg import sql

from audits.engine.attempts import country_case
from audits.engine.writing import Judged, write_organization_audits
from audits.judging.organization_dossier import OrganizationDossier
from audits.judging.rule_set import RuleSet
from audits.models import TrackRecord
from audits.reference.rule_sets import RuleSets
from audits.statistics.organizations import figures_of
from contracts.postgres.copying import is_transient

logger = logging.getLogger(__name__)

# How many organizations one transaction judges.
BATCH_ORGANIZATIONS = 200
# The figures of one with more participations take a while (100,000: two seconds), in which nothing of it can be
# recorded: it is not looked at after each record.
MAX_PARTICIPATIONS_INLINE = 5000

_CHANGED = sql.SQL("t.version > t.audited")


class Batch(NamedTuple):
    """What was judged, and how many audits of it are new. True where anything was taken on, even if it failed."""

    judged: list[Judged]
    written: int
    taken: int

    def __bool__(self) -> bool:
        return self.taken > 0


class _Organization(NamedTuple):
    pk: int
    version: int
    key: str
    name: str
    country: str
    roles: list[str]


class Selection(NamedTuple):
    """
    Which of the organizations that are due for an audit.

    ``only``: these, by primary key. ``quiet``: not those that changed within this time; while much is being loaded,
    one check is enough. ``only_changed``: not those whose rules alone changed, who are found by looking at all.
    """

    only: Sequence[int] | None = None
    quiet: timedelta = timedelta(0)
    only_changed: bool = False


EVERYTHING = Selection()


def audit_batch(rule_sets: RuleSets, selection: Selection) -> Batch:
    """Audit some organizations that are due and that nobody else is at."""
    try:
        return _audit(rule_sets, selection, BATCH_ORGANIZATIONS)
    except Exception as error:
        if is_transient(error):
            raise  # the sweep comes back to them
        logger.exception("a batch of audits of organizations")
    return _one_by_one(rule_sets, selection)


def due_organizations_of(process_ids: Sequence[int]) -> list[int]:
    """Return the organizations of processes that are due for an audit; large ones are left to the schedule."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT t.organization_id FROM audits_trackrecord t
            JOIN contracts_party party ON party.organization_id = t.organization_id
            WHERE party.process_id = ANY(%s) AND t.version > t.audited AND NOT EXISTS (
                SELECT FROM audits_participation q WHERE q.organization_id = t.organization_id OFFSET %s
            )
            """,
            [list(process_ids), MAX_PARTICIPATIONS_INLINE],
        )
        return [pk for (pk,) in cursor.fetchall()]


def count_due(rule_sets: RuleSets) -> int:
    """Return how many organizations are due for an audit."""
    query = sql.SQL(
        """
        SELECT count(*) FROM audits_trackrecord t JOIN contracts_organization o ON o.id = t.organization_id
        WHERE {due}
        """
    ).format(due=_due_condition(rule_sets))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _due_condition(rule_sets: RuleSets) -> sql.Composable:
    """Return the condition under which the track record ``t`` of an organization ``o`` is due for an audit."""
    digest = country_case("o.country", {name: rules.digest for name, rules in rule_sets.organizations.items()})
    return sql.SQL("({} OR t.ruleset_digest <> {})").format(_CHANGED, digest)


def _one_by_one(rule_sets: RuleSets, selection: Selection) -> Batch:
    """Audit the organizations of a batch that failed, each alone; note the error of those that made it fail."""
    with transaction.atomic():
        taken = _take(rule_sets, selection, BATCH_ORGANIZATIONS)
    judged, written = [], 0
    for entry in taken:
        try:
            alone = _audit(rule_sets, Selection(only=[entry.pk]), 1)
        except SoftTimeLimitExceeded:
            raise  # its turn was over: that says nothing of this organization
        except Exception as error:
            if is_transient(error):
                raise
            logger.exception("the audit of organization %d", entry.pk)
            # Up to the version that was tried: a change that came meanwhile is still due.
            TrackRecord.objects.filter(pk=entry.pk).update(
                audited=entry.version,
                ruleset_digest=rule_sets.organizations_in(entry.country).digest,
                error=f"{type(error).__name__}: {error}"[:1000],
            )
        else:
            judged.extend(alone.judged)
            written += alone.written
    return Batch(judged, written, len(taken))


def _audit(rule_sets: RuleSets, selection: Selection, limit: int) -> Batch:
    with transaction.atomic():
        taken = _take(rule_sets, selection, limit)
        if not taken:
            return Batch([], 0, 0)
        figures = figures_of([entry.pk for entry in taken], rules=rule_sets.organization_codes())
        judged = [_judge(entry, figures[entry.pk], rule_sets.organizations_in(entry.country)) for entry in taken]
        written = write_organization_audits(judged)
        _finish(taken, judged)
    return Batch(judged, written, len(taken))


def _take(rule_sets: RuleSets, selection: Selection, limit: int) -> list[_Organization]:
    """Lock the track records of organizations that are due for an audit, and return these."""
    due = _CHANGED if selection.only_changed else _due_condition(rule_sets)
    query = sql.SQL(
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
    values: dict[str, Any] = {"only": only, "quiet": selection.quiet.total_seconds(), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [_Organization(*row) for row in cursor.fetchall()]


def _judge(entry: _Organization, figures: dict[str, Any], rule_set: RuleSet) -> Judged:
    dossier = OrganizationDossier(entry.key, entry.name, entry.country, frozenset(entry.roles), figures)
    return Judged(
        subject_id=entry.pk,
        identity=entry.key,
        country=entry.country,
        dossier_digest=bytes.fromhex(dossier.digest),
        rule_set=rule_set,
        outcomes=rule_set.judge(dossier),
    )


def _finish(taken: Sequence[_Organization], judged: Sequence[Judged]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE audits_trackrecord t SET audited = given.version, ruleset_digest = given.digest, error = ''
            FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS given (pk, version, digest)
            WHERE t.organization_id = given.pk
            """,
            [
                [entry.pk for entry in taken],
                [entry.version for entry in taken],
                [entry.rule_set.digest for entry in judged],
            ],
        )
