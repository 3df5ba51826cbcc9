"""
Keeps the statistics of populations up to date as ``Cohort`` rows.

Unchanged rows are not written; where a row changes, the audits that read it become due again.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from audits.cohorts import compute_cohorts, organizations_reading, processes_reading
from audits.contributions.track_records import mark_organizations_due
from audits.engine import attempts
from audits.models import Cohort, PopulationChange
from contracts.ocds.gate.document import encode
from contracts.postgres.clock import database_now
from contracts.postgres.copying import excluded, upsert_rows
from contracts.postgres.querying import execute, query

# After this time a row is refreshed even if it changed by less than the tolerance.
_MAX_AGE = timedelta(days=1)

_COLUMNS = ("name", "key", "n", "window_start", "window_end", "figures", "digest", "computed_at")


class Refreshed(NamedTuple):
    """
    The changed cohorts (deleted ones as they were), and the processes and organizations, by primary key, to audit
    again.
    """

    changed: list[Cohort]
    stale: list[int]
    organizations: list[int]


NOTHING = Refreshed([], [], [])


def refresh_cohorts(*, tolerance: float = 0) -> Refreshed:
    """
    Refresh all cohorts, and mark the audits that read a changed one as due.

    If nothing they are computed from was written since, nothing is read.

    :param tolerance: leave a cohort unchanged if its number of values changed by less than this share (0.01: one
        percent) and it is younger than a day, so that a trickle of records does not cause audits all day
    """
    with transaction.atomic():
        # One at a time: of two concurrent runs, neither would see what the other writes.
        execute("SELECT pg_advisory_xact_lock(hashtextextended('audits_cohort', 0))")
        # A single process is enough: parallel plans that exceed work_mem were seen to take a hundred times as long
        # (PostgreSQL 18).
        execute("SET LOCAL max_parallel_workers_per_gather = 0")
        # Take the marks before computing: changes committed meanwhile leave marks for the next run.
        if not execute("DELETE FROM audits_populationchange"):
            return NOTHING
        known = {(cohort.name, cohort.key): cohort for cohort in Cohort.objects.all()}
        present = {(cohort.name, cohort.key): cohort for cohort in compute_cohorts()}
        now = database_now()
        differing = [cohort for place, cohort in present.items() if _differs(cohort, known.get(place))]
        outdated = [
            cohort for cohort in differing if not _waits(cohort, known.get((cohort.name, cohort.key)), tolerance, now)
        ]
        if len(outdated) < len(differing):
            PopulationChange.objects.create()  # Postponed cohorts are checked again.
        gone = [cohort for place, cohort in known.items() if place not in present]
        Cohort.objects.filter(pk__in=[cohort.pk for cohort in gone]).delete()
        upsert_rows(
            Cohort,
            _COLUMNS,
            ([*_described(cohort), now] for cohort in outdated),
            conflict=("name", "key"),
            update=excluded(_COLUMNS[2:]),
        )
        changed = [cohort for cohort in outdated if not _is_same(cohort, known.get((cohort.name, cohort.key)))]
        changed.extend(gone)
        stale = sorted(processes_reading(changed, known))
        attempts.mark_due(stale)
        concerned = sorted(organizations_reading(changed, known))
        mark_organizations_due(concerned)
    return Refreshed(changed, stale, concerned)


def cohorts_version() -> tuple[Any, ...]:
    """
    Return the version of the cohorts: it changes whenever one is written or deleted, even if the clock
    is set back.
    """
    (version,) = query("SELECT count(*), sum(extract(epoch FROM computed_at)) FROM audits_cohort")
    return version


def _described(cohort: Cohort) -> list[Any]:
    return [
        cohort.name,
        cohort.key,
        cohort.n,
        cohort.window_start,
        cohort.window_end,
        encode(cohort.figures).decode(),
        cohort.digest,
    ]


def _differs(cohort: Cohort, known: Cohort | None) -> bool:
    if known is None:
        return True
    is_of_same_days = (cohort.window_start, cohort.window_end) == (known.window_start, known.window_end)
    return not (is_of_same_days and _is_same(cohort, known))


def _waits(cohort: Cohort, known: Cohort | None, tolerance: float, now: datetime) -> bool:
    """Return whether a changed cohort is left unchanged for now, see ``refresh_cohorts``."""
    if known is None:
        return False
    is_slight = abs(cohort.n - known.n) < tolerance * known.n
    return is_slight and abs(now - known.computed_at) < _MAX_AGE


def _is_same(cohort: Cohort, known: Cohort | None) -> bool:
    """Whether rules see no difference, because their figures contain no window."""
    return known is not None and bytes(known.digest) == bytes(cohort.digest)
