"""Accounts: leads make them for people whose rights are no more than their own."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from audits.groups import has_no_more_rights
from contracts.admin.trail import TrailedUserAdmin

admin.site.unregister(User)


def groups_within(person: Any) -> list[int]:
    """Return the primary keys of the groups that give no right which a person lacks."""
    own = person.get_all_permissions()
    return [
        group.pk
        for group in Group.objects.prefetch_related("permissions__content_type")
        if all(f"{right.content_type.app_label}.{right.codename}" in own for right in group.permissions.all())
    ]


@admin.register(User)
class PeopleAdmin(TrailedUserAdmin):
    """
    Leads add people, put them into groups, and switch accounts off: those whose rights are within their own, and never
    their own account. Nobody but a superuser sets the password of an account that is there, for whoever does can act
    in its name.
    """

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        if obj is None:
            ((name, options),) = super().get_fieldsets(request, obj)
            return ((name, {**options, "fields": (*options["fields"], "groups")}),)
        return (
            (None, {"fields": ("username",)}),
            (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
            (_("Permissions"), {"fields": ("is_active", "groups")}),
        )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
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
            obj.is_staff = True  # people of every group sign in here
        super().save_model(request, obj, form, change)
