"""Middleware of the API: request ids, log lines, compression, and errors as problems."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from contracts.api.protocol.problems import CODES, MEDIA_TYPE, ProblemError, respond
from contracts.runtime.log_context import FORMS, log_as, path_to_log

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PREFIX = "/api/"
# A NUL byte in a query, or in a query nested in one of our parameters.
_NUL = re.compile("%(?:25)*00")
# Endings of addresses that do more than read; searches may have the suffix of a format.
_TAKES_POSTS = re.compile(r"/(?:search\.[a-z]+)?$")
# Errors raised outside views, which the exception handler of the API does not see.
_CODES = {status: code for code, (status, _meaning) in reversed(CODES.items())}
_OF_THE_BODY = frozenset({"Content-Type", "Content-Length", "Content-Encoding", "ETag"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_READ_FROM_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, RateLimit, Retry-After, X-Request-ID",
}

logger = logging.getLogger(__name__)


class ApiMiddleware:
    """
    Give every request an id and a log line, and every error below /api/ the form of a problem.

    It is the first middleware, so that it sees the responses of all others. The id of a trusted proxy is kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        given = request.headers.get("X-Request-ID", "") if settings.VEEDOR_TRUSTED_PROXIES else ""
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(16)
        request.request_id = request_id  # type: ignore[attr-defined]
        with log_as(request=request_id):
            response = self._answer(request)
            path = path_to_log(request.path_info)
            fields = {"method": request.method, "path": path, "status": response.status_code}
            fields["milliseconds"] = round(1000 * (time.monotonic() - begun))
            # Readers and senders stay anonymous: no address, query or browser is logged, and for the form no time.
            if not request.path_info.startswith(FORMS):
                logger.info("%(method)s %(path)s %(status)d", fields, extra={"fields": fields})
        if response.streaming:
            response.streaming_content = _watched(response.streaming_content, request_id)  # type: ignore[attr-defined]
        response["X-Request-ID"] = request_id
        if request.path_info.startswith(_PREFIX) and request.method in _SAFE:
            # Pages of other origins may read public data: they send no cookie, and would have to know a token.
            for name, value in _READ_FROM_ANYWHERE.items():
                response.headers.setdefault(name, value)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_PREFIX):
            if "\x00" in request.path_info or _NUL.search(request.META.get("QUERY_STRING", "")):
                return HttpResponseBadRequest()  # PostgreSQL does not accept NUL, and pages do not need it.
            return self.get_response(request)
        if request.method not in _SAFE and not _TAKES_POSTS.search(request.path_info):
            # A redirect would lose the body.
            hint = _("Addresses end with a slash: %(path)s/") % {"path": request.path_info}
            error = {"code": "not_found", "detail": str(CODES["not_found"][1]), "hint": hint}
            return respond(ProblemError("not_found", errors=[error]), request)
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE:
            return response
        if response.status_code == 500:
            logger.error("%s returned %d without a problem document.", request.path_info, response.status_code)
        code = _CODES.get(response.status_code, "bad_request")
        answer = respond(ProblemError(code, status=response.status_code), request)
        for name, value in response.items():
            if name not in _OF_THE_BODY:
                answer.headers.setdefault(name, value)
        return answer


def _watched(chunks: Iterable[Any], request_id: str) -> Iterator[Any]:
    """Yield a long response, and log an interruption with the id of the request."""
    try:
        yield from chunks
    except Exception:
        with log_as(request=request_id):
            logger.exception("A response was interrupted.")
        raise


_TEXTS = (
    *("application/json", "application/problem+json", "application/vnd.oai"),
    *("text/csv", "application/x-ndjson", "application/x-followthemoney+ndjson"),
)


# RFC 9110, 12.4.2: a weight of 0 means "not acceptable"; Django only looks for the name.
_REFUSES_GZIP = re.compile(r"\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", re.IGNORECASE)


class CompressMiddleware(GZipMiddleware):
    """
    Compress JSON, CSV and JSON Lines below /api/, including streams.

    HTML pages are not compressed: they contain the CSRF token beside reflected input, so their compressed size could
    reveal it letter by letter (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        # Byte ranges refer to the uncompressed file.
        if request.path_info.startswith("/api/") and kind.startswith(_TEXTS) and response.status_code != 206:
            if not _REFUSES_GZIP.search(request.headers.get("Accept-Encoding", "")):
                return super().process_response(request, response)  # type: ignore[arg-type, return-value]
            patch_vary_headers(response, ("Accept-Encoding",))
        return response
