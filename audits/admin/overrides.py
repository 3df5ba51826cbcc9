from math import isfinite
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audits.judging.parameters import is_alike, is_in_range, largest
from audits.models import RuleOverride
from audits.pages.evidence import write_value
from audits.rules import RULES
from contracts.admin.history import HistoryAdmin


class RuleOverrideForm(forms.ModelForm):
    rule = forms.ChoiceField(
        label=_("Rule"), choices=lambda: [(code, f"{code} {RULES[code].text('en').title}") for code in RULES]
    )

    class Meta:
        model = RuleOverride
        fields = ["country", "rule", "parameter", "value", "source", "enabled"]
        widgets = {
            "parameter": forms.TextInput(attrs={"class": "vTextField"}),
            "value": forms.Textarea(attrs={"rows": 3}),
            "source": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        """A value of another kind than the rule's own would break the rule on every record."""
        given = super().clean() or self.cleaned_data
        rule = RULES.get(given.get("rule", ""))
        parameter = given.get("parameter", "")
        if rule and parameter in rule.parameters and "value" in given:
            own = rule.parameters[parameter]
            if not is_alike(given["value"], own):
                self.add_error(
                    "value", _("The rule's own value is %(own)s; give one of its kind.") % {"own": write_value(own)}
                )
            elif not is_in_range(parameter, given["value"], own):
                most = largest(parameter, own)
                self.add_error(
                    "value",
                    _("Give a number from 0 to %(most)s.") % {"most": most}
                    if isfinite(most)
                    else _("Give a number of 0 or more."),
                )
        return given


@admin.register(RuleOverride)
class RuleOverrideAdmin(HistoryAdmin):
    form = RuleOverrideForm
    list_display = ["rule", "parameter", "value", "country", "source", "enabled"]
    list_filter = ["enabled", "rule", "country"]
