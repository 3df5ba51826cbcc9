"""Fixtures of all tests: servers of their own, and a real worker."""

import os
import time
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils import translation
from rest_framework.throttling import SimpleRateThrottle

from audits.models import FourEyesWaiver
from audits.reports import rule_health
from config import embedded
from config.child_processes import stop
from contracts.api.protocol.access.throttles import SharedThrottle
from contracts.postgres import versions
from contracts.runtime import broker as broker_state
from tests.support.clients import anonymous, nudged, sender  # noqa: F401  -- fixtures
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.servers import RealWeb, RealWorker, database_url, make_home

HOME = make_home()
RULES = Path(__file__).parent / "audits" / "rules"
_DAY = 24 * 60 * 60
# Of nearly all; none that takes longer says what day it is.
_SECONDS_OF_A_TEST = 30


def pytest_configure() -> None:
    settings.VEEDOR_HOME = HOME
    # What a test raises is in the queue at once; those of the settling say so.
    settings.VEEDOR_SETTLING_MINUTES = 0
    if given := os.environ.get("CELERY_BROKER_URL"):
        # Tests that run side by side empty their broker: each process has a database of its own on it.
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        settings.CELERY_BROKER_URL = urlsplit(given)._replace(path=f"/{number}").geturl()
    else:
        settings.CELERY_BROKER_URL = embedded.broker_url(HOME)
    settings.CACHES["default"]["LOCATION"] = embedded.redis_url(settings.CELERY_BROKER_URL)
    # A busy machine lets the counters wait for longer than a visitor may: what is not counted is let through.
    settings.CACHES["default"]["OPTIONS"] |= {"socket_connect_timeout": 10, "socket_timeout": 10}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Begin no test at the end of a day, before its transaction: many ask for today before and after what they do."""
    left = _DAY - time.time() % _DAY
    if left < _SECONDS_OF_A_TEST:
        time.sleep(left + 1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``-m rules`` leave other tests alone: to import them takes longer than to run those of the rules."""
    if config.option.markexpr != "rules" or collection_path == RULES or collection_path in RULES.parents:
        return None
    return None if RULES in collection_path.parents else True


@pytest.fixture(autouse=True)
def migrated(monkeypatch) -> None:
    """Let no test ask which migrations the database has: the first request of a process does, if need be."""
    monkeypatch.setattr(versions, "_is_complete", True)


@pytest.fixture(autouse=True)
def own_throttles(monkeypatch) -> None:
    """Count requests for each test by itself, in one window: all processes, and so all tests, share the counters."""
    monkeypatch.setattr(caches["default"], "key_prefix", f"veedor-cache-{uuid4()}")
    monkeypatch.setattr(SimpleRateThrottle, "timer", lambda _throttle: 90.0)
    monkeypatch.setattr(broker_state, "_silent_until", 0.0)


@pytest.fixture(autouse=True)
def no_rule_is_context(monkeypatch) -> None:
    """Begin each test knowing that no rule is context: what another test found is known for a minute."""
    monkeypatch.setattr(rule_health, "_cached_context", [monotonic(), {}])


@pytest.fixture
def no_limit(monkeypatch) -> None:
    """For tests that ask for more in a minute than one reader may, where a broker runs that counts."""
    monkeypatch.setattr(SharedThrottle, "allow_request", lambda *_request: True)


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Begin each test in the language of the settings: a request leaves its own behind."""
    translation.deactivate()


@pytest.fixture(scope="session")
def broker() -> str:
    """The address of a running broker."""
    if embedded.broker_url(HOME) == settings.CELERY_BROKER_URL:
        embedded.ensure_broker(HOME)
    return settings.CELERY_BROKER_URL


@pytest.fixture
def empty_broker(broker: str) -> redis.Redis:
    """A client of the broker, which holds nothing."""
    client = redis.Redis.from_url(embedded.redis_url(broker))
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def make_worker(empty_broker, broker, transactional_db):
    """Make real workers on the test database, of which one runs at a time; what still runs is killed at the end."""
    made = []

    def make(**options) -> RealWorker:
        worker = RealWorker(HOME, database=database_url(connection.settings_dict), broker=broker, **options)
        made.append(worker)
        worker.start()
        return worker

    yield make
    for worker in made:
        worker.kill()


@pytest.fixture
def worker(make_worker) -> RealWorker:
    """A real Celery worker with two children: `worker.kill()` kills them all, `worker.start()` starts it again."""
    return make_worker()


@pytest.fixture
def make_web(tmp_path):
    """Make real web servers, of which one runs at a time, with the environment that is given."""
    made = []

    def make(**environment: str) -> RealWeb:
        web = RealWeb(tmp_path, **environment)
        made.append(web)
        web.start()
        return web

    yield make
    stop(made)


@pytest.fixture
def wait_until():
    """
    `wait_until(condition, seconds=30, every=0.05)`: wait for what another process does; fails when it does not come.
    """

    def wait(condition, seconds: float = 30, every: float = 0.05) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"did not come true within {seconds} s"
            time.sleep(every)

    return wait


def _let_tests_empty_tables(**_signal: object) -> None:
    """Tests empty tables between them, which decisions and the trail refuse; the test of that switches it on again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_no_truncate_%'")
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")


post_migrate.connect(_let_tests_empty_tables)


def _let_one_person_confirm(**_signal: object) -> None:
    """Most tests of what is confirmed need no second person; those of four eyes remove this waiver."""
    if "audits_foureyeswaiver" in connection.introspection.table_names():
        FourEyesWaiver.objects.get_or_create(rule="", defaults={"reason": "Tests of other things."})


post_migrate.connect(_let_one_person_confirm)
