"""Limits on pages that are not of the API: logging in, the form, the public pages, health and metrics."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override
from rest_framework.request import Request

from config.views import too_many
from contracts.api.protocol.access.throttles import (
    FormThrottle,
    GuessThrottle,
    NetworkThrottle,
    PageThrottle,
    ReceiptThrottle,
    SearchThrottle,
)
from contracts.runtime.log_context import FORMS
from contracts.translating import language_asked

# Addresses that are not counted as pages: the API and its description are counted separately; people at the desk turn
# pages fast; views of the empty form must leave no trace; the others cost next to nothing.
_UNCOUNTED = ("/api/", "/admin/", "/documents/", FORMS[0], "/static/", "/favicon.ico", "/robots.txt", "/.well-known/")
_ALIVE = "/health/"
_LOGIN = "/admin/login/"
_SECOND_FACTOR = "/admin/second-factor/"


class PageThrottleMiddleware:
    """Answers 429 if one network asks for more pages than people read, or tries too many passwords."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        throttle = _throttle(request)
        if throttle and not throttle.allow_request(Request(request), None):
            # What finds out the reader's language comes after this: a refusal costs as little as it can.
            with override(language_asked(request.GET.get("lang")) or get_language_from_request(request)):
                return too_many(request, throttle.wait())
        return self.get_response(request)


def _throttle(request: HttpRequest) -> NetworkThrottle | None:
    if request.path_info in {_LOGIN, _SECOND_FACTOR} and request.method == "POST":
        return GuessThrottle()
    if request.path_info.startswith(FORMS) and request.method == "POST":
        # What lies below the addresses of the forms asks for a receipt or a proof.
        return FormThrottle() if request.path_info in FORMS else ReceiptThrottle()
    if not _is_page(request.path_info):
        return None
    return SearchThrottle() if request.GET.get("q") else PageThrottle()


def _is_page(path: str) -> bool:
    """Tell whether an address is counted: each that is not known to need none, also one that leads nowhere."""
    is_copy = path.startswith("/documents/") and path.endswith("/copy")  # for everyone once it is published
    return is_copy or (path != _ALIVE and not path.startswith(_UNCOUNTED))
