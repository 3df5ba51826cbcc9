"""
Errors of the API: one shape for all of them, `application/problem+json` (RFC 9457), never a page, never a trace.

`code` is stable and for programs, `title`, `detail` and `hint` are for people, in their language. `errors` says what
is wrong where: at a query `parameter`, at a JSON `pointer` in the body (in its `line`-th JSON value), at a byte
`offset`.
"""

import difflib
import logging
import uuid
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import set_rollback

from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.simple import SimpleContractError
from contracts.problem_texts import detail_in_readers_language, hint_in_readers_language

MEDIA_TYPE = "application/problem+json"

# Status → what it means, in general.
TITLES = {
    400: _lazy("The request can not be read"),
    401: _lazy("Who you are is not known"),
    403: _lazy("This is not allowed"),
    404: _lazy("There is nothing here"),
    405: _lazy("This address does not know that method"),
    406: _lazy("There is no such format"),
    410: _lazy("This is no longer published"),
    411: _lazy("The length of the body must be told"),
    413: _lazy("The body is too large"),
    415: _lazy("This form of body is not understood"),
    422: _lazy("The record can not be taken"),
    429: _lazy("Too many requests"),
    500: _lazy("Something broke on our side"),
    503: _lazy("Not at the moment"),
}

# Codes of the API itself → their status and what they mean. The input gate's are in contracts.ocds.problems.
CODES = {
    "bad_request": (400, _lazy("The request breaks the rules of HTTP.")),
    "body_incomplete": (400, _lazy("The connection broke before the whole body had arrived.")),
    "encoding": (400, _lazy("The query is not UTF-8, or holds a NUL character.")),
    "file_missing": (400, _lazy("The form has no part named file, or more than one.")),
    "invalid_cursor": (400, _lazy("The cursor is not one that this list gave for this order.")),
    "invalid_parameter": (400, _lazy("A query parameter has a value that it can not have.")),
    "repeated_parameter": (400, _lazy("A query parameter is given twice.")),
    "unknown_parameter": (400, _lazy("There is no such query parameter.")),
    "unknown_publisher": (400, _lazy("There is no publisher of that slug.")),
    "authentication_failed": (401, _lazy("The token is not known, was revoked or has expired.")),
    "not_authenticated": (401, _lazy("This needs a token.")),
    "permission_denied": (403, _lazy("The account or token may not do this.")),
    "not_found": (404, _lazy("There is nothing at this address.")),
    "method_not_allowed": (405, _lazy("This address does not know that method.")),
    "not_acceptable": (406, _lazy("The API does not speak a format that was asked for.")),
    "no_longer_published": (
        410,
        _lazy("This flag was published. It is under review again, or no longer stands, so it is not shown."),
    ),
    "length_required": (411, _lazy("The body came in chunks, and this server can not read these.")),
    "unsupported_media_type": (415, _lazy("The Content-Type is missing or not understood.")),
    "unsupported_encoding": (415, _lazy("The Content-Encoding is not understood.")),
    "charset": (415, _lazy("The charset is not understood.")),
    "throttled": (429, _lazy("Too many requests in a short time; Retry-After says when to come back.")),
    "trial_running": (429, _lazy("Another validation of this account is under way; wait for its answer.")),
    "unavailable": (503, _lazy("The site can not answer at the moment; Retry-After says when to come back.")),
    "server_error": (500, _lazy("Something broke on our side; it has been logged.")),
}

logger = logging.getLogger(__name__)


class ProblemError(exceptions.APIException):
    """
    Raised to answer with a problem.

    :param code: one of `CODES`, which gives status and detail where these are not given, or of the input gate's
    :param errors: what is wrong where, mappings with `code`, `detail`, and `parameter`, `pointer`, `line`, `offset`,
        `hint` where they apply
    :param extensions: further members of the answer, such as `limit`
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        detail = detail or str(CODES[code][1])
        super().__init__(detail, code)
        self.code = code
        self.text = detail
        self.status_code = int(status or CODES[code][0])
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        self.extensions = extensions


def parameter_problem(parameter: str, code: str, detail: str, hint: str = "", **more: Any) -> ProblemError:
    """Return the problem of one query parameter."""
    error = {"parameter": parameter, "code": code, "detail": detail, **({"hint": hint} if hint else {}), **more}
    return ProblemError(code, detail, errors=[error])


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint for a word that is not known: the nearest one that is, and all of them."""
    known = sorted(known)
    matches = difflib.get_close_matches(word[:100], known, n=1, cutoff=0.5)
    names = ", ".join(known) or _("none")
    if matches:
        return _("Did you mean %(match)s? Allowed: %(names)s.") % {"match": matches[0], "names": names}
    return _("Allowed: %(names)s.") % {"names": names}


# Codes of the input gate that are no fault of the meaning (422) but of the size or of the text itself.
_REFUSAL_STATUS = {
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unpacked_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "item_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "empty_body": HTTPStatus.BAD_REQUEST,
    "encoding_unknown": HTTPStatus.BAD_REQUEST,
    "gzip_damaged": HTTPStatus.BAD_REQUEST,
    "not_json": HTTPStatus.BAD_REQUEST,
    "cut_off": HTTPStatus.BAD_REQUEST,
    "not_a_package": HTTPStatus.BAD_REQUEST,
    "object_expected": HTTPStatus.BAD_REQUEST,
}


def refusal_status(code: str) -> int:
    """Return the status of an answer that refuses input for a problem of the input gate."""
    return int(_REFUSAL_STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY))


def input_error(problem: Problem) -> dict[str, Any]:
    """Return a problem of the input gate as an entry of `errors`."""
    detail = detail_in_readers_language(problem.detail)
    entry: dict[str, Any] = {"pointer": problem.pointer, "line": problem.line}
    if problem.offset is not None:
        entry["offset"] = problem.offset
    return {**entry, "code": problem.code, "detail": detail, "hint": hint_in_readers_language(problem.hint)}


def refusal(errors: list[dict[str, Any]]) -> ProblemError:
    """Return the answer to input that was refused for `errors` (not empty); the first one decides the status."""
    first = errors[0]
    return ProblemError(first["code"], first["detail"], status=refusal_status(first["code"]), errors=errors)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Answer any exception of a view with a problem; what nobody foresaw is logged and answered with 500."""
    set_rollback()
    return respond(problem_of(error), context["request"])


def problem_of(error: Exception) -> ProblemError:
    """Return the problem that an exception is to the reader."""
    match error:
        case ProblemError():
            return error
        case RefusedError():
            return refusal([input_error(error.problem)])
        case SimpleContractError():
            return refusal(
                [input_error(Problem("simple_contract", entry.message, entry.pointer)) for entry in error.problems]
            )
        case Http404() | exceptions.NotFound():
            return ProblemError("not_found")
        case PermissionDenied():
            return ProblemError("permission_denied")
        case exceptions.APIException():
            return _problem_of_framework(error)
        case RequestDataTooBig():
            return refusal([input_error(Problem("body_too_large", "The body is too large."))])
        case UnreadablePostError():
            return ProblemError("body_incomplete")
        case BadRequest() | SuspiciousOperation():
            return ProblemError("bad_request")
    logger.error("A request failed.", exc_info=error)
    return ProblemError("server_error")


def _problem_of_framework(error: exceptions.APIException) -> ProblemError:
    """Turn an exception of Django REST framework into a problem."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    seconds = getattr(error, "wait", None)
    if seconds is not None:
        headers["Retry-After"] = str(int(seconds) + 1)
    return ProblemError(str(error.default_code), str(error.detail), status=error.status_code, headers=headers)


def respond(problem: ProblemError, request: Request | HttpRequest) -> HttpResponse:
    """Return the answer that tells a problem."""
    body = {
        "type": f"/api/v1/problems/#{problem.code}",
        "title": TITLES.get(problem.status_code, HTTPStatus(problem.status_code).phrase),
        "status": problem.status_code,
        "detail": problem.text,
        "code": problem.code,
        **problem.extensions,
        "errors": problem.errors,
        "request_id": request_id(request),
    }
    return HttpResponse(
        msgspec.json.encode(body, enc_hook=str),
        status=problem.status_code,
        content_type=MEDIA_TYPE,
        headers={**problem.headers, "Cache-Control": "no-store"},
    )


def request_id(request: Request | HttpRequest) -> str:
    """Return the id of a request, as the middleware gave it."""
    plain: Any = getattr(request, "_request", request)
    if not hasattr(plain, "request_id"):
        plain.request_id = uuid.uuid4().hex
    return str(plain.request_id)
