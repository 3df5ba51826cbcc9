"""Related data that is read only on request: `?include=parties,flags`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from contracts.api.protocol.query.parameters import OnRequest, names_in
from contracts.api.protocol.rows.columns import objects

# Name of an include → function from a request to a query of JSON objects, to an expression for a list of them, or to a
# field, which is a member of the row beside `included`.
Includes = Mapping[str, Callable[[Request], Any]]
MEMBER = "included"


class Included(OnRequest, serializers.DictField):
    """The rows included on request, by name of the include."""

    def __init__(self, parts: Mapping[str, Any] | None = None) -> None:
        text = "Only if requested: name of an include → its rows for this row of the list."
        super().__init__(child=serializers.ListField(child=serializers.DictField()), required=False, help_text=text)
        self.parts = parts or {}

    def expression(self, _source: str) -> JSONObject:
        is_query = models.QuerySet
        return JSONObject(
            **{name: objects(part) if isinstance(part, is_query) else part for name, part in self.parts.items()}
        )


def chosen_includes(request: Request, known: Iterable[str]) -> list[str]:
    """Return the includes that a request names; raises ProblemError for an unknown one."""
    return names_in(request, "include", sorted(known), _("The list can not include %(name)s."))


def include_parameter(known: Iterable[str]) -> OpenApiParameter:
    names = ", ".join(known)
    text = f"Related data to return with each row, separated by commas: {names}. Returned as `{MEMBER}`."
    if "cite" in known:
        text += " `cite` is a member of its own, and in tables a column with the citation in APA style."
    return OpenApiParameter("include", OpenApiTypes.STR, description=text)
