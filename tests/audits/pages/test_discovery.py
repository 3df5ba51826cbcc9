"""Sitemaps, robots.txt, security.txt, and pages that are not found."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Organization
from tests.support.buying import purchase
from tests.support.pages import get

pytestmark = pytest.mark.django_db


class TestDiscovery:
    def test_the_catalogue_names_data_sets_with_their_files_and_publishers(self, client, buy):
        buy(purchase(1))
        answer = client.get("/data/catalog.jsonld", headers={"accept-language": "es"})
        assert answer["Content-Type"] == "application/ld+json"
        found = answer.json()
        assert found["dct:language"] == "es"
        assert len(found["dcat:dataset"]) == 4
        for dataset in found["dcat:dataset"]:
            for file in dataset["dcat:distribution"]:
                assert client.get(file["dcat:downloadURL"]).status_code == 200

    def test_robots_and_sitemaps_list_pages_without_persons(self, client, buy):
        buy(purchase(1, suppliers=("Ana Persona Ficticia",)))
        person = Organization.objects.get(name="Ana Persona Ficticia")
        assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
        parts = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
        assert len(parts) == 3
        found = [
            address for part in parts for address in re.findall("<loc>(.*?)</loc>", client.get(part).content.decode())
        ]
        assert "http://testserver/processes/ocds-test01-1/" in found
        assert f"http://testserver/organizations/{person.pk}/" not in found
        for address in found:
            assert client.get(address).status_code == 200, address

    def test_security_txt_names_the_contact(self, client, settings):
        settings.VEEDOR_CONTACT_HREF = "mailto:seguridad@ejemplo.example"
        answer = client.get("/.well-known/security.txt")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
        expires = datetime.fromisoformat(lines.pop("Expires"))
        assert timedelta(days=90) < expires - datetime.now(UTC) < timedelta(days=365)
        assert lines == {
            "Contact": "mailto:seguridad@ejemplo.example",
            "Preferred-Languages": "es, pt, en",
            "Canonical": "http://testserver/.well-known/security.txt",
        }
        settings.VEEDOR_CONTACT_HREF = ""
        assert client.get("/.well-known/security.txt").status_code == 404

    def test_pages_link_downloads_of_their_lists(self, client, buy):
        buy(purchase(1, title="Suministro de cámaras de videovigilancia"))
        links = re.compile(r'href="(/api/v1/[^"]*\.(?:csv|xlsx)[^"]*)"')
        for page in ("/countries/MX/surveillance/", "/search/?in=contracts&country=MX", "/data/"):
            addresses = [html.unescape(found) for found in links.findall(get(client, page))]
            assert addresses, page
            for address in addresses:
                answer = client.get(address)
                assert answer.status_code == 200, address
                assert b"".join(answer.streaming_content)


NOTHING = {"es": "Aquí no hay nada", "pt-br": "Não há nada aqui", "en": "Nothing is here"}


@pytest.mark.parametrize("language", NOTHING)
def test_an_unknown_address_shows_a_search_page(client, language):
    for address in ("/nichts/", "/processes/ocds-none-1/", "/organizations/999999/", "/countries/ZZ/"):
        response = client.get(address, {"lang": language})
        page = response.content.decode()
        assert response.status_code == 404
        assert f"<h1>{NOTHING[language]}</h1>" in page
        assert f'<html lang="{language}">' in page
        assert 'action="/search/"' in page
