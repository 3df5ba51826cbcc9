"""Amounts with their value in US dollars, and the rate used."""

import pytest

from contracts.models import Organization
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


class TestDollars:
    """Amounts beside what they come to in US dollars, at a rate that is told."""

    def test_a_process_shows_its_amount_in_dollars_and_the_rate(self, client, buy):
        buy(
            purchase(1, amount=388.06, currency="PEN", year=2021, country="Perú"),
            purchase(2, amount=2000, currency="MXN", year=2021),
            purchase(3, amount=2000, currency="PEN", year=2031),
            purchase(4, title="Suministro de uniformes de prueba", amount=10, currency="USD"),
            purchase(6, amount=10, currency="XXX", year=2021),
            purchase(5, amount=1_000_000.5, currency="PEN", year=2021),
        )
        pages = {number: text_of(get(client, f"/processes/ocds-test01-{number}/")) for number in (1, 2, 3, 4, 6)}
        told = "≈ 100 USD, at 3.88055 PEN a dollar, the average of 2021 (International Monetary Fund)"
        assert told in pages[1].replace("100.00", "100")
        assert "(≈ 258 k USD)" in text_of(get(client, "/processes/ocds-test01-5/"))
        assert "the average of June 2021 (Federal Reserve)" in pages[2]
        assert "no exchange rate is known for its date" in pages[3]
        assert "no exchange rate is known for this currency" in pages[6]
        assert "≈" not in pages[4]
        assert "promedio de junio de 2021" in text_of(get(client, "/processes/ocds-test01-2/", "es"))

    def test_pictures_in_dollars_state_their_coverage(self, client, buy):
        buy(
            purchase(1, amount=388.06, currency="PEN", year=2021),
            purchase(2, amount=2003.14, currency="MXN", year=2021),
            purchase(3, amount=1, currency="MXN", year=2031),
        )
        recorded = client.get("/countries/MX/value.csv").content.decode().splitlines()
        assert recorded[:2] == ['Year,Purchases,"of these, added up",MXN', "2021,2,1,2003.14"]
        converted = client.get("/countries/MX/value.csv?in_currency=USD").content.decode().splitlines()
        assert converted[:2] == ['Year,Purchases,"of these, added up",USD', "2021,2,2,200"]
        page = text_of(get(client, "/countries/MX/?in_currency=USD"))
        assert "Purchases with a value above 0 and a rate to US dollars: 2 of 3." in page
        assert "Converted at the average exchange rate" in page
        assert "(≈ 200 USD, except 1 without an exchange rate)" in page
        assert "?lang=en&amp;in_currency=USD" in get(client, "/countries/MX/?in_currency=USD")

    def test_several_countries_are_compared_in_dollars_by_default(self, client, buy):
        buy(purchase(1, amount=388.06, currency="PEN", year=2021, country="Perú"), purchase(2, amount=5, year=2021))
        for asked, currency in (("", "USD"), ("?in_currency=record", "MXN")):
            rows = client.get(f"/technologies/surveillance/value.csv{asked}").content.decode().splitlines()
            assert rows[0].endswith(f",{currency}")

    def test_an_organization_is_shown_in_dollars_too(self, client, buy):
        buy(purchase(1, amount=388.06, currency="PEN", year=2021))
        buyer = Organization.objects.get(name="Municipio de Prueba")
        rows = client.get(f"/organizations/{buyer.pk}/suppliers.csv?in_currency=USD").content.decode().splitlines()
        assert rows == ['Name,Purchases,"of these, added up",USD', "Proveedora Ficticia S.A.,1,1,100"]

    @pytest.mark.parametrize(
        ("years", "told"),
        [
            ((2021,), "4 purchases, worth ≈ 150.65 USD, in 4 currencies."),
            ((2021, 2031), "worth ≈ 150.65 USD, in 4 currencies, except 3 without an exchange rate"),
        ],
    )
    def test_more_than_three_currencies_are_summed_in_dollars_only(self, client, buy, years, told):
        asked = [
            (year, code) for year in years for code in ("MXN", "PEN", "BRL", "USD") if (year, code) != (2031, "USD")
        ]
        buy(*(purchase(number, amount=100, currency=code, year=year) for number, (year, code) in enumerate(asked, 1)))
        assert told in text_of(get(client, "/countries/MX/"))
