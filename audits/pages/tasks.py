"""The task that counts the figures of pages again."""

from audits.pages.figures.cached_figures import refresh
from contracts.tasks import lone_task


# It begins no figure after its budget, but one of millions of records takes longer than other tasks may.
@lone_task("audits.count_pages", seconds=3600)
def count_pages() -> None:
    refresh()
