"""The task that writes exports; PostgreSQL holds which are due."""

from audits.exporting.writing import write_due
from contracts.runtime import broker
from contracts.tasks import lone_task


# What takes longer is broken off, and tried again.
@lone_task("audits.write_exports", seconds=3600)
def write_exports() -> None:
    write_due()


def enqueue() -> None:
    """Have what is due written soon."""
    broker.queue(write_exports)
