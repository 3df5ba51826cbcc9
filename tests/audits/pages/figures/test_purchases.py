"""Figures of purchases: each counted once, in its year, and no sum doubled."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from audits.pages.figures.cached_figures import Scope, figures_of, overview, since_of
from audits.pages.figures.purchase_figures import Figures
from audits.pages.figures.purchases import count, purchases
from contracts.models import Organization
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


def test_purchases_are_counted_by_year_currency_method_and_party(buy):
    buy(
        purchase(1, year=2019, amount=100),
        purchase(2, year=2020, amount=300, method="direct"),
        purchase(3, year=2020, amount=50, currency="USD", suppliers=("Otra Ficticia S.A.",)),
        purchase(4, year=0, amount=None),
    )
    figures = count(purchases(country="MX"))
    assert (figures.purchases, figures.valued, figures.undated) == (4, 3, 1)
    assert figures.years == {2019: 1, 2020: 2, 0: 1}
    assert figures.currencies == {"MXN": (2, Decimal(400)), "USD": (1, Decimal(50))}
    assert (figures.currency, figures.spent) == ("MXN", {2019: Decimal(100), 2020: Decimal(300)})
    assert [(entry.name, entry.purchases, entry.priced, entry.amount) for entry in figures.suppliers] == [
        ("Proveedora Ficticia S.A.", 3, 2, Decimal(400)),
        ("Otra Ficticia S.A.", 1, 0, Decimal(0)),
    ]
    assert [(entry.name, entry.purchases, entry.priced, entry.amount) for entry in figures.buyers] == [
        ("Municipio de Prueba", 4, 2, Decimal(400))
    ]
    assert figures.methods == {"open": 3, "direct": 1}
    assert (figures.direct, figures.by_year) == ({2019: (0, 1), 2020: (1, 2)}, {2019: 1, 2020: 2})


def test_methods_are_counted_once_per_process(buy, client):
    many = purchase(1, method="direct", amount=None)
    many["awards"] = [many["awards"][0] | {"id": f"A{number}"} for number in range(5)]
    many["contracts"] = []
    buy(many, purchase(2, method="open"))
    figures = count(purchases())
    assert (figures.purchases, figures.processes) == (6, 2)
    assert (figures.methods, figures.direct) == ({"direct": 1, "open": 1}, {2020: (1, 2)})
    assert "6 purchases in 2 processes, worth" in client.get("/countries/MX/?lang=en").content.decode()


def test_cancelled_contracts_are_reported_but_not_summed(buy, client):
    given = purchase(2, amount=7000, suppliers=("Otra Ficticia S.A.",))
    given["contracts"][0]["status"] = "cancelled"
    buy(purchase(1, amount=300), given)
    figures = count(purchases())
    assert (figures.purchases, figures.cancelled, figures.years) == (1, 1, {2020: 1})
    assert figures.currencies == {"MXN": (1, Decimal(300))}
    assert [entry.name for entry in figures.suppliers] == ["Proveedora Ficticia S.A."]

    told = client.get("/countries/MX/?lang=en").content.decode()
    assert "1 purchase, worth" in told
    assert "not counting 1 that was cancelled." in told
    # More may be loaded tomorrow, and who prints the sum needs its day.
    assert f"Counted on {date_format(timezone.localdate(), 'N j, Y')}." in told
    # The list that the page leads to has as many rows.
    query = re.search(r"/api/v1/contracts/\?([^\"]+)", told).group(1).replace("&amp;", "&")
    rows = client.get(f"/api/v1/contracts/?{query}").json()["results"]
    assert [row["amount"] for row in rows] == ["300"]
    assert overview().by_country("surveillance") == {"MX": 1}

    supplier = Organization.objects.get(name="Otra Ficticia S.A.")
    page = client.get(f"/organizations/{supplier.pk}/?lang=en").content.decode()
    assert "0 purchases, not counting 1 that was cancelled." in page
    listed = re.search(r"/search/\?(in=contracts[^\"]+)", page)
    assert listed is None or "cancelled=no" in listed.group(1)
    detail = client.get(f"/api/v1/organizations/{supplier.pk}/").json()
    assert (detail["supplied"], detail["supplied_as"], detail["contracts_supplied"]) == ([], [], 1)


def test_an_amount_of_zero_is_not_reported_as_missing(buy, client):
    buy(
        purchase(1, amount=300),
        purchase(2, amount=0),
        purchase(3, amount=-20),
        purchase(4, amount=None),
        purchase(5, amount=7, currency=""),
    )
    page = client.get("/countries/MX/?lang=en").content.decode()
    assert "5 purchases, worth" in page
    assert "4 without a value above 0 or without a currency." in page
    assert "Purchases with a value above 0 in this currency (others are not converted): 1 of 5." in page


def test_a_sum_states_the_number_of_its_purchases(buy, client):
    """Beside all purchases of a supplier, some of them in another currency, its sum looked like that of all."""
    buy(
        purchase(1, year=2019, amount=100),
        purchase(2, year=2020, amount=50, currency="USD"),
        purchase(3, year=2022, amount=300),
        purchase(4, year=2022, amount=7, currency="USD", suppliers=("Otra Ficticia S.A.",)),
    )

    def table(name: str) -> list[str]:
        return client.get(f"/countries/MX/{name}.csv?lang=en").content.decode().splitlines()

    assert table("suppliers") == [
        'Name,Purchases,"of these, added up",MXN',
        "Proveedora Ficticia S.A.,3,2,400",
        "Otra Ficticia S.A.,1,0,",
    ]
    assert table("buyers")[1:] == ["Municipio de Prueba,4,2,400"]
    # Of 2020 no amount in this currency is known; in 2021 nothing was bought.
    assert table("value") == [
        'Year,Purchases,"of these, added up",MXN',
        *("2019,1,1,100", "2020,1,0,", "2021,0,0,0", "2022,2,1,300"),
    ]


def test_the_amount_of_a_shared_contract_is_divided(buy):
    buy(purchase(1, amount=900, suppliers=("A Ficticia S.A.", "B Ficticia S.A.", "C Ficticia S.A.")))
    figures = count(purchases())
    assert [entry.amount for entry in figures.suppliers] == [Decimal(300)] * 3
    assert figures.spent == {2020: Decimal(900)}
    assert figures.concentration == {2020: 0.33}


def test_a_sum_of_divided_amounts_says_so(buy, client):
    """Who prints what a supplier was paid prints a sum that no record says."""
    buy(
        purchase(1, amount=900, suppliers=("A Ficticia S.A.", "B Ficticia S.A.", "C Ficticia S.A.")),
        purchase(2, amount=100, suppliers=("A Ficticia S.A.",)),
    )
    told = {
        name: text_of(get(client, f"/organizations/{Organization.objects.get(name=name).pk}/?lang=en"))
        for name in ("A Ficticia S.A.", "Municipio de Prueba")
    }
    assert "2 purchases, worth 400 MXN" in told["A Ficticia S.A."]
    assert "1 supplied together with others, counted with its equal share of the value" in told["A Ficticia S.A."]
    assert "supplied together with others" not in told["Municipio de Prueba"]


def test_sums_of_suppliers_state_the_number_of_purchases_without_one(buy, client):
    """A purchase without a supplier is in the sum of its year and in that of no supplier."""
    buy(
        purchase(1, year=2020, amount=60),
        purchase(2, year=2020, amount=40, suppliers=()),
        purchase(3, year=2021, amount=10),
    )
    page = text_of(get(client, "/countries/MX/?lang=en"))
    for picture in ("Suppliers", "Shares of the largest suppliers", "Concentration of suppliers"):
        told = page[page.index(f" {picture} ") :]
        assert told.index("Purchases that name a supplier: 2 of 3.") < told.index("As a table"), picture
    shares = get(client, "/countries/MX/dependence.csv?lang=en").splitlines()
    assert shares[1:] == ["Proveedora Ficticia S.A.,0.6,1.0", "the rest,0.4,0.0"]


def test_the_rest_is_zero_in_a_year_with_all_suppliers_shown(buy, client):
    buy(
        # As binary fractions these make a little less than a whole.
        *(
            purchase(paid, year=2020, amount=paid, suppliers=(f"Ficticia {paid} S.A.",))
            for paid in (796, 741, 723, 510, 45)
        ),
        purchase(1, year=2021, amount=10, suppliers=("Ficticia 796 S.A.",)),
        purchase(2, year=2021, amount=10, suppliers=()),
    )
    assert "2020, the rest:" not in get(client, "/countries/MX/dependence.svg?lang=en")
    assert "the rest 0 % 50 %" in text_of(get(client, "/countries/MX/?lang=en"))


def test_sums_in_dollars_include_all_amounts_with_a_rate(buy):
    buy(
        purchase(1, year=2021, amount=388.06, currency="PEN"),
        purchase(2, year=2021, amount=2003.14, currency="MXN", suppliers=("Otra Ficticia S.A.",)),
        purchase(3, year=2031, amount=1, currency="MXN"),
        purchase(4, amount=50, currency="USD", year=0, funder="Banco Ficticio"),
    )
    figures = count(purchases(), "USD")
    assert (figures.currency, figures.counted, figures.valued) == ("USD", 3, 4)
    assert figures.dollars == (3, Decimal(250))
    assert figures.spent == {2021: Decimal(200), 0: Decimal(50)}
    assert [(entry.name, entry.amount) for entry in figures.suppliers] == [
        ("Proveedora Ficticia S.A.", Decimal(150)),
        ("Otra Ficticia S.A.", Decimal(100)),
    ]
    assert figures.concentration == {2021: 0.5}
    assert figures.financed == [("Banco Ficticio", "Municipio de Prueba", "Proveedora Ficticia S.A.", Decimal(50))]
    assert count(purchases()).dollars == figures.dollars


def test_shares_and_concentration_are_of_the_year(buy):
    buy(
        purchase(1, year=2020, amount=75, suppliers=("A Ficticia S.A.",)),
        purchase(2, year=2020, amount=25, suppliers=("B Ficticia S.A.",)),
        purchase(3, year=2021, amount=10, suppliers=("B Ficticia S.A.",)),
    )
    figures = count(purchases())
    assert figures.shares == {
        "A Ficticia S.A.": {2020: Decimal(75)},
        "B Ficticia S.A.": {2020: Decimal(25), 2021: Decimal(10)},
    }
    assert figures.concentration == {2020: 0.62, 2021: 1.0}


def test_namesakes_have_separate_shares_and_distinct_labels(buy):
    buy(
        purchase(1, year=2020, amount=75, currency="USD"),
        purchase(2, year=2020, amount=25, currency="USD", country="Perú"),
        purchase(3, year=2020, amount=100, currency="USD", suppliers=("Otra Ficticia S.A.",)),
    )
    figures = count(purchases(), "USD")
    name = "Proveedora Ficticia S.A."
    namesakes = [f"{name} (MX)", f"{name} (PE)"]
    assert [entry.name for entry in figures.suppliers] == ["Otra Ficticia S.A.", *namesakes]
    shares = {name: shares[2020] for name, shares in figures.shares.items()}
    assert shares == {"Otra Ficticia S.A.": 100, namesakes[0]: 75, namesakes[1]: 25}
    buyers = ["Municipio de Prueba (MX)", "Municipio de Prueba (PE)"]
    assert [(entry.name, entry.amount) for entry in figures.buyers] == [(buyers[0], 175), (buyers[1], 25)]


def test_namesakes_of_one_country_are_labelled_with_their_keys(buy):
    name = "Proveedora Ficticia S.A."
    shared = purchase(1, suppliers=(name, "Otra"))
    for party in shared["parties"]:
        if "supplier" in party["roles"]:
            party["identifier"] = {
                "scheme": "MX-RFC",
                "id": "PFI010101AA1" if party["name"] == name else "OFI010101AA2",
            }
            party["name"] = name
    shared["awards"][0]["suppliers"][1]["name"] = name
    buy(shared)
    one, other = Organization.objects.filter(name=name).order_by("pk")
    assert [entry.name for entry in count(purchases()).suppliers] == [f"{name} ({one.key})", f"{name} ({other.key})"]
    (partner,) = figures_of(Scope(supplier=one.pk)).partners
    assert partner.name == f"{name} ({other.key})"


def test_flows_lead_from_the_financier_through_the_buyer_to_the_supplier(buy):
    buy(purchase(1, amount=500, funder="Banco Ficticio"), purchase(2, amount=100))
    assert count(purchases()).financed == [
        ("Banco Ficticio", "Municipio de Prueba", "Proveedora Ficticia S.A.", Decimal(500))
    ]


def test_flows_distinguish_a_supplier_from_its_namesake(buy):
    buy(
        purchase(1, amount=75, currency="USD", funder="Banco Ficticio"),
        purchase(2, amount=25, currency="USD", funder="Banco Ficticio", country="Perú"),
    )
    names = ("Banco Ficticio", "Municipio de Prueba", "Proveedora Ficticia S.A.")
    assert count(purchases()).financed == [
        (*(f"{name} ({code})" for name in names), Decimal(amount)) for code, amount in (("MX", 75), ("PE", 25))
    ]


def test_flows_are_summed_up_by_the_database(buy):
    buy(*(purchase(number, amount=100, funder="Banco Ficticio") for number in range(1, 4)))
    with CaptureQueriesContext(connection) as asked:
        figures = count(purchases())
    assert (figures.financed_number, figures.flow_number) == (3, 1)
    assert [amount for *_names, amount in figures.financed] == [300]
    of_parties = [query["sql"] for query in asked if "contracts_party" in query["sql"]]
    assert of_parties
    assert all("GROUP BY" in sql or "COUNT(*)" in sql for sql in of_parties)


def at(number, region="", point=None, **options):
    """A purchase whose buyer has an address."""
    sent = purchase(number, **options)
    place = {"geometry": {"type": "Point", "coordinates": point}} if point else {}
    sent["parties"][0]["address"] |= {"region": region, **place}
    return sent


def test_buyers_are_counted_by_region_in_any_spelling_and_by_coordinates(buy):
    buy(
        at(1, "Nuevo León", [-100.3, 25.7], amount=100),
        at(2, "NUEVO LEON", [-100.3, 25.7], amount=200),
        at(3, "Nuevo León", amount=None),
        at(4, "Jalisco"),
        purchase(5),
    )
    figures = count(purchases())
    assert (figures.regional, figures.region_number, figures.placed, figures.place_number) == (4, 2, 2, 1)
    assert [(region.name, region.purchases, region.amount) for region in figures.regions] == [
        ("Nuevo León", 3, Decimal(300)),
        ("Jalisco", 1, Decimal(1000)),
    ]
    (place,) = figures.places
    assert (place.buyer, place.latitude, place.longitude, place.purchases) == ("Municipio de Prueba", 25.7, -100.3, 2)


def test_only_technology_is_counted_except_for_an_organization(buy):
    buy(purchase(1), purchase(2, title="Servicio de limpieza de oficinas"), purchase(3, country="Perú"))
    buyer = Organization.objects.get(name="Municipio de Prueba", country="MX")
    numbers = [
        count(found).purchases
        for found in (
            purchases(),
            purchases(country="MX"),
            purchases(sector="surveillance"),
            purchases(sector="cloud"),
            purchases(buyer=buyer.pk),
            purchases(since=2021),
        )
    ]
    assert numbers == [2, 1, 2, 0, 2, 0]


def test_claims_are_not_counted(buy):
    from contracts.models import Submission
    from tests.support.records import load

    load(purchase(9), channel=Submission.Channel.API)
    buy(purchase(1))
    assert count(purchases()).purchases == 1


def test_without_purchases_all_figures_are_zero():
    assert count(purchases()) == Figures()


@pytest.mark.parametrize(
    ("asked", "since"), [("2018", 2018), ("1989", None), ("x", None), ("", None), ("２０１８", None), ("20180", None)]
)
def test_an_implausible_year_in_the_address_is_ignored(asked, since):
    assert since_of({"since": asked}) == since


def test_every_offered_year_can_be_chosen(buy, client):
    """Of purchases dated ahead the page offered years that it then did not understand."""
    year = timezone.localdate().year + 2
    buy(purchase(1, year=year), purchase(2, year=2020))
    page = client.get("/countries/MX/?lang=en").content.decode()
    offered = re.findall(r"<option(?: selected)?>(\d{4})</option>", page)
    assert offered == [str(each) for each in range(year, 2019, -1)]
    assert [since_of({"since": each}) for each in offered] == [int(each) for each in offered]
