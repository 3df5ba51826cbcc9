"""The audit trail, and the pages whose changes it records."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import ListAdmin, ReadOnlyAdmin
from contracts.admin.columns import column
from contracts.models import TrailEntry
from contracts.postgres.keys import key_of
from contracts.trail import Action, record


class TrailedAdmin(ListAdmin):
    """Records in the trail what people add, change and delete here."""

    def trail_details(self, request: HttpRequest) -> dict[str, Any]:  # noqa: ARG002  -- for those who know more
        """Return further details for the trail entry of an addition or a change."""
        return {}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request.user, Action.ADDED, obj, **self.trail_details(request))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request.user, Action.CHANGED, obj, changes=message, **self.trail_details(request))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            record(request.user, Action.DELETED, row)
        return super().log_deletions(request, queryset)


class TrailedUserAdmin(TrailedAdmin, UserAdmin):
    """Accounts; changes of their rights are in the trail."""

    is_kept = False


class TrailedGroupAdmin(TrailedAdmin, GroupAdmin):
    """Groups: which rights they give is in the trail."""

    is_kept = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        # The read-only page shows each right with its model.
        return super().get_queryset(request).prefetch_related("permissions__content_type")


admin.site.unregister([User, Group])
admin.site.register(User, TrailedUserAdmin)
admin.site.register(Group, TrailedGroupAdmin)


class PersonFilter(admin.SimpleListFilter):
    """People who are in the trail."""

    title = _("person")
    parameter_name = "actor"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        acted = TrailEntry.objects.order_by().values("actor").distinct()
        people = User.objects.filter(pk__in=acted).order_by("username")
        return [("none", _("nobody known")), *((str(user.pk), user.get_username()) for user in people)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[TrailEntry]) -> QuerySet[TrailEntry]:
        match self.value():
            case None:
                return queryset
            case "none":
                return queryset.filter(actor=None)
            case text:
                return queryset.filter(actor=key_of(text))


@admin.register(TrailEntry)
class TrailAdmin(ReadOnlyAdmin):
    """What people and commands did, to read."""

    list_display = ["at", "action", "actor_written", "target", "details"]
    list_filter = ["action", PersonFilter, ("at", admin.DateFieldListFilter)]
    date_hierarchy = "at"
    search_fields = ["=target_type", "=target_id"]
    search_help_text = _("The kind of a row, such as contracts.apitoken, or its id.")
    ordering = ["-pk"]
    fields = ["at", "action", "actor_written", "target", "details"]
    target = column(_("row"), lambda entry: entry.target or "–")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrailEntry]:
        # Read with its entry, an account that is gone is none; asked for later, it would fail.
        return super().get_queryset(request).select_related("actor")

    @admin.display(description=_("person"))
    def actor_written(self, entry: TrailEntry) -> str:
        if entry.actor_id is None:
            return "–"
        return str(entry.actor or f"#{entry.actor_id}")
