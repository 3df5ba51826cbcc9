"""The task that tells owners of saved searches what is new; PostgreSQL holds which searches are due."""

from celery import shared_task

from audits.following.delivering import tell_all
from contracts.runtime import broker


@shared_task(name="audits.tell_saved_searches")
def tell_saved_searches() -> None:
    tell_all()


def enqueue() -> None:
    """Have what is due told soon."""
    broker.queue(tell_saved_searches)
