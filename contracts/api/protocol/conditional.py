"""Answers that are told by an ETag what they are, and are not sent again: of GET as Django does it, and of HEAD."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.decorators import decorator_from_middleware


class _Conditional(ConditionalGetMiddleware):
    """Gives a HEAD the ETag, or the 304, of the GET: the API works out the same content for both."""

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        if request.method != "HEAD":
            return super().process_response(request, response)
        request.method = "GET"
        try:
            return super().process_response(request, response)
        finally:
            request.method = "HEAD"


conditional_page = decorator_from_middleware(_Conditional)
