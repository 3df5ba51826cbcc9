"""Invalid saved searches are refused, with the place of the error."""

import json

import pytest

from contracts.api.protocol.problems import CODES
from tests.audits.following.saving import SEARCHES, save

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": "x", "query": "country=Narnia"}, "/query"),
        ({"name": "x", "query": "cuontry=MX"}, "/query"),
        ({"name": "x", "query": "country=MX&in=contracts"}, "/query"),
        ({"name": "x", "query": "country=MX&flag_state=confirmed"}, "/query"),
        ({"name": "x", "query": "q=%00"}, "/query"),
        ({"name": "x", "query": "country=MX&supplier="}, "/query"),
        ({"name": "", "query": "country=MX"}, "/name"),
        ({"query": "country=MX"}, "/name"),
        ({"name": "x", "query": "country=MX", "language": "xx"}, "/language"),
        ({"name": "x", "query": "country=MX", "enable": False}, "/enable"),
        ({"name": "x", "query": "country=MX", "since": "x"}, "/since"),
        ({"name": "x", "query": "country=MX", "url": "https://localhost/x"}, "/url"),
        ({"name": "x", "query": "country=MX", "url": "https://169.254.169.254/x"}, "/url"),
        ({"name": "x", "query": "country=MX", "url": "https://[::1]/x"}, "/url"),
        ([], ""),
        ("text", ""),
    ],
)
def test_invalid_bodies_are_refused_with_the_place_of_the_error(reader, given, place):
    answer = reader.post(SEARCHES, json.dumps(given), content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["code"] in CODES
    assert problem["errors"][0]["pointer"] == place
    assert problem["detail"] == problem["errors"][0]["detail"]
    assert "ErrorDetail" not in problem["detail"]


def test_what_is_not_json_is_said_to_be_none(reader):
    answer = reader.post(SEARCHES, "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")


def test_a_change_of_what_no_search_has_is_refused(reader):
    search = save(reader)
    answer = reader.patch(f"{SEARCHES}{search['id']}/", {"enable": False}, content_type="application/json")
    assert answer.status_code == 400
    assert "enabled" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "address", ["https://veedor.example/search/?country=MX&q=camaras#content", "?country=MX&q=camaras"]
)
def test_the_address_of_a_search_is_taken_for_its_query(reader, address):
    assert save(reader, query=address)["query"] == "country=MX&q=camaras"


@pytest.mark.parametrize(
    "body", ["[" * 100_000 + "]" * 100_000, '{"name": "\\ud800"}', '{"name": "x", "name": "y"}', "{"]
)
def test_a_body_that_is_not_a_small_object_with_each_member_once_is_refused(reader, body):
    answer = reader.post(SEARCHES, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] in {"invalid_parameter", "not_json"}
