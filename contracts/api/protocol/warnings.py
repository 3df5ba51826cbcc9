"""Warnings of a list: how many rows a filter could not judge, and which organizations a name may mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.postgres.statements import Together, count

# Rows that could not be judged are counted up to here.
MAX_COUNTED = 1000


def unjudged_rows(queryset: models.QuerySet, filters: Mapping[str, Any], values: Mapping[str, Any]) -> list[dict]:
    """Count the rows of `unjudged_queries`; return a warning for each column that has such rows."""
    found = unjudged_queries(queryset, filters, values)
    numbers = Together(count(rows, MAX_COUNTED + 1) for _names, rows, _lacks in found).values({})
    return unjudged_warnings([names for names, *_rows in found], numbers)


def unjudged_queries(
    queryset: models.QuerySet, filters: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[list[str], models.QuerySet, models.Q]]:
    """
    Return the rows that match all filters but those on one column, in which they have no value.

    :param queryset: the rows that the reader may see
    :param filters: name of a parameter → its filter
    :param values: name of a parameter → its value, as the filter takes it
    :returns: for each column the parameters that ask for it, these rows, and the condition that a row has no value
    """
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    columns: dict[str, list[str]] = defaultdict(list)
    for name, value in given.items():
        judge = getattr(filters[name], "unjudged", None)
        if judge and judge(value) is not None:
            columns[str(filters[name].field_name)].append(name)
    found = []
    for names in columns.values():
        rows = queryset
        for name, value in given.items():
            if name not in names:
                rows = filters[name].filter(rows, value)
        lacks = filters[names[0]].unjudged(given[names[0]])
        found.append((names, rows.filter(lacks), lacks))
    return found


def unjudged_warnings(parameters: Iterable[list[str]], numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return a warning for each column of which some rows could not be judged."""
    return [_unjudged(names, number) for names, number in zip(parameters, numbers, strict=True) if number]


def _unjudged(names: list[str], number: int) -> dict[str, Any]:
    member = names[0].split("__")[0]
    text = (
        _("At least %(rows)d rows have no %(member)s, so this filter can not judge them; they are not in the answer.")
        if number > MAX_COUNTED
        else ngettext(
            "%(rows)d row has no %(member)s, so this filter can not judge it; it is not in the answer.",
            "%(rows)d rows have no %(member)s, so this filter can not judge them; they are not in the answer.",
            number,
        )
    )
    return counted_warning("not_judged", names, number, text % {"rows": min(number, MAX_COUNTED), "member": member})


def counted_warning(code: str, parameters: list[str], number: int, detail: str) -> dict[str, Any]:
    """Return a warning of some rows; of more than ``MAX_COUNTED`` it says no more than that there are more."""
    is_more = number > MAX_COUNTED
    rows = min(number, MAX_COUNTED)
    return {"code": code, "parameters": parameters, "rows": rows, "at_least": is_more, "detail": detail}


def warning(code: str, parameters: list[str], detail: str) -> dict[str, Any]:
    """Return a warning that counts no rows."""
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
                "description": "not_judged, not_public, unknown_name, unknown_value, no_rate or newest_only",
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
    "description": "Organizations that a name may mean which is neither id nor key; only if there are any.",
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
