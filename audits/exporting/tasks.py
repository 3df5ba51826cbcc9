"""The task that writes exports; PostgreSQL knows which are due."""

from audits.exporting.writing import write_due
from contracts.runtime import broker
from contracts.tasks import lone_task


# A run that takes longer is stopped, and its export is tried again.
@lone_task("audits.write_exports", seconds=3600)
def write_exports() -> None:
    write_due()


def enqueue() -> None:
    """Request that due exports are written soon."""
    broker.queue(write_exports)
