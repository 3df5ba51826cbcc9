"""Write a dump now; the schedule writes one every night."""

from argparse import ArgumentParser
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.dumps.tasks import LOCK
from audits.dumps.writing import write_dump
from contracts.postgres.locks import hold_if_free


class Command(BaseCommand):
    help = "Write all public data as files by country and year, with a manifest, into VEEDOR_DUMPS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        with hold_if_free(LOCK) as is_free:
            if not is_free:
                raise CommandError("Another process is writing a dump.")
            try:
                manifest = write_dump()
            except OSError as error:
                raise CommandError(f"{settings.VEEDOR_DUMPS}: {error.strerror or error}") from error
        if options["json"]:
            self.stdout.write(msgspec.json.encode(manifest).decode())
            return
        size = sum(file.bytes for file in manifest.files)
        self.stdout.write(f"Dump {manifest.dump}: {len(manifest.files)} files, {size} bytes, {settings.VEEDOR_DUMPS}")
