"""
Whether the broker answers: what finds that it does not spares the others the wait.

The server of the queue is that of the throttles' counters. Both do without it: what is not counted is let through,
what is not queued is found by the sweep.
"""

import logging
import time
from typing import Any

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SILENT_SECONDS = 2.0

_silent_until = 0.0


def is_silent() -> bool:
    """Return whether this process found a moment ago that the broker does not answer."""
    return time.monotonic() < _silent_until


def note_silence() -> None:
    """Let nobody of this process ask the broker for a moment: a server that hangs delays one request, not each."""
    global _silent_until  # noqa: PLW0603 - one broker, one process
    _silent_until = time.monotonic() + SILENT_SECONDS


def forget_silence() -> None:
    """Let the broker be asked again."""
    global _silent_until  # noqa: PLW0603
    _silent_until = 0.0


def enqueue_scheduled(task: Any) -> None:
    """Queue a task that its schedule runs anyhow, so that nobody waits for the schedule; without a broker it does."""
    if is_silent():
        return
    try:
        task.apply_async()
    except OperationalError as error:
        note_silence()
        logger.debug("the broker is down, the schedule will run %s: %s", task.name, error)
