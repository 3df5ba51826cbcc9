"""Pictures with their tables: shown on pages, and downloadable as SVG, CSV and XLSX."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.http import content_disposition_header, urlencode
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from msgspec import Struct, structs

from contracts.api.protocol.files.lists import DELIMITERS, MEDIA_TYPES
from contracts.api.protocol.files.workbook import Sheet, pieces, write_workbook
from contracts.api.protocol.rows.written_by_postgres import decimal_mark, neutral
from contracts.pages.charts.standalone import standalone
from contracts.pages.display import amount, day
from contracts.signed_json import sign
from contracts.signing_key import public_key
from contracts.translating import language_asked

# Maximum length of a title above a picture.
_MAX_LENGTH = 120


class Cell(Struct, frozen=True):
    """A value of a table: for files, as displayed text, and its link."""

    value: Any
    text: str = ""
    href: str = ""

    @property
    def shown(self) -> str:
        return self.text or str(self.value)

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float | Decimal)


def priced(total: Decimal) -> Cell:
    """Return the cell of a sum of money, rounded to cents, because shared amounts are divided."""
    value = round(total, 2) if total % 1 else Decimal(int(total))
    return Cell(value, amount(value))


class Picture(Struct, frozen=True):
    """
    A picture and its table.

    ``name`` is its name in addresses. ``coverage`` says how many rows it covers of how many, ``period`` which time,
    ``note`` how they are counted and what is left out.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    svg: str
    is_wide: bool = False
    coverage: str = ""
    period: str = ""

    @property
    def caption(self) -> str:
        """The text below it, on the page and in the file."""
        period = _("Period: %(period)s.") % {"period": self.period} if self.period else ""
        return " ".join(filter(None, [self.coverage, period, self.note]))


def period_of_years(years: Iterable[int]) -> str:
    """Return ``2018–2026``, or a single year; without years, a text that no date is known."""
    known = [year for year in years if year]
    if not known:
        return _("no date is known")
    first, last = min(known), max(known)
    return str(first) if first == last else f"{first}–{last}"


def picture_file(
    request: HttpRequest,
    pictures: Iterable[Picture],
    name: str,
    kind: str,
    *,
    of: str = "",
    notice: str = "",
    misread: Iterable[str] = (),
    asked: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """
    Return a picture as a file; SVG and XLSX include its title, its description, the day and the source.

    :param kind: ``svg``, ``csv``, ``xlsx``, or ``json``: the table signed, which proves later what it said
    :param of: its subject, which a page around it would name
    :param notice: what its page says above all pictures
    :param misread: sentences about what of its address is not understood: a file has no place for them, and is refused
    :param asked: name and value of the parameters that its pictures depend on, which ``misread`` has checked; the file
        names its page with these alone, because anybody may write others into an address, and have them signed
    :raises Http404: if there is no picture of this name, or no key to sign with
    """
    found = next((picture for picture in pictures if picture.name == name), None)
    if found is None:
        raise Http404(name)
    if lines := list(misread):
        return HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
    found = structs.replace(found, coverage=" ".join(filter(None, [notice, found.coverage])))
    title = f"{Truncator(of).chars(_MAX_LENGTH)} · {found.title}" if of else found.title
    page = _page_of(request, f"/{name}.{kind}", asked) + f"#{name}"
    if kind == "svg":
        drawn = standalone(found.svg, title, found.caption, f"Veedor · {day(timezone.localdate())} · {page}")
        response = HttpResponse(drawn, content_type="image/svg+xml")
        # Other sites may embed it.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
    contents = {"xlsx": lambda: _xlsx(found, title, page), "json": lambda: _signed(found, title, page)}
    content = contents[kind]() if kind in contents else _csv(found, request.GET)
    table = HttpResponse(content, content_type=MEDIA_TYPES.get(kind, "application/json"))
    # With subject and day, so that downloaded files can be told apart.
    of = request.path.removesuffix(f".{kind}").replace("/", "-")
    table["Content-Disposition"] = content_disposition_header(True, f"veedor{of}-{timezone.localdate()}.{kind}")
    return table


def _page_of(request: HttpRequest, file: str, asked: Iterable[tuple[str, str]]) -> str:
    """Return the address of the page that shows a picture, in the language asked for."""
    language = language_asked(request.GET.get("lang"))
    query = urlencode([*asked, *([("lang", language)] if language else [])])
    address = request.build_absolute_uri(escape_uri_path(request.path)).replace(file, "/", 1)
    return f"{address}?{query}" if query else address


def _xlsx(picture: Picture, title: str, page: str) -> bytes:
    """Return the table as a workbook, which opens alike in any locale, with its source."""
    told = [
        (_("Page"), page),
        (_("Taken"), timezone.localdate().isoformat()),
        (_("What it tells of"), picture.caption),
        (_("Flags"), _("A flag is a question about a record, not an accusation: a person decides.")),
    ]
    rows = ([cell.value if cell.is_number else str(cell.value) for cell in row] for row in picture.rows)
    sheets = [Sheet("README", ("Veedor", title), told), Sheet(picture.name[:31], picture.head, rows)]
    return b"".join(pieces(write_workbook(sheets)))


def _signed(picture: Picture, title: str, page: str) -> str:
    """Return the table as a signed document, with exact values as text; see ``contracts.signed_json``."""
    if public_key() is None:
        raise Http404
    document = {
        "address": page,
        "read": timezone.localdate().isoformat(),
        "note": _("This was shown on that day (UTC); the address shows the present state."),
        "language": get_language(),
        "table": {
            "title": title,
            "caption": picture.caption,
            "head": list(map(str, picture.head)),
            "rows": [[str(cell.value) for cell in row] for row in picture.rows],
        },
    }
    return json.dumps(sign(document), ensure_ascii=False, indent=1)


def _csv(picture: Picture, asked: Mapping[str, str]) -> str:
    """Return the table as CSV; ``delimiter=semicolon`` and ``bom=1`` work as in the API's lists."""
    delimiter = DELIMITERS.get(asked.get("delimiter", ""), ",")
    text = io.StringIO()
    if asked.get("bom") == "1":
        text.write("\ufeff")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(neutral(name, delimiter) for name in picture.head)
    for row in picture.rows:
        writer.writerow(
            str(cell.value).replace(".", decimal_mark(delimiter)) if cell.is_number else neutral(cell.value, delimiter)
            for cell in row
        )
    return text.getvalue()
