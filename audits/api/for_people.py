"""
The address of a row serves a program the row, and redirects a browser to its page.

Addresses of rows are in spreadsheets and citations, where people open them in a browser.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponseBase]
# Parameters that request the row as JSON, also in a browser.
_FOR_PROGRAMS = frozenset({"format", "fields", "omit"})


def leads_to(page: str, view: View) -> View:
    """
    Wrap a view of a row so that browsers without an account are redirected to its page.

    Readers with an account may see more than the page, so they get the row.

    :param page: name of the page's address; it takes the view's arguments, else the ocid in the query
    """

    @wraps(view)
    def leading(request: HttpRequest, **address: Any) -> HttpResponseBase:
        response = _see(_address(page, request, address)) if _is_followed(request) else view(request, **address)
        patch_vary_headers(response, ["Accept", "Authorization", "Cookie"])
        return response

    return leading


def _is_followed(request: HttpRequest) -> bool:
    """Return whether a browser follows a link: programs accept anything, or JSON."""
    is_known = "Authorization" in request.headers or settings.SESSION_COOKIE_NAME in request.COOKIES
    accepts_pages = "text/html" in request.headers.get("Accept", "")
    return request.method in {"GET", "HEAD"} and accepts_pages and not is_known and not _FOR_PROGRAMS & {*request.GET}


def _address(page: str, request: HttpRequest, address: dict[str, Any]) -> str:
    if "pk" in address:
        return reverse(page, kwargs=address)
    return reverse(page, query={"ocid": address.get("ocid") or request.GET.get("ocid", "")})


def _see(address: str) -> HttpResponse:
    """Answer 303 See Other: the page is about the row, but is not the row."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-cache"})
