"""The task that writes exports; PostgreSQL holds which are due, and one worker at a time writes them."""

from celery import shared_task

from audits.exporting.writing import write_due
from contracts import broker
from contracts.postgres.locks import hold_if_free

LOCK = "exports"
# What takes longer is broken off, and tried again.
MAX_SECONDS = 3600


@shared_task(name="audits.write_exports", soft_time_limit=MAX_SECONDS, time_limit=MAX_SECONDS + 60)
def write_exports() -> None:
    with hold_if_free(LOCK) as is_free:
        if is_free:
            write_due()


def enqueue() -> None:
    """Have what is due written soon."""
    broker.enqueue_scheduled(write_exports)
