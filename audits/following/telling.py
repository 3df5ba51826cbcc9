"""Who is due to be told, what a failure means, and what is sent again because its owner asks for it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from audits.following import mail, webhooks
from audits.following.news import News, newest, news_of
from audits.models import Delivery, SavedSearch

logger = logging.getLogger(__name__)

# As https://www.standardwebhooks.com proposes; then every twelve hours.
DELAYS = (*(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000)), timedelta(hours=12))
MOST_FAILURES = 20
NOTHING_PUBLIC = gettext_noop("nothing of it is public any more")


def tell_all() -> int:
    """Tell every search that is due, and send what was asked for again; return how many messages were sent."""
    newest()
    Delivery.objects.forget_old()
    again = sum(_tell_again(pk) for pk in Delivery.objects.waiting().values_list("pk", flat=True))
    return again + sum(_tell(pk) for pk in _due().values_list("pk", flat=True))


def ask_again(delivery: Delivery) -> Delivery:
    """Have the message of a delivery sent again; return the delivery that waits for it."""
    asked, _is_new = Delivery.objects.get_or_create(
        search_id=delivery.search_id,
        after=delivery.after,
        last=delivery.last,
        tried_at=None,
        defaults={
            "url": delivery.search.url,
            "processes": delivery.processes,
            "attempt": 1 + max(_attempts_of(delivery).values_list("attempt", flat=True)),
            "is_replay": True,
        },
    )
    return asked


def _attempts_of(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(search_id=delivery.search_id, after=delivery.after, last=delivery.last)


def _due() -> QuerySet[SavedSearch]:
    """Return the searches that are due: those by e-mail were not told today."""
    now = timezone.now()
    return SavedSearch.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=now),
        ~Q(url="") | Q(told_on=None) | Q(told_on__lt=now.date()),
        enabled=True,
        owner__is_active=True,
    )


def _tell(pk: int) -> bool:
    """Tell one search, unless another worker is at it; return whether a message was sent."""
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
        delivery = Delivery(search=search, after=search.told, last=news.last, attempt=search.failures + 1)
        error = _send(delivery, news)
        if error is not None:
            _note_failure(search, news, error)
            return False
        search.told, search.telling, search.told_on = news.last, None, timezone.now().date()
        search.failures, search.next_try_at = 0, None
        search.save(update_fields=["told", "telling", "told_on", "failures", "next_try_at"])
        return True


def _tell_again(pk: int) -> bool:
    """Send the message of a delivery that waits; it is tried once, and changes nothing of what is due."""
    with transaction.atomic():
        waiting = Delivery.objects.waiting().select_related("search__owner")
        delivery = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if delivery is None or not delivery.search.owner.is_active:
            return False
        return _send(delivery, news_of(delivery.search.query, delivery.after, delivery.last)) is None


def _send(delivery: Delivery, news: News) -> Exception | None:
    """Send a message and store what became of it; return why it did not arrive."""
    delivery.url, delivery.processes = delivery.search.url, len(news.entries)
    error: Exception | None = None
    try:
        delivery.answer = _bring(delivery, news)
    except webhooks.NotDeliveredError as refused:
        error, delivery.answer, delivery.problem = refused, refused.answer, str(refused)[:100]
    except OSError as away:
        error, delivery.problem = away, type(away).__name__
    delivery.tried_at = timezone.now()
    delivery.save()
    return error


def _bring(delivery: Delivery, news: News) -> int | None:
    """
    Bring a message to the owner of its search; return the status of the answer, ``None`` by e-mail.

    :raises NotDeliveredError, OSError: if it did not arrive
    """
    search = delivery.search
    if not news.entries:
        raise webhooks.NotDeliveredError(NOTHING_PUBLIC)
    if not search.url:
        mail.send(search, news, settings.VEEDOR_SITE)
        return None
    message = webhooks.message_of(search, news, settings.VEEDOR_SITE)
    return webhooks.send(search.url, message, webhooks.headers_of(search, message, delivery.message))


def _note_failure(search: SavedSearch, news: News, error: Exception) -> None:
    search.failures += 1
    search.telling = news.last
    search.next_try_at = timezone.now() + DELAYS[min(search.failures, len(DELAYS)) - 1]
    search.enabled = search.failures < MOST_FAILURES and not getattr(error, "is_gone", False)
    search.save(update_fields=["failures", "telling", "next_try_at", "enabled"])
    logger.warning("Saved search %d was not told, failure %d: %s", search.pk, search.failures, error)
