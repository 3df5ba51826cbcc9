"""Until workers have done what is due."""

import time

from audits import tasks as audit_tasks
from audits.engine import processes
from contracts.models import Submission
from contracts.tasks import process_due_submissions
from tests.drills.site import Gauge
from tests.drills.tally import Tally

SETTLE_SECONDS = 3600
SWEEP_SECONDS = 5


def settle(tally: Tally, worker: Gauge) -> None:
    """Wait until workers have processed and audited everything; remind them as the schedule does."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while Submission.objects.filter(processed_at=None, failed_at=None).exists() or processes.count_due():
        if time.monotonic() > deadline:
            tally.violate(f"not processed within {SETTLE_SECONDS} seconds")
            return
        process_due_submissions()
        audit_tasks.audit_due_processes()
        until = time.monotonic() + SWEEP_SECONDS
        while time.monotonic() < until and processes.count_due():
            time.sleep(0.2)
            worker.read()
