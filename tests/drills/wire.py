"""HTTP by hand: requests that no client library would send, and answers as they come."""

import http.client
import socket
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Above gunicorn's own, so that a process that is killed for its slowness is seen as no answer.
TIMEOUT = 90


class Answer(NamedTuple):
    """``status`` is 0 where the connection ended without an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


Header = tuple[bytes, bytes]


def request_bytes(method: bytes, target: bytes, headers: Iterable[Header], payload: bytes = b"") -> bytes:
    """Write a request; nothing is checked, and nothing is added but the host and the end of the connection."""
    given = list(headers)
    if not any(name.lower() == b"host" for name, _ in given):
        given.insert(0, (b"Host", b"127.0.0.1"))
    lines = [method + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in given)]
    return b"\r\n".join((*lines, b"Connection: close", b"", payload))


def ask(port: int, request: bytes, *, leaves: bool = False, timeout: float = TIMEOUT) -> Answer:
    """
    Send a request to a port of this machine.

    :param leaves: end the sending side after it, as a client does that announced more and went away
    """
    started = time.monotonic()
    with socket.socket() as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(("127.0.0.1", port))
            try:
                connection.sendall(request)
                if leaves:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server need not read what it refuses; its answer may be here
            response = http.client.HTTPResponse(connection, method=request.partition(b" ")[0].decode("latin-1"))
            response.begin()
            body = response.read()
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, b"", time.monotonic() - started)
        return Answer(response.status, response.headers, body, time.monotonic() - started)
