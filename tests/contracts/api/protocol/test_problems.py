import json

import pytest
from django.test import override_settings
from django.urls import path
from rest_framework.response import Response

from config.urls import urlpatterns as real
from contracts.api.protocol.problems import CODES, TITLES
from contracts.api.protocol.views import ApiView
from contracts.ocds.messages import HINTS
from contracts.ocds.problems import Problem, RefusedError
from tests.support.records import load, release

SECRET = "SELECT secret FROM table"


class Broken(ApiView):
    def get(self, _request):
        raise RuntimeError(SECRET)


class Refused(ApiView):
    def get(self, _request):
        raise RefusedError(Problem("too_deep", "", {"limit": 64}, "/a/b", line=3, offset=17))


class Unknown(ApiView):
    parameters = frozenset({"country", "currency"})

    def get(self, _request):
        return Response({})


def plain_error(_request):
    raise RuntimeError(SECRET)


urlpatterns = [
    path("api/broken/", Broken.as_view()),
    path("api/refused/", Refused.as_view()),
    path("api/parameters/", Unknown.as_view()),
    path("api/plain/", plain_error),
    *real,
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def problem(response, status: int, code: str) -> dict:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["code"] == code
    assert body["request_id"] == response["X-Request-ID"]
    assert set(body) >= {"type", "title", "status", "detail", "code", "errors", "request_id"}
    return body


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("address", ["/api/nothing/", "/api/v1/nothing/", "/api/v1/contracts/1/2/"])
def test_an_unknown_address_below_api_is_a_problem(anonymous, address, debug):
    with override_settings(DEBUG=debug):
        problem(anonymous.get(address), 404, "not_found")


@pytest.mark.parametrize("address", ["/api/broken/", "/api/plain/"])
def test_an_uncaught_error_is_a_problem_without_details(anonymous, address, caplog):
    response = anonymous.get(address)
    problem(response, 500, "server_error")
    assert SECRET.encode() not in response.content
    assert b"Traceback" not in response.content
    assert SECRET in caplog.text


def test_an_unknown_method_is_a_problem(anonymous, sender):
    problem(sender.delete("/api/v1/contracts/"), 405, "method_not_allowed")
    problem(sender.generic("BREW", "/api/v1/contracts/"), 405, "method_not_allowed")
    refused = anonymous.delete("/api/v1/contracts/")
    problem(refused, 405, "method_not_allowed")  # a token would not help
    assert refused["Allow"] == "GET, HEAD, OPTIONS"
    problem(anonymous.get("/api/v1/submissions/"), 405, "method_not_allowed")
    problem(anonymous.post("/api/v1/submissions/"), 401, "not_authenticated")


def test_an_unknown_host_is_a_problem(anonymous):
    problem(anonymous.get("/api/v1/contracts/", headers={"Host": "evil.example"}), 400, "bad_request")


def test_a_post_without_trailing_slash_gets_the_address(sender):
    body = problem(sender.post("/api/v1/submissions", {}), 404, "not_found")
    assert "/api/v1/submissions/" in body["errors"][0]["hint"]


def test_a_format_that_is_not_there_is_a_problem(anonymous):
    for answer in (
        anonymous.get("/api/v1/contracts/?format=exe"),
        anonymous.get("/api/v1/contracts/", headers={"Accept": "image/png"}),
    ):
        body = problem(answer, 406, "not_acceptable")
        assert body["detail"] == "The formats of this address are: json, csv, jsonl, xlsx, ftm."
    spanish = anonymous.get("/api/v1/stats/?format=csv", headers={"Accept-Language": "es"})
    assert problem(spanish, 406, "not_acceptable")["detail"] == "Los formatos de esta dirección son: json."
    assert anonymous.get("/api/v1/contracts/?format=json").status_code == 200


def test_a_refusal_of_the_input_gate_has_pointer_line_offset_and_hint(anonymous):
    body = problem(anonymous.get("/api/refused/"), 422, "too_deep")
    (error,) = body["errors"]
    assert (error["pointer"], error["line"], error["offset"]) == ("/a/b", 3, 17)
    assert error["hint"] == HINTS["too_deep"]


def test_a_parameter_of_the_other_form_of_a_list_is_refused_with_where_it_belongs(anonymous):
    """Of a file's `limit` it was said that `delimiter` was meant."""
    load(release("ocds-test01-1"))
    of_pages, of_files = "It belongs to pages; a file has all rows.", "It belongs to files: ask for one with format="
    for address, name, hint in (
        ("contracts.csv", "limit=5", of_pages),
        ("contracts/", "delimiter=semicolon", of_files),
        ("contracting-process/releases/?ocid=ocds-test01-1", "bom=1", of_files),
        ("rules/", "bom=1", of_files),
        # What neither form takes.
        ("contracts/sums.csv", "count=1", "Did you mean counted?"),
        ("rules.csv", "limit=5", "Did you mean"),
        ("contracting-process/?ocid=ocds-test01-1", "bom=1", "Did you mean"),
    ):
        join = "&" if "?" in address else "?"
        body = problem(anonymous.get(f"/api/v1/{address}{join}{name}"), 400, "unknown_parameter")
        assert body["errors"][0]["hint"].startswith(hint), address
        if hint in (of_pages, of_files):
            form = "format=csv&" if hint == of_files else ""
            assert anonymous.get(f"/api/v1/{address.replace('.csv', '/')}{join}{form}{name}").status_code == 200


def test_an_unknown_parameter_is_refused_with_the_nearest_one(anonymous):
    body = problem(anonymous.get("/api/parameters/?contry=PE&zzz=1"), 400, "unknown_parameter")
    assert [error["parameter"] for error in body["errors"]] == ["contry", "zzz"]
    assert "country" in body["errors"][0]["hint"]
    assert body["allowed"] == ["country", "currency", "format"]


def test_a_parameter_given_twice_is_refused(anonymous):
    body = problem(anonymous.get("/api/parameters/?country=PE&country=CO"), 400, "repeated_parameter")
    assert body["errors"][0]["parameter"] == "country"


@pytest.mark.parametrize("query", ["country=%ff", "country=%ED%A0%80", "country=%00", "%ff=1"])
def test_a_query_that_is_not_text_is_refused(anonymous, query):
    problem(anonymous.get(f"/api/parameters/?{query}"), 400, "encoding")


def test_a_parameter_of_10_kb_is_refused(anonymous):
    problem(anonymous.get("/api/parameters/?country=" + "x" * 10_000), 400, "invalid_parameter")


@pytest.mark.parametrize(
    ("proxies", "sent", "is_kept"), [(1, "proxy-1234", True), (1, "a\tb<b>1234", False), (0, "proxy-1234", False)]
)
def test_a_valid_request_id_of_a_trusted_proxy_is_kept(anonymous, settings, proxies, sent, is_kept):
    settings.VEEDOR_TRUSTED_PROXIES = proxies
    given = anonymous.get("/api/parameters/", headers={"X-Request-ID": sent})["X-Request-ID"]
    assert (given == sent, len(given)) == ((True, len(sent)) if is_kept else (False, 32))


def test_pages_outside_the_api_have_a_request_id(anonymous):
    assert anonymous.get("/health/")["X-Request-ID"]


def test_texts_are_translated_and_field_names_are_not(anonymous):
    response = anonymous.get("/api/nothing/", headers={"Accept-Language": "es"})
    assert response["Content-Language"] == "es"
    problem(response, 404, "not_found")


def test_every_code_has_a_title_and_is_listed(anonymous):
    response = anonymous.get("/api/v1/problems/")
    listed = {entry["code"]: entry for entry in response.json()["results"]}
    assert listed.keys() == CODES.keys() | HINTS.keys()
    assert {entry["status"] for entry in listed.values()} - {None} <= TITLES.keys()
    assert all(entry["meaning"] for entry in listed.values())


def test_a_throttled_request_gets_retry_after(anonymous, broker, settings, monkeypatch):
    from django.core.cache import cache

    from contracts.api.protocol.access.throttles import AnonymousThrottle

    monkeypatch.setattr(AnonymousThrottle, "THROTTLE_RATES", {"anonymous": "2/min"})
    cache.clear()
    first = anonymous.get("/api/v1/contracts/")
    assert first["RateLimit-Policy"] == '"anonymous";q=2;w=60'
    assert first["RateLimit"].startswith('"anonymous";r=1;t=')
    anonymous.get("/api/v1/contracts/")
    response = anonymous.get("/api/v1/contracts/")
    problem(response, 429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 61
    cache.clear()


@pytest.mark.parametrize("name", ["contracts", "organizations", "flags", "rules", "stats", "submissions"])
def test_options_and_head_answer(sender, name):
    assert sender.options(f"/api/v1/{name}/").status_code == 200
    expected = 405 if name == "submissions" else 200
    assert sender.head(f"/api/v1/{name}/").status_code == expected
