"""The task that writes the dump of a night."""

import logging

from celery import shared_task

from audits.dumps.writing import write_dump
from contracts.postgres.locks import hold_if_free

LOCK = "dump"
# A dump reads all there is; what takes longer is broken off, and the one before stays.
MAX_SECONDS = 4 * 3600

logger = logging.getLogger(__name__)


@shared_task(name="audits.write_dump", soft_time_limit=MAX_SECONDS, time_limit=MAX_SECONDS + 60)
def write_dump_task() -> None:
    with hold_if_free(LOCK) as is_free:
        if not is_free:
            logger.info("Another process writes a dump.")
            return
        manifest = write_dump()
    logger.info("Dump %s: %d files.", manifest.dump, len(manifest.files))
