"""The task that writes the dump of a night."""

import logging

from audits.dumps.writing import write_dump
from contracts.tasks import SECONDS_OF_ALL, lone_task

# The command ``dump`` holds it as well.
LOCK = "dump"

logger = logging.getLogger(__name__)


# What takes longer is broken off, and the dump before it stays.
@lone_task("audits.write_dump", seconds=SECONDS_OF_ALL, lock=LOCK)
def write_dump_task() -> None:
    manifest = write_dump()
    logger.info("Dump %s: %d files.", manifest.dump, len(manifest.files))
