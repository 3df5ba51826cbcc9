"""Real web server, real lines: a slow sender loses nothing, and many of them do not stop the site."""

import json
import socket
import ssl
import time
from contextlib import ExitStack, closing
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from config.child_processes import stop
from contracts.models import ApiToken, Content, Submission
from tests.contracts.api.sending import ADDRESS
from tests.support.clients import new_user
from tests.support.proxy import Proxy, skip_without_nginx
from tests.support.records import release
from tests.support.servers import database_url

pytestmark = pytest.mark.django_db(transaction=True)

# Longer than a statement of this web server may take: 6 MB in 4 seconds.
STATEMENT_SECONDS = 1
SECONDS = 4
BODY = json.dumps(
    {"releases": [release(note="x" * 3_000_000), release("ocds-test01-2", note="x" * 3_000_000)]}
).encode()


class Line:
    """A connection to the site, with TLS where a proxy speaks it."""

    def __init__(self, port: int, *, tls: bool) -> None:
        self.port = port
        self.tls = tls

    def open(self) -> socket.socket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        if not self.tls:
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(plain, server_hostname="localhost")

    def ask(self, path: str) -> tuple[int, float]:
        """Return the status of an answer, and how many seconds it took."""
        begun = time.monotonic()
        with closing(self.open()) as sending:
            sending.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return _status(sending), time.monotonic() - begun


def _whole(sending: socket.socket) -> bytes:
    answer = b""
    while more := sending.recv(10_000):
        answer += more
    return answer


def _status(sending: socket.socket) -> int:
    answer = b""
    while b"\r\n" not in answer and (more := sending.recv(1000)):
        answer += more
    return int(answer.split()[1])


@pytest.fixture(params=["web server", "proxy"])
def line(request, broker, make_web, tmp_path):
    with ExitStack() as ends:
        if request.param == "proxy":
            skip_without_nginx()
        web = make_web(
            DATABASE_URL=database_url(connection.settings_dict),
            CELERY_BROKER_URL=broker,
            VEEDOR_STATEMENT_TIMEOUT=str(STATEMENT_SECONDS),
            VEEDOR_TRUSTED_PROXIES=str(int(request.param == "proxy")),
            VEEDOR_HTTPS=str(request.param == "proxy").lower(),
        )
        if request.param != "proxy":
            yield Line(web.port, tls=False)
            return
        proxy = Proxy(tmp_path, web_port=web.port)
        ends.callback(lambda: stop([proxy]))
        proxy.start()
        yield Line(proxy.port, tls=True)


def test_a_submission_on_a_slow_line_is_stored_whole(line):
    user = new_user("sender", "contracts.add_submission")
    _, secret = ApiToken.objects.issue(user=user, name="test", scopes=["submit"])
    head = (
        f"POST {ADDRESS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    step = len(BODY) // (10 * SECONDS) + 1
    with closing(line.open()) as sending:
        sending.sendall(head.encode())
        for start in range(0, len(BODY), step):
            sending.sendall(BODY[start : start + step])
            time.sleep(0.1)
        assert _status(sending) == 202
    content = Content.objects.get()
    assert b"".join(bytes(chunk.data) for chunk in content.chunks.order_by("number")) == BODY


def receipts(web, secret: str, count: int) -> list[float]:
    """Send submissions one after the other; return how many seconds each receipt took."""
    taken = []
    for number in range(count):
        body = json.dumps(release(f"ocds-test01-{number}")).encode()
        headers = {"Host": "localhost", "Authorization": f"Token {secret}", "Content-Type": "application/json"}
        begun = time.monotonic()
        with urlopen(Request(web.address(ADDRESS), body, headers), timeout=60) as answer:
            assert answer.status == 202
        taken.append(time.monotonic() - begun)
    return taken


def test_a_broker_that_hangs_delays_no_receipt_by_more_than_a_second(make_web):
    """It takes connections, and answers none. The sweep finds what it was not told."""
    user = new_user("sender", "contracts.add_submission")
    _, secret = ApiToken.objects.issue(user=user, name="test", scopes=["submit"])
    with socket.create_server(("127.0.0.1", 0), backlog=256) as silent:
        web = make_web(
            DATABASE_URL=database_url(connection.settings_dict),
            CELERY_BROKER_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
        )
        seconds = receipts(web, secret, 5)
    assert Submission.objects.due().count() == 5
    # One that finds out pays for those after it, which wait for nothing.
    assert max(seconds) - min(seconds) < 1


@pytest.mark.parametrize("line", ["proxy"], indirect=True)
@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        (
            b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        ),
    ],
    ids=["head", "body"],
)
def test_eight_senders_of_a_byte_a_second_do_not_stop_the_site(line, beginning):
    """The web server has four threads; twice as many senders, who never come to their end."""
    with ExitStack() as opened:
        senders = [opened.enter_context(closing(line.open())) for _ in range(8)]
        for sending in senders:
            sending.sendall(beginning)
        answers = []
        for _second in range(4):
            for sending in senders:
                sending.sendall(b"x")
            time.sleep(1)
            answers.append(line.ask("/health/"))
    assert {status for status, _seconds in answers} == {200}
    assert max(seconds for _status, seconds in answers) < 2


@pytest.mark.parametrize("line", ["proxy"], indirect=True)
@pytest.mark.parametrize(
    "length", [b"Content-Length: 100000000", b"Transfer-Encoding: chunked"], ids=["of a length", "without"]
)
def test_nobody_fills_alone_the_room_in_which_large_bodies_wait(line, length):
    def begin(method: bytes, told: bytes) -> socket.socket:
        sending = line.open()
        head = b" %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n\r\n" % (ADDRESS.encode(), told)
        sending.sendall(method + head)
        return sending

    with ExitStack() as opened:
        for _ in range(4):
            opened.enter_context(closing(begin(b"POST", length))).sendall(b"5\r\n")
        time.sleep(0.5)
        with closing(begin(b"POST", length)) as fifth:
            refused = _whole(fifth)
            assert b" 429 " in refused
            assert b"application/problem+json" in refused
            assert json.loads(refused.partition(b"\r\n\r\n")[2])["code"] == "throttled"
        with closing(begin(b"POST", b"Content-Length: 0")) as small:
            assert _status(small) == 401
        with closing(begin(b"GET", length)) as reading:
            assert _status(reading) == 429
        assert line.ask("/api/v1/contracting-processes/?q=c%C3%A1mara%2Fs")[0] == 200


@pytest.mark.parametrize("line", ["proxy"], indirect=True)
@pytest.mark.parametrize(
    ("path", "kind"), [("/submit/", b"text/html"), ("/api/v1/submissions/", b"application/problem+json")]
)
def test_what_the_proxy_refuses_as_too_large_is_told_what_to_do(line, path, kind):
    with closing(line.open()) as sending:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: es-PE,es;q=0.9\r\nConnection: close\r\n"
        sending.sendall(f"{head}Content-Length: 200000000\r\n\r\n".encode())
        answer = _whole(sending)
    assert b" 413 " in answer
    assert b"Content-Type: " + kind in answer
    assert "No se guardó nada.".encode() in answer
