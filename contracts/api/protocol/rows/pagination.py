"""
Keyset pagination: a cursor names a row, so page 10,000 costs the same as page 1, and concurrent inserts neither skip
nor repeat rows.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from msgspec import Struct
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.views import APIView

from contracts.api.protocol.problems import ProblemError, nearest, parameter_problem
from contracts.api.protocol.query.parameters import YES_NO, read_choice, read_limit
from contracts.api.protocol.query.warnings import CANDIDATES_SCHEMA, WARNINGS_SCHEMA
from contracts.api.protocol.rendering import JSONRenderer
from contracts.api.protocol.rows.columns import read_rows
from contracts.api.protocol.rows.facets import FACETS_SCHEMA
from contracts.api.protocol.rows.written_by_postgres import ByKey, compact_list
from contracts.postgres.time_limits import MAX_SECONDS, in_time

_MAX_KEY = 2**63 - 1


# Column for the order by relevance, see `contracts.postgres.search.distance`.
DISTANCE = "distance"
RELEVANCE = {"relevance": DISTANCE}


class Order(Struct, frozen=True):
    """An order of a list: by a column (nulls last), then by primary key, both in the same direction."""

    text: str
    column: str
    descending: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns in a cursor."""
        return ("pk",) if self.column == "pk" else ("pk", self.column)

    def by(self, *, backward: bool) -> list[Any]:
        """Return the arguments of `order_by`, optionally reversed for reading backwards."""
        descending = self.descending != backward
        pk = "-pk" if descending else "pk"
        if self.column == "pk":
            return [pk]
        nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        column = F(self.column)
        return [column.desc(**nulls) if descending else column.asc(**nulls), pk]

    def beyond(self, cursor: "Cursor") -> Q:
        """Return the condition for rows after a cursor."""
        compare = "lt" if self.descending != cursor.backward else "gt"
        later = Q(**{f"pk__{compare}": cursor.pk})
        if self.column == "pk":
            return later
        empty = Q(**{f"{self.column}__isnull": True})
        if cursor.value is None:
            return ~empty | (empty & later) if cursor.backward else empty & later
        condition = Q(**{f"{self.column}__{compare}": cursor.value}) | (Q(**{self.column: cursor.value}) & later)
        return condition if cursor.backward else condition | empty


class Cursor(Struct, frozen=True):
    backward: bool
    pk: int
    value: Any


def _count(queryset: models.QuerySet) -> tuple[int, bool]:
    """Return the number of rows, and whether it is an estimate because counting takes too long."""
    counted = in_time(MAX_SECONDS, queryset.count, None)
    if counted is not None:
        return counted, False
    (plan,) = json.loads(queryset.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"]), True


class CursorPage(BasePagination):
    """A page `{"next", "previous", "results"}`; `?limit=` sets its rows, `?count=1` adds the total."""

    default_limit = 50
    max_limit = 500
    max_limit_anonymous = 100
    parameters = frozenset({"cursor", "limit", "count"})

    def page(
        self,
        queryset: models.QuerySet,
        request: Request,
        order: Order,
        fields: Mapping[str, Any],
        notes: Callable[[bool], Mapping[str, Any]],
        by_key: ByKey | None = None,
    ) -> HttpResponse:
        """
        Return the response with one page of a query.

        :param fields: fields of a serializer
        :param notes: whether the page is empty → further members
        :param by_key: prepared statement that reads these fields, if any
        """
        limit = self.limit(request)
        cursor = read_cursor(request, order, queryset.model)
        backward = cursor is not None and cursor.backward
        counted = read_choice(request, "count", YES_NO, default=False)
        total, is_estimate = _count(queryset) if counted else (None, False)
        if cursor is not None:
            queryset = queryset.filter(order.beyond(cursor))
        found = queryset.order_by(*order.by(backward=backward))[: limit + 1]
        number = {"count": total, "count_is_estimate": is_estimate} if counted else {}
        if by_key:
            written = by_key.rows(list(found.values_list(*order.keys)))
            return self.answer(written, request, order, cursor, limit, notes, number, compact_list)
        rows = read_rows(found, fields, order.keys)
        return self.answer(rows, request, order, cursor, limit, notes, number)

    def answer(
        self,
        rows: Sequence[tuple[tuple[Any, ...], Any]],
        request: Request,
        order: Order,
        cursor: "Cursor | None",
        limit: int,
        notes: Callable[[bool], Mapping[str, Any]],
        number: Mapping[str, Any],
        results: Callable[[list[Any]], Any] = list,
    ) -> HttpResponse:
        """
        Return the response with the rows of a page; one row above the limit means that another page follows.

        :param results: function that builds `results` from the rows of the page
        """
        backward = cursor is not None and cursor.backward
        more = len(rows) > limit
        rows = rows[:limit] if not backward else rows[:limit][::-1]
        has_next = more if not backward else bool(rows)
        has_previous = more if backward else cursor is not None and bool(rows)
        body: dict[str, Any] = {
            "next": self._link(request, order, rows[-1][0], backward=False) if has_next else None,
            "previous": self._link(request, order, rows[0][0], backward=True) if has_previous else None,
        }
        body |= {**number, **notes(not rows), "results": results([row for _keys, row in rows])}
        return HttpResponse(JSONRenderer().render(body), content_type=JSONRenderer.media_type)

    def limit(self, request: Request) -> int:
        if request.user and request.user.is_authenticated:
            return read_limit(request, self.default_limit, self.max_limit)
        return read_limit(request, self.default_limit, self.max_limit_anonymous, self.max_limit)

    @staticmethod
    def _link(request: Request, order: Order, keys: Sequence[Any], *, backward: bool) -> str:
        payload = msgspec.json.encode([order.text, backward, *keys])
        cursor = urlsafe_b64encode(payload).decode().rstrip("=")
        # As requested: parameters from a body are sent again by the client.
        before, after = _around_cursor(request.META.get("QUERY_STRING", ""))
        return f"{request.build_absolute_uri(escape_uri_path(request.path))}?{before}cursor={cursor}{after}"

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", {"type": "string"}, "Position in the list; take it from `next` or `previous`."),
            _parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": self.max_limit, "default": self.default_limit},
                f"Number of rows per page; at most {self.max_limit_anonymous} without a token.",
            ),
            _parameter("count", {"type": "string", "enum": ["0", "1"]}, "1 adds the number of all rows."),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "warnings", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": "Number of all rows, only if requested."},
                "count_is_estimate": {
                    "type": "boolean",
                    "description": f"Whether `count` is an estimate: counting took over {MAX_SECONDS} seconds.",
                },
                "warnings": WARNINGS_SCHEMA,
                "candidates": CANDIDATES_SCHEMA,
                "facets": FACETS_SCHEMA,
                "results": schema,
            },
        }


@lru_cache(maxsize=256)
def _around_cursor(query: str) -> tuple[str, str]:
    """Return the other parameters of a query, split into those sorted before and after the cursor in a link."""
    given = parse_qs(query, keep_blank_values=True)
    given = {name: given[name] for name in sorted(given.keys() - {"cursor", "count"})}
    before = urlencode({name: values for name, values in given.items() if name < "cursor"}, doseq=True)
    after = urlencode({name: values for name, values in given.items() if name > "cursor"}, doseq=True)
    return before and f"{before}&", after and f"&{after}"


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def read_order(request: Request, columns: Mapping[str, str], default: str) -> Order:
    """
    Return the order of rows that a request names.

    :param columns: name of an order → column of the model
    :raises ProblemError: if the order is unknown
    """
    text = request.query_params.get("order_by", default)
    name = text.removeprefix("-")
    if name not in columns:
        allowed = [sign + known for known in columns for sign in ("", "-")]
        detail = _("This list can not be ordered by %(name)s.") % {"name": text[:60]}
        raise parameter_problem("order_by", "invalid_parameter", detail, nearest(text, allowed), allowed=allowed)
    return Order(text, columns[name], descending=text.startswith("-"))


def read_cursor(request: Request, order: Order, model: type[models.Model]) -> Cursor | None:
    """Return the position from which a request continues; raises ProblemError if the cursor is for another order."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        entries = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=list)
        text_of_order, backward, pk, *rest = entries
        value = _column(model, order.column).to_python(rest[0]) if rest else None
        if (isinstance(value, datetime) and value.tzinfo is None) or (isinstance(value, str) and "\x00" in value):
            raise _cursor_problem()
    except (ValueError, TypeError, IndexError, binascii.Error, msgspec.MsgspecError, ValidationError) as error:
        raise _cursor_problem() from error
    whole = isinstance(backward, bool) and type(pk) is int and 0 <= pk <= _MAX_KEY
    if not whole or text_of_order != order.text or bool(rest) == (order.column == "pk"):
        raise _cursor_problem()
    return Cursor(backward, pk, value)


def _column(model: type[models.Model], path: str) -> Any:
    """Return the field at the end of a path such as `process__date`."""
    if path == DISTANCE:
        return models.FloatField()
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _cursor_problem() -> ProblemError:
    hint = _("Use the address in next or previous unchanged, except for limit.")
    detail = _("The cursor does not belong to this list and order.")
    return parameter_problem("cursor", "invalid_cursor", detail, hint)
