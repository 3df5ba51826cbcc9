"""
Who may set up a first second factor: not a password alone, with which a thief would make a fresh account their own.

Who was invited may, in the session in which they set their password; everybody else by a link of a lead, or of who
runs the site (``manage.py secondfactorlink``). It holds for the account it was made for, for days
(``PASSWORD_RESET_TIMEOUT``), and until its second factor changes.
"""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from audits.admin.invitations import MAY_SET_UP
from config.access.factors import must_have_factor, remove_all
from contracts.models import TrailEntry
from contracts.trail import Action, record


class LinkGenerator(PasswordResetTokenGenerator):
    """Tokens of links, each void once a second factor changes or another link is made."""

    key_salt = "veedor.second-factor"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        kinds = (Action.FACTOR_CHANGED, Action.FACTOR_RESET)
        told = TrailEntry.objects.filter(action__in=kinds, target_type=user._meta.label_lower, target_id=str(user.pk))
        latest = told.order_by("-pk").values_list("pk", flat=True).first()
        return f"{user.pk} {latest} {timestamp}"


links = LinkGenerator()


def may_set_up(request: HttpRequest) -> bool:
    """Return whether who is signed in may set up a second factor in this session."""
    person: Any = request.user
    return person.is_verified() or not must_have_factor(person) or request.session.get(MAY_SET_UP) == person.pk


def let_set_up(person: Any, *, by: Any = None) -> str:
    """Take what second factors a person has, and return the path at which they set up another one, signed in."""
    with transaction.atomic():
        record(by, Action.FACTOR_RESET, person, removed=remove_all(person))
    return reverse("second-factor-link", args=[links.make_token(person)])
