"""Whole lists as files: formats, header and README sheet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from contracts.api.protocol.files.streams import Counted, cell, csv_line, csv_stream, json_line, jsonl_stream
from contracts.api.protocol.files.workbook import MAX_ROWS, Sheet, pieces, write_workbook
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.query.parameters import YES_NO, read_choice
from contracts.api.protocol.rows.columns import iterate_rows, of_site
from contracts.api.protocol.rows.written_by_postgres import csv_lines, decimal_mark, json_lines, neutral
from contracts.translating import language_asked

LANGUAGES = {**{code: code for code, _name in settings.LANGUAGES}, "pt": language_asked("pt")}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DELIMITERS = {"comma": ",", "semicolon": ";", ",": ",", ";": ";"}
PARAMETERS = (
    OpenApiParameter(
        "format",
        OpenApiTypes.STR,
        enum=["json", *MEDIA_TYPES],
        description=(
            "json: one page; csv, jsonl, xlsx: the whole list as a file, as with a suffix of the address "
            "(`contracts.csv`)."
        ),
    ),
    OpenApiParameter(
        "headers",
        OpenApiTypes.STR,
        enum=["names", "ocds"],
        description="csv and xlsx: headers of the columns. ocds: paths of OCDS fields.",
    ),
    OpenApiParameter(
        "lang",
        OpenApiTypes.STR,
        enum=list(LANGUAGES),
        description="csv and xlsx: language of headers and of codes in cells.",
    ),
    OpenApiParameter(
        "bom", OpenApiTypes.STR, enum=["0", "1"], description="csv: 1 writes a byte order mark, for Excel."
    ),
    OpenApiParameter(
        "delimiter",
        OpenApiTypes.STR,
        enum=["comma", "semicolon"],
        description="csv: delimiter of cells, by default comma. With semicolon, decimals have a comma.",
    ),
    OpenApiParameter(
        "trailer",
        OpenApiTypes.STR,
        enum=["0", "1"],
        description="csv: 0 leaves out the last line, which has the number of rows and the SHA-256.",
    ),
)


def parameters_of(sheets: Sequence[str]) -> tuple[OpenApiParameter, ...]:
    """Return the parameters of a list that has further sheets."""
    if not sheets:
        return PARAMETERS
    text = "csv: write the rows of this sheet instead. An xlsx file has it as a separate sheet."
    return (*PARAMETERS, OpenApiParameter("sheet", OpenApiTypes.STR, enum=list(sheets), description=text))


def in_language(request: Request) -> AbstractContextManager[None]:
    """Return a context in which texts are in the language of the parameter `lang`, if given."""
    language = LANGUAGES.get(request.query_params.get("lang", "").lower())
    return translation.override(language) if language else nullcontext()


def _translated(request: Request, content: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces, each written in the language of `lang`; between pieces, other requests keep their language."""
    while True:
        with in_language(request):
            piece = next(content, None)
        if piece is None:
            return
        yield piece


NAMES = frozenset(parameter.name for parameter in PARAMETERS)


class ListFile:
    """
    A whole list as a file. Addresses of rows are absolute in CSV and XLSX, which leave the site.

    :param rows: in their order
    :param dictionary: name of a column → its label and path in OCDS
    :param title: the name of the list, and of the file
    :param further: more sheets of a workbook, by their names: columns and rows
    :param warnings: whether there are no rows → what rows do not say, for people; asked for at the end
    """

    def __init__(
        self,
        request: Request,
        rows: models.QuerySet,
        fields: Mapping[str, serializers.Field],
        *,
        title: str,
        dictionary: Mapping[str, Any],
        further: Mapping[str, Callable[[], tuple[Sequence[str], Iterator[Sequence[Any]]]]],
        warnings: Callable[[bool], Sequence[str]] = lambda _is_empty: (),
    ) -> None:
        self.request, self.rows, self.fields, self.warnings = request, rows, fields, warnings
        self.title, self.dictionary, self.further = title, dictionary, further
        self.counted = Counted()

    def answer(self) -> HttpResponseBase:
        """Return the response in the negotiated format; raises ProblemError if the list is too long for it."""
        format_ = self.request.accepted_renderer.format
        content = self.content()
        if self.request.method == "HEAD":
            content = iter(())  # A stream: its length and ETag are not known, as for GET.
        response = StreamingHttpResponse(content, content_type=MEDIA_TYPES[format_])
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        response["Content-Disposition"] = f'attachment; filename="veedor-{self.title}-{day}.{format_}"'
        return response

    def content(self) -> Iterator[bytes]:
        """Yield the file in pieces; `counted` has the number of rows afterwards. Raises as `answer`."""
        written = {"csv": self._csv, "jsonl": self._jsonl, "xlsx": self._xlsx}
        with in_language(self.request):
            return _translated(self.request, written[self.request.accepted_renderer.format]())

    def _csv(self) -> Iterator[bytes]:
        sheet = read_choice(self.request, "sheet", {name: name for name in self.further}, "")
        if sheet:
            names, rows = self._further(sheet)
            lines = self._lines_of(rows)
        else:
            names, lines = list(self.fields), self._lines()
        return csv_stream(
            self.header(names),
            lines,
            delimiter=self.delimiter,
            has_bom=read_choice(self.request, "bom", YES_NO, False),
            has_trailer=read_choice(self.request, "trailer", YES_NO, True),
            counted=self.counted,
            warnings=self.warnings,
        )

    @property
    def delimiter(self) -> str:
        return str(read_choice(self.request, "delimiter", DELIMITERS, ","))

    def _lines(self) -> Iterator[bytes]:
        return csv_lines(self.rows, self._fields_of_sheet(), self.delimiter, is_neutral=True)

    def _lines_of(self, rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
        """Return rows of cells as lines of CSV, with texts escaped that spreadsheets would take for formulas."""
        delimiter = self.delimiter
        return (csv_line([neutral(value, delimiter) for value in row], delimiter) for row in rows)

    def _site(self) -> str:
        return self.request.build_absolute_uri("/").rstrip("/")

    def _further(self, sheet: str) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
        names, lines = self.further[sheet]()
        return names, _absolute(self._site(), names, lines)

    def _fields_of_sheet(self) -> dict[str, serializers.Field]:
        return of_site(self.fields, self._site())

    def _jsonl(self) -> Iterator[bytes]:
        return jsonl_stream(self._objects(), self.counted, self.warnings)

    def _objects(self) -> Iterator[bytes]:
        """Return the rows as lines of JSON."""
        return json_lines(self.rows, self.fields)

    def _length_of_workbook(self) -> int:
        number = self._number()
        if number > MAX_ROWS:
            detail = _("A workbook can have at most %(limit)d rows here; this list is longer.") % {"limit": MAX_ROWS}
            hint = _("Take it as .csv or .jsonl, or ask for less.")
            error = {"parameter": "format", "code": "too_many_rows", "detail": detail, "hint": hint}
            raise ProblemError("too_many_rows", detail, errors=[error], limit=MAX_ROWS)
        return number

    def _number(self) -> int:
        """Return the number of rows, at most one more than a workbook can hold."""
        return int(self.rows.order_by().values("pk")[: MAX_ROWS + 1].count())

    def _xlsx(self) -> Iterator[bytes]:
        number = self._length_of_workbook()
        header = self.header(list(self.fields))
        if self.request.method == "HEAD":
            return iter(())
        read = ((name, *self._further(name)) for name in self.further)
        further = [Sheet(name, self.header(names), lines) for name, names, lines in read]
        sheets = [Sheet("README", *self._readme(number)), Sheet(self.title[:31], header, self._cells()), *further]
        return pieces(write_workbook(sheets))

    def _cells(self) -> Iterator[list[Any]]:
        for values in self._values():
            self.counted.rows += 1
            yield [(value if isinstance(value, Decimal | bool | int) else cell(value)) for value in values]

    def _values(self) -> Iterator[list[Any]]:
        """Yield the values of rows for a table, with lists of objects in words."""
        in_words = {name: field.as_text for name, field in self.fields.items() if hasattr(field, "as_text")}
        for row in self._read():
            yield [in_words[name](value) if name in in_words else value for name, value in row.items()]

    def _read(self) -> Iterator[dict[str, Any]]:
        return (row for _keys, row in iterate_rows(self.rows, self._fields_of_sheet()))

    def header(self, names: Sequence[str]) -> list[str]:
        """Return the header: names of columns, their OCDS paths, or labels in a language."""
        language = read_choice(self.request, "lang", LANGUAGES, "")
        is_ocds = read_choice(self.request, "headers", {"names": False, "ocds": True}, False)
        known = {name: self.dictionary.get(name) for name in names}
        if is_ocds:
            return [column.path if column and column.path else name for name, column in known.items()]
        if not language:
            return list(known)
        return [f"{column.label}" if column else name for name, column in known.items()]

    def _readme(self, number: int) -> tuple[Sequence[str], list[Sequence[Any]]]:
        """Return the README sheet, for people who get the file without having seen this site."""
        lines: list[Sequence[Any]] = [
            (_("Query"), self._query()),
            (_("Taken"), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            (_("Rows"), number),
            (_("Cite"), self._citation(number)),
            *((_("Not told by the rows"), text) for text in self.warnings(number == 0)),
            (
                _("Licence"),
                _("Each record has the licence of its publisher: look up the column source in /api/v1/publishers/."),
            ),
            (_("Flags"), _("A flag is a question about a record, not an accusation: a person decides.")),
            *(
                [
                    (
                        _("Pages"),
                        _(
                            "Addresses in the rows are those of the API. A process has a page for people, "
                            "/process/?ocid= and its ocid; so does a published question, /flags/ and its id."
                        ),
                    )
                ]
                if "ocid" in self.fields
                else ()
            ),
            (_("Dates"), _("Text: days as 2024-03-01, moments in UTC as 2024-03-01T10:00:00Z.")),
            *(
                [(_("Names"), _("Spelt as in each record. To add up, use the ids: each organization has one here."))]
                if "buyer_id" in self.fields
                else ()
            ),
            (
                _("Amounts"),
                _("Numbers; those with more than 15 digits are text, because a spreadsheet would round them."),
            ),
            (_("Long texts"), _("Cut after 32,767 characters, marked by …; CSV and JSON Lines contain everything.")),
            ("", ""),
            # Descriptions of columns are those of the OpenAPI document, which is in English.
            (_("Column"), _("Meaning"), "OCDS", _("More, in English")),
        ]
        for name, field in self.fields.items():
            column = self.dictionary.get(name)
            known = (str(column.label), column.path) if column else ("", "")
            lines.append((name, *known, f"{field.help_text or ''}"))
        return ("Veedor", self.title), lines

    def _citation(self, number: int) -> str:
        """Return how to cite the file; its SHA-256 is not known before its end."""
        day = datetime.now(UTC).date()
        rows = ngettext("%(number)d row", "%(number)d rows", number) % {"number": number}
        read = _("read %(day)s UTC") % {"day": day}
        return f"Veedor ({day.year}). {self.title} [{rows}]. {self._query()} ({read})"

    def _query(self) -> str:
        """Return the address of the list with all parameters, including those of a body."""
        query = self.request.query_params.urlencode(safe=",:")
        address: str = self.request.build_absolute_uri(self.request.path)
        return f"{address}?{query}" if query else address


class ReadListFile(ListFile):
    """A whole list as a file, with columns that PostgreSQL cannot write: its rows are read one by one."""

    def _lines(self) -> Iterator[bytes]:
        mark = decimal_mark(self.delimiter)
        return self._lines_of([cell(value, mark) for value in values] for values in self._values())

    def _objects(self) -> Iterator[bytes]:
        return (json_line(row) for _keys, row in iterate_rows(self.rows, self.fields))


class WrittenListFile(ReadListFile):
    """A whole list as a file, from given rows as in JSON instead of a query."""

    def __init__(
        self,
        request: Request,
        written: Iterable[Mapping[str, Any]],
        fields: Mapping[str, serializers.Field],
        *,
        title: str,
        **options: Any,
    ) -> None:
        super().__init__(
            request, models.QuerySet(), fields, title=title, **{"dictionary": {}, "further": {}} | options
        )
        self.written = written

    def _objects(self) -> Iterator[bytes]:
        return map(json_line, self.written)

    def _number(self) -> int:
        self.written = list(islice(self.written, MAX_ROWS + 1))
        return len(self.written)

    def _read(self) -> Iterator[dict[str, Any]]:
        names = list(self.fields)
        lines = _absolute(self._site(), names, (tuple(row.values()) for row in self.written))
        return (dict(zip(names, line, strict=True)) for line in lines)


def _absolute(site: str, names: Sequence[str], lines: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Yield lines with the site's address before relative addresses, in the address columns."""
    places = {place for place, name in enumerate(names) if name.endswith("url")}
    for line in lines:
        yield [
            f"{site}{value}" if place in places and isinstance(value, str) and value.startswith("/") else value
            for place, value in enumerate(line)
        ]
