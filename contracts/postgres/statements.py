"""Prepared statements: SQL that is written once and executed with other values."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import msgspec
import psycopg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connection, connections, models
from psycopg.adapt import Dumper

Key = tuple[str, int]
# After this many executions psycopg would prepare a statement by itself: never.
_NEVER_BY_ITSELF = 2**31
# Maximum number of prepared statements of a connection, half a megabyte each.
_KEPT = 16


class Slot(models.Expression):
    """The place of a value in a statement: the name of its parameter, and its number among several values."""

    output_field: Any = models.Field()

    def __init__(self, name: str, number: int = 0) -> None:
        super().__init__()
        self.key: Key = (name, number)

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def filled(value: Any, values: Mapping[Key, Any]) -> Any:
    """Return a value, or what is put into its slot."""
    return values[value.key] if isinstance(value, Slot) else value


class _Places(Dumper):
    """Writes slots as the parameters of a statement that the server keeps: $1, $2, …"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.places = itertools.count(1)

    def dump(self, _slot: Any) -> bytes:
        return b"$%d" % next(self.places)

    def quote(self, slot: Any) -> bytes:
        return self.dump(slot)


class Statement:
    """
    The statement of a query in which slots stand for values; raises EmptyResultSet for one that finds nothing.

    PostgreSQL plans it once a connection, so it must be read alike whatever the values are: by primary keys, or in an
    order. What is looked for by other values is planned for them, see ``Together``: a plan for all would read a table
    for what is rare.
    """

    def __init__(self, rows: models.QuerySet) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.given = compiler.as_sql()
        found = compiler.get_converters([column for column, *_ in compiler.select])
        self.converters = [(place, _reading(convert, column), column) for place, (convert, column) in found.items()]

    def rows(self, values: Mapping[Key, Any]) -> Iterable[Sequence[Any]]:
        """Return the rows that it finds with these values, as Django reads them."""
        found = _ask(self._text, tuple([values[one.key] for one in self.given if isinstance(one, Slot)]), is_kept=True)
        return map(self._converted, found) if self.converters else found

    @cached_property
    def _text(self) -> bytes:
        return _with_places(self.sql, self.given)

    def _converted(self, found: Sequence[Any]) -> Sequence[Any]:
        row = list(found)
        for place, convert, expression in self.converters:
            for one in convert:
                row[place] = one(row[place], expression, connection)
        return row


def _with_places(sql: str, given: Sequence[Any]) -> bytes:
    with connection.cursor() as cursor:
        cursor.cursor.adapters.register_dumper(Slot, _Places)
        text: str = cursor.mogrify(sql, given)
    return text.encode()


def _reading(convert: Sequence[Any], column: Any) -> Sequence[Any]:
    """Return the converters of a column: Django's, or a faster one for JSON."""
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


Part = tuple[str, Sequence[Any]]


def count(rows: models.QuerySet, most: int) -> Part:
    """Return SQL that counts rows, up to ``most``."""
    try:
        sql, given = rows.order_by().values("pk")[:most].query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT count(*) FROM ({sql}) AS counted)", given  # noqa: S608  -- what Django wrote


def exist(*queries: models.QuerySet) -> Part:
    """Return SQL that tells whether any of the queries finds a row."""
    found = [rows.order_by().values("pk")[:1].query.get_compiler(DEFAULT_DB_ALIAS).as_sql() for rows in queries]
    return " OR ".join(f"EXISTS({sql})" for sql, _given in found), [one for _sql, given in found for one in given]


class Together:
    """
    One statement of several, with a value of each, in which slots may stand: planned for the values of these.

    All else is written into its text once.

    :param rows: some rows in an order; a list of each of their columns comes before the values. Raises EmptyResultSet
        if it can find none
    """

    def __init__(
        self, parts: Iterable[Part], rows: models.QuerySet | None = None, columns: Sequence[str] = ()
    ) -> None:
        asked = list(parts)
        head = ""
        if rows is not None:
            sql, given = rows.values_list(*columns).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            names = [f"_{number}" for number in range(len(columns))]
            head = f"WITH chosen ({', '.join(names)}) AS ({sql}) "
            lists = ", ".join(f"ARRAY(SELECT {name} FROM chosen)" for name in names)  # noqa: S608  -- names of ours
            asked = [(lists, given), *asked]
        given = [one for _sql, values in asked for one in values]
        self._text = _with_places(f"{head}SELECT {', '.join(sql for sql, _values in asked)}", given) if asked else b""
        self._slots = [one.key for one in given if isinstance(one, Slot)]
        # Without values rows are read in an order, or by what the shape itself says: there is one plan.
        self._is_kept = rows is not None and not self._slots

    def values(self, values: Mapping[Key, Any]) -> Sequence[Any]:
        if not self._text:
            return ()
        return _ask(self._text, tuple([values[key] for key in self._slots]), is_kept=self._is_kept)[0]


class _Logged(psycopg.RawCursor[tuple[Any, ...]]):
    """A cursor that tells Django what it asked; with ``is_kept`` the server keeps its statements, with their plans."""

    is_kept = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        super().execute(query, params, prepare=self.is_kept, **options)
        self._query = self._convert_query(query, params)  # where Django reads it
        return self


def _ask(text: bytes, values: Sequence[Any], *, is_kept: bool) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement, in which ``$1`` is the first value; the server keeps its plan, if it is to be kept.

    Behind a pooler, of whose connections each transaction may get another, nothing is kept; see
    `DISABLE_SERVER_SIDE_CURSORS`. A plan outlives no change of its columns' types, as by a migration: then the
    connection is left.
    """
    own: Any = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up for each of its members
    own.ensure_connection()
    if not is_kept or own.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return _asked(own, text, values, is_kept=False)
    server = own.connection
    server.prepare_threshold, server.prepared_max = server.prepare_threshold or _NEVER_BY_ITSELF, _KEPT
    try:
        return _asked(own, text, values, is_kept=True)
    except NotSupportedError:
        if own.in_atomic_block:
            raise
        own.close()
        own.ensure_connection()
        return _asked(own, text, values, is_kept=False)


def _asked(own: Any, text: bytes, values: Sequence[Any], *, is_kept: bool) -> list[tuple[Any, ...]]:
    if own.queries_logged or own.execute_wrappers:
        return _asked_by_django(own, text, values, is_kept=is_kept)
    own.validate_no_broken_transaction()
    with own.wrap_database_errors:
        return _cursor(own).execute(text, values, prepare=is_kept).fetchall()


def _cursor(own: Any) -> "psycopg.RawCursor[tuple[Any, ...]]":
    """Return the cursor that a connection keeps: to make one, and Django's around it, takes as long as to ask."""
    cursor = getattr(own, "asking", None)
    if cursor is None or cursor.connection is not own.connection:
        cursor = own.asking = psycopg.RawCursor(own.connection)
    return cursor  # type: ignore[no-any-return]


def _asked_by_django(own: Any, text: bytes, values: Sequence[Any], *, is_kept: bool) -> list[tuple[Any, ...]]:
    """Return the same, for whom Django tells what is asked: tests, and pages of DEBUG."""
    cursor = _Logged(own.connection)
    cursor.is_kept = is_kept
    with own._prepare_cursor(cursor) as asking:  # noqa: SLF001
        asking.execute(text.decode(), values)
        found: list[tuple[Any, ...]] = asking.fetchall()
    return found
