"""How many processes serve the site, as gunicorn itself reads the file."""

import os
import subprocess
import sys
from pathlib import Path

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
