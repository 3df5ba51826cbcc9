"""Messages of a day leave once, also where the clocks of workers are on different days: PostgreSQL's decides."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audits import groups
from audits.admin.summaries import sending
from audits.following import delivering
from audits.models import DeskSummary, SavedSearch
from contracts.postgres import clock
from tests.audits.following.saving import save
from tests.support.buying import purchase
from tests.support.waiting import Beside

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
SECONDS = 20


@pytest.fixture
def worker(monkeypatch):
    """
    `worker(send, ahead=DAY)`: a worker whose clock is ahead by so much; `join()` returns how it failed.

    Python's clock is one for all threads, so each thread's is set beside it.
    """
    own, real = threading.local(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + getattr(own, "ahead", timedelta()))

    def made(send, *, ahead=timedelta()):
        def work():
            own.ahead = ahead
            send()

        return Beside(work)

    return made


@pytest.fixture
def together(worker, monkeypatch):
    """`together(send)`: two workers on different days; the second one tries while the first one's message leaves."""

    def work(send):
        tried, leaves = threading.Event(), threading.Event()
        post = mail.EmailMessage.send

        def slowly(message, *given, **options):
            leaves.set()
            tried.wait(SECONDS)
            return post(message, *given, **options)

        monkeypatch.setattr("django.core.mail.EmailMessage.send", slowly)
        first, second = worker(send, ahead=DAY), worker(send)
        first.start()
        assert leaves.wait(SECONDS), first.failed
        second.start()
        assert second.join() == []
        tried.set()
        assert first.join() == []

    return work


def one_after_the_other(worker, send):
    for ahead in (timedelta(), DAY, -DAY, timedelta()):
        beside = worker(send, ahead=ahead)
        beside.start()
        assert beside.join() == []


def test_news_of_a_saved_search(reader, buy, worker, together):
    save(reader)
    buy(purchase(1))
    together(delivering.deliver_all)
    assert len(mail.outbox) == 1
    buy(purchase(2))
    one_after_the_other(worker, delivering.deliver_all)
    assert len(mail.outbox) == 1, "the news of today are told"
    today = clock.database_now().date()
    assert SavedSearch.objects.get().told_on == today
    SavedSearch.objects.update(told_on=today - DAY)
    one_after_the_other(worker, delivering.deliver_all)
    assert len(mail.outbox) == 2, "those that came since leave on the next day"


def test_the_summary_of_the_desk(make_user, worker, together, monkeypatch):
    monkeypatch.setattr(sending, "HOUR", 0)
    dora = make_user(groups.LEADS, name="dora", email="dora@desk.example")
    today = clock.database_now().date()
    DeskSummary.objects.create(
        person=dora, rhythm="daily", language="en", has_titles=True, told_to=today - 2 * DAY, failures=0
    )
    monkeypatch.setattr(sending, "summary_of", lambda *_given: sending.Summary(["what waits"], []))
    monkeypatch.setattr(sending, "render_to_string", lambda *_given: "What waits.")
    together(sending.send_due)
    assert len(mail.outbox) == 1
    one_after_the_other(worker, sending.send_due)
    assert len(mail.outbox) == 1
    assert DeskSummary.objects.get().told_to == today


@pytest.mark.parametrize(("ahead", "messages"), [(1, 0), (2, 1), (400, 1)])
def test_a_day_to_come_is_of_an_earlier_version_or_of_a_clock_set_right(reader, buy, ahead, messages):
    """A worker of 0.2 wrote the day of its own clock: its message of tomorrow has left, one of next year has not."""
    save(reader)
    buy(purchase(1))
    SavedSearch.objects.update(told_on=clock.database_now().date() + ahead * DAY)
    assert delivering.deliver_all() == messages


@pytest.mark.parametrize(
    ("rhythm", "told_to", "begins"),
    [
        ("daily", "2026-03-02", "2026-03-02"),
        ("daily", "2026-03-04", "2026-03-04"),
        ("daily", "2026-03-05", "2026-03-04"),
        ("daily", "2031-01-01", "2026-03-03"),
        ("weekly", "2026-03-02", "2026-03-02"),
        ("weekly", "2031-01-01", "2026-02-23"),
    ],
)
def test_a_summary_dated_by_a_clock_that_was_ahead_is_about_the_last_day_or_week(rhythm, told_to, begins):
    asked = DeskSummary(rhythm=rhythm, told_to=datetime.fromisoformat(told_to).date())
    wednesday = datetime(2026, 3, 4, tzinfo=UTC).date()
    assert asked.begins(wednesday).isoformat() == begins
