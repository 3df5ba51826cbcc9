"""How many processes serve the site, as gunicorn itself reads the file."""

import gc
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from config import gunicorn

ROOT = Path(__file__).parents[2]
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def settings_of(**variables: str) -> dict[str, str]:
    """Return gunicorn's settings with these environment variables, as it prints them."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"WEB_CONCURRENCY", "PORT"}}
    printed = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "--config", "python:config.gunicorn", "config.wsgi"],
        cwd=ROOT,
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.partition("=") for line in printed.stdout.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def test_without_a_number_there_is_a_process_for_each_core():
    settings = settings_of()
    assert settings["workers"] == str(min(CORES, 8))
    assert (settings["threads"], settings["timeout"], settings["graceful_timeout"]) == ("4", "60", "30")


def test_web_concurrency_sets_the_number():
    settings = settings_of(WEB_CONCURRENCY="3")
    assert settings["workers"] == "3"
    assert settings["max_requests"] == "10000"
    assert int(settings["max_requests_jitter"]) > 0


def test_a_process_that_is_alone_is_not_replaced_while_it_serves():
    assert settings_of(WEB_CONCURRENCY="1")["max_requests"] == "0"


def test_a_process_looks_for_garbage_among_what_requests_make_alone(monkeypatch):
    monkeypatch.setattr("config.memory.limit_memory", lambda: None)
    kept = [[]]
    gunicorn.post_worker_init(Mock())
    try:
        assert not any(found is kept for found in gc.get_objects())
    finally:
        gc.unfreeze()


def test_what_a_client_says_of_proxies_counts_for_nothing_where_none_stands():
    """Nor from this machine, whom gunicorn would believe by itself."""
    asked = b"GET /health/ HTTP/1.1\r\nHost: a\r\nSCRIPT_NAME: /elsewhere\r\nX-Forwarded-Proto: https\r\n\r\n"
    config = Config()
    config.set("forwarded_allow_ips", gunicorn.forwarded_allow_ips)
    request = next(RequestParser(config, iter([asked]), ("127.0.0.1", 1)))
    assert "SCRIPT_NAME" not in dict(request.headers)
    assert request.scheme == "http"


@pytest.mark.parametrize(
    ("environment", "collected", "told"),
    [("production", "nowhere", 1), ("production", "manage.py", 0), ("development", "nowhere", 0)],
)
def test_production_tells_where_the_files_of_pages_were_not_collected(monkeypatch, environment, collected, told):
    server = SimpleNamespace(log=Mock())
    monkeypatch.setenv("DJANGO_ENV", environment)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(gunicorn, "COLLECTED", ROOT / collected)
    gunicorn.on_starting(server)
    gunicorn.on_exit(server)
    assert server.log.error.call_count == told
