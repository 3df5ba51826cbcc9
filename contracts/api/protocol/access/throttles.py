"""
Throttles whose counters all web processes share, through the cache; without the cache they let everyone through.

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
    A throttle that keeps no address of a reader and does not close the API when its counters are out of reach.

    It counts by windows, which begin for everybody at once, in one trip to the cache. Around the edge of two
    windows up to twice the rate passes within seconds.
    """

    num_requests: int
    duration: int
    # Requests of this window, with this one; None where nothing was counted.
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
        """Return how much the author of a request has used, without counting it; None if the throttle ignores them."""
        key = self.get_cache_key(request, None)  # type: ignore[arg-type]  # none of ours asks for the view
        if key is None or self.rate is None:
            return None
        rate = {"name": self.scope, "requests": self.num_requests, "seconds": self.duration}
        self.used = self._used(key, 0)
        if self.used is None:
            return {**rate, "used": None, "left": None, "reset": None}
        return {**rate, "used": self.used, "left": self.left, "reset": self.wait()}

    def _used(self, key: str, number: int) -> int | None:
        """Count so many requests, and return how many there are; None if the cache does not answer."""
        if broker.is_silent():
            return None
        window = int(self.timer()) // self.duration
        try:
            return cache.count(f"{window}:{key}", number, self.duration)  # type: ignore[attr-defined, no-any-return]
        except (RedisError, OSError):
            broker.note_silence()
            logger.warning("The throttle %r does not count: its cache does not answer.", self.scope)
            return None

    def get_ident(self, request: Request) -> str:
        # Readers stay anonymous: a digest counts as well as an address.
        address = super().get_ident(request) if api_settings.NUM_PROXIES else str(request.META.get("REMOTE_ADDR"))
        network = _network_of(address).encode()
        return blake2b(network, key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()


def _network_of(address: str) -> str:
    """Return the network of one subscriber: an IPv4 address, or an IPv6 /64, whose addresses must count as one."""
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
    """Counts requests by network address, whoever makes them."""

    def get_cache_key(self, request: Request, _view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})


class PageThrottle(NetworkThrottle):
    """Counts pages that work for their answer."""

    scope = "pages"


class GuessThrottle(NetworkThrottle):
    """Counts attempts to log in, and tokens that are not known."""

    scope = "guesses"


class FormThrottle(NetworkThrottle):
    """Counts contracts and replies that are sent by the forms."""

    scope = "forms"


class ReceiptThrottle(NetworkThrottle):
    """Counts receipts that are asked for, and proofs: to look at them uses up nothing of what one may send."""

    scope = "receipts"


class SearchThrottle(NetworkThrottle):
    """Counts searches: each reads an index over all records."""

    scope = "search"


class ExportThrottle(NetworkThrottle):
    """Counts whole lists that are taken home."""

    scope = "exports"


class SubmissionThrottle(UserThrottle):
    """Counts submissions of one account."""

    scope = "submissions"
