"""Process failed submissions again."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from contracts import tasks
from contracts.intake.processing import retry
from contracts.models import Submission


class Command(BaseCommand):
    help = "Queue failed submissions again, with three new attempts each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "ids", nargs="*", type=UUID, metavar="ID", help="ids of submissions; default: all failed ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["ids"]
        failed = Submission.objects.exclude(failed_at=None)
        if wanted:
            failed = failed.filter(pk__in=wanted)
            if unknown := set(wanted) - set(failed.values_list("pk", flat=True)):
                raise CommandError(f"Not failed, or not known: {', '.join(sorted(map(str, unknown)))}")
        ids = retry(failed)
        for pk in ids:
            tasks.enqueue(pk)
        self.stdout.write(f"{len(ids)} submissions are queued again.")
