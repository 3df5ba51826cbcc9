"""Create an API token for a user; its secret is printed once and not stored."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.models import ApiToken
from contracts.trail import Action, record

MAX_DAYS = 3650


def _days(text: str) -> int:
    """Return for how many days a token is valid; one that had expired would be printed like any other."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_DAYS)) and 0 < int(text) <= MAX_DAYS):
        raise ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MAX_DAYS}")
    return int(text)


class Command(BaseCommand):
    help = "Create an API token. The secret is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--scope", action="append", choices=ApiToken.Scope.values, help="default: read")
        parser.add_argument("--name", default="command line", help="purpose of the token")
        parser.add_argument("--days", type=_days, default=365, help="days until it expires (default: 365)")

    def handle(self, *args: Any, **options: Any) -> None:
        model = get_user_model()
        try:
            user = model.objects.get_by_natural_key(options["username"])
        except model.DoesNotExist:
            raise CommandError(
                f"The user {options['username']!r} is not known. Add one: manage.py createsuperuser."
            ) from None
        scopes = options["scope"] or [ApiToken.Scope.READ.value]
        for scope in scopes:
            if not ApiToken(user=user, scopes=scopes).allows(scope):
                raise CommandError(
                    f"The account {options['username']!r} lacks the permission {ApiToken.PERMISSIONS[scope]}, which a "
                    f"token of the scope {scope!r} needs."
                )
        token, secret = ApiToken.objects.issue(
            user=user, name=options["name"], scopes=scopes, expires_at=timezone.now() + timedelta(days=options["days"])
        )
        record(None, Action.TOKEN_ISSUED, token, account=user.pk, scopes=token.scopes, command="issuetoken")
        self.stdout.write(secret)
