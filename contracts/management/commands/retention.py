"""Remove what is older than the retention that a lead has set."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contracts.erasing import keep_retention


class Command(BaseCommand):
    help = (
        "Remove who sent submissions, and the bytes of submissions of which no release was stored or all were "
        "rejected, once they are older than the retention set in the admin (90 days each by default). Who sent what "
        "nobody has decided on is kept until then. The schedule does it every hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be removed")
        parser.add_argument("--trust-clock", action="store_true", help="catch up at once after a long pause")

    def handle(self, *args: Any, **options: Any) -> None:
        removed = keep_retention(dry_run=options["dry_run"], trusts_clock=options["trust_clock"])
        verb = "would be removed" if options["dry_run"] else "removed"
        self.stdout.write(f"{removed.origins} origins and the bytes of {removed.contents} submissions {verb}")
        if removed.behind.days:
            self.stdout.write(
                f"what became due in the last {removed.behind.days} days of the clock waits: is it right?"
            )
        if removed.held:
            self.stdout.write(f"{removed.held} older origins are kept until a person decides on their claims")
