"""
Tasks of the workers. A message carries primary keys and nothing else; PostgreSQL holds what is due.

A second delivery is harmless: what was audited is no longer due, what another worker is at is leased.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from typing import Any

from celery import current_task, shared_task

from audits.contributions import monthly_sums
from audits.engine import attempts, cohorts, organizations, peers, processes
from audits.engine.organizations import Selection
from audits.reference.rules_in_force import why_not_to_audit
from audits.reports import desk_figures, priorities, publishing, rule_health
from contracts.runtime import broker
from contracts.tasks import SECONDS_OF_ALL, lone_task

logger = logging.getLogger(__name__)

# How many processes one sweep reminds the workers of; the next sweep goes on.
SWEEP_PROCESSES = 20_000
# After so few the peers are looked at right away; after more, when their buyers have come to rest.
MAX_PROCESSES_INLINE = 20
QUIET_PERIOD = timedelta(seconds=3)
# How many batches of organizations one task takes; the next one goes on.
ORGANIZATION_BATCHES = 20
# By what share a population must have changed before those who read its figures are audited again, within a day.
COHORT_TOLERANCE = 0.01


def left_to_others(work: Callable[..., None]) -> Callable[..., None]:
    """
    Let a task do nothing where the database or its rules are of another version than its worker.

    Each of the two versions finds due what the other one audited: they would raise and withdraw the same flags by
    turns for as long as both run.
    """

    @wraps(work)
    def task(*given: Any) -> None:
        if reason := why_not_to_audit():
            logger.error("%s", reason)
            broker.pass_on(current_task)
            return
        work(*given)

    return task


@shared_task(name="audits.audit_processes")
@left_to_others
def audit_processes(process_ids: list[int]) -> None:
    processes.audit_due(process_ids)
    if len(process_ids) <= MAX_PROCESSES_INLINE:
        enqueue(peers.find_due(only=process_ids))
        organizations.audit_due(selection=Selection(only=organizations.due_organizations_of(process_ids)))


@lone_task("audits.check_peer_groups")
@left_to_others
def check_peer_groups() -> None:
    """Nudge for the processes whose figures changed because their buyer bought something else."""
    enqueue(peers.find_due(quiet=QUIET_PERIOD))


@shared_task(name="audits.audit_organizations")
@left_to_others
def audit_organizations() -> None:
    """Audit the organizations whose figures changed, once they have come to rest."""
    organizations.audit_due(selection=Selection(quiet=QUIET_PERIOD, only_changed=True), batches=ORGANIZATION_BATCHES)


@shared_task(name="audits.audit_due_processes")
@left_to_others
def audit_due_processes() -> None:
    """Nudge for every process that is due for an audit, and audit organizations; give up what failed three times."""
    given_up = attempts.give_up_exhausted()
    if given_up:
        logger.error("Gave up %d audits that failed three times.", given_up)
    for batch in processes.due_batches(limit=SWEEP_PROCESSES):
        if not enqueue(batch):
            return
    organizations.audit_due(selection=Selection(quiet=QUIET_PERIOD), batches=ORGANIZATION_BATCHES)


@lone_task("audits.refresh_cohorts", seconds=SECONDS_OF_ALL)
@left_to_others
def refresh_cohorts() -> None:
    """Bring statistics of populations up to date; enqueue for the processes that read one that changed."""
    enqueue(cohorts.refresh_cohorts(tolerance=COHORT_TOLERANCE).stale)


@lone_task("audits.check_sums", seconds=SECONDS_OF_ALL)
def check_sums() -> None:
    """Compare the sums of purchases by month with the purchases, and put right what differs."""
    monthly_sums.check_sums()


@lone_task("audits.total_outcomes", seconds=SECONDS_OF_ALL)
def total_outcomes() -> None:
    """Count what the rules answered, for the pages that tell it, what the queue's order rests on, and the desk."""
    rule_health.refresh_outcome_counts()
    priorities.refresh_priorities()
    desk_figures.refresh_desk_figures(processes.backlog())


@lone_task("audits.publish_figures", seconds=SECONDS_OF_ALL)
def publish_figures() -> None:
    """Publish figures once a day; asked more often, for a worker may be down when the day begins."""
    publishing.publish_figures()


def enqueue(process_ids: Sequence[int], *, is_fresh: bool = False) -> bool:
    """
    Queue audits in batches; return whether the broker took them. If it is down, the sweep finds them later.

    :param is_fresh: whether somebody waits for them, and they are few
    """
    size = processes.BATCH_PROCESSES
    batches = [list(process_ids[start : start + size]) for start in range(0, len(process_ids), size)]
    return all(broker.queue(audit_processes, batch, is_fresh=is_fresh) for batch in batches)
