"""`make restore-drill`: dump the database, restore it into a new one, compare the two, remove the new one."""

import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config import restoring
from config.restoring import Contents, ProgramError, connected, contents_of, differences


class Command(BaseCommand):
    help = (
        "Dump the database, restore the dump into a new database on the same server, and compare the "
        "rows of all tables and the chains of decisions. The site may be in use. Needs disk space for a "
        "second copy, and the privilege to create databases. Exit status 1 if anything differs."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        # The application's role may not make a database.
        source = connections["owner" if "owner" in connections.settings else "default"]
        source.ensure_connection()
        database = f"veedor_drill_{uuid.uuid4().hex[:12]}"
        with tempfile.TemporaryDirectory(prefix="veedor-drill-") as folder:
            file = Path(folder) / "dump"
            try:
                with connected(source, source.settings_dict["NAME"]) as reading:
                    with self._timed("dump"):
                        restoring.dump(source, file, of=restoring.snapshot(reading))
                    original = contents_of(reading)
                self.stdout.write(f"{file.stat().st_size:,} bytes of dump")
                with self._timed("restore"):
                    restoring.restore(source, file, database)
                with self._timed("check"), connected(source, database) as restored:
                    copy = contents_of(restored)
            except ProgramError as error:
                raise CommandError(str(error)) from error
            finally:
                restoring.drop(source, database)
        found = differences(original, copy)
        for sentence in found:
            self.stderr.write(sentence)
        self.stdout.write(_summary(copy))
        if found:
            self.stderr.write(f"The restored database differs: {len(found)} differences.")
            sys.exit(1)
        self.stdout.write("The restored database is equal.")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.stdout.write(f"{step}: {time.monotonic() - begun:.1f} s")


def _summary(copy: Contents) -> str:
    rows = sum(number for number, _digest in copy.tables.values())
    decisions = sum({head["log"]: head["number"] for head in copy.heads}.values())
    return f"{len(copy.tables)} tables, {rows:,} rows, {decisions} decisions in chains"
