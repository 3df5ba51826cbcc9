"""`manage.py quickstart`: all of Veedor on one machine, with examples. `make demo` runs it."""

import contextlib
import io
import json
import logging
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _

from audits.engine import organizations
from audits.engine.catching_up import catch_up
from audits.engine.processes import count_due
from audits.models import Flag
from audits.reports.publishing import publish_figures
from config import child_processes
from config.child_processes import AlreadyRunningError, Supervised
from config.demo.contract import contract_page, file_contract
from config.demo.decisions import decide_examples
from config.demo.market import write_market
from config.demo.people import demo_people
from config.embedded import EmbeddedError, ensure_broker, ensure_database
from contracts.runtime.broker import FRESH

NAME = "quickstart"
EXAMPLES = "fixtures/examples"
MARKET = "fixtures/market/purchases.csv"
CONTRACT = "fixtures/examples/contract-es.txt"
TIMEOUT = 120  # seconds without progress after which a step has failed
ALONE = "--without-gossip --without-mingle --without-heartbeat"
WORKER = f"worker --concurrency 2 {ALONE}"
# What was sent just now does not wait for a large load.
WORKER_FRESH = f"worker --queues {FRESH} --concurrency 1 {ALONE}"
WEB = "--config python:config.gunicorn config.wsgi"


class Command(BaseCommand):
    help = (
        "Start everything on this machine, load and audit the examples, and print addresses and logins. "
        "Ctrl-C stops it."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--exit", action="store_true", help="stop everything after the examples are audited")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port of the web server (default: PORT)")

    def handle(self, *_args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        try:
            self._stop_orphans()
            with child_processes.only_one(NAME, settings.VEEDOR_HOME):
                self._refuse_taken_port(options["port"])
                self._run(options["port"], stay=not options["exit"])
        except AlreadyRunningError as error:
            raise CommandError(_("%(error)s. `make stop` stops it.") % {"error": error}) from error
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError(_("Interrupted."), returncode=130) from error

    def _run(self, port: int, *, stay: bool) -> None:
        environment = self._start_servers()
        with self._step(_("Preparing the database")):
            call_command("migrate", verbosity=0, interactive=False)
        with self._step(_("Loading reference data")):
            call_command("loadreference", stdout=io.StringIO())
        with self._step(_("Loading the examples")):
            loaded = self._load_examples()
        children = self._children(port, environment)
        try:
            with self._step(_("Starting worker, schedule and web server")):
                for child in children:
                    child.start()
                self._wait_for_web(port, children)
            self._wait_for_audits(children)
            self._compare(children)
            self._summarise(port, loaded)
            if stay:
                self.stdout.write(_("Ctrl-C stops everything and keeps the data."))
                self.stdout.flush()  # into a file or a pipe too, where Python would keep it until the end
                with contextlib.suppress(KeyboardInterrupt):
                    self._watch(children)
        finally:
            self._stop(children)

    # Steps

    def _stop_orphans(self) -> None:
        """Stop what an earlier run left behind that was killed; it would hold the port."""
        left = child_processes.running(settings.VEEDOR_HOME)
        if left and NAME not in left:
            with self._step(_("Stopping servers of an earlier run")):
                child_processes.stop_running(settings.VEEDOR_HOME, first=NAME)

    def _start_servers(self) -> dict[str, str]:
        """Start what the environment does not name; the environment of the child processes."""
        environment = os.environ | {"VEEDOR_STATEMENT_TIMEOUT": "120"}
        if not os.environ.get("DATABASE_URL"):
            with self._step(_("Starting PostgreSQL")):
                environment["DATABASE_URL"] = ensure_database(settings.VEEDOR_HOME).url()
        if not os.environ.get("CELERY_BROKER_URL"):
            with self._step(_("Starting Valkey")):
                ensure_broker(settings.VEEDOR_HOME)
                environment["CELERY_BROKER_URL"] = settings.CELERY_BROKER_URL
        return environment

    def _load_examples(self) -> dict[str, Any]:
        report, problems = io.StringIO(), io.StringIO()
        try:
            market = write_market(settings.BASE_DIR / MARKET, settings.VEEDOR_HOME / "market.jsonl")
            paths = [str(settings.BASE_DIR / EXAMPLES), str(market)]
            call_command("load", *paths, json=True, stdout=report, stderr=problems)
        except SystemExit as error:
            raise CommandError(problems.getvalue()) from error
        file_contract(settings.BASE_DIR / CONTRACT)
        loaded: dict[str, Any] = json.loads(report.getvalue())
        return loaded

    def _children(self, port: int, environment: dict[str, str]) -> list[Supervised]:
        home: Path = settings.VEEDOR_HOME
        celery = [sys.executable, "-m", "celery", "--app", "config", "--workdir", str(settings.BASE_DIR)]
        web = [sys.executable, "-m", "gunicorn", "--chdir", str(settings.BASE_DIR), *WEB.split()]
        # The web server keeps the patience that config/wsgi.py gives it, unless the environment says otherwise.
        # One process is enough to look at examples.
        web_environment = {"WEB_CONCURRENCY": "1"} | environment | {"PORT": str(port)}
        if "VEEDOR_STATEMENT_TIMEOUT" not in os.environ:
            del web_environment["VEEDOR_STATEMENT_TIMEOUT"]
        return [
            Supervised("worker", [*celery, *WORKER.split()], home, environment),
            Supervised("worker-fresh", [*celery, *WORKER_FRESH.split()], home, environment),
            Supervised("beat", [*celery, "beat", "--schedule", str(home / "beat"), "--pidfile="], home, environment),
            Supervised("web", [*web, "--bind", f"127.0.0.1:{port}"], home, web_environment),
        ]

    def _wait_for_web(self, port: int, children: list[Supervised]) -> None:
        address = f"http://127.0.0.1:{port}/health/ready"

        def answers() -> bool:
            try:
                with urlopen(address, timeout=5) as answer:
                    return bool(answer.status == 200)
            except (URLError, OSError):
                return False

        _wait(answers, children, lambda: 0)

    def _wait_for_audits(self, children: list[Supervised]) -> None:
        with self._step(_("Auditing the examples")):
            _wait(lambda: count_due() == 0, children, count_due)
            connection.close()

    def _compare(self, children: list[Supervised]) -> None:
        """Do what the schedule does too, minutes later; what it would audit again is audited here and now."""
        with self._step(_("Comparing the examples with each other")):
            catch_up()
            call_command("cohorts", stdout=io.StringIO())
            # Nor may anything be left that a worker is at.
            _wait(lambda: _due_condition() == 0, children, _due_condition)
            connection.close()

    def _summarise(self, port: int, loaded: dict[str, Any]) -> None:
        people = demo_people()
        decide_examples()
        publish_figures()
        base = f"http://127.0.0.1:{port}"
        with urlopen(f"{base}/", timeout=30) as answer:  # noqa: S310 - our own server
            if answer.status != 200:
                raise CommandError(_("The web server answers %(status)d.") % {"status": answer.status})
        self.stdout.write("\n" + _("Loaded:"))
        for what, number in loaded.items():
            if number:
                self.stdout.write(f"  {number:>7,}  {what.replace('_', ' ')}")
        self.stdout.write(_("Flagged:"))
        flagged = self._flags_by_rule()
        for rule, number in flagged:
            self.stdout.write(f"  {number:>7,}  {rule}")
        if flagged:
            number = Flag.objects.standing().filter(organization__isnull=False).count()
            self.stdout.write("  " + _("of these, on organizations: %(number)d") % {"number": number})
        else:
            self.stdout.write("  " + _("nothing"))
        for title, address in (
            (_("Site"), ""),
            (_("API"), "api/v1/"),
            (_("API description"), "api/v1/docs/"),
            (_("Admin"), "admin/"),
            (_("A contract"), contract_page()),
        ):
            self.stdout.write(f"{title + ':':<18}{base}/{address}")
        for account in people:
            self.stdout.write(f"{_('Login') + ':':<18}{account.name}  {account.password}  ({account.group})")

    @staticmethod
    def _flags_by_rule() -> list[tuple[str, int]]:
        flags = Flag.objects.standing().values_list("rule").annotate(number=Count("pk")).order_by("rule")
        return [(rule, number) for rule, number in flags]

    def _watch(self, children: list[Supervised]) -> None:
        """Wait for Ctrl-C. Raises CommandError when a child ends by itself."""
        connection.close()
        while True:
            _raise_for_dead(children)
            time.sleep(0.5)

    def _stop(self, children: list[Supervised]) -> None:
        # A second Ctrl-C does not interrupt the stopping: what would be left behind is worse than a few seconds.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        connection.close()
        with self._step(_("Stopping")):
            killed = child_processes.stop(children)
        for name in killed:
            self.stderr.write(
                _("%(name)s did not end within %(seconds)d seconds and was killed.")
                % {"name": name, "seconds": child_processes.GRACE}
            )

    # Telling

    @contextlib.contextmanager
    def _step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        self.stdout.write(f"{title} …", ending="")
        self.stdout.flush()
        # What this process logs of what goes well would stand in the middle of the line.
        logged = logging.root.manager.disable
        logging.disable(logging.INFO)
        try:
            yield
        except BaseException:
            self.stdout.write("")
            raise
        finally:
            logging.disable(logged)
        self.stdout.write(f" {time.monotonic() - started:.1f} s")

    @staticmethod
    def _refuse_taken_port(port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OverflowError as error:
                raise CommandError(_("%(port)d is not a port: it may be 1 to 65535.") % {"port": port}) from error
            except OSError as error:
                raise CommandError(
                    _("Port %(port)d cannot be used: %(reason)s. Choose another: PORT=%(other)d make demo")
                    % {"port": port, "reason": error.strerror, "other": port + 1}
                ) from error


def _due_condition() -> int:
    """Return how many processes and organizations are due for an audit."""
    return count_due() + organizations.count_due()


def _wait(done: Callable[[], bool], children: list[Supervised], remaining: Callable[[], int]) -> None:
    """Wait until `done`. Raises CommandError when a child ends, or nothing gets less for TIMEOUT seconds."""
    least, deadline = None, time.monotonic() + TIMEOUT
    while not done():
        _raise_for_dead(children)
        now = remaining()
        if least is None or now < least:
            least, deadline = now, time.monotonic() + TIMEOUT
        if time.monotonic() > deadline:
            logs = children[0].log.parent
            raise CommandError(
                _("No progress for %(seconds)d seconds; see %(logs)s.") % {"seconds": TIMEOUT, "logs": logs}
            )
        time.sleep(0.1)


def _raise_for_dead(children: list[Supervised]) -> None:
    for child in children:
        if not child.is_running():
            raise CommandError(
                _("%(name)s ended by itself. The end of %(log)s:\n%(lines)s")
                % {"name": child.name, "log": child.log, "lines": child.end_of_log()}
            )


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
