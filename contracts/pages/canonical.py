"""Pages have one address; other spellings, in small letters for instance, are led there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse


def at_its_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view at the address that its arguments have as converters read them, and redirect there from others."""

    @wraps(view)
    def looking(request: HttpRequest, **arguments: Any) -> HttpResponse:
        match = request.resolver_match
        address = reverse(match.view_name, kwargs=match.kwargs) if match else request.path
        if address == request.path:
            return view(request, **arguments)
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

    return looking
