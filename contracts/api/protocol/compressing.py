"""Compresses answers of the API for clients that accept it."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS = (
    *("application/json", "application/problem+json", "application/vnd.oai"),
    *("text/csv", "application/x-ndjson", "application/x-followthemoney+ndjson"),
)


class CompressMiddleware(GZipMiddleware):
    """
    Compress JSON, CSV and JSON Lines below /api/, streams too.

    Pages are left alone: they hold the secret of forms beside what a stranger can have them say, and how well a page
    compresses would tell it letter by letter.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if request.path_info.startswith("/api/") and kind.startswith(_TEXTS):
            return super().process_response(request, response)  # type: ignore[arg-type, return-value]
        return response
