"""What a supervisor asks: is the process alive, can it do its work, what are its figures."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from rest_framework.request import Request

from config.monitoring.figures import Figure, as_json, reaches_broker, read_figures
from config.monitoring.requests import request_counts
from config.views import too_many
from contracts.api.protocol.access.throttles import GuessThrottle
from contracts.postgres.versions import MIGRATE, missing_migrations

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def alive(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all; asks no other server."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """
    200 if requests can be answered, 503 if not: PostgreSQL decides, which must have all migrations of this version;
    those that it lacks are named. An unreachable broker delays work and loses none, so it is reported, and the answer
    stays 200. Readers who may see the `figures` of `/metrics` get them too; to others they would show when somebody
    sent something.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if missing := missing_migrations():
            told = {"status": "unavailable", "database": True, "migrations_missing": missing, "run": MIGRATE}
            return JsonResponse(told, status=503, headers={"Retry-After": "10"})
        more = {"figures": as_json(read_figures())} if _may_ask(request) else {}
    except (DatabaseError, InterfaceError):
        logger.exception("The database is unavailable.")
        return JsonResponse({"status": "unavailable", "database": False}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"status": "ready", "database": True, "broker": reaches_broker(), **more})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """
    Figures and counts of requests, in the format of Prometheus, for authorized clients.

    Without the database there are `veedor_database_reachable 0` and the counts of requests; of one that lacks
    migrations of this version, beside these `veedor_database_migrated 0`.
    """
    if not _may_ask(request):
        guesses = GuessThrottle()
        if _given_token(request) and not guesses.allow_request(Request(request), None):
            return too_many(request, guesses.wait())
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        figures = list(_read_figures())
    except (DatabaseError, InterfaceError):
        logger.exception("The database is unavailable.")
        figures = [Figure("database", "reachable", "Whether the database answers.", 0)]
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry()
    registry.register(request_counts())
    registry.register(_Figures(figures))
    return HttpResponse(encode(registry), content_type=content_type)


def _read_figures() -> Iterator[Figure]:
    is_migrated = not missing_migrations()
    yield Figure("database", "reachable", "Whether the database answers.", 1)
    yield Figure("database", "migrated", "Whether it has all migrations of this version.", int(is_migrated))
    if is_migrated:
        yield from read_figures()


class _Figures(Collector):
    def __init__(self, figures: Sequence[Figure]) -> None:
        self.figures = figures

    def collect(self) -> Iterator[Metric]:
        for figure in self.figures:
            kind = CounterMetricFamily if figure.only_grows else GaugeMetricFamily
            labels = [figure.label] if figure.label else []
            metric = kind(f"veedor_{figure.area}_{figure.name}", figure.meaning, labels=labels)
            values = figure.value if isinstance(figure.value, Mapping) else {"": figure.value}
            for name, value in values.items():
                metric.add_metric([name] if labels else [], value)
            yield metric


def _may_ask(request: HttpRequest) -> bool:
    """Return whether a request brings `VEEDOR_METRICS_TOKEN`, or comes from a person who may view submissions."""
    token = settings.VEEDOR_METRICS_TOKEN
    if token and constant_time_compare(_given_token(request), token):
        return True
    return bool(request.user.has_perm("contracts.view_submission"))


def _given_token(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
