"""Health and metrics: what each reader gets, with and without the servers behind."""

import contextlib
import re
import socket

import pytest
from django.db import DatabaseError
from prometheus_client.parser import text_string_to_metric_families

from audits.matching.reference import data
from audits.models import LexiconTerm
from config.celery import app
from config.monitoring import figures, views
from contracts.api.protocol.access.throttles import GuessThrottle
from tests.support.triage import load_release, made_up_release, raise_flag

TOKEN = "of-the-operators-0123456789-abcdefgh"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def no_broker(settings, monkeypatch):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    monkeypatch.setattr(app.conf, "broker_read_url", "redis://127.0.0.1:1/0")


@pytest.fixture
def token(settings):
    settings.VEEDOR_METRICS_TOKEN = TOKEN


@pytest.fixture
def no_database(monkeypatch):
    def out_of_reach():
        raise DatabaseError

    monkeypatch.setattr(views.connection, "cursor", out_of_reach)
    monkeypatch.setattr(views, "read_figures", out_of_reach)


def samples(answer) -> dict:
    """Return value by name and labels."""
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_alive_asks_no_other_server(client, no_broker):
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "alive"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_tells_anyone_of_servers_and_of_nothing_else(client, broker):
    assert client.get("/health/ready").json() == {"status": "ready", "database": True, "broker": True}


@pytest.mark.django_db
def test_a_broker_out_of_reach_is_reported_and_does_not_close_the_site(client, no_broker, token):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["broker"] is False
    told = samples(client.get("/metrics", headers=BEARER))
    assert told["veedor_queue_reachable",] == 0
    assert ("veedor_queue_messages", "celery") not in told


def test_a_broker_without_memory_is_not_reached(empty_broker):
    assert figures.reaches_broker()
    empty_broker.config_set("maxmemory", "1")
    try:
        assert not figures.reaches_broker()
    finally:
        empty_broker.config_set("maxmemory", "0")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/metrics", "/health/ready"])
def test_a_broker_that_hangs_is_waited_for_once(client, settings, monkeypatch, token, address):
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:  # takes connections, and answers none
        hung = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        cache = settings.CACHES["default"]
        options = cache["OPTIONS"] | {"socket_timeout": 0.25}  # as in production; other tests wait longer
        settings.CACHES = {"default": cache | {"LOCATION": hung, "OPTIONS": options}}
        monkeypatch.setattr(app.conf, "broker_read_url", hung)
        answer = client.get(address, headers=BEARER)
        assert connections_to(silent) == 1, "each is waited for a quarter of a second"
    if address == "/metrics":
        assert samples(answer)["veedor_queue_reachable",] == 0
    else:
        assert (answer.json()["broker"], answer.json()["figures"]["queue"]) == (False, {"reachable": 0})


def connections_to(server: socket.socket) -> int:
    """Return how many connections a server that takes none was offered."""
    server.setblocking(False)
    found = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            found += 1
    return found


@pytest.mark.django_db
def test_nobody_compiles_the_lexicon_to_be_told_figures(client, token, broker, monkeypatch):
    LexiconTerm.objects.create(concept="cloud", language="es", term="nube", source="s")
    monkeypatch.setattr(data, "PhraseIndex", lambda *_: pytest.fail("it takes seconds, and 100 MB"))
    told = samples(client.get("/metrics", headers=BEARER))
    assert told["veedor_audit_due", "process"] == 0


def test_without_the_database_it_is_not_ready(client, no_database):
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"


def test_without_the_database_metrics_say_so_and_count_on(client, no_database, token, broker):
    client.get("/health/")
    told = samples(client.get("/metrics", headers=BEARER))
    assert told["veedor_database_reachable",] == 0
    assert told["veedor_http_requests_total", "GET", "health/", "200"] >= 1
    assert not any("ingest" in name for name, *_labels in told)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", TOKEN])
@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}, {"Authorization": f"Token {TOKEN}"}]
)
@pytest.mark.parametrize("group", [None, "Submitters", "Journalists"])
def test_who_may_not_ask_is_told_nothing(client, settings, broker, make_user, given, header, group):
    settings.VEEDOR_METRICS_TOKEN = given
    if group:
        client.force_login(make_user(group))
    refused = client.get("/metrics", headers=header)
    assert (refused.status_code, refused.content, refused["WWW-Authenticate"]) == (401, b"", "Bearer")
    assert set(client.get("/health/ready", headers=header).json()) == {"status", "database", "broker"}


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["Auditors", "Leads"])
def test_auditors_and_leads_may_ask(sign_in, broker, group):
    client = sign_in(group)
    assert client.get("/metrics").status_code == 200
    assert client.get("/health/ready").json()["figures"]["desk"]["open"] == {"flag": 0, "claim": 0}


@pytest.mark.django_db
def test_tokens_are_not_guessed(client, token, empty_broker, monkeypatch):
    monkeypatch.setattr(GuessThrottle, "rate", "3/min", raising=False)
    wrong = {"Authorization": "Bearer wrong"}
    assert [client.get("/metrics", headers=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert client.get("/metrics", headers=BEARER).status_code == 200, "who knows it is not shut out by who guesses"


@pytest.mark.django_db
def test_health_and_metrics_tell_the_same(client, token, broker):
    raise_flag(load_release(made_up_release()))
    figures = client.get("/health/ready", headers=BEARER).json()["figures"]
    told = samples(client.get("/metrics", headers=BEARER))
    assert figures["desk"]["open"] == {"flag": 1, "claim": 0}
    for area, names in figures.items():
        for name, value in names.items():
            values = value if isinstance(value, dict) else {None: value}
            for label, number in values.items():
                labels = () if label is None else (label,)
                found = {told.get((f"veedor_{area}_{name}{end}", *labels)) for end in ("", "_total")}
                assert found == {None, number}, (area, name)


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_no_label_names_what_was_asked_for(client, token, broker):
    flag = raise_flag(load_release(made_up_release("ocds-canary-1")))
    before = samples(client.get("/metrics", headers=BEARER))
    for address in (
        "/api/v1/contracting-processes/ocds-canary-1/",
        f"/api/v1/flags/{flag.pk}/",
        "/api/v1/publishers/canary/coverage/",
        "/api/v1/contracting-processes/?q=canary",
        "/canary/of/a/stranger/",
        "/admin/audits/flag/canary/change/",
    ):
        client.get(address)
    client.generic("CANARY", "/api/v1/flags/")
    answer = client.get("/metrics", headers=BEARER)
    after = samples(answer)
    route = "api/v1/contracting-processes/<ocid:ocid>/"
    for figure in (("veedor_http_requests_total", "GET", route, "200"), ("veedor_http_request_seconds_count", route)):
        assert after[figure] - before.get(figure, 0) == 1, figure
    assert after["veedor_http_requests_total", "GET", "none", "404"] >= 1
    assert any(key[1] == "other" for key in after if key[0] == "veedor_http_requests_total")
    text = answer.content.decode()
    assert "canary" not in text.lower()
    assert not re.search(rf"flags/{flag.pk}\b", text)


@pytest.mark.django_db
def test_the_format_is_the_one_that_is_asked_for(client, token, broker):
    asked = BEARER | {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = client.get("/metrics", headers=asked)
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert answer.content.endswith(b"# EOF\n")
    assert client.get("/metrics", headers=BEARER)["Content-Type"].startswith("text/plain")
