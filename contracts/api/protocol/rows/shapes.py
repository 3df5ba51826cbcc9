"""
Prepared pages of lists: the SQL is written once for each shape of a request, that is, for the parameters it names.

Django takes longer to write the SQL of a list than PostgreSQL to answer it. ``contracts/?country=PE&limit=50`` and
``contracts/?country=CO&limit=50`` differ only in a value: they have one shape, and two statements for it.

* ``SELECT ARRAY(SELECT id … WHERE country = $1 ORDER BY id DESC LIMIT 51)`` finds the keys of the page. It is planned
  each time, for Peru may have a million contracts and Belize three (``Together``).
* ``SELECT id, row_to_json(…) … WHERE id = ANY($1)`` reads their rows, in any order. The server keeps its plan: rows
  are read by their keys alike, whichever they are (``ByKey``). All shapes of a list share it, for it is long: to write
  and plan it takes ten times as long as to execute it, and a connection keeps few plans.

All readers with the same rights share a shape: only rights decide which rows and columns are shown. Words and
organizations have none, because what they find is looked up first: Django then writes the statement that finds the
keys, and only the second statement is a prepared one (``by_key``).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import django_filters
from django.conf import settings
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import models
from django.utils.translation import get_language
from rest_framework.request import Request

from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.query.filters import WrittenDayFilter
from contracts.api.protocol.query.one_of import NONE, OneOf
from contracts.api.protocol.query.search import SearchFilterSet, reversed_ranges
from contracts.api.protocol.query.unknown import Named
from contracts.api.protocol.query.warnings import MAX_COUNTED, may_lack, unjudged_queries, unjudged_warnings
from contracts.api.protocol.rows.columns import fields_of
from contracts.api.protocol.rows.pagination import DISTANCE, Cursor, Order, read_cursor, read_order
from contracts.api.protocol.rows.written_by_postgres import ByKey, can_be_copied, json_rows
from contracts.postgres.statements import Key, Slot, Statement, Together, count
from contracts.postgres.steady import is_steady

# Maximum number of cached shapes; requests found to have none count too.
_KEPT = 512
_OWN = frozenset({"cursor", "fields", "format", "limit", "omit", "order_by"})
# Methods of filters that only compare a column.
_COMPARING = (django_filters.Filter.filter, OneOf.filter, WrittenDayFilter.filter)
_LOOKUPS = frozenset({"exact", "gte", "lte"})


class Shape:
    """
    The statements for all requests of one shape: the first finds the keys of rows, the second reads their columns.

    Without values, one statement does both in the usual order.
    """

    def __init__(
        self,
        view: Any,
        fields: Mapping[str, Any],
        by_key: Callable[[], ByKey],
        order: Order,
        cursor: Cursor | None,
        limit: int,
        given: Mapping[str, Any],
    ) -> None:
        rows = view.get_queryset()
        filters = view.filterset_class.base_filters if view.filterset_class else {}
        self._named = (filters, given, rows)
        ordered = _filtered(view, rows, given, order, cursor)[: limit + 1]
        self.unjudged_names: list[list[str]] = []
        self._choice: _Choice | None = None
        if given or cursor or order.text != view.order:
            unjudged = [] if cursor else unjudged_queries(rows, filters, given)
            self.unjudged_names = [names for names, *_queries in unjudged]
            self._choice = _Choice(ordered, order.keys, [(lacking, lacks) for _names, lacking, lacks in unjudged])
            self._by_key = by_key()
        else:
            found, self._read = json_rows(ordered, fields, order.keys)
            self._page = Statement(found)

    def rows(self, values: Mapping[Key, Any]) -> tuple[list[tuple[tuple[Any, ...], str]], Sequence[int]]:
        """
        Return the rows of a page, as ``ByKey`` does, and for each column the number of rows its filters could not
        decide on.
        """
        if self._choice is None:
            return list(self._read(self._page.rows({}))), ()
        chosen, unjudged = self._choice.ask(values)
        return self._by_key.rows(chosen), unjudged

    @cached_property
    def named(self) -> Named:
        """The values in requests, checked for existence when a page is empty."""
        return Named(*self._named)


class _Choice:
    """
    Finds the keys of rows with given values, and counts the rows that a filter could not decide on.

    Only columns that some row lacks are counted: planning a count takes ten times as long as checking for one such
    row.
    """

    def __init__(
        self,
        ordered: models.QuerySet,
        columns: Sequence[str],
        unjudged: Sequence[tuple[models.QuerySet, models.Q]],
    ) -> None:
        self._keys = ordered, columns
        self._lacking = [may_lack(ordered.model, lacks) for _rows, lacks in unjudged]
        self._counts = [count(rows, MAX_COUNTED + 1) for rows, _lacks in unjudged]
        self._asked = Together(self._lacking, *self._keys)

    def ask(self, values: Mapping[Key, Any]) -> tuple[list[tuple[Any, ...]], list[int]]:
        """Return the keys of the rows, and for each column the number of undecided rows."""
        keys, found = self._values(values)
        while any(one is True for one in found):
            parts = zip(self._lacking, self._counts, found, strict=True)
            counting = [lacks if one is False else counts for lacks, counts, one in parts]
            self._asked = Together(counting, *self._keys)
            keys, found = self._values(values)
        return keys, [int(one) for one in found]

    def _values(self, values: Mapping[Key, Any]) -> tuple[list[tuple[Any, ...]], Sequence[Any]]:
        found = self._asked.values(values)
        number = len(self._keys[1])
        return [*zip(*found[:number], strict=True)], found[number:]


class Shaped:
    """A request that has a shape, with its values."""

    def __init__(
        self, shape: Shape, order: Order, cursor: Cursor | None, limit: int, values: Mapping[Key, Any]
    ) -> None:
        self.shape, self.order, self.cursor, self.limit, self.values = shape, order, cursor, limit, values
        self.unjudged: Sequence[int] = ()

    def rows(self) -> list[tuple[tuple[Any, ...], str]]:
        """Return the rows of the page, as ``read_rows`` does, already as JSON."""
        found, self.unjudged = self.shape.rows(self.values)
        return found

    def warnings(self) -> list[dict[str, Any]]:
        """Return warnings about rows that the filters could not decide on; call it after `rows`."""
        return unjudged_warnings(self.shape.unjudged_names, self.unjudged)

    def unknown_values(self, facets: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return a warning for each value that no row of the list has."""
        return self.shape.named.unknown(facets, self.values)


def _filtered(
    view: Any, rows: models.QuerySet, given: Mapping[str, Any], order: Order, cursor: Cursor | None
) -> models.QuerySet:
    for name, value in given.items():
        rows = view.filterset_class.base_filters[name].filter(rows, value)
    if cursor is not None:
        rows = rows.filter(order.beyond(cursor))
    return rows.order_by(*order.by(backward=cursor is not None and cursor.backward))


_Made = TypeVar("_Made", Shape, ByKey)
_shapes: dict[Hashable, Shape | None] = {}
_by_key: dict[Hashable, ByKey | None] = {}


def _once(
    known: dict[Hashable, _Made | None],
    key: Hashable,
    fields: Callable[[], Mapping[str, Any]],
    make: Callable[[Mapping[str, Any]], _Made],
) -> _Made | None:
    """
    Return the cached object for a key, creating it once.

    ``None`` if the SQL of a field depends on the request, as for an amount in another currency.
    """
    try:
        return known[key]
    except KeyError:  # Read and removed in one step, because another thread may clear it.
        chosen = fields()
    try:
        made = make(chosen) if can_be_copied(chosen) and all(map(_is_fixed, chosen.values())) else None
    except EmptyResultSet:  # No flag is public.
        made = None
    if len(known) >= _KEPT:
        known.clear()
    known[key] = made
    return made


def shaped(view: Any, request: Request) -> Shaped | None:
    """Return a list request with its shape; None if it has none, or is invalid, which other code reports."""
    query = request.query_params
    comparing = _comparing(view.filterset_class)
    if view.kwargs or view.parameters or not query.keys() <= _OWN | comparing.keys():
        return None
    try:
        order = read_order(request, view.orders, view.order)
        limit = view.pagination_class().limit(request)
        cursor = read_cursor(request, order, view.queryset.model)
        cleaned = {name: _cleaned(comparing[name], query[name], get_language()) for name in comparing if name in query}
    except (ProblemError, ValidationError):
        return None
    if any(reversed_ranges(cleaned, query)):
        return None
    values: dict[Key, Any] = {}
    slots = {name: _slots(name, value, values) for name, value in cleaned.items()}
    key = (
        *_reader(view, request),
        *(_names(query.get("fields", "")), _names(query.get("omit", ""))),
        *(order, limit, tuple((name, kind) for name, (kind, _slots) in slots.items())),
        cursor and (cursor.backward, cursor.value is None),
    )
    if cursor is not None:
        values["cursor", 0], values["cursor", 1] = cursor.pk, cursor.value

    def make(fields: Mapping[str, Any]) -> Shape:
        pk: Any = Slot("cursor")
        place = cursor and Cursor(cursor.backward, pk, None if cursor.value is None else Slot("cursor", 1))
        named = {name: value for name, (_kind, value) in slots.items()}
        return Shape(view, fields, lambda: _kept_by_key(view, request, fields), order, place, limit, named)

    shape = _once(_shapes, key, lambda: view.chosen_fields(request), make)
    return Shaped(shape, order, cursor, limit, values) if shape else None


def by_key(view: Any, request: Request, fields: Mapping[str, Any], order: Order) -> ByKey | None:
    """
    Return the prepared statement that reads the columns for a request without a shape, once the keys of rows are
    known.

    None if columns depend on the request, as the rank of a search does.
    """
    if view.kwargs or view.parameters or order.column == DISTANCE:
        return None
    return _kept_by_key(view, request, fields)


def _kept_by_key(view: Any, request: Request, fields: Mapping[str, Any]) -> Any:
    """Return the one statement for all shapes with these fields, None if their SQL depends on the request."""
    key = (*_reader(view, request), tuple(fields))
    return _once(_by_key, key, lambda: fields, lambda chosen: ByKey(view.get_queryset(), chosen))


def _reader(view: Any, request: Request) -> tuple[Hashable, ...]:
    """Return everything that the rows and columns of a list depend on, as a cache key."""
    values = [tell() for tell in _depends_on(view.serializer_class)]
    return (type(view), _rights(request), get_language(), settings.VEEDOR_PUBLICATION, *values)


@lru_cache(maxsize=256)
def _cleaned(entry: django_filters.Filter, text: str, _language: str | None) -> Any:
    """Return the parsed value of a parameter; raises ValidationError. Parsing of days depends on the language."""
    return entry.field.clean(text)


def _names(text: str) -> frozenset[str]:
    """Return the names in a list without repetitions, so that cache keys stay short."""
    return frozenset(name.strip() for name in text.split(","))


def _rights(request: Request) -> frozenset[str]:
    reader: Any = effective_user(request)
    return frozenset() if reader.is_anonymous else frozenset(reader.get_all_permissions())


def _is_fixed(field: Any) -> bool:
    """Return whether the SQL of a column is always the same, or a function returning what it depends on."""
    expression = getattr(field, "expression", None)
    return expression is None or is_steady(expression) or hasattr(field, "depends_on")


@lru_cache
def _depends_on(serializer: Any) -> list[Any]:
    """Return functions that return what the columns of a response depend on, besides language and settings."""
    return [field.depends_on for field in fields_of(serializer).values() if hasattr(field, "depends_on")]


def _slots(name: str, value: Any, values: dict[Key, Any]) -> tuple[Hashable, Any]:
    """
    Return the kind of a value, and its slots; what is not a value, such as ``none`` of a date, is kept
    literally.
    """
    parts = value if isinstance(value, list) else [value]
    slots = [part if part in ("", None, NONE) else Slot(name, number) for number, part in enumerate(parts)]
    values |= {slot.key: part for slot, part in zip(slots, parts, strict=True) if isinstance(slot, Slot)}
    kinds = tuple(slot if not isinstance(slot, Slot) else True for slot in slots)
    return (kinds, slots) if isinstance(value, list) else (kinds[0], slots[0])


@lru_cache
def _comparing(whole: type[django_filters.FilterSet] | None) -> Mapping[str, django_filters.Filter]:
    """Return the filters of a set that only compare a column."""
    if whole is None or not issubclass(whole, SearchFilterSet):
        return {}
    return {name: entry for name, entry in whole.base_filters.items() if _compares(entry)}


def _compares(entry: django_filters.Filter) -> bool:
    is_plain = type(entry).filter in _COMPARING and not entry.method and not entry.exclude and not entry.distinct
    return is_plain and entry.lookup_expr in _LOOKUPS
