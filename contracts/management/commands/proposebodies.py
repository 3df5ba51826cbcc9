"""Look for organizations that may be one body under two names or numbers."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.decisions.same_bodies import propose_all


class Command(BaseCommand):
    help = (
        "Look for organizations of one country that may be one body: of one number, or of names that differ in "
        "spelling or legal form, or are much alike. Leads decide on them in the admin; nothing is merged here. The "
        "schedule does it every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{propose_all()} new pairs to decide on")
