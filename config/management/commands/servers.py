"""`manage.py servers`: show and stop private servers and processes."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config import child_processes
from config.embedded import PrivateBroker, PrivatePostgreSQL, stop_servers


class Command(BaseCommand):
    help = "Show or stop the private PostgreSQL and Valkey below VEEDOR_HOME and the processes of the demonstration."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "stop"])

    def handle(self, *_args: Any, action: str, **_options: Any) -> None:
        home = settings.VEEDOR_HOME
        if action == "stop":
            for name in child_processes.stop_running(home, first="quickstart") + stop_servers(home):
                self.stdout.write(_("%(name)s stopped") % {"name": name})
            return
        for name, number in child_processes.running(home).items():
            self.stdout.write(_("%(name)s runs as process %(number)d") % {"name": name, "number": number})
        for server in (PrivatePostgreSQL(home), PrivateBroker(home)):
            sentence = _("%(name)s runs") if server.is_running() else _("%(name)s does not run")
            self.stdout.write(sentence % {"name": server.name})
