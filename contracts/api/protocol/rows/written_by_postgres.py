"""SQL with which PostgreSQL writes the rows of a list as CSV or JSON itself; whole lists by COPY."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Cast, NullIf, Ord
from django.db.models.lookups import In
from psycopg import sql
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Amount, Instant, Read, Word, Worded, columns_of, joined
from contracts.postgres.copying import raw_cursor
from contracts.postgres.lookups import as_array
from contracts.postgres.statements import Key, Slot, Statement
from contracts.translating import language_in_force

# A cell that begins with one of these is a formula in spreadsheets; a leading apostrophe makes it text.
_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
FORMULA_STARTS = f"{_SIGNS}\t\r"
# Delimiter → where office programs configured for another one start a cell, and ignore our quotes.
_PARTING = {",": ";\t\r\n", ";": ",;\t\r\n"}
_FORMULA_WITHIN = {
    delimiter: f'([{parting}]"*)([{_SIGNS.replace("-", "")}-])' for delimiter, parting in _PARTING.items()
}
_MADE_TEXT = r"\1'\2"
SEPARATOR = "; "
# Maximum number of cached sentences while a list is written.
MAX_WORDINGS = 4_096
_CSV = "COPY ({}) TO STDOUT (FORMAT csv, DELIMITER '{}', ENCODING 'UTF8')"
# As in contracts.exporting: JSON contains neither control character, so lines stay JSON. No column is named `_row`: a
# row with the name of one of its columns would be read as that column.
_JSON = (
    "COPY (SELECT row_to_json(_row) FROM ({}) AS _row ({}))"
    " TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02', ENCODING 'UTF8')"
)
_ROW = "(SELECT row_to_json(_row)::text FROM (SELECT %%(expressions)s) AS _row (%s))"
_SECONDS = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
# For pages: with fractions of a second, if any.
_EXACT = "replace(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z')"
# Slot for the primary keys of the rows of a page.
_CHOSEN: Key = ("chosen", 0)
# PostgreSQL must not see how many keys there are: for fewer than it guesses it would plan the statement each time.
_HIDDEN = "(SELECT %(expressions)s::bigint[])::bigint[]"
_decode = msgspec.json.decode
_encode = msgspec.json.encode


def can_be_copied(fields: Mapping[str, serializers.Field]) -> bool:
    """Return whether PostgreSQL can write all fields; documents that are filtered for a reader need Python."""
    return all(
        hasattr(field, "exported") or isinstance(field, Worded) or not hasattr(field, "convert")
        for field in fields.values()
    )


def decimal_mark(delimiter: str) -> str:
    """Return the decimal mark: a comma with semicolons as delimiter, as office programs expect, otherwise a point."""
    return "," if delimiter == ";" else "."


def csv_lines(
    rows: models.QuerySet, fields: Mapping[str, serializers.Field], delimiter: str, *, is_neutral: bool
) -> Iterator[bytes]:
    """
    Yield rows as CSV: texts, joined lists and, if neutral, without cells that a spreadsheet calculates.

    Numbers have the ``decimal_mark`` of the delimiter.
    """
    guarded = delimiter if is_neutral else ""
    marks, mark = _marks(fields), decimal_mark(delimiter)
    columns = [
        _with_mark(column, mark)
        if isinstance(field, serializers.DecimalField)
        else _csv(name, field, column, guarded, marks)
        for name, field, column in _written(fields, rows.model)
    ]
    lines = _copied(rows.values_list(*columns), _CSV, delimiter)
    return _with_words(lines, fields, marks, _read_cell, partial(_write_cell, guarded))


def json_lines(rows: models.QuerySet, fields: Mapping[str, serializers.Field]) -> Iterator[bytes]:
    """Yield rows as JSON objects with the members of the list, in its order."""
    marks = _marks(fields)
    lines = _copied(rows.values_list(*_members(rows.model, fields, marks)), _JSON, _names(fields))
    return _with_words(lines, fields, marks, _read_member, _write_member)


def json_rows(
    rows: models.QuerySet, fields: Mapping[str, serializers.Field], keys: Sequence[str]
) -> tuple[models.QuerySet, Read]:
    """Return the query for some rows as JSON texts, and the function that converts its rows as `read_rows` does."""
    marks = _marks(fields)
    line = Func(
        *_members(rows.model, fields, marks),
        template=_ROW % _names(fields).replace("%", "%%"),
        output_field=models.TextField(),
    )

    def read(found: Iterable[Sequence[Any]]) -> Iterator[tuple[tuple[Any, ...], str]]:
        if not marks:
            return ((tuple(row[:-1]), row[-1]) for row in found)
        rows = list(found)
        lines = _with_words((row[-1].encode() for row in rows), fields, marks, _read_member, _write_member)
        return ((tuple(row[:-1]), line.decode()) for row, line in zip(rows, lines, strict=True))

    return rows.annotate(_row=line).values_list(*keys, "_row"), read


def json_list(lines: Iterable[str]) -> msgspec.Raw:
    """Return JSON texts as one list, for a whole page at once: encoding each text by itself is slower."""
    return msgspec.Raw(f"[{','.join(lines)}]".encode())


def compact_list(lines: Iterable[str]) -> msgspec.Raw:
    """Return the JSON as our encoder writes it: without the spaces of PostgreSQL's jsonb."""
    return msgspec.Raw(msgspec.json.format(bytes(json_list(lines)), indent=-1))


class ByKey:
    """Reads the rows for given keys with a prepared statement, which serves every order and choice of a list."""

    def __init__(self, rows: models.QuerySet, fields: Mapping[str, Any]) -> None:
        hidden = Func(Slot(*_CHOSEN), template=_HIDDEN, output_field=ArrayField(models.BigIntegerField()))
        found, self._read = json_rows(rows.order_by().filter(pk__any_of=hidden), fields, ("pk",))
        self._statement = Statement(found)

    def rows(self, chosen: Sequence[tuple[Any, ...]]) -> list[tuple[tuple[Any, ...], str]]:
        """
        Return the rows of a page in order, as ``read_rows`` does, already as JSON.

        :param chosen: for each its primary key, and what else a cursor holds
        """
        pks = [pk for pk, *_more in chosen]
        found = self._read(self._statement.rows({_CHOSEN: as_array(pks)})) if pks else ()
        by_pk = {pk: row for (pk,), row in found}
        # A row may have been deleted since.
        return [(keys, by_pk[keys[0]]) for keys in chosen if keys[0] in by_pk]


def neutral(text: Any, delimiter: str) -> Any:
    """
    Return a cell that spreadsheets do not take for a formula, nor any part that they may take for a cell of its own.

    :param delimiter: that of the file
    """
    if not isinstance(text, str):
        return text
    is_parted = any(letter in text for letter in _PARTING[delimiter])
    within = re.sub(_FORMULA_WITHIN[delimiter], _MADE_TEXT, text) if is_parted else text
    return f"'{within}" if text[:1] and text[0] in FORMULA_STARTS else within


def _copied(rows: models.QuerySet, statement: str, *parts: str) -> Iterator[bytes]:
    try:
        query, values = rows.query.sql_with_params()
    except EmptyResultSet:  # The reader may see none.
        return
    written = sql.SQL(statement.format(query, *parts))  # type: ignore[arg-type]
    with raw_cursor() as cursor, cursor.copy(written, values) as copy:
        yield from copy  # type: ignore[misc]  # to be joined with others


def _marks(fields: Mapping[str, serializers.Field]) -> dict[str, str]:
    """Return a random marker for each field that needs translation: records cannot contain it by chance."""
    return {name: secrets.token_hex(8) for name, field in fields.items() if isinstance(field, Worded)}


def _with_words(
    lines: Iterator[bytes],
    fields: Mapping[str, Any],
    marks: Mapping[str, str],
    read: Callable[[bytes], bytes | str],
    write: Callable[[str], bytes],
) -> Iterator[bytes]:
    """
    Return lines with marked values replaced by words in the reader's language: quoted, like JSON objects.

    :param read: removes the escapes of quoted text
    :param write: adds them
    """
    language = language_in_force()
    words = [(mark.encode(), _in_words(fields[name].word, read, write, language)) for name, mark in marks.items()]

    def worded(line: bytes) -> bytes:
        for mark, word in words:
            head, is_there, rest = line.partition(mark)
            if is_there:
                value, _mark, tail = rest.partition(mark)
                line = b"".join((head, word(value), tail))
        return line

    return map(worded, map(bytes, lines)) if words else lines


def _in_words(
    word: Callable[[Any, str], str], read: Callable[[bytes], bytes | str], write: Callable[[str], bytes], language: str
) -> Callable[[bytes], bytes]:
    """Return a cached function from a value to its words; many rows have the same value."""

    @lru_cache(maxsize=MAX_WORDINGS)
    def worded(value: bytes) -> bytes:
        return write(word(_decode(read(value)), language))

    return worded


def _read_cell(value: bytes) -> bytes:
    return value.replace(b'""', b'"')


def _write_cell(guarded: str, text: str) -> bytes:
    written = str(neutral(text, guarded)) if guarded else text
    return written.replace('"', '""').encode()


def _read_member(value: bytes) -> str:
    return _decode(b'"%b"' % value, type=str)


def _write_member(text: str) -> bytes:
    return _encode(text)[1:-1]


def _members(
    model: type[models.Model], fields: Mapping[str, serializers.Field], marks: Mapping[str, str]
) -> list[Any]:
    return [_json(name, field, column, marks) for name, field, column in _written(fields, model)]


def _names(fields: Mapping[str, serializers.Field]) -> str:
    return ", ".join(sql.Identifier(name).as_string() for name in fields)


def _written(
    fields: Mapping[str, serializers.Field], model: type[models.Model]
) -> list[tuple[str, serializers.Field, Any]]:
    found = []
    for name, column in columns_of(fields, model).items():
        field = fields[name]
        expression = F(column) if isinstance(column, str) else column
        if _is_of_objects(field):
            # An always empty list has no type.
            expression = Func(expression, template="(%(expressions)s)::jsonb[]", output_field=models.JSONField())
        found.append((name, field, field.exported(expression) if hasattr(field, "exported") else expression))
    return found


def _is_of_objects(field: serializers.Field) -> bool:
    return isinstance(field, serializers.ListField) and isinstance(field.child, serializers.Serializer)


def _json(name: str, field: serializers.Field, column: Any, marks: Mapping[str, str]) -> Any:
    if name in marks:
        return _marked(column, marks[name])
    if isinstance(field, Instant):
        return _instant(column, _EXACT)
    return Cast(column, models.TextField()) if isinstance(field, Amount) else column


def _marked(column: Any, mark: str) -> models.Expression:
    return joined(Value(mark), Cast(column, models.TextField()), Value(mark))


def _csv(name: str, field: serializers.Field, column: Any, guarded: str, marks: Mapping[str, str]) -> Any:
    """Return the SQL of a cell; ``guarded`` is the delimiter of a file whose cells are neutral, else empty."""
    if name in marks:
        return _marked(column, marks[name])
    if hasattr(field, "as_cell"):
        return field.as_cell(column)
    if isinstance(field, Instant):
        return _instant(column)
    if isinstance(field, serializers.ListField):
        if _is_of_objects(field):
            json = Cast(Func(column, function="to_json", output_field=models.JSONField()), models.TextField())
            text = NullIf(json, Value("[]"), output_field=models.TextField())
            # It begins with a bracket; evaluating it twice would read its rows twice.
            return _made_text_within(text, guarded) if guarded else text
        listed = Func(column, Value(SEPARATOR), function="array_to_string", output_field=models.TextField())
        return listed if isinstance(field.child, serializers.IntegerField | Word) else _neutral(listed, guarded)
    if isinstance(field, serializers.BooleanField):
        return Cast(column, models.TextField())
    if isinstance(field, Word):
        return column
    if isinstance(field, serializers.CharField) and not hasattr(field, "exported"):
        return _neutral(Cast(column, models.TextField()), guarded)
    return column


def _with_mark(column: Any, mark: str) -> Any:
    if mark == ".":
        return column
    text = Cast(column, models.TextField())
    return Func(text, Value("."), Value(mark), function="replace", output_field=models.TextField())


def _neutral(text: Any, guarded: str) -> Any:
    if not guarded:
        return text
    starts = [ord(letter) for letter in FORMULA_STARTS]
    within = _made_text_within(text, guarded)
    begins = When(In(Ord(text), starts), then=joined(Value("'"), within))
    # Most texts contain no delimiter: a search is cheaper than a replacement.
    parting = Value(f"[{_PARTING[guarded]}]")
    parts = Func(text, parting, template="(%(expressions)s)", arg_joiner=" ~ ", output_field=_TRUTH)
    return Case(begins, When(parts, then=within), default=text)


def _made_text_within(text: Any, delimiter: str) -> Func:
    replaced = (Value(_FORMULA_WITHIN[delimiter]), Value(_MADE_TEXT), Value("g"))
    return Func(text, *replaced, function="regexp_replace", output_field=models.TextField())


_TRUTH: models.BooleanField = models.BooleanField()


def _instant(column: Any, template: str = _SECONDS) -> Any:
    return Func(column, template=template, output_field=models.TextField())
