"""Suppressions, which leads create and end, with the flags that each keeps out of the queue."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.desk import flags_under
from audits.models import Suppression
from audits.pages.labels import rule_choices
from contracts.admin.columns import column
from contracts.admin.history import HistoryAdmin

MAX_COUNTED = 1000


class SuppressionForm(forms.ModelForm):
    rule = forms.ChoiceField(label=_("Rule"), choices=lambda: rule_choices(gettext("choose a rule")))

    class Meta:
        model = Suppression
        fields = ["rule", "organization", "role", "until", "reason", "enabled"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}


@admin.register(Suppression)
class SuppressionAdmin(HistoryAdmin):
    form = SuppressionForm
    list_display = ["rule", "of_whom", "until", "is_in_force", "suppressed", "reason_by"]
    list_display_links = ["rule"]
    list_filter = ["enabled", "rule"]
    list_select_related = ["organization", "owner"]
    raw_id_fields = ["organization"]
    of_whom = column(
        _("organization"), lambda suppression: f"{suppression.organization} ({suppression.get_role_display()})"
    )
    reason_by = column(
        _("reason"),
        lambda suppression: format_html(
            '{} <span class="quiet">{}</span>', suppression.reason, suppression.owner.get_username()
        ),
    )
    is_in_force = column(_("in force"), lambda suppression: suppression.is_in_force, boolean=True)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.owner = request.user  # type: ignore[assignment]  # signed in
        super().save_model(request, obj, form, change)

    @admin.display(description=_("new flags"))
    def suppressed(self, suppression: Suppression) -> SafeString:
        address = reverse("admin:audits_flag_changelist", query={"suppression": suppression.pk})
        return format_html('<a href="{}">{}</a>', address, flags_under(suppression)[:MAX_COUNTED].count())
