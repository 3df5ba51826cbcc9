"""Compute the red flags of OCDS Cardinal from a file of compiled releases. Needs no database."""

import sys
from argparse import Namespace
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandParser

from audits.indicators.command import DESCRIPTION, add_arguments, execute


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # --settings is Cardinal's settings file here, not a settings module.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        code = execute(Namespace(**options), cast("TextIO", self.stdout), cast("TextIO", self.stderr))
        if code:
            sys.exit(code)
