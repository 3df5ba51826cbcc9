"""The exported lists, opened as if the requesting person had requested their address."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest
from rest_framework.request import Request

from audits.dumps.tables import TABLES
from contracts.api.protocol.files.lists import MEDIA_TYPES
from contracts.api.protocol.list_view import ListView

LISTS = {table.name: table.view for table in TABLES}
FORMATS = tuple(MEDIA_TYPES)


def open_list(name: str, format_: str, query: str, *, user: Any, address: str) -> tuple[ListView, Request]:
    """
    Return the view of a list and a request for it.

    :param query: parameters, as in an address
    :param user: the reader
    :param address: absolute address of the list
    :raises ProblemError: if the list does not accept a parameter
    """
    place = urlsplit(address)
    asked = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": place.path,
            "QUERY_STRING": query,
            # WSGI requires both. Django reads the Host header instead, whose port may be invalid.
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": place.netloc,
            "wsgi.url_scheme": place.scheme or "http",
            "wsgi.input": BytesIO(),
        }
    )
    # The way in which the framework's own test client sets the user: no header or cookie is read.
    asked._force_auth_user = user  # type: ignore[attr-defined]  # noqa: SLF001
    asked._force_auth_token = None  # type: ignore[attr-defined]  # noqa: SLF001
    view = LISTS[name]()
    view.setup(asked, format=format_)
    view.format_kwarg = format_
    view.request = request = view.initialize_request(asked)
    request.accepted_renderer, request.accepted_media_type = view.perform_content_negotiation(request)
    view.read_query(request)
    return view, request
