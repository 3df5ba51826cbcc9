"""Look for contracting processes that two sources may publish under two ocids."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.intake.duplicates.published_twice import update_all_pairs


class Command(BaseCommand):
    help = (
        "Look at all processes for those that two sources may publish under two ocids: of one buyer, of the same "
        "suppliers, and of two of amount, day and number. Leads decide on them in the admin; nothing is left out of "
        "sums here. New records are looked at as they come; the schedule looks at all every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{update_all_pairs()} pairs to decide on")
