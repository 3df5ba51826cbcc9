"""Search for contracting processes that two sources may publish under different ocids."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.intake.duplicates.published_twice import update_all_pairs


class Command(BaseCommand):
    help = (
        "Search for processes that two sources may publish under different ocids: with the same buyer "
        "and suppliers, and two of amount, day and number. Leads decide on them in the admin; this "
        "command leaves nothing out of sums. New records are compared as they arrive; the schedule "
        "compares all every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{update_all_pairs()} pairs to decide on")
