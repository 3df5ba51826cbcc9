"""The site under a drill: a real web server and real workers, on a database and a broker of their own."""

import os
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from audits.groups import AUDITORS, JOURNALISTS, LEADS, SUBMITTERS
from config.child_processes import Supervised
from config.child_processes import stop as stop_processes
from contracts.models import ApiToken, Publisher, PublisherGrant
from tests.drills.wire import Answer, ask
from tests.support.servers import RealWorker, database_url, free_port

START_SECONDS = 120
# Limits on numbers of requests are drilled elsewhere; here they would only hide what lies behind them. One web
# process, so that its memory is that of the request it works on.
SURROUNDINGS = {
    **{f"VEEDOR_THROTTLE_{name}": "10000000/min" for name in ("ANONYMOUS", "USER", "SUBMISSIONS")},
    **{f"VEEDOR_THROTTLE_{name}": "10000000/min" for name in ("SEARCH", "PAGES", "GUESSES", "FORMS", "RECEIPTS")},
    "VEEDOR_QUOTA_BYTES": "0",
    "WEB_CONCURRENCY": "1",
    "LOG_LEVEL": "INFO",
}
PREFIX = "ocds-drill1"
# The start of a line of the log, as ``config.logs`` writes it for people.
_LINE = re.compile(r"\d{4}-\d\d-\d\dT\S+ [A-Z]+ ")
PUBLISHER = "drilled"


class Site:
    """The processes of the site, and what each of them used."""

    def __init__(self, home: Path, *, broker: str, surroundings: dict[str, str] | None = None) -> None:
        connection.ensure_connection()
        self.database = database_url(connection.settings_dict)
        self.broker = broker
        self.home = home
        self.port = free_port()
        servers = {"DATABASE_URL": self.database, "CELERY_BROKER_URL": broker, "VEEDOR_HOME": str(home)}
        environment = os.environ | SURROUNDINGS | (surroundings or {}) | {"SECRET_KEY": settings.SECRET_KEY}
        web = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
        self.web = Supervised(
            "web", [*web, "--bind", f"127.0.0.1:{self.port}"], home, environment | servers | {"PORT": str(self.port)}
        )
        self.worker = RealWorker(home, database=self.database, broker=broker)
        self.worker.environment = environment | servers
        self._logged = {
            process: process.log.stat().st_size if process.log.exists() else 0 for process in (self.web, self.worker)
        }

    def start(self) -> None:
        self.web.start()
        self.worker.start()
        self.wait_for_web()

    def stop(self) -> None:
        stop_processes([self.worker, self.web])

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self.ask(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").status != 200:
            assert time.monotonic() < deadline, f"The web server did not start:\n{self.web.end_of_log()}"
            time.sleep(0.1)

    def ask(self, request: bytes, *, leaves: bool = False) -> Answer:
        return ask(self.port, request, leaves=leaves)

    def traces(self) -> list[str]:
        """Return the last line of each trace in the logs since the site was made: what nobody foresaw."""
        return [f"{process.name}: {line}" for process in self._logged for line in _last_lines(self.logged(process))]

    def logged(self, process: Supervised) -> list[str]:
        """Return the lines that a process wrote since the site was made: others wrote the same log before."""
        if not process.log.exists():
            return []
        return process.log.read_bytes()[self._logged[process] :].decode("utf-8", "replace").splitlines()


class Gauge:
    """The memory of a process and its children, in megabytes; exact on Linux, elsewhere as seen when asked."""

    def __init__(self, process: Supervised) -> None:
        self.process = process
        self.peak = 0.0

    def begin(self) -> float:
        """Forget the peaks so far, where the system can; return what the largest process holds now."""
        for pid in self._pids():
            try:
                Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
            except OSError:
                continue
        return max((_memory(pid, "VmRSS") for pid in self._pids()), default=0.0)

    def read(self) -> float:
        """Return the peak of the largest process since ``begin``."""
        found = max((_memory(pid, "VmHWM") for pid in self._pids()), default=0.0)
        self.peak = max(self.peak, found)
        return found

    def _pids(self) -> list[int]:
        if self.process.process is None:
            return []
        try:
            return [child.pid for child in psutil.Process(self.process.process.pid).children(recursive=True)]
        except psutil.Error:
            return []


class Person:
    """Somebody who asks: a name, the token of an account, and the session of a browser, where there are any."""

    def __init__(self, name: str, token: str = "", session: str = "", user: Any = None) -> None:
        self.name = name
        self.user = user
        self.token = token
        self.session = session

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"Authorization", b"Token " + self.token.encode())] if self.token else []

    def cookies(self) -> list[tuple[bytes, bytes]]:
        return [(b"Cookie", b"sessionid=" + self.session.encode())] if self.session else []


def make_senders() -> dict[str, Person]:
    """Make a sender whose contracts are held, one who is trusted, and one who speaks for a publisher."""
    publisher, _ = Publisher.objects.get_or_create(
        slug=PUBLISHER, defaults={"name": "Drilled", "ocid_prefix": PREFIX, "country": "PE"}
    )
    found = {}
    for name, grants in (("held", ()), ("trusted", (None,)), ("publisher", (publisher,))):
        user = _make_user(f"sender-{name}", SUBMITTERS)
        for named in grants:
            PublisherGrant.objects.get_or_create(user=user, publisher=named, defaults={"granted_by": user})
        found[name] = _person(user, name, "read", "submit")
    return found


def make_readers() -> dict[str, Person]:
    """Make those who ask: nobody, a journalist, an auditor, a lead."""
    return {
        "anonymous": Person("anonymous"),
        "journalist": _person(_make_user("journalist", JOURNALISTS), "journalist", "read"),
        "auditor": _person(_make_user("auditor", AUDITORS), "auditor", "read", "review"),
        "lead": _person(_make_user("lead", LEADS), "lead", "read", "submit", "review"),
    }


def _make_user(name: str, group: str):
    user, is_new = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=group))
    return user


def _person(user, name: str, *scopes: str) -> Person:
    _token, secret = ApiToken.objects.issue(user=user, name="drill", scopes=list(scopes))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Person(name, secret, session.session_key, user)


def _memory(pid: int, name: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        status = ""
    for line in status.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    try:
        return psutil.Process(pid).memory_info().rss / 1024**2
    except psutil.Error:
        return 0.0


def _last_lines(lines: list[str]) -> Iterable[str]:
    """Yield the last line of each trace, but of those with which Django tells what it refuses."""
    inside = False
    before = ""
    for line in lines:
        if line.startswith("Traceback (most recent call last)"):
            inside = True
        elif not line.startswith((" ", "\t")) and line:
            if inside and not _LINE.match(line):
                last, inside = line, False
                if " WARNING " not in before and " django.security." not in before:
                    yield last[:200]
            elif _LINE.match(line):
                before, inside = line, False
