"""Searches that ask too much: a problem that says so, never an error of ours."""

import pytest
from django.urls import reverse

from contracts.postgres import search

pytestmark = pytest.mark.django_db
LISTS = ["contracting-processes", "contracts", "organizations", "flags"]


@pytest.fixture
def slow_database(monkeypatch):
    """Every search asks PostgreSQL for a second of sleep, and may take 50 ms."""
    monkeypatch.setattr("contracts.api.protocol.views.MAX_SECONDS", 0.05)
    monkeypatch.setattr("contracts.admin.readonly.MAX_SECONDS", 0.05)
    monkeypatch.setattr("audits.pages.search.MAX_SECONDS", 0.05)
    monkeypatch.setattr("audits.pages.feeds.MAX_SECONDS", 0.05)
    has_words = search.with_words

    def sleep_first(queryset, text, *paths, **part):
        with search.connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(1)")
        return has_words(queryset, text, *paths, **part)

    monkeypatch.setattr("contracts.api.protocol.search.with_words", sleep_first)
    monkeypatch.setattr("contracts.naming.with_words", sleep_first)
    monkeypatch.setattr("contracts.admin.readonly.with_words", sleep_first)


@pytest.mark.parametrize("name", LISTS)
def test_a_search_that_takes_too_long_is_a_problem(client, slow_database, name):
    response = client.get(f"/api/v1/{name}/?q=camara")

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "10"
    assert response.json()["code"] == "too_slow"
    assert client.get(f"/api/v1/{name}/").status_code == 200


@pytest.mark.parametrize("kind", ["processes", "contracts", "organizations"])
def test_the_page_of_a_search_that_takes_too_long_says_so_and_when_to_come_back(client, slow_database, kind):
    response = client.get("/search/", {"in": kind, "q": "camara"})

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "The search took too long." in response.content.decode()
    assert client.get("/search/", {"in": kind}).status_code == 200


def test_so_does_its_feed(client, slow_database):
    client.raise_request_exception = False
    response = client.get("/search/feed.atom", {"q": "camara"})

    assert (response.status_code, response["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("text", [" ".join(f"palabra{number}" for number in range(12)), "'; -- \\ %", "a" * 200])
def test_any_text_is_answered(client, name, text):
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
