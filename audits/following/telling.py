"""Who is due to be told, and what a failure means."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.following import mail, webhooks
from audits.following.news import News, newest, news_of
from audits.models import SavedSearch

logger = logging.getLogger(__name__)

# As https://www.standardwebhooks.com proposes; then every twelve hours.
DELAYS = (*(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000)), timedelta(hours=12))
MOST_FAILURES = 20


def tell_all() -> int:
    """Tell every search that is due; return how many messages were sent."""
    newest()
    return sum(_tell(pk) for pk in _due().values_list("pk", flat=True))


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
        news = news_of(search, search.telling)
        if not news.entries:
            if (search.told, search.telling) != (news.last, None):
                search.told, search.telling = news.last, None
                search.save(update_fields=["told", "telling"])
            return False
        try:
            _send(search, news)
        except (webhooks.NotDeliveredError, OSError) as error:
            _note_failure(search, news, error)
            return False
        search.told, search.telling, search.told_on = news.last, None, timezone.now().date()
        search.failures, search.next_try_at = 0, None
        search.save(update_fields=["told", "telling", "told_on", "failures", "next_try_at"])
        return True


def _send(search: SavedSearch, news: News) -> None:
    site = settings.VEEDOR_SITE
    if not search.url:
        mail.send(search, news, site)
        return
    message = webhooks.message_of(search, news, site)
    webhooks.send(search.url, message, webhooks.headers_of(search, message, news.last))


def _note_failure(search: SavedSearch, news: News, error: Exception) -> None:
    search.failures += 1
    search.telling = news.last
    search.next_try_at = timezone.now() + DELAYS[min(search.failures, len(DELAYS)) - 1]
    search.enabled = search.failures < MOST_FAILURES and not getattr(error, "is_gone", False)
    search.save(update_fields=["failures", "telling", "next_try_at", "enabled"])
    logger.warning("Saved search %d was not told, failure %d: %s", search.pk, search.failures, error)
