"""
Tasks of the workers. A message carries a primary key; PostgreSQL decides whether the work is due.

A second delivery is harmless: the submission is no longer due.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from contracts import retention
from contracts.decisions import same_bodies
from contracts.intake import processing, recompiling
from contracts.intake.documents import filing
from contracts.intake.duplicates import published_claims, published_twice
from contracts.models import Submission
from contracts.postgres.locks import hold_if_free
from contracts.runtime import broker

logger = logging.getLogger(__name__)

# So long one task begins to compile slices of records.
SECONDS_OF_SLICES = 30.0
# So long one task begins to read documents anew.
SECONDS_ANEW = 30.0
# What looks at all there is: at a million records that takes longer than the minute and a half of other tasks.
SECONDS_OF_ALL = 4 * 3600


def lone_task(name: str, *, seconds: int | None = None, lock: str = "") -> Callable[[Callable[[], None]], Any]:
    """
    Declare a task that one worker at a time is at.

    A message that comes meanwhile is passed over: the schedule sends others, and the broker sends this one again where
    the task lasts longer than its visibility timeout.

    :param seconds: its time limit; by default that of all tasks
    :param lock: what one process at a time holds, if others than this task do that work too
    """
    limits = {"soft_time_limit": seconds, "time_limit": seconds + 60} if seconds else {}

    def declare(work: Callable[[], None]) -> Any:
        @shared_task(name=name, **limits)
        @wraps(work)
        def task() -> None:
            with hold_if_free(lock or name) as is_free:
                if is_free:
                    work()
                else:
                    logger.debug("Another process is running %s.", name)

        return task

    return declare


# A large file takes longer than other tasks may. The lease is renewed with each batch, so that a second delivery,
# which the broker makes after its visibility timeout, finds the submission held and leaves.
@shared_task(name="contracts.process_submission", soft_time_limit=3500, time_limit=3600)
def process_submission(submission_id: str) -> None:
    done = processing.process_submission(submission_id)
    if done and done.kind == Submission.Kind.BUNDLE:
        for member in Submission.objects.due().filter(in_bundles__bundle=done.pk).select_related("content").distinct():
            enqueue(str(member.pk), is_fresh=member.is_little)
    if done and done.processed_at and done.turn and (waiting := processing.next_of(done.turn)):
        enqueue(str(waiting.pk))


@shared_task(name="contracts.process_due_submissions")
def process_due_submissions() -> None:
    """Enqueue every due submission (of those that wait for a turn, the next one), to make up for lost messages."""
    at_once = due = Submission.objects.due()
    following: list[Submission] = []
    for turn in Submission.Turn:
        at_once = at_once.exclude(pk__in=due.waiting_for(turn).order_by().values("pk"))
        following += due.waiting_for(turn)[:1]
    for submission in (*at_once.only("pk")[:1000], *following):
        enqueue(str(submission.pk))


# A slice is compiled whole or not at all, however long that takes: broken off, it would be the next one for ever.
@shared_task(name="contracts.recompile_records", soft_time_limit=3500, time_limit=3600)
def recompile_records() -> None:
    """Compile records that are read otherwise than before; the next sweep goes on."""
    begun = time.monotonic()
    failed: set[str] = set()
    while recompiling.recompile_slice(failed) and time.monotonic() - begun < SECONDS_OF_SLICES:
        pass


# A document may take a worker half an hour: the other workers are left to audits and to what is sent.
@lone_task("contracts.read_documents_anew", seconds=3500)
def read_documents_anew() -> None:
    """Read documents anew that are read otherwise than before; the next sweep goes on."""
    filing.read_anew(SECONDS_ANEW)


@lone_task("contracts.propose_bodies", seconds=SECONDS_OF_ALL)
def propose_bodies() -> None:
    """Look for organizations that may be one under two names, for leads to decide on."""
    same_bodies.propose_all()


@lone_task("contracts.look_for_published", seconds=SECONDS_OF_ALL)
def find_published() -> None:
    """Look for official records that are contracts of accepted claims, for people to say."""
    published_claims.find_published()


@lone_task("contracts.look_for_twice", seconds=SECONDS_OF_ALL)
def look_for_twice() -> None:
    """Look at all processes for what two sources publish, for leads to decide on."""
    published_twice.update_all_pairs()


@lone_task("contracts.keep_retention", seconds=SECONDS_OF_ALL)
def keep_retention() -> None:
    """Remove what is older than the retention that a lead has set."""
    retention.keep_retention()


@shared_task(name="contracts.clear_sessions")
def clear_sessions() -> None:
    """Remove sessions that are over, by PostgreSQL's clock: a worker's own, if ahead, would sign everybody out."""
    Session.objects.filter(expire_date__lt=Now()).delete()


def enqueue(submission_id: str, *, is_fresh: bool = False) -> None:
    """Queue the processing of a submission; ``is_fresh``: it is small and arrived just now."""
    broker.queue(process_submission, submission_id, is_fresh=is_fresh)
