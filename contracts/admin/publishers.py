from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts.admin.bases import ListAdmin
from contracts.admin.history import HistoryAdmin
from contracts.models import Publisher, PublisherGrant
from contracts.trail import Action, record


@admin.register(Publisher)
class PublisherAdmin(HistoryAdmin):
    list_display = ["name", "slug", "country", "time_zone", "ocid_prefix"]
    search_fields = ["name", "slug", "ocid_prefix"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.TextField):
            kwargs["widget"] = forms.TextInput(attrs={"class": "vTextField"})
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(PublisherGrant)
class PublisherGrantAdmin(ListAdmin):
    """Rights are given and ended, never edited or deleted."""

    list_display = ["user", "publisher", "granted_at", "granted_by", "ended_at", "ended_by"]
    list_select_related = ["user", "publisher", "granted_by", "ended_by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["=user__username", "=publisher__slug"]
    fields = ["user", "publisher"]
    actions = ["end"]
    is_fixed = True

    def save_model(self, request: HttpRequest, obj: PublisherGrant, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.granted_by = request.user  # type: ignore[assignment]  # signed in, or there is no admin
        super().save_model(request, obj, form, change)
        record(request.user, Action.RIGHT_GRANTED, obj, account=obj.user_id, publisher=obj.publisher_id)

    @admin.action(description=_("End the selected rights"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[PublisherGrant]) -> None:
        with transaction.atomic():
            # Locked, so that a right that somebody else ends at the same time is ended once.
            grants = list(queryset.order_by("pk").select_for_update(of=("self",)).filter(ended_at=None))
            for grant in grants:
                grant.ended_at = timezone.now()
                grant.ended_by = request.user  # type: ignore[assignment]
                grant.save(update_fields=["ended_at", "ended_by"])
                record(request.user, Action.RIGHT_ENDED, grant, account=grant.user_id, publisher=grant.publisher_id)
        text = ngettext("%(number)d right was ended.", "%(number)d rights were ended.", len(grants))
        self.message_user(request, text % {"number": len(grants)}, messages.SUCCESS)
