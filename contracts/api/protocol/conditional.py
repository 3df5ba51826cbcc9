"""Conditional answers by ETag, which are not sent again: to GET as Django does it, and to HEAD."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware


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


# Made once: a decorator on a view method would be made for each request.
_conditional = _Conditional(lambda _request: HttpResponse())


class ConditionalView:
    """A view whose answers have an ETag, once they are rendered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: Any = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if not hasattr(answer, "render"):
            return _conditional.process_response(request, answer)
        answer.add_post_render_callback(partial(_conditional.process_response, request))
        return answer  # type: ignore[no-any-return]
