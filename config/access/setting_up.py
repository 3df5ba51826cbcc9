"""
Permission to set up a first second factor: a password is not enough, or a thief could take over a fresh account.

Invited people have it in the session in which they set their password; all others get a link from a lead, or from the
operator (``manage.py secondfactorlink``). Both are valid for one account, for some days (``PASSWORD_RESET_TIMEOUT``),
and until its second factor changes; removing the factor also ends what open sessions may do.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from audits.admin.people.invitations import MAY_SET_UP, links
from config.access.factors import must_have_factor, remove_all
from contracts.trail import Action, record


def may_set_up(request: HttpRequest) -> bool:
    """Return whether who is signed in may set up a second factor in this session."""
    person: Any = request.user
    return (
        person.is_verified()
        or not must_have_factor(person)
        or links.check_token(person, request.session.get(MAY_SET_UP))
    )


def let_set_up(person: Any, *, by: Any = None) -> str:
    """Take what second factors a person has, and return the path at which they set up another one, signed in."""
    with transaction.atomic():
        record(by, Action.FACTOR_RESET, person, removed=remove_all(person))
    return reverse("second-factor-link", args=[links.make_token(person)])
