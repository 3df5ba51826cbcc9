"""The icon, and error pages of the whole site."""

import sys
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.defaults import bad_request, server_error

from contracts.api.protocol.problems import RETRY_SECONDS
from contracts.pages.rendering import answer, in_the_readers_language
from contracts.postgres.isolating import may_pass
from contracts.translating import language_in_force, limit_in_words

_BUSY_TITLE = _("The site is busy")
_BUSY = _("The site can not answer at the moment. Please try again in a minute.")
_NOT_LOST = _("What you sent is not lost: leave this page open, and reload it then to send it again.")
_UPGRADING_TITLE = _("The site is being upgraded")
_UPGRADING = _("Its database does not have what this version needs yet. Please try again in a few minutes.")
_TOO_MANY_TITLE = _("Too many attempts")
_SECONDS_A_MINUTE = 60
_OF_FORMS = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError)
# Like the lingering close of a proxy (nginx: lingering_time), in pieces of this many bytes.
_MAX_DROPPING_SECONDS = 30
_DROPPED_BYTES = 65_536
_ICON = Path(__file__).parent / "static" / "config" / "favicon.svg"


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(_request: HttpRequest) -> HttpResponse:
    """The icon, where browsers look for it unasked."""
    return HttpResponse(_ICON.read_bytes(), content_type="image/svg+xml")


def missing(_request: HttpRequest, row: str) -> HttpResponse:
    raise Http404(row)


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer for an address that leads nowhere."""
    return _page(request, template="missing.html", status=HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer for what the account of the reader may not see or do."""
    return _page(request, template="forbidden.html", status=HTTPStatus.FORBIDDEN)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer for a form that came without the cookie of its page: browsers that take none, and other sites' pages."""
    return _page(request, template="not_from_here.html", status=HTTPStatus.FORBIDDEN)


def not_taken(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a form that is too large, damaged, or of more fields or files than any has; else the bare minimum."""
    if not isinstance(exception, _OF_FORMS):
        return bad_request(request, exception)
    is_too_large = isinstance(exception, RequestDataTooBig)
    if is_too_large:
        _read_to_the_end(request)
    return _page(
        request,
        template="not_taken.html",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_too_large else HTTPStatus.BAD_REQUEST,
        is_too_large=is_too_large,
        most_size=limit_in_words(settings.VEEDOR_MAX_BODY_BYTES),
        most_text=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )


def _read_to_the_end(request: HttpRequest) -> None:
    """Drop what still comes, for a while: a browser shows no answer to a form that it cannot finish to send."""
    until = time.monotonic() + _MAX_DROPPING_SECONDS
    with suppress(UnreadablePostError):
        while time.monotonic() < until and request.read(_DROPPED_BYTES):
            pass


@in_the_readers_language
def _page(request: HttpRequest, language: str, *, template: str, status: HTTPStatus, **context: Any) -> HttpResponse:
    return answer(request, template, language, status=status, **context)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer for an error that nobody foresaw, and for servers that are away for the moment: 503, come back later."""
    error = sys.exc_info()[1]
    if error is None or not may_pass(error):
        return server_error(request)
    return _come_back(request, _BUSY_TITLE, _BUSY)


def upgrading(request: HttpRequest) -> HttpResponse:
    """Answer while the database lacks migrations of this version."""
    return _come_back(request, _UPGRADING_TITLE, _UPGRADING)


def _come_back(request: HttpRequest, title: Any, text: Any) -> HttpResponse:
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(_plain(request, title, text), status=503, headers=headers)


def too_many(request: HttpRequest, wait: float | None) -> HttpResponse:
    """Answer that too many requests came from one network."""
    seconds = int(wait or 0) + 1
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    # Hourly limits end after most of an hour, so the page says how long to wait.
    minutes = -(-seconds // _SECONDS_A_MINUTE)
    text = ngettext(
        "Too many requests came from your network in a short time. Please try again in a minute.",
        "Too many requests came from your network in a short time. Please try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    return HttpResponse(_plain(request, _TOO_MANY_TITLE, text), status=429, headers=headers)


def _plain(request: HttpRequest, title: Any, text: Any) -> str:
    """
    Return a page without template and style sheet: whatever is away must not be needed to say so.

    Browsers keep what a form sent as long as its answer is open, and send it again if that is reloaded.
    """
    more = f"<p>{_NOT_LOST}</p>" if request.method == "POST" else ""
    return (
        f'<!doctype html><html lang="{language_in_force()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title} · Veedor</title></head><body><main><h1>{title}</h1><p>{text}</p>{more}</main></body></html>"
    )
