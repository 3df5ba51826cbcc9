"""The page of an organization: of which records it tells."""

import html

import pytest

from audits.pages import organization as organization_page
from audits.pages.records import flags
from contracts.models import Organization, Publisher
from contracts.models.publisher import EXAMPLES
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


def test_an_organization_that_only_bid_is_shown_with_its_records(client, buy):
    tender = purchase(1, title=TITLE)
    tender["tender"]["tenderers"] = [{"id": "L", "name": "Perdedora S.A."}]
    tender["parties"].append({"id": "L", "name": "Perdedora S.A.", "roles": ["tenderer"]})
    buy(tender, purchase(2))
    told = {}
    for name in ("Perdedora S.A.", "Proveedora Ficticia S.A.", "Municipio de Prueba"):
        organization = Organization.objects.get(name=name)
        told[name] = get(client, f"/organizations/{organization.pk}/?lang=en")
    assert "Records that name it" in text_of(told["Perdedora S.A."])
    assert told["Perdedora S.A."].count('href="/processes/ocds-test01-1/') == 1
    assert "ocds-test01-2" not in told["Perdedora S.A."]
    assert "Municipio de Prueba → Proveedora Ficticia S.A." in text_of(told["Perdedora S.A."])
    assert not [name for name in told if "Records that name it" in told[name] and name != "Perdedora S.A."]


def test_only_organizations_named_by_demo_records_are_marked(client, buy):
    Publisher.objects.create(slug=EXAMPLES, name="P", ocid_prefix="ocds-test01")
    buy(purchase(1), purchase(2, suppliers=("Real S.A.",), buyer="Municipio Real") | {"ocid": "ocds-other1-2"})
    for name, is_marked in (("Proveedora Ficticia S.A.", True), ("Real S.A.", False), ("Municipio Real", False)):
        page = get(client, f"/organizations/{Organization.objects.get(name=name).pk}/?lang=en")
        assert ("invented example" in page) == is_marked, name


@pytest.mark.parametrize(
    ("name", "words"), [("Proveedora Ficticia S.A.", "Ficticia%20S.A."), ("Proveedora -en quiebra", "en%20quiebra")]
)
def test_the_page_links_namesakes_of_the_organization(client, buy, name, words):
    buy(purchase(1, suppliers=(name,)), purchase(2, suppliers=(name,), country="Perú"))
    one, other = Organization.objects.filter(name=name).order_by("country")
    page = get(client, f"/organizations/{one.pk}/?lang=es")
    address = f"/search/?in=organizations&amp;q=Proveedora%20{words}&amp;lang=es"
    assert f'href="{address}"' in page
    assert f'href="/organizations/{other.pk}/?lang=es"' in get(client, address.replace("&amp;", "&"))


def test_the_page_links_all_purchases_and_flags_and_their_feed(client, buy, confirm, monkeypatch):
    """A page shows the latest questions alone: a reader must not take them for all."""
    for module in (flags, organization_page):
        monkeypatch.setattr(module, "LATEST", 1)
    buy(purchase(1, title=TITLE, amount=5_000_000), purchase(2))
    for rule in ("T01", "T03"):
        confirm(rule)
    for name, role, number in (("Municipio de Prueba", "buyer", 2), ("Proveedora Ficticia S.A.", "supplier", 2)):
        organization = Organization.objects.get(name=name)
        page = html.unescape(get(client, f"/organizations/{organization.pk}/?lang=en"))
        assert f"The latest 1 of 2. All confirmed questions, of all years: {role}: CSV" in text_of(page)
        asked = f"{role}={organization.pk}"
        for address in (f"/api/v1/contracts/?{asked}&counted=yes", f"/api/v1/flags/?decision=confirmed&{asked}"):
            assert f'href="{address}"' in page
            assert client.get(f"{address}&count=1").json()["count"] == number, address
        assert f'<link rel="alternate" type="application/atom+xml" href="/search/feed.atom?{asked}&lang=en">' in page
        assert f'href="/search/saved/?query={role}%3D{organization.pk}&lang=en#new"' in page
        assert client.get(f"/search/feed.atom?{asked}").status_code == 200


def test_a_financier_is_shown_with_its_purchases(client, buy, confirm):
    """It was said to have no purchase on record, above those that it pays for."""
    buy(
        *(purchase(number, funder="Banco Ficticio", title=TITLE, amount=1_000) for number in range(1, 22)),
        purchase(22, buyer="Banco Ficticio", suppliers=("Otra S.A.",), amount=7),
        purchase(23, funder="Otro Banco Ficticio"),
    )
    flag = confirm("T01")
    bank = Organization.objects.get(name="Banco Ficticio").pk
    page = get(client, f"/organizations/{bank}/?lang=en")
    told = text_of(page)
    assert "There is no purchase by it" not in told
    assert "Financed: 21 purchases" in told
    assert "21,000 MXN" in told
    assert "Bought: 1 purchase" in told
    assert "Amounts are those of whole contracts" in told
    assert f'<a href="/api/v1/contracts.csv?funder={bank}&amp;counted=yes&amp;lang=en">' in page
    assert 'id="financed-suppliers"' in page
    assert client.get(f"/organizations/{bank}/financed-suppliers.csv").status_code == 200
    # The rows have pages of their own.
    assert f'href="/search/?funder={bank}&amp;lang=en"' in page
    listed = get(client, f"/search/?funder={bank}&lang=en")
    assert "21 rows" in listed
    assert "Financier: Banco Ficticio" in text_of(listed)
    assert 'rel="next"' in listed
    assert "21 rows" in get(client, f"/search/?in=contracts&funder={bank}&counted=yes&lang=en")
    # And so have the questions.
    assert f'href="/flags/{flag.pk}/' in page
    asked = client.get(f"/api/v1/flags/?decision=confirmed&funder={bank}").json()["results"]
    assert [row["id"] for row in asked] == [flag.pk]
    # Side by side are shown what is bought and supplied alone.
    fund = Organization.objects.get(name="Otro Banco Ficticio").pk
    compared = [f"/compare/?organization={pk}&amp;" in get(client, f"/organizations/{pk}/") for pk in (bank, fund)]
    assert compared == [True, False]
    assert "Financed:" not in get(client, f"/organizations/{Organization.objects.get(name='Otra S.A.').pk}/?lang=en")


def test_a_financier_without_purchases_is_shown_with_its_records(client, buy):
    tender = purchase(1, funder="Banco Ficticio")
    del tender["awards"], tender["contracts"]
    buy(tender)
    bank = Organization.objects.get(name="Banco Ficticio").pk
    page = get(client, f"/organizations/{bank}/?lang=en")
    assert "There is no purchase by it or from it on record, nor one that it finances." in text_of(page)
    assert 'href="/processes/ocds-test01-1/' in page
