"""
Errors of the API as `application/problem+json` (RFC 9457), never as HTML or a traceback.

`code` and `values` are stable and for programs; `title`, `detail` and `hint` are for people, in their language.
`errors` lists each error with its place: a query `parameter`, a JSON `pointer` into the body (in its `line`-th JSON
value), or a byte `offset`.
"""

import difflib
import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from contracts.ocds.fixture_tables import fixture_rows, texts_listed
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError
from contracts.postgres.isolating import may_pass
from contracts.postgres.time_limits import was_stopped
from contracts.translating import problem_as_json

MEDIA_TYPE = "application/problem+json"
# Seconds in `Retry-After` after a timeout or a transient error.
RETRY_SECONDS = 10

# Status → title.
TITLES = {int(status): _lazy(text) for status, text in texts_listed("values", "status").items()}
# Codes of the API → status and meaning. Codes of the input gate are in contracts.ocds.messages.
CODES = {row["code"]: (int(row["status"]), _lazy(row["text"])) for row in fixture_rows("wording/api_problems")}

logger = logging.getLogger(__name__)


class ProblemError(exceptions.APIException):
    """
    Raised to respond with a problem.

    :param code: one of `CODES`, which gives the default status and detail, or a code of the input gate
    :param errors: mappings with `code`, `detail` and, where they apply, `parameter`, `pointer`, `line`, `offset`,
        `values`, `hint`
    :param extensions: further members of the response, such as `limit`
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
    error = {"parameter": parameter, "code": code, "detail": detail, **({"hint": hint} if hint else {}), **more}
    return ProblemError(code, detail, errors=[error])


# Minimum similarity of a suggested word.
_ALIKE = 0.5


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown word: the most similar known word, and the list of all."""
    known = sorted(known)
    # Ties go to the first in order: T04 for T4, not T24.
    alike = {name: difflib.SequenceMatcher(None, name, word[:100]).ratio() for name in known}
    match = max(known, key=alike.__getitem__, default="")
    names = ", ".join(known) or _("none")
    if alike.get(match, 0) >= _ALIKE:
        return _("Did you mean %(match)s? Allowed: %(names)s.") % {"match": match, "names": names}
    return _("Allowed: %(names)s.") % {"names": names}


# Codes of the input gate that concern size or encoding; other codes concern the content (422).
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
    """Return the HTTP status of a response that refuses input with a code of the input gate."""
    return int(_REFUSAL_STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY))


def refusal(*problems: Problem, file: str = "") -> ProblemError:
    """
    Return the problem for refused input; the first problem determines the status.

    All are in `errors`, as for every problem of the API, and in `problems`, as for accepted submissions.
    """
    code, errors = problems[0].code, [problem_as_json(problem, file) for problem in problems]
    return ProblemError(code, errors[0]["detail"], status=refusal_status(code), errors=errors, problems=errors)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Turn any exception of a view into a problem; unexpected ones are logged and return 500."""
    set_rollback()
    return respond(problem_of(error), context["request"])


def problem_of(error: Exception) -> ProblemError:
    match error:
        case ProblemError():
            return error
        case RefusedError():
            return refusal(*error.problems)
        case Http404() | exceptions.NotFound():
            return ProblemError("not_found")
        case PermissionDenied():
            return ProblemError("permission_denied")
        case exceptions.ValidationError():
            return _problem_of_members(error)
        case exceptions.ParseError():
            return ProblemError("not_json", str(error.detail), status=error.status_code)
        case exceptions.APIException():
            return _problem_of_framework(error)
        case RequestDataTooBig():
            return refusal(Problem("body_too_large"))
        case UnreadablePostError():
            return ProblemError("body_incomplete")
        case BadRequest() | SuspiciousOperation():
            return ProblemError("bad_request")
        case OperationalError() if was_stopped(error):
            logger.warning("A statement took too long and was stopped.")
            return ProblemError("too_slow", headers={"Retry-After": str(RETRY_SECONDS)})
        case _ if may_pass(error):
            logger.warning("A request failed with a transient error.", exc_info=error)
            return ProblemError("unavailable", headers={"Retry-After": str(RETRY_SECONDS)})
    logger.error("A request failed.", exc_info=error)
    return ProblemError("server_error")


def _problem_of_members(error: exceptions.ValidationError) -> ProblemError:
    """Return the problem for a body with invalid members, each with its JSON Pointer."""
    code = "invalid_parameter"
    errors = [{"code": code, "pointer": pointer, "detail": detail} for pointer, detail in _placed(error.detail, "")]
    return ProblemError(code, errors[0]["detail"], errors=errors)


def _placed(detail: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield each message of a validation error, with the JSON Pointer of its place."""
    match detail:
        case dict():
            for name, found in detail.items():
                is_of_all = name == api_settings.NON_FIELD_ERRORS_KEY
                yield from _placed(found, pointer if is_of_all else f"{pointer}/{escape(str(name))}")
        case list():
            for found in detail:
                yield from _placed(found, pointer)
        case _:
            yield pointer, str(detail)


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
    """Return the id of a request, as set by the middleware."""
    plain: Any = getattr(request, "_request", request)
    if not hasattr(plain, "request_id"):
        plain.request_id = uuid.uuid4().hex
    return str(plain.request_id)
