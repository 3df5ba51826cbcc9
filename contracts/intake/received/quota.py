"""
Bytes that an account may send per day (`VEEDOR_QUOTA_BYTES`), in UTC by the database's clock.

All received bytes count, whether stored, known, refused or only validated.
"""

from typing import Any

from django.conf import settings
from django.db.models import DateField
from django.db.models.functions import Cast, Now

from contracts.models import SentBytes
from contracts.postgres.querying import query

# One statement, so that concurrent requests wait and add up.
_TAKE = """
    INSERT INTO contracts_sentbytes AS sent (user_id, day, bytes)
    SELECT %(user)s, CURRENT_DATE, %(size)s WHERE %(size)s <= %(limit)s
    ON CONFLICT (user_id) DO UPDATE SET
        day = CURRENT_DATE,
        bytes = EXCLUDED.bytes + CASE WHEN sent.day = CURRENT_DATE THEN sent.bytes ELSE 0 END
    WHERE EXCLUDED.bytes + CASE WHEN sent.day = CURRENT_DATE THEN sent.bytes ELSE 0 END <= %(limit)s
    RETURNING bytes
"""
_LEFT = """
    SELECT %(limit)s - coalesce((
               SELECT bytes FROM contracts_sentbytes WHERE user_id = %(user)s AND day = CURRENT_DATE
           ), 0),
           ceil(extract(epoch FROM (CURRENT_DATE + 1)::timestamptz - now()))
"""


class QuotaExceededError(Exception):
    """
    Raised for bytes beyond an account's quota.

    :param size: number of bytes
    :param limit: quota per day
    :param left: remaining bytes
    :param seconds: until the end of the day; `None` if they exceed the quota of a whole day
    """

    def __init__(self, *, size: int, limit: int, left: int, seconds: int) -> None:
        super().__init__(f"{size} bytes, of {limit} a day {left} are left")
        self.size = size
        self.limit = limit
        self.left = left
        self.seconds = seconds if size <= limit else None


def check(user: Any, size: int) -> None:
    """Raise QuotaExceededError if an account may not send this many bytes today; count nothing."""
    limit = settings.VEEDOR_QUOTA_BYTES
    if not limit:
        return
    free, seconds = left(user)
    if size > free:
        raise QuotaExceededError(size=size, limit=limit, left=free, seconds=seconds)


def left(user: Any) -> tuple[int, int]:
    """Return how many bytes an account may still send today, if limited, and the remaining seconds of the day."""
    ((free, seconds),) = query(_LEFT, {"user": user.pk, "limit": settings.VEEDOR_QUOTA_BYTES})
    return max(int(free), 0), int(seconds)


def take(user: Any, size: int) -> None:
    """Count bytes received from an account; raise QuotaExceededError, and count none, if there are too many."""
    limit = settings.VEEDOR_QUOTA_BYTES
    if not limit or user is None or user.pk is None:  # Senders without an account are limited by number of requests.
        return
    if not query(_TAKE, {"user": user.pk, "size": size, "limit": limit}):
        check(user, size)


def delete_past_days() -> None:
    SentBytes.objects.filter(day__lt=Cast(Now(), DateField())).delete()
