"""Print a link for setting up a second factor, for people to whom no lead can give it, such as the first lead."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from config.access.setting_up import let_set_up


class Command(BaseCommand):
    help = "Remove a person's second factors, and print a link for setting up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        people = get_user_model()
        try:
            person = people.objects.get_by_natural_key(options["username"])
        except people.DoesNotExist:
            raise CommandError(f"The user {options['username']!r} is not known.") from None
        self.stdout.write(f"{settings.VEEDOR_SITE}{let_set_up(person)}")
