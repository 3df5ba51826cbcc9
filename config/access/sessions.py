"""Sessions that end when nobody uses them: a desk is left open, and whoever sits down decides in another's name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from contracts.postgres.isolating import write_aside

# When a session began, in seconds since 1970; a new key begins anew.
_BEGAN = "_began"
# The end of a session is moved at most so often.
_MOVED_AFTER = timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """
    Keeps a session for ``VEEDOR_IDLE_MINUTES`` after its last use, and not beyond ``SESSION_COOKIE_AGE``.

    The cookie lives as long as a session can: only its row, which nobody but the server can move, knows when it ends.
    """

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is None or not settings.VEEDOR_IDLE_MINUTES:
            return row
        now = timezone.now()
        if row.expire_date < now + _idle() - _MOVED_AFTER:
            end = _end(row.get_decoded(), now)
            if end > row.expire_date:
                write_aside(lambda: self.model.objects.filter(pk=row.pk).update(expire_date=end))
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        now = timezone.now()
        data.setdefault(_BEGAN, int(now.timestamp()))
        row = super().create_model_instance(data)
        row.expire_date = _end(data, now)
        return row

    def cycle_key(self) -> None:
        self.pop(_BEGAN, None)
        super().cycle_key()


def _idle() -> timedelta:
    return timedelta(minutes=settings.VEEDOR_IDLE_MINUTES)


def _end(data: dict[str, Any], now: datetime) -> datetime:
    """Return when a session ends that is used now."""
    began = datetime.fromtimestamp(data.get(_BEGAN, now.timestamp()), UTC)
    last = began + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(last, now + _idle()) if settings.VEEDOR_IDLE_MINUTES else last
