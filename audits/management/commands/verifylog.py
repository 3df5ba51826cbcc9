"""Verify the chains of decisions and the states of flags, and print the head of each day."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.models import review
from audits.models.review import CHAINS
from audits.triage import flags_astray


class Command(BaseCommand):
    help = (
        "Verify that no decision on a flag or claim was changed, removed or inserted, and that the "
        "states of flags match their decisions. Print the head of each day: its log, number and hash. "
        "Keep the heads elsewhere; --expect FILE verifies that the logs still contain them, also those of "
        "/api/v1/decision-logs/, of the manifest of a dump, a signed copy or a case file. Exit status 1 if a "
        "check fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            type=Path,
            metavar="FILE",
            help="heads printed earlier with --json, or a file with published ones",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        heads = [head for chain in CHAINS.values() for head in chain.heads()]
        broken = [{"log": log, "number": number} for log, chain in CHAINS.items() for number in chain.broken()]
        missing = [head for head in _expected(options["expect"]) if not CHAINS[head["log"]].holds(head)]
        astray = flags_astray()
        if options["json"]:
            found = {"heads": heads, "broken": broken, "missing": missing, "astray": astray}
            self.stdout.write(json.dumps(found))
        else:
            for head in heads:
                self.stdout.write(f"{head['day']} {head['log']} {head['number']} {head['hash']}")
            for entry in broken:
                self.stderr.write(f"decision {entry['number']} of {entry['log']} does not continue the chain")
            for head in missing:
                decision = f"decision {head['number']} of {head['log']}" if "number" in head else head["log"]
                self.stderr.write(f"the head of {head['day']} ({decision}) is no longer in the log")
            for flag in astray:
                self.stderr.write(f"flag {flag} does not stand as its decisions say")
            if not (broken or missing or astray):
                self.stdout.write(f"All {len(CHAINS)} logs hold, with the heads of {len(heads)} days.")
        if broken or missing or astray:
            sys.exit(1)


def _expected(file: Path | None) -> list[dict[str, Any]]:
    if file is None:
        return []
    try:
        heads = json.loads(file.read_text(encoding="utf-8"))["heads"]
        # Version 0.2.0 chained the decisions on flags alone, and named no log.
        return [{"log": CHAINS[head.get("log", review.CHAIN.table)].table, **head} for head in heads]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{file} holds no heads as printed by --json or published: {error!r}") from error
