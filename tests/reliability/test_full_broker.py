"""A broker that is full for a while ends no worker."""

import os
import signal

import pytest

from contracts.models import Submission
from contracts.tasks import process_submission
from tests.support.sent import body_of, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_goes_on_once_a_full_broker_has_room_again(worker, empty_broker, wait_until):
    """A worker notes each message at the broker as it takes it: where there is no room for that, it connects anew."""
    limit = empty_broker.config_get("maxmemory")["maxmemory"]
    waiting = send(body_of(), process=False)
    os.kill(worker.process.pid, signal.SIGSTOP)
    process_submission.delay(str(waiting.pk))
    empty_broker.config_set("maxmemory", 1)
    try:
        os.kill(worker.process.pid, signal.SIGCONT)
        wait_until(lambda: not worker.is_running() or "OutOfMemoryError" in worker.end_of_log(500))
        assert worker.is_running(), worker.end_of_log()
    finally:
        empty_broker.config_set("maxmemory", limit)
    process_submission.delay(str(waiting.pk))  # as the schedule does
    wait_until(lambda: Submission.objects.get(pk=waiting.pk).processed_at)
