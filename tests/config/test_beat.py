"""The schedule does not fill a broker that nobody empties, and goes on where the clock was set back."""

from datetime import UTC, datetime, timedelta

import pytest

from config import beat
from config.beat import Scheduler
from config.celery import app

NAME = "audits.check_peer_groups"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def scheduler(tmp_path, empty_broker, monkeypatch):
    """A scheduler at one moment, of which nothing is due: on a busy machine seconds pass, and some hour begins."""
    monkeypatch.setattr(app, "now", lambda: NOON)
    made = Scheduler(app=app, schedule_filename=str(tmp_path / "beat"))
    yield made
    made.close()


def as_if_done(scheduler, moment):
    """Let all entries be done at a moment, and the scheduler plan its next ones."""
    for entry in scheduler.schedule.values():
        entry.last_run_at = moment
    scheduler.tick()


def sent(scheduler, empty_broker, ticks=40):
    """Return how many messages a number of ticks adds."""
    before = empty_broker.llen("veedor:celery")
    for _ in range(ticks):
        scheduler.tick()
    return empty_broker.llen("veedor:celery") - before


def test_what_is_due_is_sent(scheduler, empty_broker):
    as_if_done(scheduler, app.now())
    assert sent(scheduler, empty_broker) == 0
    scheduler.schedule[NAME].last_run_at -= timedelta(seconds=6)
    scheduler._heap = None
    assert sent(scheduler, empty_broker) == 1


def test_no_message_is_added_to_a_full_queue_and_that_is_logged(scheduler, empty_broker, monkeypatch, caplog):
    monkeypatch.setattr(beat, "MAX_WAITING", 3)
    empty_broker.lpush("veedor:celery", "one", "two")
    empty_broker.lpush("veedor:fresh", "three")
    as_if_done(scheduler, app.now() - timedelta(days=2))
    assert sent(scheduler, empty_broker) == 0
    assert f"{NAME} is not sent: 3 messages are waiting, and no worker takes them." in caplog.text
    empty_broker.delete("veedor:celery", "veedor:fresh")
    as_if_done(scheduler, app.now() - timedelta(days=2))
    scheduler._heap = None
    assert sent(scheduler, empty_broker) > 0


def test_a_clock_that_was_set_back_stops_nothing(scheduler, empty_broker, monkeypatch, caplog):
    now = app.now()
    as_if_done(scheduler, now + timedelta(days=1))  # the clock went ahead
    assert sent(scheduler, empty_broker) == 0
    assert "The clock was set back" in caplog.text
    monkeypatch.setattr(app, "now", lambda: now + timedelta(minutes=15))
    scheduler._heap = None
    assert sent(scheduler, empty_broker) >= 10
