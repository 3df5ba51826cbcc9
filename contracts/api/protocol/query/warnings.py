"""Warnings of a list: rows that a filter could not decide on, and candidates for unknown names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.postgres.statements import Part, Together, count, exist

# Maximum up to which undecided rows are counted.
MAX_COUNTED = 1000
_PERHAPS: Part = ("true", ())


def unjudged_rows(queryset: models.QuerySet, filters: Mapping[str, Any], values: Mapping[str, Any]) -> list[dict]:
    """
    Count the rows of `unjudged_queries`; return a warning for each column with such rows.

    Only columns that some row lacks are counted, because counting with all other filters, including words, is slow.
    """
    columns = _unjudged_columns(filters, values)
    asked = [may_lack(queryset.model, lacks) for _names, lacks in columns]
    lacking = Together(asked).values({}) if any(part is not _PERHAPS for part in asked) else [True] * len(asked)
    columns = [column for column, some in zip(columns, lacking, strict=True) if some]
    rows = [_without_value(queryset, filters, values, *column) for column in columns]
    numbers = Together(count(found, MAX_COUNTED + 1) for found in rows).values({})
    return unjudged_warnings([names for names, _lacks in columns], numbers)


def unjudged_queries(
    queryset: models.QuerySet, filters: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[list[str], models.QuerySet, models.Q]]:
    """
    Return the rows that match all filters except those on one column, in which they have no value.

    :param queryset: rows visible to the reader
    :param filters: name of a parameter → its filter
    :param values: name of a parameter → its value, as the filter takes it
    :returns: for each column the parameters that filter by it, these rows, and the condition that a row has no value
    """
    return [
        (names, _without_value(queryset, filters, values, names, lacks), lacks)
        for names, lacks in _unjudged_columns(filters, values)
    ]


def may_lack(model: type[models.Model], lacks: models.Q) -> Part:
    """
    Return SQL with one existence check per table; if it finds nothing, no row meets any condition on a nullable
    column.

    For other conditions, such as a missing audit, it assumes that rows may meet them.
    """
    condition = lacks.deconstruct()[1][0]
    if not isinstance(condition, tuple):
        return _PERHAPS
    path, value = condition
    name, _dots, column = path.partition("__")
    relation: Any = model._meta.get_field(name)
    if not relation.is_relation:
        return exist(model._default_manager.filter(lacks))
    alone = [model._default_manager.filter(**{name: None})] if relation.null else []
    return exist(relation.related_model._default_manager.filter(**{column: value}), *alone)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _unjudged_columns(filters: Mapping[str, Any], values: Mapping[str, Any]) -> list[tuple[list[str], models.Q]]:
    """Return for each column the parameters that filter by it, and the condition that a row has no value in it."""
    given = _given(values)
    columns: dict[str, list[str]] = defaultdict(list)
    for name, value in given.items():
        judge = getattr(filters[name], "unjudged", None)
        if judge and judge(value) is not None:
            columns[str(filters[name].field_name)].append(name)
    return [(names, filters[names[0]].unjudged(given[names[0]])) for names in columns.values()]


def _without_value(
    queryset: models.QuerySet,
    filters: Mapping[str, Any],
    values: Mapping[str, Any],
    names: list[str],
    lacks: models.Q,
) -> models.QuerySet:
    for name, value in _given(values).items():
        if name not in names:
            queryset = filters[name].filter(queryset, value)
    return queryset.filter(lacks)


def unjudged_warnings(parameters: Iterable[list[str]], numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return a warning for each column for which some rows could not be decided."""
    return [_unjudged(names, number) for names, number in zip(parameters, numbers, strict=True) if number]


def _unjudged(names: list[str], number: int) -> dict[str, Any]:
    member = names[0].split("__")[0]
    text = (
        _(
            "At least %(rows)d rows have no %(member)s, so this filter cannot decide on them; they "
            "are not in the response."
        )
        if number > MAX_COUNTED
        else ngettext(
            "%(rows)d row has no %(member)s, so this filter cannot decide on it; it is not in the response.",
            "%(rows)d rows have no %(member)s, so this filter cannot decide on them; they are not in the response.",
            number,
        )
    )
    return counted_warning("not_judged", names, number, text % {"rows": min(number, MAX_COUNTED), "member": member})


def counted_warning(code: str, parameters: list[str], number: int, detail: str) -> dict[str, Any]:
    """Return the warning about a number of rows; above ``MAX_COUNTED`` it says "more than"."""
    is_more = number > MAX_COUNTED
    rows = min(number, MAX_COUNTED)
    return {"code": code, "parameters": parameters, "rows": rows, "at_least": is_more, "detail": detail}


def warning(code: str, parameters: list[str], detail: str) -> dict[str, Any]:
    """Return a warning without a number of rows."""
    return {"code": code, "parameters": parameters, "rows": None, "at_least": False, "detail": detail}


WARNINGS_SCHEMA = {
    "type": "array",
    "description": "What the rows do not say; on the first page.",
    "items": {
        "type": "object",
        "required": ["code", "parameters", "rows", "at_least", "detail"],
        "properties": {
            "code": {
                "type": "string",
                "description": "not_judged, not_public, unknown_name, shared_name, unknown_value, no_rate, "
                "perhaps_twice, newest_only or numbers_withheld",
            },
            "parameters": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": ["integer", "null"], "description": "How many rows it is about."},
            "at_least": {"type": "boolean", "description": "Whether there are more than `rows`."},
            "detail": {"type": "string", "description": "For people, in their language."},
        },
    },
}
CANDIDATES_SCHEMA = {
    "type": "array",
    "description": "Organizations that a text may mean which is neither id, key nor whole name of one, or all that "
    "have a name; only if there are any.",
    "items": {
        "type": "object",
        "required": ["parameter", "id", "key", "name", "country"],
        "properties": {
            "parameter": {"type": "string"},
            "id": {"type": "integer"},
            "key": {"type": "string"},
            "name": {"type": "string"},
            "country": {"type": "string"},
        },
    },
}
