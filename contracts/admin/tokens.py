from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts.admin.bases import ListAdmin
from contracts.admin.columns import column
from contracts.models import ApiToken
from contracts.trail import Action, record


class ApiTokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=ApiToken.Scope, widget=forms.CheckboxSelectMultiple, initial=[ApiToken.Scope.READ]
    )

    class Meta:
        model = ApiToken
        fields = ["name", "scopes", "expires_at", "publisher"]
        widgets = {"name": forms.TextInput(attrs={"class": "vTextField"})}

    # Set by the admin: the person who asks, and the account of the token.
    user: Any = None

    def clean_scopes(self) -> list[str]:
        scopes: list[str] = self.cleaned_data["scopes"]
        for scope in scopes:
            if not ApiToken(user=self.user, scopes=scopes).allows(scope):
                raise forms.ValidationError(
                    _("The account may not do this: %(scope)s."), params={"scope": ApiToken.Scope(scope).label}
                )
        return scopes

    def clean_expires_at(self) -> Any:
        expires = self.cleaned_data["expires_at"]
        if not expires:
            raise forms.ValidationError(_("A token expires: give a time."))
        if expires <= timezone.now():
            raise forms.ValidationError(_("This time is in the past."))
        return expires


# Headers of a page that shows a secret once.
NOT_KEPT = {"Cache-Control": "no-store"}


def issue_token(request: Any, account: Any, given: dict[str, Any]) -> tuple[ApiToken, str]:
    """Issue a token of an account, and tell the trail; returns it and its secret."""
    token, secret = ApiToken.objects.issue(user=account, issued_by=request.user, **given)
    expires = token.expires_at.isoformat() if token.expires_at else None
    record(request.user, Action.TOKEN_ISSUED, token, account=token.user_id, scopes=token.scopes, expires=expires)
    return token, secret


def show_secret(shown_by: ListAdmin, request: HttpRequest, token: ApiToken, secret: str) -> HttpResponse:
    """Show the secret in this answer and nowhere else: a message would carry it in a cookie."""
    shown: dict[str, Any] = {"opts": ApiToken._meta, "token": token, "secret": secret, "headers": NOT_KEPT}
    return shown_by.answer(request, "admin/contracts/apitoken/issued.html", _("Token issued"), **shown)


@admin.register(ApiToken)
class ApiTokenAdmin(ListAdmin):
    """
    Tokens are issued and revoked, never edited or deleted.

    People issue tokens only to themselves: nobody speaks in the name of another. Leads see and revoke all, and issue
    those of accounts that no person uses (``audits.admin.people.accounts``).
    """

    form = ApiTokenForm
    list_display = [
        "name",
        "user",
        "prefix",
        "scopes_text",
        "created_at",
        "expires_at",
        "last_used_on",
        "revoked_at",
        "revoked_by",
    ]
    list_select_related = ["user", "revoked_by"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "=prefix", "=user__username"]
    actions = ["revoke"]
    change_form_template = None
    is_fixed = True
    scopes_text = column(
        _("scopes"), lambda token: ", ".join(str(ApiToken.Scope(scope).label) for scope in token.scopes)
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) or super().has_view_permission(request, obj)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        tokens = super().get_queryset(request)
        return tokens if super().has_change_permission(request) else tokens.filter(user=request.user.pk)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002
        return type("Form", (super().get_form(request, obj, change, **options),), {"user": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fields(request, obj)
        names = ["user", "name", "prefix", "scopes_text", "publisher", "created_at", "issued_by", "expires_at"]
        return [*names, "last_used_on", "revoked_at", "revoked_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else self.get_fields(request, obj)

    def save_model(self, request: Any, obj: ApiToken, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        token, secret = issue_token(request, request.user, form.cleaned_data)
        obj.__dict__.update(token.__dict__)
        request.issued_secret = secret

    def response_add(self, request: Any, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002
        return show_secret(self, request, obj, request.issued_secret)

    @admin.action(description=_("Revoke the selected tokens"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        with transaction.atomic():
            revoked = list(queryset.filter(revoked_at=None).select_for_update(of=("self",)))
            number = ApiToken.objects.filter(pk__in=[token.pk for token in revoked]).update(
                revoked_at=timezone.now(), revoked_by=request.user
            )
            for token in revoked:
                record(request.user, Action.TOKEN_REVOKED, token, account=token.user_id)
        self.message_user(
            request,
            ngettext("%(number)d token was revoked.", "%(number)d tokens were revoked.", number) % {"number": number},
            messages.SUCCESS,
        )
