"""
Throttles whose counters all web processes share through the cache. Without the cache, every request is allowed.

`rest_framework.views` imports this module, so it cannot be imported here.
"""

import ipaddress
import logging
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from contracts.runtime import broker

_PREFIX_OF_SUBSCRIBER = 64

logger = logging.getLogger(__name__)


class SharedThrottle(SimpleRateThrottle):
    """
    A throttle that stores no network address and allows requests while its counters are unavailable.

    Requests are counted in fixed windows, which begin for everybody at once, with one round trip to the cache. Around
    the edge of two windows, up to twice the rate can pass within seconds.
    """

    num_requests: int
    duration: int
    # Number of requests in this window, including this one; None if not counted.
    used: int | None = None

    @property
    def left(self) -> int:
        return max(self.num_requests - (self.used or 0), 0)

    def allow_request(self, request: Request, view: Any) -> bool:
        key = self.get_cache_key(request, view)
        if key is not None and self.rate is not None:
            self.used = self._used(key, 1)
        return self.used is None or self.used <= self.num_requests

    def wait(self) -> int:
        """Return the seconds until the window ends."""
        return self.duration - int(self.timer()) % self.duration

    def standing(self, request: Request) -> dict[str, Any] | None:
        """
        Return how many requests the client has used, without counting this one; None if the throttle does not apply to
        it.
        """
        key = self.get_cache_key(request, None)  # type: ignore[arg-type]  # none of ours asks for the view
        if key is None or self.rate is None:
            return None
        rate = {"name": self.scope, "requests": self.num_requests, "seconds": self.duration}
        self.used = self._used(key, 0)
        if self.used is None:
            return {**rate, "used": None, "left": None, "reset": None}
        return {**rate, "used": self.used, "left": self.left, "reset": self.wait()}

    def _used(self, key: str, number: int) -> int | None:
        """Count `number` requests, and return the total of the window; None if the cache is unavailable."""
        if broker.is_silent():
            return None
        window = int(self.timer()) // self.duration
        try:
            return cache.count(f"{window}:{key}", number, self.duration)  # type: ignore[attr-defined, no-any-return]
        except (RedisError, OSError):
            broker.note_silence()
            # Not by which throttle: that of the forms would tell when somebody sent something.
            logger.warning("Requests are not counted: the cache is unavailable.")
            return None

    def get_ident(self, request: Request) -> str:
        # A digest identifies a client as well as an address does, and readers stay anonymous.
        address = super().get_ident(request) if api_settings.NUM_PROXIES else str(request.META.get("REMOTE_ADDR"))
        network = _network_of(address).encode()
        return blake2b(network, key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()


def _network_of(address: str) -> str:
    """Return the network of one subscriber: an IPv4 address, or the /64 of an IPv6 address."""
    if ":" not in address:
        return address.strip()
    try:
        ip = ipaddress.IPv6Address(address.strip())
    except ValueError:
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((ip.packed[:8] + bytes(8), _PREFIX_OF_SUBSCRIBER)))


class AnonymousThrottle(SharedThrottle, AnonRateThrottle):
    """Counts requests of readers without an account, by network address."""

    scope = "anonymous"


class UserThrottle(SharedThrottle, UserRateThrottle):
    """Counts requests of people with an account or a token."""

    scope = "user"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return super().get_cache_key(request, view) if request.user and request.user.is_authenticated else None


class NetworkThrottle(SharedThrottle):
    """Counts requests by network address, with or without an account."""

    def get_cache_key(self, request: Request, _view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})


class PageThrottle(NetworkThrottle):
    """Counts public pages that are expensive to compute."""

    scope = "pages"


class GuessThrottle(NetworkThrottle):
    """Counts login attempts and unknown tokens."""

    scope = "guesses"


class FormThrottle(NetworkThrottle):
    """Counts contracts and replies sent with the forms."""

    scope = "forms"


class ReceiptThrottle(NetworkThrottle):
    """Counts requests for receipts and proofs, apart from the submissions that they are about."""

    scope = "receipts"


class SearchThrottle(NetworkThrottle):
    """Counts searches: each reads an index over all records."""

    scope = "search"


class ExportThrottle(NetworkThrottle):
    """Counts downloads of whole lists."""

    scope = "exports"


class SubmissionThrottle(UserThrottle):
    """Counts submissions of one account."""

    scope = "submissions"
