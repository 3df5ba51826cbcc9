"""
Requests, counted and timed by route: the pattern of an address, never the address.

Under gunicorn the counts are in files of `PROMETHEUS_MULTIPROC_DIR`, one for each place of a process, and whoever is
asked adds them up: config/gunicorn.py.
"""

import os
import time
from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from contracts.runtime.log_context import FORMS

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60)

_of_this_process = CollectorRegistry()
_requests = Counter(
    "veedor_http_requests", "Requests answered.", ["method", "route", "status"], registry=_of_this_process
)
_seconds = Histogram(
    "veedor_http_request_seconds",
    "Seconds until the answer began.",
    ["route"],
    buckets=_SECONDS,
    registry=_of_this_process,
)


# Kept: to find the one of some labels takes longer than to count.
@cache
def _count_of(method: str, route: str, status: int) -> Counter:
    return _requests.labels(method, route, str(status))


@cache
def _seconds_of(route: str) -> Histogram:
    return _seconds.labels(route)


class MetricsMiddleware:
    """Counts and times each request; first, so that it sees the answers of all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        response = self.get_response(request)
        if request.path_info.startswith(FORMS):  # a figure that is read every some seconds tells when somebody sent
            return response
        # What no route matched, or was refused before: addresses and methods that strangers make up are no labels.
        route = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in _METHODS else "other"
        _count_of(method, route, response.status_code).inc()
        _seconds_of(route).observe(time.monotonic() - begun)
        return response


def request_counts() -> CollectorRegistry:
    """Return the counts of all processes of this web server."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _of_this_process
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
