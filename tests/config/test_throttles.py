"""Throttles count over all web processes, keep no address, and let people in when they cannot count."""

import logging
import os

import pytest
import redis
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from contracts.api.protocol.access.throttles import AnonymousThrottle, UserThrottle

ADDRESS = "203.0.113.7"


class TwoAnonymous(AnonymousThrottle):
    rate = "2/min"


class TwoOfAUser(UserThrottle):
    rate = "2/min"


@pytest.fixture
def request_of():
    def make(user, **headers):
        request = Request(APIRequestFactory().get("/api/v1/flags/", **{"REMOTE_ADDR": ADDRESS} | headers))
        request.user = user
        return request

    return make


def test_two_processes_share_one_count(empty_broker, request_of):
    # A throttle is made for each request and keeps nothing itself: a second one is what a second process has.
    answers = [TwoAnonymous().allow_request(request_of(AnonymousUser()), None) for _ in range(3)]
    assert answers == [True, True, False]


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        # A subscriber has at least this many addresses of IPv6, and could take another one for each password.
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:0DB8:1:2::1%eth0", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
    ],
)
def test_the_addresses_of_one_subscriber_are_counted_together(request_of, first, second, is_same):
    one, other = (TwoAnonymous().get_ident(request_of(AnonymousUser(), REMOTE_ADDR=at)) for at in (first, second))
    assert (one == other) is is_same


def test_a_window_ends(empty_broker, request_of, monkeypatch):
    def asked_at(seconds: float) -> tuple[bool, int, int]:
        monkeypatch.setattr(TwoAnonymous, "timer", lambda _throttle: seconds)
        throttle = TwoAnonymous()
        return throttle.allow_request(request_of(AnonymousUser()), None), throttle.left, throttle.wait()

    answers = [asked_at(seconds) for seconds in (60.5, 70, 119.9, 120)]
    assert answers == [(True, 1, 60), (True, 0, 50), (False, 0, 1), (True, 1, 60)]
    assert all(0 < empty_broker.ttl(key) <= 60 for key in empty_broker.keys("*throttle*"))


def test_a_request_is_counted_in_one_trip(empty_broker, request_of, monkeypatch):
    trips = []
    send = redis.connection.AbstractConnection.send_packed_command
    monkeypatch.setattr(
        redis.connection.AbstractConnection,
        "send_packed_command",
        lambda *given, **named: trips.append(1) or send(*given, **named),
    )
    TwoAnonymous().allow_request(request_of(AnonymousUser()), None)
    trips.clear()  # it connected
    TwoAnonymous().allow_request(request_of(AnonymousUser()), None)
    assert len(trips) == 1


def test_a_connection_that_the_server_left_is_made_again(empty_broker):
    assert cache.count("some", 1, 60) == 1
    empty_broker.client_kill_filter(_type="normal", skipme=True)
    assert [cache.count("some", 1, 60), cache.count("other", 2, 60)] == [2, 2]


class Pieces:
    """A socket that hands over an answer byte by byte, and then that the server left."""

    def __init__(self, answer: bytes) -> None:
        self.rest = answer

    def sendall(self, _asked: bytes) -> None:
        pass

    def recv(self, _most: int) -> bytes:
        piece, self.rest = self.rest[:1], self.rest[1:]
        return piece

    def shutdown(self, _how: int) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def answering(empty_broker):
    """Let the server of the counters answer the next request so."""
    cache.count("some", 1, 60)
    own = cache._own
    own.disconnect()
    yield lambda text: setattr(own, "_sock", Pieces(text))
    own.disconnect()


def test_an_answer_that_comes_in_pieces_is_read_whole(answering):
    answering(b":37\r\n:1\r\n")
    assert cache.count("some", 1, 60) == 37


@pytest.mark.parametrize(
    "answer", [b"-OOM no memory\r\n:0\r\n", b"-READONLY a copy\r\n-READONLY a copy\r\n", b"+OK\r\n:1\r\n"]
)
def test_what_is_not_a_count_is_an_error_and_read_by_nobody_else(answering, answer):
    answering(answer)
    with pytest.raises(redis.exceptions.ResponseError, match=answer[1:3].decode()):
        cache.count("some", 1, 60)
    assert cache.count("some", 1, 60) == 2


def test_a_server_that_leaves_amid_its_answer_is_asked_again(answering):
    answering(b":37\r\n")
    assert cache.count("some", 1, 60) == 2


def test_what_is_not_a_number_is_reported_by_the_server(empty_broker):
    empty_broker.set(cache.make_key("some"), "text")
    with pytest.raises(redis.exceptions.ResponseError, match="not an integer"):
        cache.count("some", 1, 60)
    assert cache.count("other", 1, 60) == 1


def test_a_process_does_not_count_over_the_connection_of_the_one_it_was_forked_from(empty_broker, monkeypatch):
    def connections() -> set[str]:
        cache.count("some", 1, 60)
        return {client["id"] for client in empty_broker.client_list()}

    own = connections()
    assert connections() == own
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert connections() - own


@pytest.mark.parametrize("key", ["two words", "año\r\nFLUSHALL", ""])
def test_a_key_is_one_whatever_it_holds(empty_broker, key):
    assert [cache.count(key, 2, 60), cache.count(key, 1, 60), cache.count(f"{key}x", 1, 60)] == [2, 3, 1]


def test_a_forged_header_does_not_make_another_reader(empty_broker, request_of):
    forged = [request_of(AnonymousUser(), HTTP_X_FORWARDED_FOR=f"198.51.100.{number}") for number in range(3)]
    assert [TwoAnonymous().allow_request(request, None) for request in forged] == [True, True, False]


def test_no_address_is_kept(empty_broker, request_of):
    TwoAnonymous().allow_request(request_of(AnonymousUser()), None)
    keys = empty_broker.keys("*throttle*")
    assert len(keys) == 1
    assert ADDRESS.encode() not in keys[0]
    assert ADDRESS.encode() not in empty_broker.get(keys[0])


def test_people_with_an_account_are_counted_apart(empty_broker, request_of):
    first, second = User(pk=1), User(pk=2)
    assert [TwoOfAUser().allow_request(request_of(first), None) for _ in range(3)] == [True, True, False]
    assert TwoOfAUser().allow_request(request_of(second), None)
    assert TwoOfAUser().allow_request(request_of(AnonymousUser()), None)


def test_without_the_cache_everyone_is_let_through_and_it_is_logged(settings, request_of, caplog):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    with caplog.at_level(logging.WARNING):
        assert all(TwoAnonymous().allow_request(request_of(AnonymousUser()), None) for _ in range(4))
    assert "Requests are not counted" in caplog.text


def test_the_cache_and_the_queue_share_a_server_and_no_key(empty_broker):
    cache.set("key", "value")
    assert [key.startswith(b"veedor-cache-") for key in empty_broker.keys("*")] == [True]
