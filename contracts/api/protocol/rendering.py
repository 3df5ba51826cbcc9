"""JSON renderers and content negotiation."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# Decimals become texts, so that JSON parsers do not round them; `msgspec.Raw` passes stored JSON through unchanged;
# lazy translations become texts.
_ENCODER = msgspec.json.Encoder(decimal_format="string", enc_hook=str)


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "text"

    def render(self, data: Any, _media_type: str | None = None, _context: Any = None) -> bytes:
        return b"" if data is None else _ENCODER.encode(data)


class AnyRenderer(JSONRenderer):
    """Placeholder for files, which are not negotiated; problems are JSON."""

    media_type = "*/*"


class WholeList(JSONRenderer):
    """Names a format in which a view streams its list itself; problems are JSON."""

    render_style = "binary"


class CSVRenderer(WholeList):
    media_type = "text/csv"
    format = "csv"


class JSONLinesRenderer(WholeList):
    media_type = "application/x-ndjson"
    format = "jsonl"


class XLSXRenderer(WholeList):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


# Another name that programs know a format by → its name here.
_ALSO_CALLED = {"ndjson": JSONLinesRenderer.format}
LIST_RENDERERS = (JSONRenderer, CSVRenderer, JSONLinesRenderer, XLSXRenderer)


class Negotiation(DefaultContentNegotiation):
    def select_renderer(  # type: ignore[override]  # the framework gives a list
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """
        Return the renderer for the requested format, the first one if any is accepted.

        :raises NotAcceptable: if no requested format exists, with the formats requested
        """
        is_given = format_suffix or "format" in request.query_params
        if not is_given and request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return renderers[0], renderers[0].media_type
        try:
            found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable as error:
            formats = ", ".join(dict.fromkeys(renderer.format for renderer in renderers))
            raise NotAcceptable(_("The formats of this address are: %(formats)s.") % {"formats": formats}) from error
        return found

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:  # noqa: A002
        """Return the renderers of a format; raises NotAcceptable for one that is not there."""
        try:
            return super().filter_renderers(renderers, _ALSO_CALLED.get(format, format))
        except Http404 as error:
            raise NotAcceptable from error
