"""From the home page to what somebody asks of a country or a technology."""

import html
import json
import re

import pytest

from contracts.models import Publisher
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


def test_the_story_of_a_country_is_two_clicks_from_home(client, buy):
    """How many contracts for surveillance since 2018, with whom, and the rows behind them."""
    awarded = purchase(3, year=2020, suppliers=("Otra Ficticia S.A.",))
    del awarded["contracts"]
    buy(purchase(1, year=2017), purchase(2, year=2019), awarded, purchase(4, year=0))
    assert 'href="/countries/MX/"' in get(client, "/")
    assert 'href="/countries/MX/surveillance/"' in get(client, "/countries/MX/")
    page = get(client, "/countries/MX/surveillance/?since=2018")
    assert "Since 2018: 2 purchases" in text_of(page)
    # Every year may be chosen, those before and without a purchase too.
    assert re.findall(r"<option( selected)?>(\d{4})", page) == [
        *(("", "2020"), ("", "2019"), (" selected", "2018"), ("", "2017"))
    ]
    assert "Otra Ficticia S.A." in page
    (address,) = {html.unescape(found) for found in re.findall(r'href="(/api/v1/contracts/[^"]*)"', page)}
    assert len(json.loads(client.get(address).content)["results"]) == 2


def test_records_without_a_publisher_are_not_counted_as_a_publisher(client, buy):
    """The API, which lists publishers, says as many."""
    Publisher.objects.create(slug="p", name="Portal Ficticio", country="MX", ocid_prefix="ocds-named1")
    buy(purchase(1), purchase(2) | {"ocid": "ocds-named1-2"})
    page = text_of(get(client, "/"))
    assert "no publisher" in page
    assert re.search(r"Publishers 1\b", re.sub(r"\s+", " ", page))
    assert client.get("/api/v1/publishers/?count=1").json()["count"] == 1


def test_records_by_country_and_without_country_add_up_to_the_total(client, buy):
    buy(purchase(1), purchase(2), purchase(3, country=""))
    page = get(client, "/?lang=es")
    assert 'href="/search/?country=none&amp;lang=es">sin país</a> <span class="quiet">1</span>' in page
    found = text_of(get(client, "/search/?country=none&lang=es"))
    assert "1 fila" in found
    assert "País: ninguno" in found


def test_the_summary_on_the_home_page_links_the_story_directly(client, buy, confirm):
    buy(purchase(1, year=2017, title=TITLE))
    confirm("T01")
    buy(purchase(2, year=2019))
    page = get(client, "/")
    for option in ('<option value="MX">', '<option value="surveillance">', "<option>2018</option>"):
        assert option in page
    answer = client.get("/?country=MX&technology=surveillance&since=2018&lang=es")
    assert (answer.status_code, answer["Location"]) == (302, "/countries/MX/surveillance/?since=2018&lang=es")
    # A year before the first purchase stays chosen.
    assert "<option selected>2016</option>" in get(client, "/countries/MX/surveillance/?since=2016")
    # What was confirmed of a purchase before that year is not counted, nor shown.
    told = text_of(get(client, "/countries/MX/surveillance/?since=2018"))
    assert "Since 2018: 1 purchase" in told
    assert "No question has been confirmed" in told
    assert "1 confirmed question." in text_of(get(client, "/countries/MX/surveillance/?since=2017"))


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("country=MX", "/countries/MX/"),
        ("country=méxico&technology=", "/countries/MX/"),
        ("technology=cloud&since=2020", "/technologies/cloud/?since=2020"),
        ("country=MX&since=&in_currency=USD", "/countries/MX/?in_currency=USD"),
        ("technology=command_centre", "/technologies/command-centres/"),
    ],
)
def test_home_redirects_to_the_country_or_technology_in_its_address(client, buy, query, address):
    buy(purchase(1))
    answer = client.get(f"/?{query}")
    assert (answer.status_code, answer["Location"]) == (302, address)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", ""),
        ("country=&technology=&since=", ""),
        ("utm_source=mail", ""),
        ("country=ZZ", "Country: “ZZ” is not possible."),
        ("country=PE", "Country: “PE” is not possible. Allowed: MX."),
        ("country=MX&technology=magic", "Technology: “magic” is not possible."),
        ("country=//elsewhere.example", "Country: “//elsewhere.example” is not possible."),
        ("contry=MX", "The parameter contry is not known and was ignored. Did you mean country?"),
        ("since=2020", "“Signed or awarded since” is not a choice here and was ignored."),
        ("buyer=7", "“Buyer” is not a choice here and was ignored."),
    ],
)
def test_home_reports_invalid_parameters(client, buy, query, told):
    buy(purchase(1))
    page = get(client, f"/?{query}&lang=en")
    assert told in text_of(page)
    assert ('role="status"' in page) == bool(told)


def test_every_choice_on_home_leads_to_its_page(client, buy):
    buy(purchase(1), purchase(2, country="Perú", title="Compra de sillas"))
    form = re.search(r'<form class="ask".*?</form>', get(client, "/"), re.DOTALL)[0]
    countries, technologies = (
        re.findall(r'<option value="([^"]+)">', re.search(f'<select name="{name}">.*?</select>', form)[0])
        for name in ("country", "technology")
    )
    assert set(countries) == {"MX", "PE"}
    for country in countries:
        answer = client.get("/", {"country": country}, follow=True)
        assert answer.redirect_chain == [(f"/countries/{country}/", 302)]
        for technology in technologies:
            answer = client.get("/", {"country": country, "technology": technology}, follow=True)
            assert answer.redirect_chain == [(f"/countries/{country}/{technology}/", 302)]
            assert answer.status_code == 200
