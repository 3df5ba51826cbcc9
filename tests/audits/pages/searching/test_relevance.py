"""The order of what a search finds: the most relevant rows first."""

import re

import pytest

from audits.pages.searching import search
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return re.findall(r'<a href="/processes/[^"]+">([^<]+)</a>', page)


class TestRelevance:
    """Records of a Câmara Municipal, added last, stood above those of câmeras."""

    @pytest.fixture(autouse=True)
    def records(self, buy):
        buy(
            purchase(1, title="Cámaras de videovigilancia con cámaras térmicas"),
            purchase(2, title="Servicio de limpieza", buyer="Cámara de Diputados"),
        )

    @pytest.mark.parametrize("kind", ["processes", "contracts"])
    def test_the_most_relevant_rows_come_first(self, client, kind):
        about = ["Cámaras de videovigilancia con cámaras térmicas", "Servicio de limpieza"]
        assert titles(get(client, f"/search/?q=cámaras&in={kind}")) == about
        assert titles(get(client, f"/search/?q=cámaras&in={kind}&order_by=relevance")) == about
        page = get(client, f"/search/?in={kind}")
        assert titles(page) == about[::-1]
        assert 'value="relevance"' not in page

    def test_a_requested_order_is_kept(self, client):
        page = get(client, "/search/?q=cámaras&order_by=date")
        assert '<option value="date" selected>' in page
        assert '<option value="relevance">' in page

    def test_many_rows_are_ordered_by_date(self, client, monkeypatch):
        monkeypatch.setattr(search, "MAX_RANKED", 1)
        page = get(client, "/search/?q=cámaras")
        assert titles(page)[0] == "Servicio de limpieza"
        assert '<option value="relevance" selected>' not in page

    @pytest.mark.parametrize("query", ["q=cámaras&order_by=relevance", "order_by=relevance"])
    def test_an_unavailable_order_by_relevance_is_reported(self, client, monkeypatch, query):
        monkeypatch.setattr(search, "MAX_COUNTED", 1)
        told = "Only up to 1 rows that hold given words can be ordered by relevance."
        assert told in text_of(get(client, f"/search/?{query}"))
