"""Statements that are written once and asked with other values: on a page of a list writing one takes longest."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import msgspec
import psycopg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection, models

Key = tuple[str, int]
# After how many times psycopg keeps what nobody asked it to keep.
_NEVER_BY_ITSELF = 2**31
# How many plans a connection keeps, of half a megabyte each: any reader may ask for pages of many sizes.
_KEPT = 16


class Slot(models.Expression):
    """The place of a value in a statement: of which parameter it is, and the how manieth."""

    output_field: Any = models.Field()

    def __init__(self, name: str, number: int = 0) -> None:
        super().__init__()
        self.key: Key = (name, number)

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Statement:
    """The statement of a query in which slots stand for values; raises EmptyResultSet for one that finds nothing."""

    def __init__(self, rows: models.QuerySet) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.given = compiler.as_sql()
        self.has_slots = any(isinstance(one, Slot) for one in self.given)
        found = compiler.get_converters([column for column, *_ in compiler.select])
        self.converters = [(place, _reading(convert, column), column) for place, (convert, column) in found.items()]

    def rows(self, values: Mapping[Key, Any]) -> Iterable[Sequence[Any]]:
        """Return the rows that it finds with these values, as Django reads them."""
        found = ask(self.sql, self.given, values) if self.has_slots else ask_prepared(self._text)
        return map(self._converted, found) if self.converters else found

    @cached_property
    def _text(self) -> str:
        with connection.cursor() as cursor:
            text: str = cursor.mogrify(self.sql, self.given)
        return text

    def _converted(self, found: Sequence[Any]) -> Sequence[Any]:
        row = list(found)
        for place, convert, expression in self.converters:
            for one in convert:
                row[place] = one(row[place], expression, connection)
        return row


def _reading(convert: Sequence[Any], column: Any) -> Sequence[Any]:
    """Return what reads a column as Django does; JSON quicker than it, which makes a call of Python of each value."""
    kind = column.output_field
    if type(kind) is models.JSONField and kind.decoder is None:
        return [lambda value, *_: None if value is None else _read_json(value)]
    if type(kind) is ArrayField and type(kind.base_field) is models.JSONField and kind.base_field.decoder is None:
        return [lambda values, *_: None if values is None else [value and _read_json(value) for value in values]]
    return convert


def _read_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)  # a number that no float holds


class Counts:
    """One statement that counts the rows of several queries, in each of which slots may stand."""

    def __init__(self, queries: Iterable[models.QuerySet], most: int) -> None:
        """Count up to ``most`` rows of each."""
        parts: list[str] = []
        self.given: list[Any] = []
        for rows in queries:
            try:
                sql, given = rows.order_by().values("pk")[:most].query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            except EmptyResultSet:
                parts.append("0")
                continue
            parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  -- what Django wrote
            self.given += given
        self.sql = f"SELECT {', '.join(parts)}" if parts else ""

    def numbers(self, values: Mapping[Key, Any]) -> Sequence[int]:
        if not self.sql:
            return ()
        (found,) = ask(self.sql, self.given, values)
        return found


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor whose statements the server keeps, with their plans."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        super().execute(query, params, prepare=True, **options)
        self._query = self._convert_query(query)  # where Django reads what was asked
        return self


def ask_prepared(text: str) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement that is always the same, with its values: PostgreSQL plans it once a connection.

    What has other values each time is planned for them: a plan for all would read a table for what is rare. Behind a
    pooler, of whose connections each transaction may get another, nothing is kept; see `DISABLE_SERVER_SIDE_CURSORS`.
    A plan outlives no change of its columns' types, as by a migration: then the connection is left.
    """
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return _asked(text)
    connection.ensure_connection()
    server: Any = connection.connection
    server.prepare_threshold, server.prepared_max = server.prepare_threshold or _NEVER_BY_ITSELF, _KEPT
    try:
        with connection._prepare_cursor(_Prepared(server)) as cursor:  # type: ignore[attr-defined]  # noqa: SLF001
            cursor.execute(text)
            found: list[tuple[Any, ...]] = cursor.fetchall()
    except NotSupportedError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _asked(text)
    return found


def ask(sql: str, given: Iterable[Any], values: Mapping[Key, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, whose slots take these values."""
    return _asked(sql, tuple([values[one.key] if type(one) is Slot else one for one in given]))


def _asked(sql: str, values: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
