"""Accounts of programs: nobody signs in with them, and leads issue their tokens."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.admin.tokens import ApiTokenForm
from contracts.models import ApiToken, TrailEntry
from contracts.trail import Action


class ProgramTokenForm(ApiTokenForm):
    """A token for a program: it reads and submits. What people decide, people decide, so that it reviews nothing."""

    class Meta(ApiTokenForm.Meta):
        fields = ["name", "scopes"]

    def __init__(self, *args: Any, program: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = program
        scopes: Any = self.fields["scopes"]
        scopes.choices = [choice for choice in ApiToken.Scope.choices if choice[0] != ApiToken.Scope.REVIEW]
        scopes.help_text = _("It may do what its account may, and no more; it ends after a year.")


def is_of_no_person(account: Any) -> bool:
    """
    Tell whether nobody works by an account, by password or token: a lead who issues its tokens speaks for no person.

    An account whose invitation is open is one, until a token is issued: then the invitation is void.
    """
    if not account.is_active or account.has_usable_password() or account.last_login is not None:
        return False
    # Who mistypes a name tries to sign in by an account that is not theirs.
    deeds = TrailEntry.objects.filter(actor=account.pk).exclude(action=Action.LOGIN_FAILED)
    of_a_person = Q(issued_by=None) | Q(issued_by=account.pk) | Q(scopes__contains=[ApiToken.Scope.REVIEW])
    return not (account.reviews.exists() or deeds.exists() or account.api_tokens.filter(of_a_person).exists())
