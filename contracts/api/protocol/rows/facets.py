"""Counts of the rows of a list by the values of chosen columns."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Count, F
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from contracts.api.protocol.query.parameters import names_in

# Maximum number of values; only the most frequent ones are returned.
MAX_VALUES = 50


def chosen_facets(request: Request, columns: Mapping[str, Any]) -> list[str]:
    """Return the facets that a request names; raises ProblemError for an unknown one."""
    return names_in(request, "facets", sorted(columns), _("The list has no facet %(name)s."))


def count_facets(rows: models.QuerySet, columns: Mapping[str, Any]) -> dict[str, Any]:
    """
    Count rows by the values of columns, the most frequent first.

    :param rows: rows visible to the reader
    :param columns: name of a facet → column or expression
    """
    found = {}
    for name, column in columns.items():
        values = count_values(rows, column, MAX_VALUES + 1)
        found[name] = {
            "values": [{"value": value, "count": count} for value, count in values[:MAX_VALUES]],
            "has_more": len(values) > MAX_VALUES,
        }
    return found


def count_values(rows: models.QuerySet, column: Any, most: int) -> list[tuple[Any, int]]:
    """Return the `most` most frequent values of a column, each with its number of rows."""
    counted = (
        rows.order_by()
        .annotate(facet=F(column) if isinstance(column, str) else column)
        .values("facet")
        .annotate(count=Count("pk"))
    )
    return list(counted.order_by("-count", "facet").values_list("facet", "count")[:most])


def facets_parameter(columns: Mapping[str, Any]) -> OpenApiParameter:
    text = f"Columns by whose values to count the rows, separated by commas: {', '.join(columns)}."
    return OpenApiParameter("facets", OpenApiTypes.STR, description=text)


FACETS_SCHEMA = {
    "type": "object",
    "description": "Only if requested, on the first page: facet → values with their number of rows.",
    "additionalProperties": {
        "type": "object",
        "required": ["values", "has_more"],
        "properties": {
            "values": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["value", "count"],
                    "properties": {"value": {"type": ["string", "integer", "null"]}, "count": {"type": "integer"}},
                },
            },
            "has_more": {"type": "boolean", "description": "Whether less frequent values are left out."},
        },
    },
}
