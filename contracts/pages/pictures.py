"""A picture with the table it is drawn from: each can be read, taken along as CSV, and shown elsewhere as SVG."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from msgspec import Struct

from contracts.api.protocol.copied import neutral


class Cell(Struct, frozen=True):
    """A value of a table: as it is taken along, as it is read, and where it leads."""

    value: Any
    text: str = ""
    href: str = ""

    @property
    def shown(self) -> str:
        return self.text or str(self.value)

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float | Decimal)


class Picture(Struct, frozen=True):
    """
    A picture and its table.

    ``name`` is its place in an address; ``note`` says of how many it tells, of which time, and what it leaves out.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    svg: str
    is_wide: bool = False


def picture_file(pictures: Iterable[Picture], name: str, kind: str) -> HttpResponse:
    """
    Return a picture as a file.

    :param kind: ``svg`` or ``csv``
    :raises Http404: if there is no picture of this name
    """
    found = next((picture for picture in pictures if picture.name == name), None)
    if found is None:
        raise Http404(name)
    if kind == "svg":
        response = HttpResponse(found.svg, content_type="image/svg+xml")
        # Others may show it in their pages.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
    response = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _csv(picture: Picture) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(picture.head)
    writer.writerows([neutral(cell.value) for cell in row] for row in picture.rows)
    return text.getvalue()
