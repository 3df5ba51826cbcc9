"""Requests that once ended with a 500, guessed without end, or waited for a server that was away."""

import math
import re
from base64 import urlsafe_b64encode
from pathlib import Path

import msgspec
import psycopg
import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from config import wsgi
from contracts.api.protocol.access.throttles import (
    AnonymousThrottle,
    FormThrottle,
    GuessThrottle,
    PageThrottle,
    ReceiptThrottle,
    SearchThrottle,
    UserThrottle,
)
from contracts.models import Publisher
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.clients import client_with_token, new_user
from tests.support.records import release
from tests.support.triage import load_release, made_up_release, raise_flag

ROOT = Path(__file__).parents[2]


def ask(**environment: str) -> tuple[str, bytes]:
    """Ask the application as the web server does."""
    from django.test import RequestFactory

    answers = []
    environ = RequestFactory().get("/health/").environ | environment
    body = b"".join(wsgi.application(environ, lambda status, headers: answers.append(status)))
    return answers[0], body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type", ["application/json; charset*=utf-8''%00", "x; charset=\x00", "a; charset=b\x00"]
)
def test_a_charset_that_no_one_can_read_is_not_a_trace(content_type):
    assert ask(CONTENT_TYPE=content_type)[0] == "200 OK"


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "rot13", "idna", "punycode", "undefined", "utf-16", "unknown"])
def test_a_query_is_utf_8_whatever_charset_a_body_would_have(rf, charset):
    declared = {"QUERY_STRING": "q=c%C3%A1mara", "CONTENT_TYPE": f"application/json; charset={charset}"}
    assert ask(**declared)[0] == "200 OK"
    assert wsgi.Handler.request_class(rf.get("/").environ | declared).GET["q"] == "cámara"


@pytest.mark.django_db
def test_a_form_field_with_nul_is_a_400(sender, nudged):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="publisher"\r\n\r\na\x00b\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n{"ocid":"a"}\r\n--x--\r\n'
    )
    problem(send(sender, body, "multipart/form-data; boundary=x"), 400, "unknown_publisher")
    assert nothing_is_stored()


@pytest.mark.django_db
def test_a_cursor_with_nul_is_a_400(anonymous):
    cursor = urlsafe_b64encode(msgspec.json.encode(["slug", False, 1, "\x00"])).decode()
    for order in ("slug", "name"):
        address = f"/api/v1/publishers/?order_by={order}&cursor={cursor}"
        assert anonymous.get(address).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("depth", [70, 480, 900, 5000])
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}validate/", f"{ADDRESS}simple-contract/"])
def test_deep_json_with_nul_is_a_422(sender, nudged, depth, address):
    body = b'{"ocid":"a","title":"t","buyer":"b","x":' + b"[" * depth + b'"\\u0000"' + b"]" * depth + b"}"
    problem(send(sender, body, address=address), 422, "too_deep")


@pytest.mark.django_db
def test_a_length_of_twenty_digits_is_a_413_that_waits_for_nothing(sender, nudged):
    body: dict = {"CONTENT_LENGTH": "9" * 20, "wsgi.input": None}
    import io

    class Waiting(io.BytesIO):
        def read(self, *_size):
            raise AssertionError("nothing may be read")

    problem(send(sender, release(), **body | {"wsgi.input": Waiting()}), 413, "body_too_large")


@pytest.mark.parametrize(
    "address",
    [
        "/admin/r/1/1/",
        "/admin/contracts/publisher/?q=%00",
        "/admin/contracts/contractingprocess/?buyer_name=%00",
        "/admin/contracts/submission/?channel=%00",
        "/admin/audits/flag/?rule=%00",
        "/admin/audits/flag/?country=%00",
        "/admin/contracts/submission/?kind__exact=%00",
    ],
)
def test_odd_addresses_of_the_admin_are_no_500(superuser, address):
    assert superuser.get(address).status_code < 500


@pytest.mark.parametrize("following", ["9" * 35, "-1", "9" * 5000, "\x00", "a"])
def test_an_odd_next_flag_is_no_500(superuser, following):
    flag = raise_flag(load_release(made_up_release()))
    page = superuser.get(f"/admin/audits/flag/{flag.pk}/change/", {"_row": following})
    assert page.status_code in {200, 400}
    answer = superuser.post(f"/admin/audits/flag/{flag.pk}/change/?_row=9", {"decision": following})
    assert answer.status_code < 500
    assert superuser.post(f"/admin/audits/flag/{flag.pk}/desk/", {"assignee": following}).status_code == 302


def fail_with(error):
    def execute(*_arguments, **_options):
        raise error

    return execute


def timed_out() -> OperationalError:
    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = psycopg.errors.QueryCanceled()
    return error


TROUBLE = [
    timed_out(),
    OperationalError("connection refused"),
    InterfaceError("connection already closed"),
    MemoryError(),
]


@pytest.mark.django_db
@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: f"{type(error).__name__} {error}")
def test_a_server_that_is_away_is_a_503_that_says_when_to_come_back(anonymous, error):
    with connection.execute_wrapper(fail_with(error)):
        api = anonymous.get("/api/v1/contracting-processes/")
        page = anonymous.get("/admin/login/", headers={"Cookie": "sessionid=abcdefghijklmnop"})
    body = problem(api, 503, "too_slow" if "timeout" in str(error) else "unavailable")
    assert "statement" not in str(body)
    assert (page.status_code, page["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert api["Retry-After"] == page["Retry-After"] == "10"


@pytest.mark.django_db
def test_what_nobody_foresaw_stays_a_500(anonymous):
    with connection.execute_wrapper(fail_with(RuntimeError("odd"))):
        problem(anonymous.get("/api/v1/contracting-processes/"), 500, "server_error")
        assert anonymous.get("/admin/login/", headers={"Cookie": "sessionid=abcdefghijklmnop"}).status_code == 500


@pytest.mark.django_db
@pytest.mark.usefixtures("empty_broker")
class TestGuessing:
    @pytest.fixture(autouse=True)
    def low_rates(self, monkeypatch):
        for throttle in (GuessThrottle, PageThrottle, SearchThrottle):
            monkeypatch.setattr(throttle, "rate", "3/min", raising=False)

    def test_passwords(self):
        get_user_model().objects.create_superuser("lead", password="the right horse")
        client = Client()
        wrong = {"username": "lead", "password": "wrong"}
        assert [client.post("/admin/login/", wrong).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.post("/admin/login/", wrong | {"password": "the right horse"})
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0
        assert client.get("/admin/login/").status_code == 200  # to read the page is no attempt

    def test_tokens_are_counted_before_anyone_is_known(self, anonymous):
        def ask(number: int):
            return anonymous.get("/api/v1/flags/", headers={"Authorization": f"Token vdr_{number}_x"}).status_code

        assert [ask(number) for number in range(4)] == [401, 401, 401, 429]

    def test_pages_and_searches(self, anonymous):
        assert [anonymous.get("/methodology/").status_code for _ in range(4)] == [200, 200, 200, 429]
        address = "/api/v1/contracting-processes/?q=camaras"
        assert [anonymous.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert anonymous.get("/api/v1/contracting-processes/").status_code == 200

    @pytest.mark.parametrize(
        ("address", "browser", "words"),
        [
            ("/data/", "es-PE,es;q=0.9,en;q=0.1", 'lang="es"><.*demasiadas solicitudes'),
            ("/data/", "pt", 'lang="pt"><.*solicitações demais'),
            ("/data/", "de", 'lang="en"><.*Too many requests'),
            ("/data/?lang=es", "en", 'lang="es"><.*demasiadas solicitudes'),
        ],
    )
    def test_a_page_that_is_refused_speaks_the_readers_language(self, anonymous, address, browser, words):
        answers = [anonymous.get(address, headers={"Accept-Language": browser}) for _ in range(4)]
        assert answers[-1].status_code == 429
        assert re.search(words, answers[-1].content.decode())
        assert "<p>" not in answers[-1].content.decode().partition("</p>")[2], "nothing was sent that may be lost"

    @pytest.mark.parametrize(("rate", "longest"), [("1/min", 1), ("1/hour", 60)])
    def test_who_is_refused_is_told_how_long_to_wait(self, anonymous, monkeypatch, rate, longest):
        monkeypatch.setattr(ReceiptThrottle, "rate", rate, raising=False)
        refused = [anonymous.post("/submit/status/", headers={"Accept-Language": "es"}) for _ in range(2)][-1]
        assert refused.status_code == 429
        minutes = math.ceil(int(refused["Retry-After"]) / 60)
        assert minutes <= longest
        words = "de nuevo en un minuto." if minutes == 1 else f"de nuevo en {minutes} minutos."
        assert words in refused.content.decode()
        assert "Lo que envió no se pierde" in refused.content.decode()

    def test_who_looks_at_receipts_may_still_send_and_who_sent_may_still_look(self, anonymous, monkeypatch):
        for throttle in (FormThrottle, ReceiptThrottle):
            monkeypatch.setattr(throttle, "rate", "3/hour", raising=False)
        looked_at = ("/submit/status/", "/submit/table/", "/submit/proof/", "/reply/status/")
        assert [anonymous.post(address).status_code for address in looked_at] == [200, 200, 200, 429]
        sent = ("/submit/", "/reply/", "/submit/", "/submit/")
        assert [anonymous.post(address).status_code for address in sent] == [200, 404, 200, 429]
        assert anonymous.get("/submit/status/").status_code == 200

    @pytest.mark.parametrize("address", ["/submit/status/", "/submit/table/", "/reply/status/"])
    def test_receipts_are_not_guessed_without_end(self, anonymous, monkeypatch, address):
        monkeypatch.setattr(ReceiptThrottle, "rate", "3/hour", raising=False)
        guesses = [anonymous.post(address, {"receipt": f"bade {number}"}).status_code for number in range(4)]
        assert guesses == [404, 404, 404, 429]

    @pytest.mark.parametrize("address", ["/value.svg", "/suppliers.csv", "/none.svg"])
    def test_pictures_of_the_home_page(self, anonymous, address):
        assert [anonymous.get(address).status_code for _ in range(4)] == [404, 404, 404, 429]
        assert anonymous.get("/robots.txt").status_code == 200

    @pytest.mark.parametrize(
        "address",
        ["/sitemap.xml", "/sitemap-bodies.xml?p=2", f"/documents/{'0' * 64}/copy", "/some/address", "/metrics"],
    )
    def test_whatever_is_not_known_to_need_no_limit_has_one(self, anonymous, address):
        answers = [anonymous.get(address).status_code for _ in range(4)]
        assert (429 in answers[:3], answers[3]) == (False, 429)

    @pytest.mark.parametrize("address", ["/health/", "/robots.txt", "/favicon.ico", "/submit/", "/admin/login/"])
    def test_what_costs_next_to_nothing_is_read_as_often_as_one_likes(self, anonymous, address):
        assert {anonymous.get(address).status_code for _ in range(4)} == {200}

    def test_searches_on_pages_are_counted_with_those_of_the_api(self, anonymous):
        addresses = ("/search/?q=camaras", "/api/v1/contracting-processes/?q=camaras")
        assert [anonymous.get(address).status_code for address in addresses * 2] == [200, 200, 200, 429]
        assert anonymous.get("/search/?q=camaras").status_code == 429
        assert anonymous.get("/search/").status_code == 200

    def test_posts_that_are_refused_are_counted(self, anonymous, monkeypatch):
        monkeypatch.setattr(UserThrottle, "rate", "3/min", raising=False)
        monkeypatch.setattr(AnonymousThrottle, "rate", "3/min", raising=False)
        reader = client_with_token(new_user("reader", "contracts.add_submission"), "read")
        assert [send(reader, release()).status_code for _ in range(4)] == [403, 403, 403, 429]
        assert [send(anonymous, release()).status_code for _ in range(4)] == [401, 401, 401, 429]

    def test_no_address_is_kept(self, anonymous, empty_broker):
        anonymous.get("/methodology/", REMOTE_ADDR="203.0.113.7")
        (key,) = empty_broker.keys("*throttle_pages*")
        assert b"203.0.113.7" not in key + empty_broker.get(key)
        assert re.search(rb"[0-9a-f]{32}$", key)


@pytest.mark.django_db
def test_the_settings_hold_forms_to_the_default():
    assert django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 2_621_440


@pytest.mark.django_db
def test_another_country_of_a_publisher_makes_its_audits_due():
    from audits.models import Audit

    flag = raise_flag(load_release(made_up_release()))
    publisher = Publisher.objects.create(slug="x", name="X", country="MX")
    type(flag.process).objects.update(publisher=publisher)
    Audit.objects.update(is_due=False)
    publisher.name = "Y"
    publisher.save()
    assert not Audit.objects.filter(is_due=True).exists()
    publisher.country = "PE"
    publisher.save()
    assert Audit.objects.filter(is_due=True, is_current=True).exists()
    Audit.objects.update(is_due=False)
    publisher.time_zone = "America/Lima"
    publisher.save()
    assert Audit.objects.filter(is_due=True).exists()
