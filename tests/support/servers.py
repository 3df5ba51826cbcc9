"""
Servers of their own for a run of the tests: PostgreSQL and Valkey in a folder that goes when the run ends, and real
Celery workers. Where DATABASE_URL or CELERY_BROKER_URL is set, that server is used instead.
"""

import atexit
import fcntl
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

from config import embedded
from config.child_processes import Supervised

PREFIX = "veedor-test-"
TIMEOUT = 60  # seconds for a worker to start


def make_home() -> Path:
    """A fresh VEEDOR_HOME that is removed, its servers stopped, when this process ends."""
    _remove_orphans()
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o711)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    embedded.use(home)
    return home


def free_port() -> int:
    """Return the number of a port of this machine that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def database_url(settings: dict) -> str:
    """The address of the database that Django's connection settings describe, for a child process."""
    options = settings.get("OPTIONS", {})
    host = settings["HOST"] or options.get("host", "")
    login = quote(settings["USER"], safe="")
    if settings["PASSWORD"]:
        login += ":" + quote(settings["PASSWORD"], safe="")
    if host.startswith("/"):
        return f"postgresql://{login}@/{settings['NAME']}?host={quote(host)}&port={settings['PORT'] or 5432}"
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{login}@{host}{port}/{settings['NAME']}"


# The least with which the code starts in production.
STANDS_ALONE = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "of-a-test-and-long-enough-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "localhost",
    "VEEDOR_HTTPS": "false",
}
# Servers that nobody reaches.
AWAY = {"DATABASE_URL": "postgresql://veedor@/veedor?host=/nowhere", "CELERY_BROKER_URL": "redis://127.0.0.2:1"}


class RealWeb(Supervised):
    """The web server as in production, of one process unless told otherwise, on a port of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
        given = {"VEEDOR_HOME": str(home), "PORT": str(self.port), "WEB_CONCURRENCY": "1"} | environment
        super().__init__("web", command, home, os.environ | STANDS_ALONE | given)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        super().start()
        deadline = time.monotonic() + TIMEOUT
        while not self._answers():
            if not self.is_running() or time.monotonic() > deadline:
                raise AssertionError(f"The web server did not start:\n{self.end_of_log()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Ask for what needs no other server, and no test counts."""
        try:
            headers = {"Host": "localhost", "X-Forwarded-Proto": "https"}  # as a proxy asks, if one is expected
            with urlopen(Request(self.address("/favicon.ico"), headers=headers), timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False


class RealWorker(Supervised):
    """A Celery worker process that works on the test database; it may be killed and started again."""

    def __init__(
        self, home: Path, *, database: str, broker: str, concurrency: int = 2, include: str = "", queues: str = ""
    ) -> None:
        command = [
            *(sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", str(concurrency)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            *(("--include", include) if include else ()),
            *(("--queues", queues) if queues else ()),
        ]
        servers = {"DATABASE_URL": database, "CELERY_BROKER_URL": broker, "VEEDOR_HOME": str(home)}
        super().__init__("worker", command, home, os.environ | servers | {"LOG_LEVEL": "INFO"})

    def start(self) -> None:
        """Start the worker and wait until it takes tasks."""
        said = self.log.stat().st_size if self.log.exists() else 0
        super().start()
        deadline = time.monotonic() + TIMEOUT
        while b" ready." not in self.log.read_bytes()[said:]:
            if not self.is_running() or time.monotonic() > deadline:
                raise AssertionError(f"The worker did not start:\n{self.end_of_log()}")
            time.sleep(0.05)


def _remove_orphans() -> None:
    """Stop and remove what runs left behind that were killed: nobody holds their lock."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = home / "users.lock"
        if not lock.exists() or lock.stat().st_uid != os.geteuid():
            continue
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            embedded.stop_servers(home)
            shutil.rmtree(home, ignore_errors=True)
