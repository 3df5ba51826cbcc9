"""Write compiled releases as JSON Lines, for `manage.py indicators` and other OCDS tools."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.exporting import compiled_releases
from contracts.management.publishers import named_publisher
from contracts.models import ContractingProcess


class Command(BaseCommand):
    help = "Write the compiled release of each contracting process as one line of JSON, to standard output or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--publisher", metavar="SLUG", help="only the records of this publisher")
        parser.add_argument("--ocid", action="append", metavar="OCID", help="only this process; repeatable")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="write to this file instead of standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, ocids = options["publisher"], options["ocid"] or []
        publisher = None if slug is None else named_publisher(slug)
        processes = ContractingProcess.objects.public().filter(ocid__in=ocids)
        if publisher is not None:
            processes = processes.filter(publisher=publisher)
        unknown = set(ocids) - set(processes.values_list("ocid", flat=True)) if ocids else set()
        if unknown:
            raise CommandError(f"Process not found: {', '.join(sorted(unknown))}")
        lines = compiled_releases(publisher=publisher, ocids=ocids)
        if options["output"] is None:
            self._print(lines)
            return
        try:
            with options["output"].open("wb") as file:
                file.writelines(lines)
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror or error}") from error

    def _print(self, lines: Iterable[bytes]) -> None:
        # The bytes as they are, whatever encoding the terminal has.
        raw = getattr(self.stdout, "buffer", None)
        try:
            for line in lines:
                if raw is None:
                    self.stdout.write(line.decode(), ending="")
                else:
                    raw.write(line)
            self.stdout.flush()
        except BrokenPipeError:
            # The reader closed the pipe, as head does; Python must not write again when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
