from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracts.admin.history import HistoryAdmin
from contracts.models import RetentionPolicy


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(HistoryAdmin):
    """One row: how long what could tell of senders is kept."""

    list_display = ["__str__", "origin_days", "refused_days"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not RetentionPolicy.objects.exists()

    def save_model(self, request: HttpRequest, obj: RetentionPolicy, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.pk = 1
        super().save_model(request, obj, form, change)
