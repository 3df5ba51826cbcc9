"""Search for organizations that may be the same body under two names or identifiers."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.decisions.same_bodies import propose_all


class Command(BaseCommand):
    help = (
        "Search for organizations of a country that may be the same: with the same identifier, or with "
        "names that are similar or differ only in spelling or legal form. Leads decide on them in the "
        "admin; this command merges nothing. The schedule runs it every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{propose_all()} new pairs to decide on")
