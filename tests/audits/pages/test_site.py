"""The public pages: to everyone the same, in three languages, and nothing alive in them."""

import html
import re

import pytest

from audits.models import PageFigures
from audits.pages.organization import may_be_a_person
from audits.rules import RULES
from contracts.models import Organization, Publisher
from contracts.models.publisher import EXAMPLES
from tests.audits.pages.addresses import pages
from tests.support.buying import TITLE, purchase
from tests.support.pages import HOSTILE, alive, get

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_every_page_is_translated_and_has_no_scripts(client, buy, language):
    buy(purchase(1, title=TITLE), purchase(2, year=2021))
    for address in pages():
        page = get(client, address, language)
        assert f'<html lang="{language}">' in page, address
        assert alive(page) == [], address
        assert "<script" not in page
        # What scrolls can be scrolled by keyboard too.
        assert 'class="scroll">' not in page, address


@pytest.mark.parametrize(
    ("language", "caveat"),
    [("en", "A person decides."), ("es", "Decide una persona."), ("pt-br", "Quem decide é uma pessoa.")],
)
def test_link_previews_say_that_a_question_is_not_an_accusation(client, buy, language, caveat):
    buy(purchase(1, title=TITLE))
    for address in pages():
        told = re.findall(
            r'<meta name="description" property="og:description" content="([^"]+)">', get(client, address, language)
        )
        assert len(told) == 1, address
        assert caveat in html.unescape(told[0]), address


def test_link_previews_describe_the_page(client, buy):
    """Of a question they say nothing: they would go on showing what is taken back."""
    buy(purchase(1, title=TITLE))
    supplier = Organization.objects.get(name="Proveedora Ficticia S.A.").pk
    for address, told in (
        ("/countries/MX/", "1 purchase, worth 1,000 MXN"),
        (f"/organizations/{supplier}/", "Supplied: 1 purchase, worth 1,000 MXN"),
        ("/methodology/T01/", RULES["T01"].text("en").page.split("\n\n")[0].split(".")[0]),
    ):
        assert f'property="og:description" content="{told}' in get(client, address), address


def test_links_keep_european_portuguese(client, buy, confirm):
    buy(purchase(1, title=TITLE), purchase(2, year=2021))
    confirm("T01")
    for address in pages():
        for link in (address, f"{address}{'&' if '?' in address else '?'}lang=pt-PT"):
            page = html.unescape(get(client, link, "pt-pt"))
            assert '<html lang="pt-pt">' in page, link
            assert re.findall(r"lang=pt(?!-)", page) == [], link
    assert "country=MX&lang=pt-pt" in html.unescape(get(client, "/", "pt-pt"))


def test_hostile_texts_are_escaped(client, buy):
    hostile = " ".join(HOSTILE)
    buy(purchase(1, title=f"{TITLE} {hostile}", buyer=hostile, suppliers=(hostile + " S.A.",), funder=hostile + " x"))
    for address in pages():
        assert alive(get(client, address)) == [], address
    assert alive(get(client, "/search/?q=" + "%3Cscript%3Ealert(1)%3C/script%3E")) == []


@pytest.mark.parametrize("slug", [EXAMPLES, "other"])
def test_made_up_records_are_marked_as_examples(client, buy, confirm, slug):
    Publisher.objects.create(slug=slug, name="P", ocid_prefix="ocds-test01")
    buy(purchase(1, title=TITLE))
    question = f"/flags/{confirm('T01').pk}/"
    buyer = Organization.objects.get(name="Municipio de Prueba").pk
    pages = ("/", "/countries/MX/", "/technologies/surveillance/", f"/organizations/{buyer}/", "/compare/")
    listed = ("/search/", "/search/feed.atom")
    for address in (f"{page}?lang=en" for page in (*pages, *listed, question, "/processes/ocds-test01-1/")):
        assert ("invented example" in client.get(address).content.decode()) == (slug == EXAMPLES), address


@pytest.mark.parametrize(
    "address",
    [
        "/countries/ZZ/",
        "/countries/MEX/",
        "/technologies/magic/",
        "/organizations/99999/",
        "/organizations/99999999999999999999/",
        "/processes/none/",
        "/process/",
        "/processes/none/timeline.svg",
        "/none.svg",
        "/methods.csv",
    ],
)
def test_unknown_pages_are_not_found(client, address):
    get(client, address, status=404)
    assert not PageFigures.objects.exists()


def test_pages_of_possible_persons_are_not_indexed(client, buy):
    buy(purchase(1, suppliers=("Ana Persona Ficticia", "Proveedora Ficticia S.A.")))
    person, company, body = (
        Organization.objects.get(name=name)
        for name in ("Ana Persona Ficticia", "Proveedora Ficticia S.A.", "Municipio de Prueba")
    )
    assert [may_be_a_person(entry) for entry in (person, company, body)] == [True, False, False]
    assert "noindex" in get(client, f"/organizations/{person.pk}/")
    assert "noindex" not in get(client, f"/organizations/{company.pk}/")


def test_the_header_of_a_page_needs_no_queries(client, buy, django_assert_max_num_queries):
    buy(*(purchase(number) for number in range(1, 12)))
    get(client, "/countries/MX/")
    with django_assert_max_num_queries(25):
        get(client, "/countries/MX/")


def test_a_site_without_records_asks_nobody_to_remove_filters_and_draws_nothing(client):
    for kind in ("processes", "contracts", "organizations"):
        page = get(client, f"/search/?in={kind}", "en")
        assert "Nothing of this kind is stored yet." in page
        assert "remove a filter" not in page
    assert "remove a filter" in get(client, "/search/?q=camaras", "en")
    page = get(client, "/technologies/surveillance/", "en")
    assert "<figure" not in page
    assert "In pictures" not in page
