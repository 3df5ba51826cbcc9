"""The WSGI application of the web server."""

import codecs
import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A reader waits for a page, a worker for a batch: only the web server gives up after seconds.
os.environ.setdefault("VEEDOR_STATEMENT_TIMEOUT", "15")
os.environ.setdefault("VEEDOR_LOCK_TIMEOUT", "2")
# The receipt does not wait for the doorbell: what is not rung is found by the sweep.
os.environ.setdefault("VEEDOR_BROKER_TIMEOUT", "0.3")

django.setup(set_prefix=False)


class Request(WSGIRequest):
    """
    A request whose query and form are UTF-8, as browsers send them.

    The charset of a Content-Type is that of a body, which the input gate reads by itself. Django would read the query
    in it too, and what Python calls a charset need not be one of texts ("hex").
    """

    @property
    def encoding(self) -> str | None:
        return None

    @encoding.setter
    def encoding(self, _charset: str | None) -> None:
        pass


class Handler(WSGIHandler):
    request_class = Request


_django = Handler()


def application(surroundings: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; a Content-Type that Django cannot read, and would end with a trace, counts as none."""
    try:
        _media_type, parameters = parse_header_parameters(surroundings.get("CONTENT_TYPE", ""))
        codecs.lookup(parameters.get("charset", "utf-8"))
    except LookupError:
        pass  # Django knows how to answer an unknown charset
    except ValueError:
        surroundings["CONTENT_TYPE"] = ""
    return _django(surroundings, start_response)
