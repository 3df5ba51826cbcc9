"""
The queue of tasks, and whether its broker answers: the process that finds it silent spares the others the wait.

The server of the queue is that of the throttles' counters. Both do without it: what is not counted is let through,
what is not queued is found by the sweep.
"""

import logging
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# The queue of what somebody waits for.
FRESH = "fresh"
SILENT_SECONDS = 2.0

# So often a message goes from one worker to another that leaves it alone too, and after how many seconds each time.
MAX_PASSES = 5
_PASS_SECONDS = 1.0

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


def pass_on(task: Any) -> None:
    """
    Queue the message that this worker has in hand once more, for a worker of another version.

    Messages that come by a schedule reach the same worker each time, where two take turns: what that one leaves alone,
    the other would never hear of.
    """
    request = task.request
    passes = (request.headers or {}).get("passes", 0)
    if request.called_directly or passes >= MAX_PASSES:
        return
    expires = datetime.fromisoformat(request.expires) if request.expires else None
    options = {"queue": request.delivery_info["routing_key"], "countdown": _PASS_SECONDS, "expires": expires}
    with suppress(OperationalError):  # the broker is down: a sweep will find the work
        task.apply_async(request.args, headers={"passes": passes + 1}, **options)
