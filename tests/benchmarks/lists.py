"""Lists of the API over the whole way of a request, to the same statement with nothing around it."""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from io import BytesIO
from typing import Any
from unittest.mock import patch

import msgspec
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework import generics, pagination, serializers

from audits.dumps.tables import TABLES, Table
from config import embedded
from contracts.api.protocol import list_view
from contracts.api.protocol.rows.columns import Link, columns_of
from contracts.models import Organization
from contracts.postgres.copying import raw_cursor
from contracts.runtime.garbage_collection import keep_for_good
from tests.benchmarks.bench import Bench, issue_token
from tests.benchmarks.costs import cost
from tests.benchmarks.rows import Pair, Row, compared, part

PAIRS = 5
REQUESTS = 40
LISTS = {
    "contracts, 50 rows": "/api/v1/contracts/",
    "contracts, 50 rows, four filters": "/api/v1/contracts/?country=PE&currency=PEN&method=open&amount__gte=50000",
    "contracting processes, 50 rows": "/api/v1/contracting-processes/",
    "flags, 50 rows": "/api/v1/flags/",
}
ORGANIZATIONS = "/api/v1/organizations/"
# What is asked for → addresses; each is asked for as often as the others. Instants of flags are for auditors alone.
OF_AUDITORS = {
    "flags ordered by raised, changed": [f"/api/v1/flags/?order_by={name}" for name in ("raised", "-changed")]
}
WAITS = {
    "ordered by amount, date, end; empty ranges": [
        *(f"/api/v1/contracts/?order_by={name}" for name in ("amount", "-amount", "date", "-end", "start")),
        *(f"/api/v1/contracting-processes/?order_by={name}" for name in ("amount", "award_date")),
        "/api/v1/contracts/?date__gte=2090-01-01",
        "/api/v1/contracts/?amount__gte=900000000000&order_by=date",
    ],
    "search without a hit": ["/api/v1/contracts/?q=zzyzx+quux", "/api/v1/contracting-processes/?q=ninguno+así+qwfp"],
    "search with hits": ["/api/v1/contracts/?q=videovigilancia", "/api/v1/contracting-processes/?q=fibra+óptica"],
}


@part("lists")
def lists(bench: Bench) -> Iterator[Row]:
    """
    Lists of the API, through the whole application, to the bare statement of each over psycopg, encoded by msgspec;
    organizations also to a view of DRF with a ModelSerializer, called as a function and, as ours are, through the
    middleware of this application. Then how long orders, ranges and searches take, and their bare statements.
    """
    bench.fill()
    embedded.ensure_broker(bench.home)  # it counts for the throttles
    ask = Asker()
    keep_for_good()  # as a process of the web server does before it serves
    for what, address in LISTS.items():
        raw = _bare(ask, address)
        yield compared(f"list of {what}", "bare SQL + msgspec", _pairs(bench, ask, address, raw), goal="≥ 0.6")
    raw = _bare(ask, ORGANIZATIONS)
    yield compared("list of organizations", "bare SQL + msgspec", _pairs(bench, ask, ORGANIZATIONS, raw), goal="≥ 0.6")
    framework = RequestFactory()
    view = _ModelView.as_view()

    def by_framework() -> None:
        view(framework.get(ORGANIZATIONS, headers={"host": "localhost"})).render()

    pairs = _pairs(bench, ask, ORGANIZATIONS, by_framework)
    yield compared("list of organizations", "view of DRF alone, ModelSerializer", pairs, goal="≥ 2.5")
    ask_framework = Asker(_FrameworkHandler())
    pairs = _pairs(bench, ask, ORGANIZATIONS, lambda: ask_framework(ORGANIZATIONS))
    yield compared("list of organizations", "the same view in this application", pairs, goal="≥ 2.5")
    auditor = Asker(token=issue_token("view_flag", "read", "review"))
    for asker, asked in ((ask, WAITS), (auditor, OF_AUDITORS)):
        for what, addresses in asked.items():
            goal = "p95 ≤ 50 ms" if "search" in what else "p95 ≤ 20 ms"
            yield _waited(f"{what}, {bench.stored:,} stored", asker, addresses, goal)


@part("take-away")
def take_away(bench: Bench) -> Iterator[Row]:
    """Whole lists taken home as CSV and JSON Lines, every flag too, to COPY of the same columns of the same rows."""
    bench.fill()
    with override_settings(VEEDOR_PUBLICATION="all"):
        for table in TABLES[:4]:
            rows, fields = table.open()
            columns = [column for name, column in columns_of(fields).items() if not isinstance(fields[name], Link)]
            query, values = rows.order_by("-pk").values_list(*columns).query.sql_with_params()
            statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
            for form, goal in (("csv", "≥ 0.5"), ("jsonl", "–")):
                pairs = []
                for _ in range(PAIRS):
                    with cost(bench.home) as copied, raw_cursor() as cursor, cursor.copy(statement, values) as copy:
                        number = sum(1 for _line in copy)
                    with cost(bench.home) as taken:
                        told = _taken(table, form)
                    assert told == number
                    pairs.append(Pair(number, taken, copied))
                yield compared(f"{table.name} as {form}, rows", "COPY of the same columns", pairs, goal=goal)


def _taken(table: Table, form: str) -> int:
    """Take a list home, and return the rows that its last line tells."""
    answer = table.view.as_view()(RequestFactory().get(f"/api/v1/{table.name}.{form}"), format=form)
    *_pieces, last = answer.streaming_content  # type: ignore[attr-defined]
    return int(re.search(rb"rows\D+(\d+)", last)[1])  # type: ignore[index]


class Asker:
    """Asks the application as a web server does; each address on the network asks a few times, as readers do."""

    def __init__(self, application: WSGIHandler | None = None, token: str = "") -> None:
        self.application = application or WSGIHandler()
        headers = {"accept-language": "es", "host": "localhost"} | (
            {"authorization": f"Token {token}"} if token else {}
        )
        factory = RequestFactory(headers=headers)
        # What a server makes of an address is made once: it is no part of the application.
        self.environ = lru_cache(lambda address: factory.get(address).environ)
        self.asked = 0

    def __call__(self, address: str) -> bytes:
        self.asked += 1
        number = self.asked // 20
        network = f"10.{number // 62_500}.{number // 250 % 250}.{number % 250}"
        environ = {**self.environ(address), "REMOTE_ADDR": network, "wsgi.input": BytesIO()}
        statuses: list[str] = []
        answer = self.application(environ, lambda status, _headers: statuses.append(status))  # type: ignore[arg-type]
        body = b"".join(answer)
        answer.close()
        assert statuses[0].startswith("200"), (statuses, body[:300])
        return body


def _bare(ask: Asker, address: str) -> Callable[[], None]:
    """
    Return what runs the statement of a list alone, and encodes its rows with their names.

    It is one statement, as Django writes it, also where we ask for keys first and then for what their rows say.
    """
    with patch.object(list_view, "shaped", return_value=None), patch.object(list_view, "by_key", return_value=None):
        ask(address)
        with CaptureQueriesContext(connection) as queries:
            ask(address)
    statement = max((query["sql"] for query in queries if query["sql"].startswith("SELECT")), key=len)
    with raw_cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
    encode = msgspec.json.Encoder(decimal_format="string", enc_hook=str).encode

    def run() -> None:
        with raw_cursor() as cursor:
            cursor.execute(statement)
            encode([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    return run


def _pairs(bench: Bench, ask: Asker, address: str, yardstick: Callable[[], Any]) -> list[Pair]:
    pairs = []
    for _ in range(PAIRS):
        with cost(bench.home) as theirs:
            for _request in range(REQUESTS):
                yardstick()
        with cost(bench.home) as ours:
            for _request in range(REQUESTS):
                ask(address)
        pairs.append(Pair(REQUESTS, ours, theirs))
    return pairs


def _waited(what: str, ask: Asker, addresses: Sequence[str], goal: str) -> Row:
    bare = [_bare(ask, address) for address in addresses]
    ours, theirs = [], []
    for number in range(REQUESTS):
        place = number % len(addresses)
        theirs.append(_wait(bare[place]))
        ours.append(_wait(partial(ask, addresses[place])))
    own, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        what,
        f"p50 {own * 1000:.0f} ms, p95 {statistics.quantiles(ours, n=20)[18] * 1000:.0f} ms",
        f"bare SQL + msgspec: p50 {other * 1000:.0f} ms",
        f"{other / own:.2g}",
        goal,
    )


def _wait(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


class _ModelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ("id", "key", "name", "scheme", "identifier", "country", "roles")


class _Pages(pagination.CursorPagination):
    page_size = 50
    ordering = "-id"


class _ModelView(generics.ListAPIView):
    """The usual way: a serializer of the model, pages by cursor, the default renderer; no throttle, no middleware."""

    queryset = Organization.objects.all()
    serializer_class = _ModelSerializer
    pagination_class = _Pages
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    filter_backends = ()
    schema = None


class _FrameworkRequest(WSGIRequest):
    urlconf = __name__


class _FrameworkHandler(WSGIHandler):
    """The application, with all of its middleware, that has the view of the framework alone."""

    request_class = _FrameworkRequest


urlpatterns = [path(ORGANIZATIONS.lstrip("/"), _ModelView.as_view())]
