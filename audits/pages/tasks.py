"""The task that recounts the figures of pages."""

from audits.pages.figures.cached_figures import refresh
from contracts.tasks import lone_task


# It starts no figure after its budget, but one over millions of records may outlast the usual time limit.
@lone_task("audits.count_pages", seconds=3600)
def count_pages() -> None:
    refresh()
