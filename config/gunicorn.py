"""
How gunicorn serves Veedor: `gunicorn --config python:config.gunicorn config.wsgi`.

WEB_CONCURRENCY, gunicorn's own variable, sets the number of processes; without it there is one for each core that this
process may use, up to eight. Each has four threads, and each thread keeps a connection to PostgreSQL: eight processes
leave room in its 100 connections for the workers.

Each process counts its requests in files of its place, which the one that takes its place goes on with: there are as
many as processes, however often these are replaced.
"""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config.logs import logging_settings

MAX_WORKERS = 8
COLLECTED = Path(__file__).parents[1] / "static" / "staticfiles.json"
# Counts are written to mapped files: if their disk is full, the kernel kills the process that writes, with all its
# requests. What strangers send may fill the folder of temporary files, so counts stay in memory if there is a place.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder of counts has a random name, and only its owner may enter it


def _cores() -> int:
    """Return how many cores this process may use; where the system does not tell, how many there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def on_starting(server: Any) -> None:
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="veedor-counts-", dir=place)
    if os.environ.get("DJANGO_ENV") == "production" and not COLLECTED.exists():
        server.log.error("No page can be shown: `manage.py collectstatic` has not collected its files.")


def pre_fork(server: Any, worker: Any) -> None:
    """Give a process the first place that none has which still runs."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = min(set(range(len(taken) + 1)) - taken)


def post_fork(_server: object, worker: Any) -> None:
    from prometheus_client import values  # noqa: PLC0415 - before the application makes its counters

    values.ValueClass = values.MultiProcessValue(lambda: worker.place)


def on_exit(_server: object) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def post_worker_init(_worker: object) -> None:
    from config.memory import limit_memory  # noqa: PLC0415 - the settings are those of the worker
    from contracts.runtime.garbage_collection import keep_for_good  # noqa: PLC0415

    limit_memory()
    keep_for_good()  # or now and then a request would wait while Python looks at all that is imported: .12 s


bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
worker_class = "config.serving.Worker"
http_parser = "python"  # the one that config/serving.py teaches to read addresses as people type them
workers = int(os.environ.get("WEB_CONCURRENCY", min(_cores(), MAX_WORKERS)))
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
# Replacing processes ends slow leaks; the jitter keeps them from ending together. A single process stays, because
# nobody would answer while it is replaced.
max_requests = 10_000 if workers > 1 else 0
max_requests_jitter = 1_000
# Only VEEDOR_TRUSTED_PROXIES decides whether headers of proxies are trusted, not that a request comes from this
# machine.
forwarded_allow_ips = ""
limit_request_line = 8_190
limit_request_fields = 100
control_socket_disable = True
logging.captureWarnings(capture=True)  # Python's warnings are lines of the log too
# Requests are logged with their ids by the application: contracts/api/protocol/middleware.py.
accesslog = None
logconfig_dict = logging_settings(
    production=os.environ.get("DJANGO_ENV") == "production", level=os.environ.get("LOG_LEVEL") or "INFO"
)
