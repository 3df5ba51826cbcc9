"""Remove senders and bytes of submissions that are older than the retention period."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contracts.retention import keep_retention


class Command(BaseCommand):
    help = (
        "Remove the senders of submissions, and the bytes of submissions without a stored or accepted "
        "release, after the retention periods set in the admin (default: 90 days each). The sender of a "
        "claim is kept until a person decides on it. What senders told auditors alone goes as long after the "
        "decision. The schedule runs it every hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only report how many would be removed")
        parser.add_argument(
            "--trust-clock", action="store_true", help="remove everything that is due, even after a long pause"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        removed = keep_retention(dry_run=options["dry_run"], trusts_clock=options["trust_clock"])
        verb = "would be removed" if options["dry_run"] else "removed"
        self.stdout.write(
            f"{removed.origins} origins, the bytes of {removed.contents} submissions "
            f"and {removed.contacts} contacts and answers {verb}"
        )
        if removed.behind.days:
            self.stdout.write(
                f"what became due in the last {removed.behind.days} days of the clock waits: is it right?"
            )
        if removed.held:
            self.stdout.write(f"{removed.held} older origins are kept until a person decides on their claims")
