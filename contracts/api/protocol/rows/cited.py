"""Citations of the rows of lists: a member that a request includes, and in tables a column."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import JSONObject
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from contracts.api.protocol.citing import Cite, CiteRow
from contracts.api.protocol.query.parameters import OnRequest
from contracts.api.protocol.rows.columns import Link


@extend_schema_field(CiteRow())
class ListedCite(OnRequest, serializers.DictField):
    """The member `cite` of a row of a list, for the description of responses."""

    def __init__(self) -> None:
        super().__init__(required=False, help_text="Only with `include=cite`: how to cite the row.")


class CiteOfRow(ListedCite):
    """
    The same for the rows of a query; in tables, only the citation in APA style.

    :param cite: the member of the detail; it has a digest
    :param link: the column with the address of the row
    """

    def __init__(self, cite: Cite, link: Link) -> None:
        super().__init__()
        self.cite, self.link = cite, link

    def expression(self, _source: str) -> JSONObject:
        key = self.link.expression("") if hasattr(self.link, "expression") else F(str(self.link.source))
        return JSONObject(parts=self.cite.expression(""), key=key)

    def convert(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return self.converter()(value)

    def converter(self) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """Return the function for the rows of one response, which are read on one day."""
        today, address = datetime.now(UTC).date(), self.link.converter()
        return lambda value: self.cite.cited(value["parts"], None, address(value["key"]), today)

    @staticmethod
    def as_text(value: Mapping[str, Any]) -> str:
        return str(value["apa"])


def cite_of(cite: Any, link: Any) -> Callable[[Request], CiteOfRow]:
    """Return the include with the citation of each row; parameters as for `CiteOfRow`."""
    return lambda request: CiteOfRow(cite, link.of_site(request.build_absolute_uri("/").rstrip("/")))
