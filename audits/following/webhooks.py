"""
Messages to the webhooks of saved searches, signed as https://www.standardwebhooks.com describes.

A given address may lead into our network (SSRF). So a name is resolved once, all its addresses are checked, and the
connection goes to a checked one. Redirects are not followed, and only the status of the response is stored.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audits.following.news import News
from audits.models import SavedSearch

# From the name look-up to the last byte of the response's headers.
SECONDS = 10
NOT_PUBLIC = gettext_noop("not a public address")
# Ranges that `is_global` wrongly counts as public.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10"),
        *("5f00::/16", "fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "::/96"),
    )
)


class NotDeliveredError(Exception):
    """Raised if a message was not delivered; ``answer`` is the HTTP status, if there was a response."""

    def __init__(self, why: str, answer: int | None = None) -> None:
        super().__init__(why)
        self.answer = answer

    @property
    def is_gone(self) -> bool:
        """Whether the receiver refuses further messages."""
        return self.answer == http.client.GONE


def problem_of(url: str) -> str:
    """Return why an address cannot be a webhook, ``""`` if it can; host names are checked when they are resolved."""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "https" and parts.hostname and parts.port in (None, 443)
    except ValueError:
        known = False
    if not known:
        return _("A webhook is an address that begins with https://, without a port.")
    if parts.username or parts.password:
        return _("A webhook has no user name and no password in its address.")
    if _is_private(str(parts.hostname)):
        return _("A webhook is on a public host.")
    return ""


def _is_private(host: str) -> bool:
    """Return whether a host is private by its name alone."""
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False  # a host name, not an IP address


def is_public(address: str) -> bool:
    """Return whether an IP address is public, including one embedded in another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is not None:
            return False
    is_special = ip.is_multicast or ip.is_reserved or ip.is_unspecified
    return ip.is_global and not is_special and not any(ip in network for network in _NOT_PUBLIC)


def message_of(search: SavedSearch, news: News, site: str) -> bytes:
    """Return the message as JSON, see ``audits.following.webhook_description``."""
    processes = [
        {
            "ocid": entry.ocid,
            "title": entry.title,
            "url": site + entry.address,
            "buyer": entry.buyer,
            "suppliers": entry.suppliers,
            "kinds": entry.kinds,
            "flags": [
                {"id": told.flag, "kind": told.kind, "rule": told.rule or None, "url": site + told.address}
                for told in entry.told
                if told.flag is not None
            ],
        }
        for entry in news.entries
    ]
    data = {"search": search.pk, "name": search.name, "query": news.query, "processes": processes}
    day = f"{timezone.now():%Y-%m-%dT00:00:00Z}"
    return json.dumps({"type": "search.changed", "timestamp": day, "data": data}, ensure_ascii=False).encode()


def headers_of(search: SavedSearch, message: bytes, name: str) -> dict[str, str]:
    """Return the headers that sign a message; ``name`` is its id, the same for every attempt."""
    moment = str(int(timezone.now().timestamp()))
    key = base64.b64decode(search.secret.removeprefix("whsec_"))
    signed = hmac.digest(key, b".".join((name.encode(), moment.encode(), message)), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Veedor",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def send(url: str, message: bytes, headers: dict[str, str]) -> int:
    """
    Post a message; return the HTTP status.

    :raises NotDeliveredError: if there is no public address, no connection, or a response other than 2xx
    """
    parts = urlsplit(url)
    context = ssl.create_default_context()
    context.sslsocket_class = _TimedSocket
    connection = _Judged(parts.hostname or "", 443, context=context)
    connection.deadline = time.monotonic() + SECONDS
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), message, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NotDeliveredError(type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDeliveredError(f"HTTP {status}", status)
    return status


class _Judged(http.client.HTTPSConnection):
    """A connection to a checked address; the certificate must match the host name."""

    deadline: float

    def connect(self) -> None:
        address = judged_address(self.host, self.port)
        plain = socket.create_connection(address, _left(self.deadline))
        plain.settimeout(_left(self.deadline))
        context: Any = self._context  # type: ignore[attr-defined]
        timed = context.wrap_socket(plain, server_hostname=self.host)
        timed.deadline = self.deadline
        self.sock = timed


class _TimedSocket(ssl.SSLSocket):
    """A socket with an overall deadline, because a timeout alone only limits each call."""

    deadline: float

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(_left(self.deadline))
        return super().recv_into(*arguments)

    def send(self, *arguments: Any) -> int:
        self.settimeout(_left(self.deadline))
        return super().send(*arguments)


def _left(deadline: float) -> float:
    """Return the seconds until a deadline; raises TimeoutError if it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def judged_address(host: str, port: int) -> tuple[str, int]:
    """
    Return a checked address of a host.

    :raises NotDeliveredError: if one of its addresses is not public
    :raises OSError: if it has none
    """
    addresses = [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(is_public(address) for address in addresses):
        raise NotDeliveredError(NOT_PUBLIC)
    return addresses[0], port
