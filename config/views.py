"""The home page, and what a supervisor asks: is the process alive, can it do its work."""

import logging

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


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
    so it is told, and the answer stays 200.
    """
    database, broker = _reaches_database(), _reaches_broker()
    return JsonResponse(
        {"status": "ready" if database else "unavailable", "database": database, "broker": broker},
        status=200 if database else 503,
    )


def _reaches_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.warning("The database does not answer.", exc_info=True)
        return False
    return True


def _reaches_broker() -> bool:
    try:
        cache.get("health")
    except (OSError, ConnectionError):
        logger.warning("The broker does not answer.", exc_info=True)
        return False
    return True
