"""
Throttles whose counters all web processes share, through the cache; without the cache they let everyone through.

`rest_framework.views` imports this module, so it cannot be imported here.
"""

import hashlib
import hmac
import logging
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

logger = logging.getLogger(__name__)


class SharedThrottle(SimpleRateThrottle):
    """A throttle that keeps no address of a reader and does not close the API when its counters are out of reach."""

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            logger.warning("The throttle %r does not count: its cache does not answer.", self.scope)
            return True

    def get_ident(self, request: Request) -> str:
        # Readers stay anonymous: a digest counts as well as an address.
        address = super().get_ident(request)
        return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]


class AnonymousThrottle(SharedThrottle, AnonRateThrottle):
    """Counts requests of readers without an account, by network address."""

    scope = "anonymous"


class UserThrottle(SharedThrottle, UserRateThrottle):
    """Counts requests of people with an account or a token."""

    scope = "user"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return super().get_cache_key(request, view) if request.user and request.user.is_authenticated else None


class SubmissionThrottle(UserThrottle):
    """Counts submissions of one account."""

    scope = "submissions"
