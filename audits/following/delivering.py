"""Delivery of news: which searches are due, how failures are retried, and requested replays."""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_noop

from audits.following import mail, webhooks
from audits.following.news import News, newest, news_of
from audits.models import Delivery, SavedSearch
from audits.models.summary import is_of_another_day
from contracts.postgres.clock import database_now
from contracts.postgres.isolating import is_transient
from contracts.postgres.time_limits import was_stopped

logger = logging.getLogger(__name__)

# As recommended by https://www.standardwebhooks.com; then every twelve hours.
DELAYS = (*(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000)), timedelta(hours=12))
MAX_FAILURES = 20
# Maximum number of replays per run, in all and per account; the others wait for the next run.
MAX_REPLAYS, MAX_REPLAYS_OF_ACCOUNT = 20, 5
INTERRUPTED = gettext_noop("it took too long")
NOTHING_PUBLIC = gettext_noop("nothing of it is public any more")
NO_ADDRESS = gettext_noop("the account has no e-mail address any more")


def deliver_all() -> int:
    """
    Send news of every due search, then requested replays; return the number of messages sent.

    :raises SoftTimeLimitExceeded: if time is over; the message being sent then counts as failed
    """
    newest()
    Delivery.objects.delete_old()
    sent = sum(_passing_over(_deliver, pk, _put_off) for pk in _due().values_list("pk", flat=True))
    asked_for = _asked_for()[:MAX_REPLAYS].values_list("pk", flat=True)
    return sent + sum(_passing_over(_deliver_again, pk, _give_up) for pk in asked_for)


def _passing_over(tell: Callable[[int], bool], pk: int, note: Callable[[int, Exception], None]) -> bool:
    """Process one row; if a bug of ours makes this fail, record it and go on with the others."""
    try:
        return tell(pk)
    except Exception as error:
        if is_transient(error) and not was_stopped(error):  # a timeout would recur the next time
            raise
        logger.exception("A saved search or delivery could not be processed: %d", pk)
        note(pk, error)
    return False


def _put_off(pk: int, error: Exception) -> None:
    with transaction.atomic():
        search = SavedSearch.objects.select_for_update().filter(pk=pk).first()
        if search is not None:
            _note_failure(search, search.telling, error)


def _give_up(pk: int, error: Exception) -> None:
    Delivery.objects.waiting().filter(pk=pk).update(tried_at=database_now(), problem=type(error).__name__[:100])


def ask_again(delivery: Delivery) -> tuple[Delivery, bool]:
    """Request that a delivery's message is sent again; return the waiting delivery, and whether it is new."""
    return Delivery.objects.get_or_create(
        search_id=delivery.search_id,
        after=delivery.after,
        last=delivery.last,
        tried_at=None,
        defaults={
            "query": delivery.query,
            "url": delivery.search.url,
            "processes": delivery.processes,
            "attempt": 1 + _attempts_of(delivery),
            "is_replay": True,
        },
    )


def _attempts_of(delivery: Delivery) -> int:
    """Return the number of the last attempt at a message; 0 if the attempts were deleted."""
    of_message = Delivery.objects.filter(search_id=delivery.search_id, after=delivery.after, last=delivery.last)
    return of_message.aggregate(last=Max("attempt", default=0))["last"]


def _asked_for() -> QuerySet[Delivery]:
    """Return the requested replays: limited per account, the first ones of all accounts before any second one."""
    place = Window(RowNumber(), partition_by="search__owner", order_by="pk")
    waiting = Delivery.objects.waiting().filter(search__owner__is_active=True).annotate(place=place)
    return waiting.filter(place__lte=MAX_REPLAYS_OF_ACCOUNT).order_by("place", "pk")


def _due() -> QuerySet[SavedSearch]:
    """
    Return the due searches, recently failed ones last; those by e-mail are due once a day, by PostgreSQL's clock.

    Dates in the future, set while the clock was ahead, do not block one; but tomorrow may be today for a worker of an
    earlier version, whose own clock decided.
    """
    now = database_now()
    return SavedSearch.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=now) | Q(next_try_at__gt=now + max(DELAYS)),
        ~Q(url="") | Q(told_on=None) | is_of_another_day("told_on", now.date()),
        enabled=True,
        owner__is_active=True,
    ).order_by(F("next_try_at").asc(nulls_first=True), "pk")


def _deliver(pk: int) -> bool:
    """Send the news of one search, unless another worker is doing it; return whether a message was sent."""
    with transaction.atomic():
        search = _due().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if search is None:
            return False
        news = news_of(search.query, search.told, search.telling)
        if not news.entries:
            if (search.told, search.telling) != (news.last, None):
                search.told, search.telling = news.last, None
                search.save(update_fields=["told", "telling"])
            return False
        delivery = Delivery(
            search=search, query=search.query, after=search.told, last=news.last, attempt=search.failures + 1
        )
        error = _send(delivery, news)
        if error is None:
            _note_success(search, news)
        else:
            _note_failure(search, news.last, error)
    return _is_sent(error)


def _note_success(search: SavedSearch, news: News) -> None:
    search.told, search.telling, search.told_on = news.last, None, database_now().date()
    search.failures, search.next_try_at = 0, None
    search.save(update_fields=["told", "telling", "told_on", "failures", "next_try_at"])


def _deliver_again(pk: int) -> bool:
    """Replay a waiting delivery, with one attempt; the schedule of its search is unaffected."""
    with transaction.atomic():
        waiting = Delivery.objects.waiting().select_related("search__owner")
        delivery = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if delivery is None or not delivery.search.owner.is_active:
            return False
        error = _send(delivery, news_of(delivery.query, delivery.after, delivery.last))
    return _is_sent(error)


def _is_sent(error: Exception | None) -> bool:
    """Return whether sending succeeded; raises SoftTimeLimitExceeded again, after it was stored as failed."""
    if isinstance(error, SoftTimeLimitExceeded):
        raise error
    return error is None


def _send(delivery: Delivery, news: News) -> Exception | None:
    """Send a message and store the result; return the error, if any."""
    delivery.url, delivery.processes = delivery.search.url, len(news.entries)
    error: Exception | None = None
    try:
        delivery.answer = _bring(delivery, news)
    except webhooks.NotDeliveredError as refused:
        error, delivery.answer, delivery.problem = refused, refused.answer, str(refused)[:100]
    except SoftTimeLimitExceeded as over:
        error, delivery.problem = over, INTERRUPTED
    except OSError as away:
        error, delivery.problem = away, type(away).__name__
    delivery.tried_at = database_now()
    delivery.save()
    return error


def _bring(delivery: Delivery, news: News) -> int | None:
    """
    Send a message to the owner of its search; return the HTTP status, ``None`` for e-mail.

    :raises NotDeliveredError, OSError: if it was not delivered
    """
    search = delivery.search
    if not news.entries:
        raise webhooks.NotDeliveredError(NOTHING_PUBLIC)
    if not search.url:
        if not search.owner.email:
            raise webhooks.NotDeliveredError(NO_ADDRESS)
        # A replay gets a new id, because mailboxes would hide a duplicate of the first.
        again = f"_{delivery.attempt}" if delivery.is_replay else ""
        mail.send(search, news, delivery.message + again)
        return None
    message = webhooks.message_of(search, news, settings.VEEDOR_SITE)
    return webhooks.send(search.url, message, webhooks.headers_of(search, message, delivery.message))


def _note_failure(search: SavedSearch, telling: int | None, error: Exception) -> None:
    """
    Store that a message was not delivered, and when to retry.

    :param telling: the last change in the message, if it could be composed
    """
    search.failures += 1
    search.telling = telling
    search.next_try_at = database_now() + DELAYS[min(search.failures, len(DELAYS)) - 1]
    search.enabled = search.failures < MAX_FAILURES and not getattr(error, "is_gone", False)
    search.save(update_fields=["failures", "telling", "next_try_at", "enabled"])
    logger.warning("News of saved search %d could not be delivered, failure %d: %s", search.pk, search.failures, error)
