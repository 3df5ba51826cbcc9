"""Countries and organizations beside each other, in one currency."""

import csv
import io

import pytest

from contracts.models import Organization
from tests.support.buying import purchase
from tests.support.pages import alive, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(buy):
    buy(
        purchase(1, year=2021, amount=388.06, currency="PEN", country="Perú", buyer="Municipio Uno", method="direct"),
        purchase(2, year=2021, amount=2003.14, buyer="Municipio Dos"),
        purchase(3, year=2023, amount=100, currency="USD", buyer="Municipio Dos", suppliers=("Otra Ficticia S.A.",)),
        purchase(4, year=2031, amount=5, buyer="Municipio Dos"),
        purchase(5, year=2021, amount=7, currency="USD", country="Chile", title="Servicio de nube para oficinas"),
    )


def get(client, query):
    answer = client.get(f"/compare/?{query}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert alive(answer.content.decode()) == []
    return answer.content.decode()


def rows(client, name, query):
    answer = client.get(f"/compare/{name}.csv?{query}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_countries_are_shown_side_by_side(client, market):
    query = "country=MX&country=PE"
    page = text_of(get(client, query))
    assert "Mexico: 2 of 3; Peru: 1 of 1" in page
    assert [row[:1] + [float(cell) for cell in row[1:]] for row in rows(client, "years", query)[1:]] == [
        ["2021", 100, 100],
        ["2022", 0, 0],
        ["2023", 100, 0],
    ]
    assert rows(client, "purchases", query)[1:] == [["Mexico", "3"], ["Peru", "1"]]
    assert rows(client, "direct", query)[1:] == [["Mexico", "0.0"], ["Peru", "1.0"]]
    assert rows(client, "largest", query)[1:] == [["Mexico", "0.5"], ["Peru", "1.0"]]
    assert client.get(f"/compare/years.svg?{query}")["Content-Type"] == "image/svg+xml"


def test_a_value_without_purchases_is_unknown_instead_of_zero(client, buy):
    buy(purchase(1, year=2021, amount=None, country="Chile"), purchase(2, year=2021, amount=5, currency="USD"))
    query = "country=CL&country=MX"
    assert rows(client, "years", query)[1:] == [["2021", "", "5"]]
    assert rows(client, "value", query)[1:] == [["Chile", ""], ["Mexico", "5.00"]]
    assert rows(client, "largest", query)[1:] == [["Chile", ""], ["Mexico", "1.0"]]
    assert "not known" in text_of(get(client, query))


def test_subjects_are_added_and_removed_by_links(client, market):
    page = get(client, "country=MX&technology=surveillance&lang=en")
    assert "country=MX&amp;country=PE" in page
    assert 'href="?technology=surveillance&amp;lang=en"' in page
    buyer = Organization.objects.get(name="Municipio Dos")
    page = get(client, "country=MX&q=municipio+dos")
    assert f"country=MX&amp;organization={buyer.pk}" in page


def test_organizations_are_compared_in_their_main_role(client, market):
    names = ("Municipio Dos", "Proveedora Ficticia S.A.")
    buyer, supplier = (Organization.objects.get(name=name, country="MX").pk for name in names)
    query = f"organization={buyer}&organization={supplier}"
    assert rows(client, "purchases", query)[1:] == [[names[0], "3"], [names[1], "2"]]
    # The buyer has two suppliers in dollars, the supplier one buyer.
    assert rows(client, "largest", query)[1:] == [[names[0], "0.5"], [names[1], "1.0"]]


def test_namesakes_have_distinct_labels_and_values(client, market):
    name = "Proveedora Ficticia S.A."
    query = "&".join(f"organization={row.pk}" for row in Organization.objects.filter(name=name).order_by("country"))
    told = [f"{name} ({code})" for code in ("CL", "MX", "PE")]
    years = rows(client, "years", query)
    assert years[0][1:] == told
    assert [float(cell) for cell in years[1][1:]] == [7, 100, 100]
    drawn = client.get(f"/compare/years.svg?{query}").content.decode()
    assert all(f"{entry}, 2021: " in drawn for entry in told)
    assert all(entry in get(client, f"country=MX&q={name}") for entry in told)


def test_undated_purchases_are_in_no_year(client, buy):
    buy(purchase(1, year=2021, amount=5, currency="USD"), purchase(2, year=0, amount=7, currency="USD"))
    page = text_of(get(client, "country=MX"))
    assert "Purchases that have a date, a value and a rate to US dollars: Mexico: 1 of 2." in page
    assert "Purchases that have a value and a rate to US dollars: Mexico: 2 of 2." in page


def test_comparisons_are_filtered_by_technology_and_year(client, market):
    assert rows(client, "purchases", "country=CL&country=MX&technology=surveillance")[1:] == [
        ["Chile", "0"],
        ["Mexico", "3"],
    ]
    assert rows(client, "purchases", "country=MX&since=2023")[1:] == [["Mexico", "2"]]


ODD = {
    "nobody": "",
    "unknown country": "country=ZZ&country=",
    "no key": "organization=x&organization=999999999999999",
    "unknown technology": "technology=magic",
    "twice": "country=MX&country=MX",
    "no year": "since=x",
    "many words": "q=" + "a+" * 20,
    "many": "&".join(f"organization={number}" for number in range(20)),
}


@pytest.mark.parametrize("query", ODD.values(), ids=ODD)
def test_invalid_queries_do_not_fail(client, market, query):
    get(client, query)


def test_comparisons_with_possible_persons_are_not_indexed(client, buy):
    buy(purchase(1, suppliers=("Ana Persona Ficticia", "Proveedora Ficticia S.A.")))
    person, company = (
        Organization.objects.get(name=name).pk for name in ("Ana Persona Ficticia", "Proveedora Ficticia S.A.")
    )
    assert "noindex" in get(client, f"organization={company}&organization={person}")
    assert "noindex" not in get(client, f"organization={company}")
