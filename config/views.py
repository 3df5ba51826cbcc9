"""The home page, and what a supervisor asks: is the process alive, can it do its work."""

import logging
import sys
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error
from redis.exceptions import RedisError

from contracts.api.protocol.problems import RETRY_SECONDS
from contracts.models import Submission
from contracts.postgres.isolating import is_transient

_BUSY_TITLE = _("The site is busy")
_BUSY = _("The site can not answer at the moment. Please try again in a minute.")
_TOO_MANY_TITLE = _("Too many attempts")
_TOO_MANY = _("Too many requests came from your network in a short time. Please try again in a few minutes.")
_ICON = Path(__file__).parent / "static" / "config" / "favicon.svg"

logger = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "home.html",
        {"contact": settings.VEEDOR_CONTACT, "contact_address": settings.VEEDOR_CONTACT_HREF},
    )


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(_request: HttpRequest) -> HttpResponse:
    """The icon, where browsers look for it unasked."""
    return HttpResponse(_ICON.read_bytes(), content_type="image/svg+xml")


@require_safe
@never_cache
def alive(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all; asks no other server."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """
    200 if requests can be answered, 503 if not: PostgreSQL decides. A broker out of reach delays work and loses none,
    so it is told and the answer stays 200. Who may view submissions is told `waiting_seconds` too, how long the oldest
    submission that nobody finished has waited, null if there is none: it grows when workers are up but deaf.
    """
    try:
        # To anyone else it would tell when somebody sent something.
        waiting = {"waiting_seconds": _waiting_seconds()} if _may_ask(request) else {}
    except (DatabaseError, InterfaceError):
        logger.exception("The database does not answer.")
        return JsonResponse({"status": "unavailable", "database": False}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"status": "ready", "database": True, "broker": _reaches_broker(), **waiting})


def missing(_request: HttpRequest, row: str) -> HttpResponse:
    raise Http404(row)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer for an error that nobody foresaw, and for servers that are away for the moment: 503, come back later."""
    error = sys.exc_info()[1]
    if error is None or not is_transient(error):
        return server_error(request)
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    # No template: whatever is away must not be needed to say so.
    page = f"<!doctype html><title>503</title><h1>{_BUSY_TITLE}</h1><p>{_BUSY}</p>"
    return HttpResponse(page, status=503, headers=headers)


def too_many(wait: float | None) -> HttpResponse:
    """Answer that too many requests came from one network."""
    page = f"<!doctype html><title>429</title><h1>{_TOO_MANY_TITLE}</h1><p>{_TOO_MANY}</p>"
    headers = {"Retry-After": str(int(wait or 0) + 1), "Cache-Control": "no-store"}
    return HttpResponse(page, status=429, headers=headers)


def _may_ask(request: HttpRequest) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # whoever asks: the answer is of the database too
    return request.user.has_perm("contracts.view_submission")


def _waiting_seconds() -> int | None:
    unfinished = Submission.objects.filter(processed_at=None, failed_at=None)
    oldest = unfinished.order_by("received_at").values_list("received_at", flat=True).first()
    return None if oldest is None else round((timezone.now() - oldest).total_seconds())


def _reaches_broker() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        logger.warning("The broker does not answer.", exc_info=True)
        return False
    return True
