"""The task that counts the figures of pages again."""

from celery import shared_task

from audits.pages.keeping import refresh


@shared_task(name="audits.count_pages")
def count_pages() -> None:
    refresh()
