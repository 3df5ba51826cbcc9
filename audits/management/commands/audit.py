"""Audit contracting processes in this process, without a worker."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.engine import attempts, processes
from audits.engine.catching_up import catch_up
from audits.engine.processes import BATCH_PROCESSES
from audits.engine.tally import Tally
from audits.reference.rules_in_force import refuse_to_audit
from contracts.models import ContractingProcess


class Command(BaseCommand):
    help = (
        "Audit the processes that are due (--due, the default), all processes, or one. Unchanged "
        "results are not written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--due",
            "--stale",
            action="store_true",
            help="processes without an audit of their current record and rules",
        )
        which.add_argument("--all", action="store_true", help="every process")
        which.add_argument("--ocid", action="append", metavar="OCID", help="this process; repeatable")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_audit()
        started = time.monotonic()
        tally = Tally()
        if options["all"] or options["ocid"]:
            for batch in self._batches(options["ocid"]):
                processes.audit_again(batch, tally)
                self._progress(tally, options)
        else:
            attempts.give_up_exhausted()
            for batch in processes.due_batches():
                processes.audit_due(batch, tally)
                self._progress(tally, options)
        catch_up(tally)
        seconds = round(time.monotonic() - started, 3)
        if options["json"]:
            outcomes = {code: dict(sorted(kinds.items())) for code, kinds in sorted(tally.outcomes.items())}
            report = {
                "processes": tally.processes,
                "organizations": tally.organizations,
                "audits_written": tally.audits_written,
                "flags": dict(sorted(tally.flags.items())),
                "outcomes": outcomes,
                "seconds": seconds,
            }
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"{tally.processes} processes and {tally.organizations} organizations judged, "
            f"{tally.audits_written} audits written, {seconds} s"
        )
        for code, kinds in sorted(tally.outcomes.items()):
            counts = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in sorted(kinds.items()))
            self.stdout.write(f"{code}: {counts}")

    def _batches(self, ocids: list[str] | None) -> Iterator[list[int]]:
        processes = ContractingProcess.objects.order_by("pk")
        if ocids:
            processes = processes.filter(ocid__in=ocids)
            unknown = set(ocids) - set(processes.values_list("ocid", flat=True))
            if unknown:
                raise CommandError(f"There is no process {', '.join(sorted(unknown))}.")
        keys = processes.values_list("pk", flat=True).iterator()
        while batch := list(islice(keys, BATCH_PROCESSES)):
            yield batch

    def _progress(self, tally: Tally, options: dict[str, Any]) -> None:
        if not options["json"] and self.stderr.isatty():
            self.stderr.write(f"{tally.processes} processes judged", ending="\r")
