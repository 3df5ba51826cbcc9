"""Invitations: a link that works once, with which a new person sets a password that nobody else knows."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from contracts.models import ApiToken, TrailEntry
from contracts.trail import Action, record


class InvitationGenerator(PasswordResetTokenGenerator):
    """Invitation tokens, valid for ``PASSWORD_RESET_TIMEOUT`` days, or until a password is set."""

    key_salt = "veedor.invitation"


class LinkGenerator(PasswordResetTokenGenerator):
    """Tokens for setting up a second factor; each is void once a factor changes or a lead issues another link."""

    key_salt = "veedor.second-factor"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        kinds = (Action.FACTOR_CHANGED, Action.FACTOR_RESET)
        entries = TrailEntry.objects.filter(
            action__in=kinds, target_type=user._meta.label_lower, target_id=str(user.pk)
        )
        latest = entries.order_by("-pk").values_list("pk", flat=True).first()
        return f"{user.pk} {latest} {timestamp}"


invitations, links = InvitationGenerator(), LinkGenerator()
# Session key of the token with which a second factor is set up (``config.access.setting_up``).
MAY_SET_UP = "second-factor-token"


class InvitedForm(forms.ModelForm):
    """An account without a password; the invited person sets it."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "groups"]

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002  -- Django's signature
        self.instance.set_unusable_password()
        return super().save(commit)


def is_of_no_person(account: Any) -> bool:
    """
    Return whether no person uses an account, so that a lead who issues its tokens impersonates nobody.

    An account with an open invitation counts, until a token is issued: that voids the invitation.
    """
    if not account.is_active or account.has_usable_password() or account.last_login is not None:
        return False
    # A failed sign-in may be somebody else mistyping their name.
    deeds = TrailEntry.objects.filter(actor=account.pk).exclude(action=Action.LOGIN_FAILED)
    of_a_person = Q(issued_by=None) | Q(issued_by=account.pk) | Q(scopes__contains=[ApiToken.Scope.REVIEW])
    return not (account.reviews.exists() or deeds.exists() or account.api_tokens.filter(of_a_person).exists())


def is_unused(person: Any) -> bool:
    """Return whether neither a person nor a program uses an account."""
    return is_of_no_person(person) and not person.api_tokens.exists()


def awaits_owner(person: Any) -> bool:
    """Return whether an account was created for an invited person who has not accepted yet."""
    about = {"target_type": person._meta.label_lower, "target_id": str(person.pk)}
    return is_unused(person) and TrailEntry.objects.filter(action=Action.INVITED, **about).exists()


def void_invitations(person: Any) -> None:
    """Invalidate earlier links by changing the unusable password on which they depend; a real password stays."""
    before = person.password
    person.set_unusable_password()
    User.objects.filter(pk=person.pk, password=before).update(password=person.password)


def invitation_link(person: Any, request: HttpRequest) -> str:
    """Return the address at which a person sets the password of an account that awaits its owner."""
    key = urlsafe_base64_encode(force_bytes(person.pk))
    return request.build_absolute_uri(reverse("invited", args=[key, invitations.make_token(person)]))


class InvitedView(PasswordResetConfirmView):
    """Let an invited person set a password; they then sign in, and can issue themselves a token."""

    token_generator = invitations
    template_name = "admin/audits/invited.html"
    title = _("Welcome: set your password")

    def get_user(self, uidb64: str) -> Any:
        person = super().get_user(uidb64)
        return person if person is not None and awaits_owner(person) else None

    def get_success_url(self) -> str:
        return reverse("admin:login", query={"next": reverse("admin:contracts_apitoken_add")})

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        judged: Any = self.user
        person = User.objects.select_for_update().get(pk=judged.pk)
        if person.password != judged.password or not awaits_owner(person):
            # The link was voided or used since it was checked.
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        answer = super().form_valid(form)
        record(self.user, Action.CHANGED, self.user, by_invitation=True)
        self.request.session[MAY_SET_UP] = links.make_token(person)
        messages.success(self.request, _("Your password is set: sign in with it, as %(name)s.") % {"name": person})
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shared = {**admin.site.each_context(self.request), "is_nav_sidebar_enabled": False}
        context = {**shared, **super().get_context_data(**kwargs)}
        if not self.validlink:
            context["title"] = _("This invitation is not valid")
        return context
