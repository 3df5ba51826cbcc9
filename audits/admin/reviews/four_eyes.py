"""Waivers of the second confirmation, which leads grant and revoke, with their history."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.models import FourEyesWaiver
from audits.pages.labels import rule_choices
from contracts.admin.history import HistoryAdmin


class FourEyesWaiverForm(forms.ModelForm):
    rule = forms.ChoiceField(label=_("Rule"), required=False, choices=lambda: rule_choices(gettext("all rules")))

    class Meta:
        model = FourEyesWaiver
        fields = ["rule", "reason", "enabled"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}


@admin.register(FourEyesWaiver)
class FourEyesWaiverAdmin(HistoryAdmin):
    form = FourEyesWaiverForm
    list_display = ["__str__", "reason", "enabled"]
    list_filter = ["enabled"]
