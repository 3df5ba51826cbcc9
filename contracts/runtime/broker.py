"""
The queue of tasks, and whether its broker answers: the process that finds it silent spares the others the wait.

The server of the queue is that of the throttles' counters. Both do without it: what is not counted is let through,
what is not queued is found by the sweep.
"""

import logging
import time
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# The queue of what somebody waits for.
FRESH = "fresh"
SILENT_SECONDS = 2.0

_silent_until = 0.0


def is_silent() -> bool:
    """Return whether this process found a moment ago that the broker does not answer."""
    return time.monotonic() < _silent_until


def note_silence() -> None:
    """Let nobody of this process ask the broker for a moment: a server that hangs delays one request, not each."""
    global _silent_until  # noqa: PLW0603 - one broker, one process
    _silent_until = time.monotonic() + SILENT_SECONDS


def waiting() -> dict[str, int]:
    """Return how many messages wait, by queue; raises an error of the broker where it does not answer."""
    with current_app.connection_for_read() as connection, connection.channel() as channel:
        return {name: channel.queue_declare(name).message_count for name in current_app.amqp.queues}


def queue(task: Any, *arguments: Any, is_fresh: bool = False) -> bool:
    """
    Queue a task, so that nobody waits for the sweep that finds its work anyhow; return whether the broker took it.

    :param is_fresh: whether somebody waits for it, and it is little: it does not stand behind all else
    """
    if is_silent():
        return False
    try:
        task.apply_async(arguments, **({"queue": FRESH} if is_fresh else {}))
    except OperationalError as error:
        note_silence()
        logger.debug("The broker is down; a sweep will find the work of %s: %s", task.name, error)
        return False
    return True
