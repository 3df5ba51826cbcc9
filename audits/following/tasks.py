"""The task that sends news to owners of saved searches; PostgreSQL knows which are due."""

from celery import shared_task

from audits.following.delivering import deliver_all
from contracts.runtime import broker


@shared_task(name="audits.tell_saved_searches")
def deliver_saved_searches() -> None:
    deliver_all()


def enqueue() -> None:
    """Request that due messages are sent soon."""
    broker.queue(deliver_saved_searches)
