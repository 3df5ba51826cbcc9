"""The WSGI application of the web server."""

import codecs
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A reader waits for a page, a worker for a batch: only the web server gives up after seconds.
os.environ.setdefault("VEEDOR_STATEMENT_TIMEOUT", "15")
os.environ.setdefault("VEEDOR_LOCK_TIMEOUT", "2")
# The receipt does not wait for the doorbell: what is not rung is found by the sweep.
os.environ.setdefault("VEEDOR_BROKER_TIMEOUT", "0.3")

_django = get_wsgi_application()


def application(surroundings: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; a Content-Type that Django can not read, and would end with a trace, counts as none."""
    try:
        _media_type, parameters = parse_header_parameters(surroundings.get("CONTENT_TYPE", ""))
        codecs.lookup(parameters.get("charset", "utf-8"))
    except LookupError:
        pass  # Django knows how to answer an unknown charset
    except ValueError:
        surroundings["CONTENT_TYPE"] = ""
    return _django(surroundings, start_response)
