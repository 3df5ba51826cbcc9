"""The task that tells owners of saved searches what is new; PostgreSQL holds which searches are due."""

from celery import shared_task

from audits.following.delivering import deliver_all
from contracts.runtime import broker


@shared_task(name="audits.tell_saved_searches")
def deliver_saved_searches() -> None:
    deliver_all()


def enqueue() -> None:
    """Have due messages sent soon."""
    broker.queue(deliver_saved_searches)
