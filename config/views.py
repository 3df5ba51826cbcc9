"""The home page, and what a supervisor asks: is the process alive, can it do its work."""

import logging
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from contracts.models import Submission

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
def ready(_request: HttpRequest) -> JsonResponse:
    """
    200 if requests can be answered, 503 if not: PostgreSQL decides. A broker out of reach delays work and loses none,
    so it is told and the answer stays 200. `waiting_seconds` is how long the oldest submission that nobody finished
    has waited, null if there is none: it grows when workers are up but deaf.
    """
    try:
        waiting = _waiting_seconds()
    except DatabaseError:
        logger.exception("The database does not answer.")
        return JsonResponse({"status": "unavailable", "database": False}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"status": "ready", "database": True, "broker": _reaches_broker(), "waiting_seconds": waiting})


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
