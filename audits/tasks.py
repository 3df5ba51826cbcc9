"""
Tasks of the workers. A message carries primary keys and nothing else; PostgreSQL holds what is owed.

A second delivery is harmless: what was audited is no longer owed, what another worker is at is leased.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from celery import shared_task
from kombu.exceptions import OperationalError

from audits.engine import attempts, cohorts, organizations, processes
from audits.engine.organizations import Choice
from audits.reports import rule_health

logger = logging.getLogger(__name__)

# How many processes one sweep reminds the workers of; the next sweep goes on.
SWEEP_PROCESSES = 20_000
# After so few the peers are looked at right away; after more, when their buyers have come to rest.
FEW_PROCESSES = 20
REST = timedelta(seconds=3)
# How many batches of organizations one task takes; the next one goes on.
ORGANIZATION_BATCHES = 20
# By what share a population must have changed before those who read its figures are audited again, within a day.
COHORT_TOLERANCE = 0.01


@shared_task(name="audits.audit_processes")
def audit_processes(process_ids: list[int]) -> None:
    processes.audit_owed(process_ids)
    if len(process_ids) <= FEW_PROCESSES:
        nudge(processes.find_stale_peers(of=process_ids))
        processes.audit_organizations(choice=Choice(of=organizations.taking_part_in(process_ids)))


@shared_task(name="audits.audit_stale_peers")
def audit_stale_peers() -> None:
    """Nudge for the processes whose figures changed because their buyer bought something else."""
    nudge(processes.find_stale_peers(quiet=REST))


@shared_task(name="audits.audit_organizations")
def audit_organizations() -> None:
    """Audit the organizations of whom something changed, once they have come to rest."""
    processes.audit_organizations(choice=Choice(quiet=REST, only_changed=True), batches=ORGANIZATION_BATCHES)


@shared_task(name="audits.audit_stale_processes")
def audit_stale_processes() -> None:
    """Nudge for every process that is owed an audit, and audit organizations; give up what failed three times."""
    given_up = attempts.give_up_exhausted()
    if given_up:
        logger.error("gave up %d audits that failed three times", given_up)
    for batch in processes.owed_batches(limit=SWEEP_PROCESSES):
        if not nudge(batch):
            return
    processes.audit_organizations(choice=Choice(quiet=REST), batches=ORGANIZATION_BATCHES)


@shared_task(name="audits.refresh_cohorts")
def refresh_cohorts() -> None:
    """Bring statistics of populations up to date; nudge for the processes that read one that changed."""
    nudge(cohorts.refresh_cohorts(tolerance=COHORT_TOLERANCE).stale)


@shared_task(name="audits.count_answers")
def count_answers() -> None:
    """Count what the rules answered, for the pages that tell it."""
    rule_health.count_answers_of_all()


def nudge(process_ids: Sequence[int]) -> bool:
    """Queue audits in batches; return whether the broker took them. If it is down, the sweep finds them later."""
    size = processes.BATCH_PROCESSES
    try:
        for start in range(0, len(process_ids), size):
            audit_processes.delay(list(process_ids[start : start + size]))
    except OperationalError as error:
        logger.debug("the broker is down, the sweep will audit %d processes: %s", len(process_ids), error)
        return False
    return True
