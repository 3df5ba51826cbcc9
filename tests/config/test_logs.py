"""The log: request ids from answers are found in it, personal data are not."""

import contextlib
import errno
import io
import json
import logging
import socket
import urllib.error
import urllib.request

import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from config.logs import JsonFormatter, ReadableFormatter, WithoutRefusedForms
from contracts.api.protocol.middleware import ApiMiddleware
from contracts.models import Submission
from contracts.runtime.log_context import SECRETS, log_as
from tests.contracts.api.sending import send
from tests.security.world import routes
from tests.support.records import release
from tests.support.servers import AWAY, STANDS_ALONE

SECRET_WORD = "camarasdelbarrio"


@contextlib.contextmanager
def logged():
    """Yield a list that holds, after the block, the lines of JSON that were logged within."""
    stream, lines = io.StringIO(), []
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    root = loggers[0]
    level, _ = root.level, root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.setLevel(level)
        for logger in loggers:
            logger.removeHandler(handler)
        lines += [json.loads(line) for line in stream.getvalue().splitlines()]


def record(message, *args, error=None, name="some.where", **more) -> logging.LogRecord:
    found = logging.LogRecord(name, logging.ERROR, "", 1, message, args, error and (type(error), error, None))
    vars(found).update(more)
    return found


def as_json(*args, **options) -> dict:
    return json.loads(JsonFormatter().format(record(*args, **options)))


def fail_with(error):
    def execute(*_arguments, **_options):
        raise error

    return execute


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError(f"odd: {SECRET_WORD}"), 500),
        (OperationalError("it is away"), 503),
        (psycopg.errors.DiskFull("could not extend file"), 503),  # as it is, from a cursor of ours
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EACCES, f"odd: {SECRET_WORD}"), 500),
    ],
    ids=["odd", "away", "disk of the database", "disk", "odd file"],
)
def test_the_id_in_a_problem_is_found_in_the_log_and_no_search_word(anonymous, error, status):
    with logged() as lines, connection.execute_wrapper(fail_with(error)):
        answer = anonymous.get(f"/api/v1/contracting-processes/?q={SECRET_WORD}")
    body = answer.json()
    assert (answer.status_code, body["request_id"]) == (status, answer["X-Request-ID"])
    found = [line for line in lines if line.get("request") == body["request_id"]]
    (failure,) = [line for line in found if line["logger"] == "contracts.api.protocol.problems"]
    assert failure["error"]["type"].endswith(type(error).__name__)
    assert any("protocol/list_view.py" in frame for frame in failure["error"]["trace"])
    (answered,) = [line for line in found if "milliseconds" in line]
    assert (answered["method"], answered["path"], answered["status"]) == (
        "GET",
        "/api/v1/contracting-processes/",
        status,
    )
    assert SECRET_WORD not in json.dumps(lines)


@pytest.mark.django_db
def test_what_django_logs_after_the_answer_has_the_id_too(client):
    with logged() as lines:
        answer = client.get("/nowhere/", headers={"X-Forwarded-For": "203.0.113.7"})
    assert [line["request"] for line in lines if line["logger"] == "django.request"] == [answer["X-Request-ID"]]
    assert "203.0.113.7" not in json.dumps(lines)
    assert "127.0.0.1" not in json.dumps(lines)


@pytest.mark.django_db
@pytest.mark.parametrize("start", SECRETS)
def test_what_opens_by_its_address_is_not_logged(client, start):
    with logged() as lines:
        client.post(f"{start}{SECRET_WORD}/{SECRET_WORD}/")
    assert [line["path"] for line in lines if "milliseconds" in line] == [f"{start}…"]


def test_every_address_that_holds_a_token_is_known():
    with_token = {f"/{route}" for route, _pattern in routes() if "token>" in route}
    assert {start for start in SECRETS for route in with_token if route.startswith(start)} == set(SECRETS)
    assert all(route.startswith(SECRETS) for route in with_token)


@pytest.mark.django_db(transaction=True)
def test_a_submission_is_followed_from_its_receipt_without_its_sender(sender, nudged):
    with logged() as lines:
        answer = send(sender, release())
    (stored,) = [line for line in lines if line.get("submission") == answer.json()["id"]]
    assert stored["request"] == answer["X-Request-ID"]
    assert sender.user.username not in json.dumps(lines).replace(stored["request"], "")


def test_an_answer_that_breaks_off_is_logged_under_its_id():
    def chunks():
        yield b"beginning"
        raise ValueError(SECRET_WORD)

    with logged() as lines:
        answer = ApiMiddleware(lambda _request: StreamingHttpResponse(chunks()))(RequestFactory().get("/a/"))
        with pytest.raises(ValueError):
            list(answer.streaming_content)
    assert (lines[-1]["request"], lines[-1]["error"]["type"]) == (answer["X-Request-ID"], "ValueError")


def test_texts_of_errors_are_told_only_of_servers():
    odd, away = ValueError(SECRET_WORD), OperationalError("it is away")
    odd.__cause__ = away
    entry = as_json("a failure: %r", odd, error=odd)
    assert (entry["message"], entry["error"]["type"]) == ("a failure: 'ValueError'", "ValueError")
    assert "text" not in entry["error"]
    assert entry["error"]["cause"]["text"] == "it is away"


def test_what_gunicorn_and_celery_quote_is_left_out():
    refused = as_json(f"Invalid request from ip=203.0.113.7: 'GET /?q={SECRET_WORD}'", name="gunicorn.error")
    broken = as_json("Error handling request %s %s", "GET", f"/?q={SECRET_WORD}", name="gunicorn.error")
    context = {"id": "7b0a", "name": "a.task", "exc": f"ValueError('{SECRET_WORD}')"}
    failed = as_json("Task %(name)s[%(id)s] failed: %(exc)s", context, name="celery.app.trace")
    assert SECRET_WORD not in json.dumps([refused, broken, failed])
    assert "203.0.113.7" not in json.dumps(refused)
    assert (failed["task"], failed["message"]) == ("7b0a", "Task a.task[7b0a] failed: ValueError")


def test_what_the_forms_refuse_is_not_logged_and_a_defect_of_theirs_is():
    def passes(path, **more):
        return WithoutRefusedForms().filter(
            record("%s: %s", "Bad Request", path, request=RequestFactory().get(path), **more)
        )

    paths = ("/submit/", "/reply/status/", "/search/")
    assert [passes(path, status_code=400) for path in paths] == [False, False, True]
    assert passes("/submit/", status_code=500)
    assert WithoutRefusedForms().filter(record("no request"))


def test_development_reads_lines():
    with log_as(request="1234"), log_as(submission="5678"):
        line = ReadableFormatter().format(record("%d lines", 3))
    assert line.endswith("ERROR some.where: 3 lines request=1234 submission=5678")
    assert ReadableFormatter().format(record("3 lines")).endswith("3 lines")


def test_a_line_break_makes_no_line_of_its_own():
    assert "\n" not in JsonFormatter().format(record("GET %s", "/a\n{}"))


def test_each_line_of_the_web_server_is_json_and_tells_of_nobody(make_web):
    web = make_web(**AWAY)
    told = {"Host": "localhost", "Authorization": "Token secret-of-somebody", "User-Agent": "Browser of mine"}
    address = web.address(f"/api/v1/contracting-processes/?q={SECRET_WORD}")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(address, headers=told), timeout=60)
    answer = json.loads(caught.value.read())
    assert caught.value.code == 503
    with socket.create_connection(("127.0.0.1", web.port)) as plain:
        plain.sendall(f"GET /?q={SECRET_WORD} NO/HTTP\r\n\r\n".encode())
        assert b"400" in plain.recv(1000)
    text = web.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert {"contracts.api.protocol.middleware", "contracts.api.protocol.problems"} <= {
        line["logger"] for line in lines if line.get("request") == answer["request_id"]
    }
    assert any(line["message"].startswith("A request that is not valid HTTP: ") for line in lines)
    for word in (SECRET_WORD, "secret-of-somebody", "Browser of mine", "127.0.0.1"):
        assert word not in text


def test_a_worker_logs_what_it_did_with_the_ids_of_task_and_submission_and_nothing_of_the_form(
    make_worker, wait_until, monkeypatch
):
    from contracts.tasks import process_submission
    from tests.support.receiving import receive

    for name, value in STANDS_ALONE.items():
        monkeypatch.setenv(name, value)
    worker = make_worker()
    form, _ = receive([json.dumps(release("ocds-form-1")).encode()], channel=Submission.Channel.FORM)
    of_form = process_submission.delay(str(form.pk))
    submission, _ = receive([json.dumps(release()).encode()], channel=Submission.Channel.API)
    task = process_submission.delay(str(submission.pk))
    wait_until(lambda: "Processed: " in worker.end_of_log(100))
    wait_until(lambda: Submission.objects.exclude(processed_at=None).count() == 2)
    lines = [json.loads(line) for line in worker.log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"]
    of_task = [line for line in lines if line.get("task") == task.id]
    assert [line["message"] for line in of_task if line.get("submission") == str(submission.pk)] == [
        "Processed: 1 releases read, 0 problems."
    ]
    assert of_form.id not in worker.log.read_text(encoding="utf-8")
    assert str(form.pk) not in worker.log.read_text(encoding="utf-8")
