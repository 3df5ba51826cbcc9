"""The task that sends summaries of the desk; PostgreSQL holds who is due."""

from audits.admin.summaries.sending import send_due
from contracts.tasks import lone_task


@lone_task("audits.send_summaries")
def send_summaries() -> None:
    send_due()
