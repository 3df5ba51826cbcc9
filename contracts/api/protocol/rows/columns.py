"""
Rows of a response: the fields of a serializer name the columns of one query; no model object is created.

Serializers describe responses (OpenAPI is generated from them) but do not build them: on lists of 50 rows, that alone
takes longer than the query.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Self
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES
from contracts.postgres.steady import is_steady, steady, written
from contracts.translating import language_in_force

# Rows per fetch from a server-side cursor.
CHUNK_ROWS = 2000
# Whether a text is the same in a path and in a query; "." and ".." are not.
IS_PLAIN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*").fullmatch
# A field of this class is a list of rows, read with a separate query.
Section = serializers.ListSerializer
# Fields with a steady expression → name, model and language → the column with its SQL.
_WRITTEN: WeakKeyDictionary[serializers.Field, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


class PerReader:
    """Mixin for a field that some readers see differently."""

    def shown_to(self, reader: Any) -> Any:
        """Return the field as a given reader sees it."""
        raise NotImplementedError


class Amount(serializers.DecimalField):
    """An exact amount, as decimal text without trailing zeros; its currency is in a separate field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, allow_null=True, **options)

    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        return models.Func(source, function="trim_scale", output_field=models.DecimalField())


class Word(serializers.CharField):
    """A text written by Veedor, such as a code: records cannot put spreadsheet formulas into it."""


class Instant(serializers.DateTimeField):
    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)


class WrittenDay(serializers.DateField):
    """A day as the author of the record would name it, in the publisher's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)


class Day(serializers.DateField):
    """The day of a timestamp: the time of arrival is not published, because it could identify the sender."""

    @staticmethod
    def convert(value: datetime) -> date:
        return value.date()

    @staticmethod
    def exported(column: Any) -> models.Expression:
        return TruncDate(column, tzinfo=UTC)


class Digest(serializers.CharField):
    """A SHA-256 in hexadecimal digits."""

    @staticmethod
    def convert(value: bytes) -> str:
        return bytes(value).hex()

    @staticmethod
    def exported(column: Any) -> models.Expression:
        return models.Func(column, models.Value("hex"), function="encode", output_field=models.TextField())


@extend_schema_field(OpenApiTypes.URI_REF)
class Link(serializers.CharField):
    """
    The address of a row: the named list route, and a column that identifies the row.

    ``site`` is put before it: empty in responses, the address of the site in files.
    """

    def __init__(self, route: str, **options: Any) -> None:
        super().__init__(**options)
        self.route = route
        self.site = ""

    def of_site(self, site: str) -> Self:
        """Return the same field with absolute addresses."""
        field = copy(self)
        field.site = site
        return field

    def list_address(self, route: str = "") -> str:
        """Return the address of the list or of another named route."""
        return self.site + route_address(route or self.route)

    def convert(self, value: Any) -> str:
        return self.converter()(value)

    def converter(self) -> Callable[[Any], str]:
        """Return a function from key to address of a row."""
        address = self.list_address()
        return lambda value: f"{address}{quoted(value)}/"

    def exported(self, column: Any) -> models.Expression:
        """Return SQL for the address, for keys that need no percent-encoding."""
        return joined(models.Value(self.list_address()), Cast(column, models.TextField()), models.Value("/"))


class Document(serializers.DictField):
    """A jsonb document, passed through as PostgreSQL writes it, so that numbers keep every digit."""

    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        return Cast(source, models.TextField())

    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        return msgspec.Raw(value.encode())


class Worded(serializers.CharField):
    """A text in the reader's language, from a JSON object by language."""

    def convert(self, value: Any) -> str:
        return self.word(value, language_in_force())

    @staticmethod
    def word(value: Any, language: str) -> str:
        """Return a value as text in a language: `es`, `pt` or `en`."""
        raise NotImplementedError


class Content(serializers.DictField):
    """JSON stored as bytes, passed through unchanged."""

    @staticmethod
    def convert(value: bytes) -> msgspec.Raw:
        return msgspec.Raw(bytes(value))


def of_site(fields: Mapping[str, serializers.Field], site: str) -> dict[str, serializers.Field]:
    """Return fields with absolute addresses, for files that leave the site."""
    return {name: field.of_site(site) if isinstance(field, Link) else field for name, field in fields.items()}


def quoted(value: Any) -> str:
    """Return a number or a text as a part of an address."""
    text = str(value)
    return text if IS_PLAIN(text) else quote(text, safe="")


def route_address(name: str) -> str:
    """Return the address of a route without parameters: `reverse`, cached."""
    return _route_address(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache
def _route_address(name: str, urlconf: str, _prefix: str) -> str:
    return reverse(name, urlconf)


def joined(*parts: Any) -> models.Func:
    """Return texts concatenated; null if any is null, unlike CONCAT."""
    return models.Func(*parts, template="(%(expressions)s)", arg_joiner=" || ", output_field=models.TextField())


def objects(query: models.QuerySet) -> Coalesce:
    """Return the rows of a query of JSON objects as a list; empty if the reader may see none."""
    return Coalesce(ArraySubquery(query), models.Value([], output_field=ArrayField(models.JSONField())))


def texts(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), **options)


def words(**options: Any) -> serializers.ListField:
    """Return a field for a list of codes."""
    return serializers.ListField(child=Word(), **options)


def numbers(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField(), **options)


def fields_of(serializer: type[serializers.Serializer]) -> dict[str, serializers.Field]:
    """Return the fields of a serializer in their order, unbound."""
    return dict(serializer._declared_fields)  # type: ignore[attr-defined]  # noqa: SLF001


def fields_for(serializer: type[serializers.Serializer], reader: Any) -> dict[str, serializers.Field]:
    """Return the fields of a serializer as a reader sees them."""
    return as_seen(fields_of(serializer), reader)


def as_seen(fields: Mapping[str, serializers.Field], reader: Any) -> dict[str, serializers.Field]:
    """Return fields as a reader sees them."""
    return {name: field.shown_to(reader) if isinstance(field, PerReader) else field for name, field in fields.items()}


def columns_of(fields: Mapping[str, serializers.Field], model: type[models.Model] | None = None) -> dict[str, Any]:
    """
    Return the expression or ORM path to select for each field, without sections.

    :param model: the model of the rows, for a query that is not inside another one: steady columns have their SQL
    written
    """
    return {
        name: _written_column(name, field, model)
        if model and is_steady(getattr(field, "expression", None))
        else _column(name, field)
        for name, field in fields.items()
        if not isinstance(field, Section)
    }


def _column(name: str, field: serializers.Field) -> Any:
    source = (field.source or name).replace(".", "__")
    expression = getattr(field, "expression", None)
    return expression(source) if expression else source


def _written_column(name: str, field: serializers.Field, model: type[models.Model]) -> Any:
    known, key = _WRITTEN.setdefault(field, {}), (name, model, get_language())
    if key not in known:
        known[key] = written(model, _column(name, field))
    return known[key]


def read_rows(
    queryset: models.QuerySet, fields: Mapping[str, serializers.Field], keys: Sequence[str] = ()
) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """
    Run the one query of some rows.

    :param keys: columns that are read before those of the fields, for paging or further queries
    :returns: for each row the values of the keys, and the row as it is answered
    """
    return list(_rows(queryset, fields, keys))


def iterate_rows(
    queryset: models.QuerySet, fields: Mapping[str, serializers.Field]
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield the rows of `read_rows` from a server-side cursor, for any number of rows."""
    return _rows(queryset, fields, (), chunk_size=CHUNK_ROWS)


def _rows(
    queryset: models.QuerySet,
    fields: Mapping[str, serializers.Field],
    keys: Sequence[str],
    *,
    chunk_size: int | None = None,
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    found, read = selection(queryset, fields, keys)
    return read(found.iterator(chunk_size) if chunk_size else found)


# Rows of a query → for each, the values of its keys and the row for the response.
Read = Callable[[Iterable[Sequence[Any]]], Iterator[tuple[tuple[Any, ...], Any]]]


def selection(
    queryset: models.QuerySet, fields: Mapping[str, serializers.Field], keys: Sequence[str]
) -> tuple[models.QuerySet, Read]:
    """Return the query for the columns of some rows, and the function that converts its rows as `read_rows` does."""
    columns = columns_of(fields, queryset.model)
    wanted = [*keys, *columns.values()]
    names = [column if isinstance(column, str) else f"_{index}" for index, column in enumerate(wanted)]
    expressions = {name: column for name, column in zip(names, wanted, strict=True) if not isinstance(column, str)}
    distinct = list(dict.fromkeys(names))  # A column may be named twice.
    pick: Any = itemgetter(*map(distinct.index, names)) if len(names) > 1 else tuple
    start = len(keys)
    converting: list[tuple[str, Any]] = [(name, fields[name]) for name in columns if hasattr(fields[name], "convert")]

    def read(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        converters = [
            (name, field.converter() if hasattr(field, "converter") else field.convert) for name, field in converting
        ]
        for values in map(pick, rows):
            row = dict(zip(columns, values[start:], strict=True))
            for name, convert in converters:
                if row[name] is not None:
                    row[name] = convert(row[name])
            yield values[:start], row

    return queryset.annotate(**expressions).values_list(*distinct), read


def rows_of(queryset: models.QuerySet, serializer: type[serializers.Serializer]) -> list[dict[str, Any]]:
    """Return all rows of a query as a serializer describes them."""
    return [row for _keys, row in read_rows(queryset, fields_of(serializer))]
