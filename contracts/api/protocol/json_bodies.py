"""Bodies of requests that are JSON: small, with exact numbers, each member once."""

import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from contracts.api.protocol.problems import ProblemError
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError

# A mapping of a table names at most 200 columns, by headers of at most 500 characters.
_MAX_BYTES = 1024 * 1024


class StrictJSONParser(BaseParser):
    """Reads ``request.data``, except of what is received as a stream (submissions) or read by ``read_object``."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:  # noqa: ARG002  -- as the framework calls it
        try:
            return read_json(stream, _MAX_BYTES)
        except ValueError as error:
            raise ParseError(_why(error)) from None


def read_json(stream: IO[bytes] | Any, limit: int) -> Any:
    """
    Return the JSON value in a stream of at most ``limit`` bytes.

    :raises RefusedError: if it is longer
    :raises ProblemError: if a member is given twice
    :raises ValueError: if it is not JSON, or holds what is not text
    """
    body = stream.read(limit + 1)  # no more than this is ever in memory
    if len(body) > limit:
        raise RefusedError(Problem("body_too_large", "limit", {"limit": limit}, offset=limit))
    try:
        read = json.loads(body.decode(), parse_float=_number, parse_constant=_refuse, object_pairs_hook=_object)
        # Half of a character can be escaped ("\ud800"), but neither stored nor sent.
        json.dumps(read, ensure_ascii=False, default=str).encode()
    except RecursionError as error:
        raise ValueError(str(error)) from None
    return read


def body_problem(name: str, detail: str, hint: str = "") -> ProblemError:
    """Return the problem of a member of a body, or of the whole body."""
    pointer = f"/{escape(name[:60])}" if name else ""
    error = {"code": "invalid_parameter", "pointer": pointer, "detail": detail, **({"hint": hint} if hint else {})}
    return ProblemError("invalid_parameter", detail, errors=[error])


def unreadable(error: Exception) -> ProblemError:
    """Return the problem of a body that is not JSON, or holds what is no text."""
    return body_problem("", _why(error))


def _why(error: Exception) -> str:
    return _("The body is not read: %(why)s") % {"why": str(error)[:200]}


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        ((twice, _number),) = Counter(name for name, _value in members).most_common(1)
        raise body_problem(twice, _("%(name)s is given twice.") % {"name": twice[:60]})
    return found


def _number(token: str) -> Decimal:
    try:
        return Decimal(token)
    except InvalidOperation:  # an exponent of some twenty digits
        raise ValueError(token[:60]) from None


def _refuse(token: str) -> Any:
    raise ValueError(token)
