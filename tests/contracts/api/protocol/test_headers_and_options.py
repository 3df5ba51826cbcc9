"""Rate limits, OPTIONS and HEAD, conditional and compressed responses."""

import gzip
import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from contracts.api.protocol.access.throttles import SearchThrottle
from contracts.intake.received import quota
from contracts.models import Publisher
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
API = "/api/v1/"
USAGE = f"{API}me/usage/"


def limits(answer) -> dict:
    assert answer.status_code == 200, answer.content
    return {limit["name"]: limit for limit in answer.json()["limits"]}


def test_anonymous_readers_see_the_usage_of_their_network(anonymous, broker):
    load(release())
    for _ in range(3):
        anonymous.get(f"{API}contracts/?q=limpieza")
    anonymous.get(f"{API}contracts.csv")
    answer = anonymous.get(USAGE)
    body, found = answer.json(), limits(answer)
    assert (body["account"], body["token"], body["bytes"]) == (None, None, None)
    assert found.keys() == {"anonymous", "search", "exports"}
    assert (found["search"]["used"], found["exports"]["used"], found["anonymous"]["used"]) == (3, 1, 5)
    assert found["search"]["left"] == found["search"]["requests"] - 3
    assert 0 < found["search"]["reset"] <= found["search"]["seconds"] == SearchThrottle().duration
    assert answer["Cache-Control"] == "no-store"


def test_reading_the_usage_counts_as_one_request(anonymous, broker):
    assert limits(anonymous.get(USAGE))["anonymous"]["used"] == 1
    assert limits(anonymous.get(USAGE))["anonymous"]["used"] == 2
    assert limits(anonymous.get(USAGE))["search"]["used"] == 0


def test_an_account_sees_its_token_and_byte_usage(broker, settings):
    settings.VEEDOR_QUOTA_BYTES = 1000
    user = new_user("sender", "contracts.add_submission")
    publisher = Publisher.objects.create(slug="mx", name="México")
    client = client_with_token(user, "read", "submit")
    token = user.api_tokens.get()
    token.publisher = publisher
    token.save()
    quota.take(user, 300)
    body = client.get(USAGE).json()
    assert body["account"] == "sender"
    assert body["token"] == {
        "prefix": token.prefix,
        "name": "test",
        "scopes": ["read", "submit"],
        "publisher": "mx",
        "expires": token.expires_at.date().isoformat(),
    }
    assert token.expires_at > timezone.now() + timedelta(days=300)
    assert {name: body["bytes"][name] for name in ("limit", "used", "left")} == {
        "limit": 1000,
        "used": 300,
        "left": 700,
    }
    assert 0 < body["bytes"]["reset"] <= 24 * 60 * 60
    assert "anonymous" not in {limit["name"] for limit in body["limits"]}
    assert "submissions" in limits(client.get(USAGE))
    reading = client_with_token(user, "read", "review", "follow").get(USAGE)
    assert reading.json()["bytes"] is None, "it may stand in a shared script, and would tell when its account sends"
    assert limits(reading).keys() == {"user", "search", "exports"}
    settings.VEEDOR_QUOTA_BYTES = 0
    assert client.get(USAGE).json()["bytes"] is None


def test_unavailable_counters_are_null_and_block_nothing(anonymous, monkeypatch):
    monkeypatch.setattr("contracts.runtime.broker.is_silent", lambda: True)
    found = limits(anonymous.get(USAGE))
    assert {limit["used"] for limit in found.values()} == {None}
    assert all(limit["requests"] > 0 for limit in found.values())


# OPTIONS


def test_options_describe_the_parameters_of_a_list(anonymous):
    body = anonymous.options(f"{API}contracts/").json()
    assert body["name"] == anonymous.options(f"{API}contracts.csv").json()["name"] == "contracts"
    filters = {entry["name"]: entry for entry in body["filters"]}
    expected = {
        "country": ("in", "text", True),
        "amount__gte": ("gte", "decimal", False),
        "date_signed": ("exact", "date", True),
        "date_signed__lte": ("lte", "date", True),
        "buyer": ("exact", "organization", False),
        "supplier": ("contains", "organization", False),
        "q": ("words", "text", False),
    }
    told = {name: (filters[name]["lookup"], filters[name]["type"], filters[name]["none"]) for name in expected}
    assert told == expected
    assert filters["basis"]["choices"] == ["contract", "award"]
    assert "T04" in filters["rule"]["choices"]
    assert all(entry["description"] for entry in body["filters"])
    assert {"date", "-date"} <= set(body["orders"])
    assert body["order"] == "-id"
    assert "country" in body["facets"]
    assert body["includes"] == ["highlights", "pages", "cite", "parties", "flags", "evidence", "sectors"]
    assert body["formats"] == ["json", "csv", "jsonl", "xlsx", "ftm"]


@pytest.mark.parametrize(
    "address", ["contracts/", "contracts.csv", "flags/", "organizations/", "contracting-processes/"]
)
def test_lists_accept_everything_that_options_describe(anonymous, address):
    answer = anonymous.options(API + address)
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    unknown = anonymous.get(f"{API}{address}?surely_unknown=1").json()
    assert set(unknown["allowed"]) >= {entry["name"] for entry in body["filters"]}
    if address.endswith("/"):
        assert unknown["allowed"] == body["parameters"]
    for order in body["orders"]:
        words = "&q=red" if order.endswith("relevance") else ""
        assert anonymous.get(f"{API}{address}?order_by={order}{words}").status_code == 200, order
    for choice in (entry for entry in body["filters"] if entry["choices"]):
        query = f"{choice['name']}={choice['choices'][0]}"
        assert anonymous.get(f"{API}{address}?{query}").status_code == 200, query


def test_options_are_translated_and_give_ocds_paths(anonymous):
    fields = anonymous.options(f"{API}contracts/", headers={"Accept-Language": "es"}).json()["fields"]
    (amount,) = (field for field in fields if field["name"] == "amount")
    assert (amount["label"], amount["type"], amount["path"]) == ("valor", "decimal", "contracts/value/amount")


# HEAD


@pytest.mark.parametrize(
    "address",
    ["contracts/", "contracts/?country=MX", "contracting-processes/ocds-test01-1/", "rules/", "changes/", "stats/"],
)
def test_head_returns_the_etag_and_304_of_get(anonymous, address):
    load(release())
    tag = anonymous.get(API + address)["ETag"]
    answer = anonymous.head(API + address)
    assert (answer.status_code, answer["ETag"], answer.content) == (200, tag, b"")
    assert anonymous.head(API + address, headers={"If-None-Match": tag}).status_code == 304
    assert anonymous.head(API + address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-Match", "{tag}", 200),
        ("If-Match", '"other"', 412),
        ("If-None-Match", '"other", {tag}', 304),
        ("If-None-Match", "W/{tag}", 304),
        ("If-None-Match", "*", 304),
        # Without Last-Modified there is no answer to these.
        ("If-Modified-Since", "Wed, 01 Jan 2099 00:00:00 GMT", 200),
        ("If-Unmodified-Since", "Wed, 01 Jan 2020 00:00:00 GMT", 412),
    ],
)
def test_all_conditional_headers_are_evaluated(anonymous, name, value, status):
    load(release())
    plain = anonymous.get(f"{API}organizations/")
    assert re.fullmatch('"[0-9a-f]{64}"', plain["ETag"])
    for method in (anonymous.get, anonymous.head):
        answer = method(f"{API}organizations/", headers={name: value.format(tag=plain["ETag"])})
        assert answer.status_code == status
        if status != 412:
            assert answer["ETag"] == plain["ETag"]


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx"])
def test_head_of_a_file_has_no_length_or_etag(anonymous, format_):
    load(release())
    answer = anonymous.head(f"{API}contracts.{format_}")
    assert answer.status_code == 200
    assert {"ETag", "Content-Length"}.isdisjoint(answer.headers)
    whole = anonymous.get(f"{API}contracts.{format_}")
    assert content(whole)
    assert answer["Content-Disposition"] == whole["Content-Disposition"]


# Compression


def test_json_and_files_are_compressed_if_accepted(anonymous):
    load(*(release(f"ocds-test01-{number}") for number in range(20)))
    for address in ("contracts/", "contracts.csv", "contracts.jsonl", "schema/"):
        plain = anonymous.get(API + address)
        answer = anonymous.get(API + address, headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer["Vary"]
        assert "Content-Encoding" not in plain
        sent, whole = content(answer), content(plain)
        assert gzip.decompress(sent) == whole
        assert len(sent) < len(whole) / 2, address
    lines = gzip.decompress(content(anonymous.get(f"{API}contracts.csv", headers={"Accept-Encoding": "gzip"})))
    body, _line, trailer = lines.rstrip(b"\n").rpartition(b"\n")
    assert trailer.decode().endswith(hashlib.sha256(body + b"\n").hexdigest())


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip;q=0", False),
        ("gzip; q=0.0, *;q=1", False),
        ("identity, GZIP ;q=0.000", False),
        ("gzip;q=0.01", True),
        ("deflate;q=0, gzip", True),
    ],
)
@pytest.mark.parametrize("address", ["contracts/", "contracts.csv"])
def test_nothing_is_compressed_if_refused(anonymous, address, accepted, is_packed):
    load(*(release(f"ocds-test01-{number}") for number in range(20)))
    answer = anonymous.get(API + address, headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in answer) == is_packed
    assert "Accept-Encoding" in answer["Vary"]


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_compressed_answer_is_revalidated(anonymous):
    load(*(release(f"ocds-test01-{number}") for number in range(3)))
    first = anonymous.get(f"{API}contracts/", headers={"Accept-Encoding": "gzip"})
    assert first["ETag"].startswith('W/"')
    again = anonymous.get(f"{API}contracts/", headers={"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert json.loads(gzip.decompress(first.content))["results"]


@pytest.mark.parametrize("address", ["/submit/", f"{API}contracts.xlsx", "/"])
def test_pages_and_compressed_files_are_not_compressed(anonymous, address):
    load(release())
    answer = anonymous.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert content(answer)
    assert "Content-Encoding" not in answer


@pytest.fixture(autouse=True)
def _no_counts_left():
    yield
    cache.close()
