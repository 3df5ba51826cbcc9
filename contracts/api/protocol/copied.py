"""Columns of a list as PostgreSQL writes them out itself: the texts of CSV and the values of JSON, by COPY."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Cast, JSONObject, Ord
from django.db.models.lookups import In
from rest_framework import serializers

from contracts.api.protocol.columns import Amount, Instant, Word, columns_of, joined

# What a spreadsheet takes for a formula begins so; an apostrophe makes it text.
FORMULA_STARTS = "=+-@\t\r"
SEPARATOR = "; "


def can_be_copied(fields: Mapping[str, serializers.Field]) -> bool:
    """Return whether no field needs Python to be written: a text in the reader's language does."""
    return all(hasattr(field, "exported") or not hasattr(field, "convert") for field in fields.values())


def csv_columns(fields: Mapping[str, serializers.Field], *, is_neutral: bool = True) -> list[models.Expression]:
    """Return the columns of rows for CSV: texts, lists joined, and, if neutral, none that a spreadsheet calculates."""
    guard = _neutral if is_neutral else _as_it_is
    return [_csv(field, column, guard) for field, column in _written(fields)]


def json_object(fields: Mapping[str, serializers.Field]) -> models.Expression:
    """Return rows as one column, each a JSON object as the list answers it."""
    values = [_instant(column) if isinstance(field, Instant) else column for field, column in _written(fields)]
    texts = [
        Cast(value, models.TextField()) if isinstance(field, Amount) else value
        for field, value in zip(fields.values(), values, strict=True)
    ]
    return Cast(JSONObject(**dict(zip(fields, texts, strict=True))), models.TextField())


def _written(fields: Mapping[str, serializers.Field]) -> list[tuple[serializers.Field, Any]]:
    found = []
    for column, field in zip(columns_of(fields).values(), fields.values(), strict=True):
        expression = F(column) if isinstance(column, str) else column
        if _is_of_objects(field):
            # A list that is always empty has no type of its own.
            expression = Func(expression, template="(%(expressions)s)::jsonb[]", output_field=models.JSONField())
        found.append((field, field.exported(expression) if hasattr(field, "exported") else expression))
    return found


def _is_of_objects(field: serializers.Field) -> bool:
    return isinstance(field, serializers.ListField) and isinstance(field.child, serializers.Serializer)


def _csv(field: serializers.Field, column: Any, guard: Callable[[Any], Any]) -> Any:
    if hasattr(field, "as_cell"):
        return field.as_cell(column)
    if isinstance(field, Instant):
        return _instant(column)
    if isinstance(field, serializers.ListField):
        if _is_of_objects(field):
            return Cast(Func(column, function="to_json", output_field=models.JSONField()), models.TextField())
        listed = Func(column, Value(SEPARATOR), function="array_to_string", output_field=models.TextField())
        return listed if isinstance(field.child, serializers.IntegerField) else guard(listed)
    if isinstance(field, serializers.BooleanField):
        return Cast(column, models.TextField())
    if isinstance(field, Word):
        return column
    if isinstance(field, serializers.CharField) and not hasattr(field, "exported"):
        return guard(Cast(column, models.TextField()))
    return column


def _as_it_is(text: Any) -> Any:
    return text


def _neutral(text: Any) -> models.Expression:
    starts = [ord(letter) for letter in FORMULA_STARTS]
    return Case(When(In(Ord(text), starts), then=joined(Value("'"), text)), default=text)


def _instant(column: Any) -> models.Expression:
    written = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    return Func(column, template=written, output_field=models.TextField())
