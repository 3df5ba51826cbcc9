"""Accounts: leads create them for people whose rights do not exceed their own."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.utils.translation import gettext_lazy as _

from audits.admin.people.invitations import (
    InvitedForm,
    awaits_owner,
    invitation_link,
    is_of_no_person,
    is_unused,
    void_invitations,
)
from audits.groups import group_label, has_no_more_rights
from contracts.admin.columns import column
from contracts.admin.tokens import NOT_KEPT, ApiTokenForm, issue_token, show_secret
from contracts.admin.trail import TrailedUserAdmin
from contracts.models import ApiToken
from contracts.trail import Action, record

admin.site.unregister(User)

_RIGHTS = frozenset({"is_active", "is_staff", "is_superuser", "groups", "user_permissions"})


def groups_within(person: Any) -> list[int]:
    """Return the primary keys of the groups whose permissions a person has all."""
    own = person.get_all_permissions()
    return [
        group.pk
        for group in Group.objects.prefetch_related("permissions__content_type")
        if all(f"{right.content_type.app_label}.{right.codename}" in own for right in group.permissions.all())
    ]


class ProgramTokenForm(ApiTokenForm):
    """A token for a program. It reads and submits, but never reviews: people decide."""

    class Meta(ApiTokenForm.Meta):
        fields = ["name", "scopes"]

    def __init__(self, *args: Any, program: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = program
        scopes: Any = self.fields["scopes"]
        scopes.choices = [choice for choice in ApiToken.Scope.choices if choice[0] != ApiToken.Scope.REVIEW]
        scopes.help_text = _("It has the rights of its account, and no more; it expires after a year.")


class GroupField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return group_label(obj)


class GroupFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:  # noqa: ARG002
        return [(group.pk, group_label(group)) for group in Group.objects.order_by("name")]


@admin.register(User)
class PeopleAdmin(TrailedUserAdmin):
    """
    Leads add people, put them into groups, and switch accounts off: those whose rights are within their own, and never
    their own account. Nobody but a superuser sets the password of another, for whoever does can act in its name: who
    is added gets an invitation, a link that works once, sets a password, and issues tokens to themselves. An account
    that nobody signs in with is of a program: leads issue its tokens.
    """

    list_display = ["username", "full_name", "groups_written", "is_active", "last_login"]
    list_filter = ["is_active", ("groups", GroupFilter)]
    add_form_template = None
    change_form_template = "admin/audits/person.html"
    full_name = column(_("name"), lambda person: person.get_full_name(), ordering="first_name")
    groups_written = column(_("groups"), lambda person: ", ".join(group_label(group) for group in person.groups.all()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        if obj is None:
            return ((None, {"fields": InvitedForm.Meta.fields}),)
        return (
            (None, {"fields": ("username",)}),
            (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
            (_("Permissions"), {"fields": ("is_active", "groups")}),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:  # type: ignore[override]  # as UserAdmin
        if obj is None and not request.user.is_superuser:
            options["form"] = InvitedForm
        return super().get_form(request, obj, **options)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/invite/", view(self.invite), name="auth_user_invite"),
            path("<int:pk>/token/", view(self.token_view), name="auth_user_token"),
            *super().get_urls(),
        ]

    def token_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Issue a token for a program's account, to be handed to whoever runs the program."""
        account = self.get_object(request, str(pk))
        if account is None or not self._issues_tokens_of(request, account):
            raise PermissionDenied
        form = ProgramTokenForm(request.POST or None, program=account)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                account = User.objects.select_for_update().get(pk=pk)
                if not self._issues_tokens_of(request, account):
                    raise PermissionDenied
                void_invitations(account)
                token, secret = issue_token(request, account, form.cleaned_data)
            return show_secret(self, request, token, secret)
        shown: dict[str, Any] = {"person": account, "form": form}
        return self.answer(request, "admin/audits/program_token.html", _("Issue a token"), **shown)

    def _issues_tokens_of(self, request: HttpRequest, account: Any) -> bool:
        return (
            request.user.has_perm("contracts.change_apitoken")
            and self.has_change_permission(request, account)
            and is_of_no_person(account)
        )

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Issue a new invitation: the previous one was lost or has expired."""
        person = self.get_object(request, str(pk))
        if person is None or not (self.has_change_permission(request, person) and awaits_owner(person)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        void_invitations(person)
        return self._invitation(request, person)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if is_unused(obj) and has_no_more_rights(obj, request.user):
            return self._invitation(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def _invitation(self, request: HttpRequest, person: Any) -> HttpResponse:
        """Show the link, only in this response."""
        record(request.user, Action.INVITED, person)
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        shown: dict[str, Any] = {
            "person": person,
            "link": invitation_link(person, request),
            "days": days,
            "headers": NOT_KEPT,
        }
        return self.answer(request, "admin/audits/invitation.html", _("Invitation"), **shown)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        may_invite = person is not None and self.has_change_permission(request, person) and awaits_owner(person)
        may_issue = person is not None and self._issues_tokens_of(request, person)
        extra = {"may_invite": may_invite, "may_issue": may_issue, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "groups":
            # Four checkboxes instead of two lists.
            options["form_class"] = GroupField
            options["widget"] = forms.CheckboxSelectMultiple
        if db_field.name == "groups" and not request.user.is_superuser:
            options["queryset"] = Group.objects.filter(pk__in=groups_within(request.user))
        return super().formfield_for_manytomany(db_field, request, **options)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return True
        return obj.pk != request.user.pk and has_no_more_rights(obj, request.user)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change and not request.user.is_superuser:
            obj.is_staff = True  # members of every group sign in here
        super().save_model(request, obj, form, change)
        if change and not _RIGHTS.isdisjoint(form.changed_data) and awaits_owner(obj):
            # A link grants the rights that it was issued for, and no later ones.
            void_invitations(obj)
            self.message_user(
                request, _("The earlier invitation is void because rights changed: invite again."), messages.WARNING
            )
