"""Filters of processes and contracts by the flags of the process, as far as the reader may see them."""

from typing import Any

from django import forms
from django.db import models

from audits.models import Flag
from audits.rules import RULES
from contracts.api.protocol.one_of import OneOf
from contracts.api.protocol.tokens import effective_user

# Name of the parameter → column of the flag.
_PARTS = {"rule": "rule", "flag_state": "state"}


class FlagFilter(OneOf):
    """One of `rule` and `flag_state`; where both are given, one flag must be of both."""

    def __init__(self, field_name: str, *, values: Any, help_text: str) -> None:
        known = forms.ChoiceField(choices=[(value, value) for value in values])
        super().__init__(field_name, one=known, help_text=help_text)

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value:
            return queryset
        given = self.parent.form.cleaned_data
        condition = models.Q(process__isnull=False)
        for name, column in _PARTS.items():
            if given.get(name):
                condition &= models.Q(**{f"{column}__in": given[name]})
        flags = Flag.objects.visible_to(effective_user(self.parent.request)).filter(condition)
        return queryset.filter(**{f"{self.field_name}__in": flags.values("process")})

    def unjudged(self, _value: list[str]) -> None:
        return None


def by_rule(field_name: str) -> FlagFilter:
    text = f"Whose process has a flag of this rule that you may see: {', '.join(RULES)}."
    return FlagFilter(field_name, values=list(RULES), help_text=text)


def by_flag_state(field_name: str) -> FlagFilter:
    text = f"Whose process has a flag in this state that you may see: {', '.join(Flag.State.values)}."
    return FlagFilter(field_name, values=Flag.State.values, help_text=text)
