"""Parameters and states of rules set by leads; the effect of a change is shown before it is saved."""

from math import isfinite
from typing import Any

import msgspec
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.admin.reference.change_preview import PreviewedAdmin
from audits.admin.reference.rule_table import RuleTablePage
from audits.judging.rule.parameters import is_alike, is_in_range, is_number, largest
from audits.models import Flag, RuleOverride, RuleState
from audits.models.override import State
from audits.pages.labels import rule_choices, rule_name
from audits.rules import RULES
from contracts.admin.columns import column
from contracts.admin.filters import OwnCountryFilter

_IS_SET = _("There is one already: change that one.")
# Maximum length of a rule's default value in the choices.
_MAX_OWN = 60


def _kind(parameter: str, own: Any) -> str:
    """Describe which values may replace a rule's default."""
    match own:
        case bool():
            return gettext("true or false")
        case int() | float():
            most = largest(parameter, own)
            return (
                gettext("a number from 0 to %(most)s") % {"most": most}
                if isfinite(most)
                else gettext("a number from 0")
            )
        case list() | tuple() | set() | frozenset():
            return gettext("a list")
        case dict():
            return gettext("an object")
        case None:
            return gettext("a number from 0, or null to have it counted")
    return gettext("a text")


def write_own(own: Any) -> str:
    """Return a rule's default value as it would be typed: as JSON."""
    return msgspec.json.encode(own).decode()


def write_short(value: Any) -> str:
    """Return the beginning of a value as it would be typed."""
    written = write_own(value)
    return written if len(written) <= _MAX_OWN else f"{written[:_MAX_OWN]}…"


def _settings() -> list[Any]:
    """Return the parameters of all rules as choices, with kind, range and default."""
    groups: list[Any] = [("", gettext("choose one"))]
    for code, rule in RULES.items():
        options = []
        for name, own in rule.parameters.items():
            shown = write_short(own)
            # The label repeats the rule, because a chosen option no longer shows its group.
            values = {"name": f"{code} {name}", "kind": _kind(name, own), "own": shown}
            options.append((f"{code}/{name}", gettext("%(name)s: %(kind)s; its own: %(own)s") % values))
        if options:
            groups.append((rule_name(code), options))
    return groups


class RuleOverrideForm(forms.ModelForm):
    setting = forms.ChoiceField(label=_("Parameter"), choices=_settings)

    class Meta:
        model = RuleOverride
        fields = ["setting", "country", "value", "source", "enabled"]  # "setting" is not a column
        widgets = {"value": forms.Textarea(attrs={"rows": 3}), "source": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"value": _("JSON of the type that the parameter accepts.")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial["setting"] = f"{self.instance.rule}/{self.instance.parameter}"
        else:
            self.initial["value"] = InvalidJSONInput("")  # an empty field instead of "null"

    def clean(self) -> dict[str, Any]:
        """Refuse a value of another kind than the default, which would break the rule on every record."""
        given = super().clean() or self.cleaned_data
        code, _slash, parameter = given.get("setting", "").partition("/")
        if not parameter:
            return given
        self.instance.rule, self.instance.parameter = code, parameter
        same = RuleOverride.objects.filter(country=given.get("country", ""), rule=code, parameter=parameter)
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("setting", _IS_SET)
        if "value" in given:
            self._check(parameter, given["value"], RULES[code].parameters[parameter])
        return given

    def _check(self, parameter: str, value: Any, own: Any) -> None:
        if value is None and own is not None:
            self.add_error("value", _("Give a value. To stop the rule, change its state under “States of rules”."))
        elif not is_alike(value, own):
            self.add_error(
                "value", _("The rule's own value is %(own)s; give one of the same type.") % {"own": write_own(own)}
            )
        elif not is_in_range(parameter, value, own):
            most = largest(parameter, own)
            self.add_error(
                "value",
                _("Give a number from 0 to %(most)s.") % {"most": most}
                if is_number(own) and isfinite(most)
                else _("Give a number of 0 or more."),
            )


@admin.register(RuleOverride)
class RuleOverrideAdmin(PreviewedAdmin):
    form = RuleOverrideForm
    fields = ["setting", "country", "value", "source", "enabled"]
    list_display = ["rule", "parameter", "value", "country", "source", "enabled"]
    list_filter = ["enabled", "rule", OwnCountryFilter]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleOverride]:
        return super().get_queryset(request).exclude(parameter="")

    def described(self, row: RuleOverride) -> str:
        return f"{row}: {write_short(row.value)}"


class RuleStateForm(forms.ModelForm):
    rule = forms.ChoiceField(label=_("Rule"), choices=lambda: rule_choices(gettext("choose a rule")))
    state = forms.ChoiceField(label=_("State"), choices=State, widget=forms.RadioSelect)

    class Meta:
        model = RuleState
        fields = ["rule", "country", "state", "source", "enabled"]
        labels = {"source": _("Reason")}
        widgets = {"source": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial["state"] = self.instance.state

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "state" in given:
            self.instance.value = given["state"]
        same = RuleOverride.objects.filter(country=given.get("country", ""), rule=given.get("rule"), parameter="")
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("rule", _IS_SET)
        return given


def _link_to_flags(row: RuleState) -> SafeString:
    """Return a link to the undecided flags of a rule."""
    query = {"rule": row.rule, "country": row.country, "state": Flag.State.NEW}
    address = reverse("admin:audits_flag_changelist", query={name: value for name, value in query.items() if value})
    return format_html('<a href="{}">{}</a>', address, gettext("not decided on"))


@admin.register(RuleState)
class RuleStateAdmin(RuleTablePage, PreviewedAdmin):
    """Rules that are not simply live. A disabled row has no effect."""

    form = RuleStateForm
    fields = ["rule", "country", "state", "source", "enabled"]
    list_display = ["rule", "country", "state_label", "its_flags", "source", "enabled"]
    list_filter = ["enabled", "rule", OwnCountryFilter]
    state_label = column(_("state"), lambda row: row.state.label)
    # Flags of a rule in shadow are in no queue.
    its_flags = column(_("its flags"), _link_to_flags)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleState]:
        return super().get_queryset(request).filter(parameter="")
