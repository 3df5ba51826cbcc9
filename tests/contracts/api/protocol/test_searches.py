"""Searches that ask too much: a problem that says so, never an error of ours."""

import pytest
from django.db import connection
from django.urls import reverse

from contracts.postgres.search import with_words
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
LISTS = ["contracting-processes", "contracts", "organizations", "flags"]


@pytest.fixture
def slow_database(monkeypatch):
    """Every search asks PostgreSQL for ten seconds of sleep, and may take half a one, which is enough for all else."""
    monkeypatch.setattr("contracts.api.protocol.list_view.MAX_SECONDS", 0.5)
    monkeypatch.setattr("contracts.admin.bases.MAX_SECONDS", 0.5)
    monkeypatch.setattr("audits.pages.searching.search.MAX_SECONDS", 0.5)
    monkeypatch.setattr("audits.pages.searching.feeds.MAX_SECONDS", 0.5)

    def sleep_first(queryset, text, *paths, **part):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(10)")
        return with_words(queryset, text, *paths, **part)

    monkeypatch.setattr("contracts.api.protocol.query.search.with_words", sleep_first)
    monkeypatch.setattr("contracts.names.finding.with_words", sleep_first)
    monkeypatch.setattr("contracts.admin.bases.with_words", sleep_first)


@pytest.mark.parametrize("name", LISTS)
def test_a_slow_search_is_a_problem(client, slow_database, name):
    response = client.get(f"/api/v1/{name}/?q=camara")

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "10"
    assert response.json()["code"] == "too_slow"
    assert client.get(f"/api/v1/{name}/").status_code == 200


@pytest.mark.parametrize("kind", ["processes", "contracts", "organizations"])
def test_the_page_of_a_slow_search_says_when_to_retry(client, slow_database, kind):
    response = client.get("/search/", {"in": kind, "q": "camara"})

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "The search took too long." in response.content.decode()
    assert client.get("/search/", {"in": kind}).status_code == 200


def test_the_feed_of_a_slow_search_says_when_to_retry(client, slow_database):
    client.raise_request_exception = False
    response = client.get("/search/feed.atom", {"q": "camara"})

    assert (response.status_code, response["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("text", [" ".join(f"palabra{number}" for number in range(12)), "a'; -- \\ %", "a" * 200])
def test_a_search_accepts_any_text(client, name, text):
    response = client.get(f"/api/v1/{name}/", {"q": text})

    assert (response.status_code, response.json()["results"]) == (200, [])


@pytest.mark.parametrize("model", ["contracts_contractingprocess", "contracts_organization", "audits_flag"])
def test_the_admin_says_that_a_search_takes_too_long(admin_client, slow_database, model):
    address = reverse(f"admin:{model}_changelist")
    response = admin_client.get(address, {"q": "camara"}, headers={"accept-language": "es"})

    assert response.status_code == 503
    assert "La base de datos tardó demasiado" in response.content.decode()
    assert admin_client.get(address).status_code == 200


def test_the_admin_searches_for_the_first_twelve_words_and_says_so(admin_client):
    response = admin_client.get(reverse("admin:contracts_contractingprocess_changelist"), {"q": "palabra " * 13})

    assert "Only the first 12 words were searched for." in response.content.decode()


def titled(ocid, title, description=""):
    record = release(ocid)
    record["tender"] |= {"title": title, "description": description}
    record["awards"], record["contracts"] = [], []
    return record


def test_relevance_order_is_consistent_over_pages(anonymous):
    load(
        titled("ocds-test01-1", "Obras", "Cámaras para una obra"),
        titled("ocds-test01-2", "Cámaras y cámaras de vigilancia", "Vigilancia con cámaras"),
        titled("ocds-test01-3", "Cámaras"),
        *[titled(f"ocds-test01-{number}", "Obras", "Cámaras") for number in range(4, 9)],
        titled("ocds-test01-9", "Limpieza"),
    )
    address, met = "/api/v1/contracting-processes/?q=camaras&order_by=relevance&limit=3&fields=ocid", []
    while address:
        body = anonymous.get(address).json()
        met += [row["ocid"][-1] for row in body["results"]]
        address = body["next"]
    assert len(met) == len(set(met)) == 8
    assert set(met[:2]) == {"2", "3"}
    backward = anonymous.get("/api/v1/contracting-processes/?q=camaras&order_by=-relevance&fields=ocid").json()
    assert [row["ocid"][-1] for row in backward["results"]] == met[::-1]
    contracts = anonymous.get("/api/v1/contracts/?q=limpieza&order_by=relevance&facets=country&count=1").json()
    assert (contracts["count"], contracts["results"]) == (0, [])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("words", ["-limpieza", "'; -- \\ %", "_", '"'])
def test_searches_without_a_searchable_word_are_refused(anonymous, name, words):
    answer = anonymous.get(f"/api/v1/{name}/", {"q": words})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "q")


@pytest.mark.parametrize(
    "address",
    ["contracts/?order_by=relevance", "publishers/?order_by=relevance", "contracts.csv?q=a&order_by=relevance"],
)
def test_an_order_by_relevance_needs_words_and_pages(anonymous, address):
    answer = anonymous.get(f"/api/v1/{address}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "order_by"
