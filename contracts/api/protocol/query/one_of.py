"""Filters with several comma-separated values, any of which may match; `none` matches rows without a value."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

# Value that selects rows without a value in the column.
NONE = "none"
MAX_VALUES = 100


class OneOfField(forms.CharField):
    """
    Comma-separated values; ``""`` stands for `none`.

    :param one: field of a single value. Without it, values are texts as in records, which may contain commas, so the
        whole text is also one value
    """

    def __init__(self, *, one: forms.Field | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.one = one
        self.choices = getattr(one, "choices", ())

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        parts = [part for part in (part.strip() for part in text.split(",")) if part]
        if len(parts) > MAX_VALUES:
            raise forms.ValidationError(_("More than %(limit)d values.") % {"limit": MAX_VALUES})
        if self.one is None and len(parts) > 1:
            parts.append(text)
        return list(dict.fromkeys("" if part == NONE else self._cleaned(part) for part in parts))

    def _cleaned(self, part: str) -> str:
        return part if self.one is None else str(self.one.clean(part))


@extend_schema_field(OpenApiTypes.STR)
class OneOf(django_filters.Filter):
    """Rows with one of several values in a text column, which is empty if the record has no value."""

    field_class = OneOfField
    none = ""
    lookup, takes_none = "in", True

    def __init__(self, field_name: str | None = None, *, one: forms.Field | None = None, **options: Any) -> None:
        options["help_text"] = (
            f"{options.get('help_text', '')} Several values, separated by commas, match any of them.".strip()
        )
        super().__init__(field_name=field_name, **({"one": one} if one else {}), **options)

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value:
            return queryset
        if len(value) == 1:
            return queryset.filter(**{str(self.field_name): value[0]})
        return queryset.filter(**{f"{self.field_name}__in": value})

    def unjudged(self, value: list[str]) -> models.Q | None:
        """Return the condition for rows that the filter cannot decide on; None if the filter selects them itself."""
        return None if "" in value else models.Q(**{str(self.field_name): ""})


def choice(values: Iterable[str], field_name: str | None = None, *, help_text: str = "", **options: Any) -> OneOf:
    """Return a filter with a fixed set of values, which its description lists."""
    known = list(values)
    field = forms.ChoiceField(choices=[(value, value) for value in known])
    text = f"{help_text} One of: {', '.join(known)}.".strip()
    return OneOf(field_name, one=field, help_text=text, **options)
