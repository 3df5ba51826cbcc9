"""
Celery's scheduler, without two of its habits that would stop the site until somebody looks.

Celery's own goes on adding messages where no worker takes any, some 50,000 a day. A full broker refuses workers too,
so that none could start any more and empty it. And what ran while a clock was ahead would not be due again until the
corrected clock gets there.
"""

import logging
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

from contracts.runtime import broker

logger = logging.getLogger(__name__)

# A day of scheduled messages that no worker takes, or audits of ten million records: half the broker's capacity.
MAX_WAITING = 50_000
# Clocks are corrected by little all the time.
SET_BACK = timedelta(seconds=10)


class Scheduler(PersistentScheduler):
    """Sends nothing while very many messages wait, and notices that the clock was set back."""

    def tick(self, *arguments: Any, **options: Any) -> float:
        now = self.app.now()
        if ahead := [entry for entry in self.schedule.values() if entry.last_run_at > now + SET_BACK]:
            logger.warning("The clock was set back: %d tasks are scheduled again.", len(ahead))
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # Celery makes it of the schedule
        return float(super().tick(*arguments, **options))

    def apply_async(self, entry: Any, *arguments: Any, **options: Any) -> Any:
        waiting = sum(broker.waiting().values())
        if waiting >= MAX_WAITING:
            logger.error("%s is not sent: %d messages are waiting, and no worker takes them.", entry.task, waiting)
            return None
        return super().apply_async(entry, *arguments, **options)
