"""Requests that gunicorn refuses before the application is asked."""

import json
import logging
import socket

import pytest
from gunicorn.config import Config
from gunicorn.http import errors
from gunicorn.http.parser import RequestParser

from config import serving
from contracts.api.protocol.problems import CODES


def read(line: bytes):
    sent = iter([line + b"\r\nHost: veedor.example\r\n\r\n"])
    return next(RequestParser(Config(), sent, ("127.0.0.1", 1)))


@pytest.mark.parametrize(
    ("typed", "path", "query"),
    [
        ("/api/v1/contracts/?q=cámara".encode(), "/api/v1/contracts/", "q=c%C3%A1mara"),
        ("/api/v1/contracts/?q=c\xe1mara".encode("latin-1"), "/api/v1/contracts/", "q=c%E1mara"),
        ("/búsqueda/".encode(), "/b%C3%BAsqueda/", ""),
        (b"/api/v1/contracts/?q=c%C3%A1mara", "/api/v1/contracts/", "q=c%C3%A1mara"),
    ],
)
def test_letters_as_they_are_typed_are_percent_encoded(typed, path, query):
    request = read(b"GET " + typed + b" HTTP/1.1")
    assert (request.method, request.path, request.query) == ("GET", path, query)


@pytest.mark.parametrize("line", [b"GET /a\x00b HTTP/1.1", b"GET /a\x7f HTTP/1.1", b"G\xc3\x89T / HTTP/1.1", b"GET /"])
def test_what_is_not_an_address_is_refused_as_before(line):
    with pytest.raises(errors.ParseException):
        read(line)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidRequestLine("GET /?q=secret"), 400, "bad_request"),
        (errors.InvalidHeader("X-Secret"), 400, "bad_request"),
        (errors.LimitRequestLine(9000, 8190), 414, "bad_request"),
        (errors.LimitRequestHeaders("secret"), 431, "bad_request"),
        (errors.ForbiddenProxyRequest("secret"), 403, "permission_denied"),
        (errors.UnsupportedTransferCoding("secret"), 501, "bad_request"),
    ],
)
def test_requests_refused_before_the_application_get_a_problem_and_are_logged_without_content(
    error, status, code, caplog
):
    ours, theirs = socket.socketpair()
    worker = serving.Worker.__new__(serving.Worker)
    worker.log = logging.getLogger("gunicorn.error")
    with ours, theirs, caplog.at_level(logging.DEBUG):
        worker.handle_error(None, ours, ("192.0.2.7", 4), error)
        ours.close()
        head, _end, body = theirs.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"/api/v1/problems/#{code}"
    assert CODES[code][0] == status or code == "bad_request"
    assert f"X-Request-ID: {problem['request_id']}".encode() in head
    assert problem["request_id"] in caplog.text
    assert not any(word in caplog.text for word in ("secret", "Secret", "192.0.2.7"))


def test_what_is_wrong_with_our_settings_is_left_to_gunicorn(monkeypatch):
    left: list[BaseException] = []
    monkeypatch.setattr(
        serving.ThreadWorker, "handle_error", lambda _worker, _req, _client, _addr, error: left.append(error)
    )
    worker = serving.Worker.__new__(serving.Worker)
    wrong = errors.ConfigurationProblem("two schemes")
    worker.handle_error(None, None, ("192.0.2.7", 4), wrong)
    assert left == [wrong]


def test_who_is_gone_is_not_an_error():
    ours, theirs = socket.socketpair()
    worker = serving.Worker.__new__(serving.Worker)
    worker.log = logging.getLogger("gunicorn.error")
    theirs.close()
    with ours:
        worker.handle_error(None, ours, ("192.0.2.7", 4), errors.InvalidRequestLine(""))
