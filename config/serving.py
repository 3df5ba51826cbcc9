"""
Gunicorn, taught to take addresses as people type them and to refuse requests as the API does.

A program such as curl sends the letters of an address as they are typed, `?q=cámara`; browsers percent-encode them.
"""

import json
import re
import uuid
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

_RAW = re.compile(rb"[\x80-\xff]")
# What is not a 400 among what gunicorn refuses.
_STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
# As the API's own problems of these statuses; gunicorn reads this before Django may be asked.
_CODES = {HTTPStatus.FORBIDDEN: "permission_denied"}
# What we sent or set is not the client's fault.
_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)


class TolerantRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request whose address may hold bytes that are not ASCII: they are percent-encoded, as a browser does it."""

    def parse_request_line(self, line_bytes: bytes) -> None:
        method, space, rest = bytes(line_bytes).partition(b" ")
        super().parse_request_line(method + space + _RAW.sub(lambda found: b"%%%02X" % ord(found[0]), rest))


class Worker(ThreadWorker):  # type: ignore[misc]
    """Answers a request that never reaches the application with a problem document; logs neither address nor words."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, errors.ParseException) or isinstance(exc, _OURS):
            super().handle_error(req, client, addr, exc)
            return
        status = next((code for kind, code in _STATUSES.items() if isinstance(exc, kind)), HTTPStatus.BAD_REQUEST)
        request_id = uuid.uuid4().hex
        self.log.warning("A request that is not valid HTTP: %s. request=%s", type(exc).__name__, request_id)
        try:
            util.write_nonblock(client, refusal(status, request_id))
        except OSError:
            self.log.debug("Who asked is gone.")


def refusal(status: HTTPStatus, request_id: str) -> bytes:
    """Return a complete response that refuses a request, in a fixed language: headers were not read."""
    code = _CODES.get(status, "bad_request")
    problem = {
        "type": f"/api/v1/problems/#{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": "The request is not valid HTTP.",
        "code": code,
        "errors": [],
        "request_id": request_id,
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: {request_id}\r\n\r\n"
    )
    return head.encode() + body


RequestParser.mesg_class = TolerantRequest
