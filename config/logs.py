"""
The log of web and worker: one JSON object a line in production, lines to read in development.

It holds ids of requests, tasks and submissions, and nothing that tells of a person: no address, no query (it holds
readers' search words), no browser, no token. The text of an error may quote what somebody sent, so that JSON gives its
type, its SQLSTATE and where it arose; the text is told where the trouble is one of servers.
"""

import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from contracts.postgres.isolating import may_pass
from contracts.runtime.log_context import FORMS, log_ids

MAX_FRAMES = 30
MAX_CAUSES = 5
# What gunicorn says of a request names its sender's address, or the address asked for with the query.
_OF_REQUESTS = {
    "Invalid request from ip=": "A request was refused, for it is not valid HTTP.",
    "Error handling request": "A request could not be answered to its end.",
}


def logging_settings(*, production: bool, level: str) -> dict[str, Any]:
    """Return the argument of ``logging.config.dictConfig``; gunicorn and Django get the same."""
    console = {"handlers": ["console"], "level": level, "propagate": False}
    formatter = JsonFormatter if production else ReadableFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "filters": {"refused forms": {"()": WithoutRefusedForms}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refused forms"]},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": console,
            "gunicorn.error": console,
            # Start and end of tasks, which would show when somebody sent something. Failures are errors, and logged.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # That it was imported.
            "pikepdf": {"level": "WARNING"},
        },
    }


class WithoutRefusedForms(logging.Filter):
    """
    Drops Django's messages about refused requests to the forms: their time would reveal when somebody sent.

    Django logs an unclear field in the same way as an attack. Our own errors (500) are still logged.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path_info", "")
        return not path.startswith(FORMS) or getattr(record, "status_code", 500) >= 500


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, ids, ``error`` with its causes."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_ids(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = _error(record.exc_info[1])
        return msgspec.json.encode(line, enc_hook=str).decode()


class ReadableFormatter(logging.Formatter):
    """A line with ids at its end, and the whole trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        more = "".join(f" {name}={value}" for name, value in _ids(record).items())
        line = f"{_time(record)} {record.levelname} {record.name}: {_message(record)}{more}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _ids(record: logging.LogRecord) -> dict[str, str]:
    ids = dict(log_ids())
    # Django logs answers after the block of their request, Celery the end of a task after that of the task.
    if request := getattr(getattr(record, "request", None), "request_id", None):
        ids["request"] = request
    if record.name.startswith("celery.") and isinstance(record.args, Mapping) and "id" in record.args:
        ids["task"] = str(record.args["id"])
    return ids


def _message(record: logging.LogRecord) -> str:
    """Return the message without what requests and errors quote."""
    if record.name == "gunicorn.error":
        for start, harmless in _OF_REQUESTS.items():
            if str(record.msg).startswith(start):
                return harmless
    if isinstance(record.msg, BaseException):
        return _name(record.msg)
    if isinstance(record.args, Mapping):
        args: Any = dict(record.args)
        if record.name.startswith("celery.") and "exc" in args:
            args["exc"] = str(args["exc"]).partition("(")[0]  # its repr
    else:
        args = tuple(_name(value) if isinstance(value, BaseException) else value for value in record.args or ())
    return str(record.msg) % args if args else str(record.msg)


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _error(error: BaseException, depth: int = 0) -> dict[str, Any]:
    """Return type, place and causes of an error; its text only if it is about servers."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    entry: dict[str, Any] = {"type": _name(error)}
    if may_pass(error):
        entry["text"] = str(error)
    if state := getattr(error, "sqlstate", None):
        entry["sqlstate"] = state
    entry["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause and depth < MAX_CAUSES:
        entry["cause"] = _error(cause, depth + 1)
    return entry
