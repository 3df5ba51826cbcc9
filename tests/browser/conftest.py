import threading

import pytest
from django.core.signals import request_finished, request_started

from contracts import tasks
from contracts.api.protocol.access.throttles import GuessThrottle
from tests.browser.chromium import Chromium, find_chromium
from tests.support.buying import buy, confirm, lexicon, market  # noqa: F401  -- fixtures


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; each opens windows of its own."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on the PATH (Debian: apt install chromium), nor named by CHROMIUM")
    with Chromium(program) as started:
        yield started


@pytest.fixture
def browser(chromium):
    with chromium.window() as opened:
        yield opened


@pytest.fixture
def phone(chromium, monkeypatch):
    """A browser 390 pixels wide that runs no script of a page."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
    with chromium.window(390, 844, has_script=False) as opened:
        yield opened


@pytest.fixture(autouse=True)
def many_may_log_in(monkeypatch):
    """All who log in are of one network, and more than it may try in a minute."""
    monkeypatch.setattr(GuessThrottle, "rate", "1000/min", raising=False)


@pytest.fixture(autouse=True)
def answered(wait_until):
    """
    Wait at the end of each test until the server has answered all requests.

    One whose window was closed goes on reading, and would meet the emptying of all tables in a deadlock.
    """
    under_way = set()

    def begin(**_signal):
        under_way.add(threading.get_ident())

    def end(**_signal):
        under_way.discard(threading.get_ident())

    request_started.connect(begin)
    request_finished.connect(end)
    yield
    wait_until(lambda: not under_way)
    request_started.disconnect(begin)
    request_finished.disconnect(end)
