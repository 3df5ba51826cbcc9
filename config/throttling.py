"""Limits on pages that are not of the API: logging in, the form, the public pages, health and metrics."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override
from rest_framework.request import Request

from audits.pages.urls import PAGES
from config.views import too_many
from contracts.api.protocol.throttles import (
    FormThrottle,
    GuessThrottle,
    NetworkThrottle,
    PageThrottle,
    ReceiptThrottle,
    SearchThrottle,
)
from contracts.log_context import FORMS
from contracts.translating import language_asked

_PAGES = ("/health/ready", "/metrics", "/methodology/", *(f"/{name}/" for name in PAGES))
_LOGIN = "/admin/login/"
_SECOND_FACTOR = "/admin/second-factor/"


class PageThrottleMiddleware:
    """Answers 429 where one network asks for more pages than people read, or tries more passwords than a few."""

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
    # The pictures of the home page lie beside it.
    is_home = path.count("/") == 1 and (path == "/" or path.endswith((".svg", ".csv")))
    return is_home or path.startswith(_PAGES)
