"""Addresses of pages: variants redirect to the canonical one, and ignored parameters are reported."""

import pytest

from tests.support.buying import purchase
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

TITLE = "Cámaras de videovigilancia con reconocimiento facial"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/countries/mx/?since=2020&lang=es", "/countries/MX/?since=2020&lang=es"),
        ("/countries/Mx/Surveillance/", "/countries/MX/surveillance/"),
        ("/countries/mx/value.csv", "/countries/MX/value.csv"),
        ("/technologies/telecoms/", "/technologies/networks/"),
        ("/technologies/software_platform/", "/technologies/software-platforms/"),
        ("/methodology/t01/", "/methodology/T01/"),
        ("/methodology/t01/decisions.csv", "/methodology/T01/decisions.csv"),
    ],
)
def test_variants_of_an_address_redirect_to_it(client, buy, written, kept):
    buy(purchase(1, title=TITLE), purchase(2, title="Servicio de red de telefonía móvil 5G"))
    led = client.get(written)
    assert (led.status_code, led["Location"]) == (301, kept)
    assert client.get(kept).status_code in {200, 404}  # a picture of nothing is none


@pytest.mark.parametrize("address", ["/countries/xx/", "/methodology/t99/"])
def test_countries_and_technologies_without_records_are_not_found(client, address):
    assert client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/countries/MX/?since=soon", "Signed or awarded since: “soon” is not possible."),
        ("/countries/MX/?in_currency=EUR", "Currency of conversion: “EUR” is not possible. Allowed: USD, record."),
        ("/countries/MX/surveillance/?sinse=2020", "Did you mean since?"),
        ("/compare/?country=MX&country=ZZ", "Country: “ZZ” is not possible."),
        ("/compare/?organization=999999999", "Organization: “999999999” is not possible."),
        ("/compare/?country=MX&technology=clouds", "Technology: “clouds” is not possible. Did you mean cloud?"),
        ("/?lang=fr", "Language: “fr” is not possible."),
        ("/countries/MX/?since=2020&in_currency=USD&lang=en&utm_source=mail", ""),
        ("/compare/?country=mx&technology=&since=", ""),
    ],
)
def test_ignored_parameters_are_reported(client, buy, address, told):
    buy(purchase(1, title=TITLE))
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert told in text_of(page)
    assert ('<p class="notice" role="status">' in page) == bool(told)


@pytest.mark.parametrize("page", ["/countries/MX/", "/technologies/surveillance/", "/compare/?country=MX"])
def test_a_file_with_invalid_parameters_is_refused(client, buy, page):
    """It has no place for a notice, and would be taken for the answer."""
    buy(purchase(1, title=TITLE), purchase(2, year=2021))
    path, _mark, query = page.partition("?")
    for kind in ("csv", "svg"):
        address = f"{path}years.{kind}?{query}" if query else f"{path}value.{kind}?{query}"
        refused = client.get(f"{address}&since=soon", headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.content.decode()) == (
            400,
            "Signed or awarded since: “soon” is not possible.",
        )
        assert client.get(f"{address}&since=2020&utm_source=mail").status_code == 200
