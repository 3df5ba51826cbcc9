"""The task that writes exports; PostgreSQL holds which are due, and one worker at a time writes them."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from audits.exporting.writing import write_due
from contracts import broker
from contracts.postgres.locks import hold_if_free

LOCK = "exports"
# What takes longer is broken off, and tried again.
MAX_SECONDS = 3600

logger = logging.getLogger(__name__)


@shared_task(name="audits.write_exports", soft_time_limit=MAX_SECONDS, time_limit=MAX_SECONDS + 60)
def write_exports() -> None:
    with hold_if_free(LOCK) as is_free:
        if is_free:
            write_due()


def enqueue() -> None:
    """Have what is due written soon. If the broker is down, the schedule finds it later."""
    if broker.is_silent():
        return
    try:
        write_exports.apply_async()
    except OperationalError as error:
        broker.note_silence()
        logger.debug("the broker is down, the schedule will write exports: %s", error)
