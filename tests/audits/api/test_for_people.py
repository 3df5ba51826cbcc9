"""Addresses of rows, in spreadsheets and citations, lead people to pages and give programs the rows."""

import pytest
from django.urls import reverse

from audits.models import Flag
from contracts.models import Organization
from tests.support.buying import TITLE, purchase
from tests.support.pages import get

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture
def addresses(client, buy, confirm):
    """Address of a row → that of its page."""
    buy(purchase(1, title=TITLE), purchase(2, title="Sillas de oficina") | {"ocid": "ocds-test01-a/b?c"})
    flag = confirm("T01")
    supplier = Organization.objects.get(name="Proveedora Ficticia S.A.")
    rows = client.get("/api/v1/contracts/").json()["results"]
    pages = {
        "ocds-test01-1": "/process/?ocid=ocds-test01-1",
        "ocds-test01-a/b?c": "/process/?ocid=ocds-test01-a%2Fb%3Fc",
    }
    return (
        {row["url"]: pages[row["ocid"]] for row in rows}
        | {row["process_url"]: pages[row["ocid"]] for row in rows}
        | {f"/api/v1/flags/{flag.pk}/": f"/flags/{flag.pk}/"}
        | {f"/api/v1/organizations/{supplier.pk}/": f"/organizations/{supplier.pk}/"}
    )


def test_a_browser_is_redirected_to_the_page(client, addresses):
    assert len(addresses) == 6
    for address, page in addresses.items():
        led = client.get(address, HTTP_ACCEPT=BROWSER)
        assert (led.status_code, led["Location"]) == (303, page)
        assert client.head(address, HTTP_ACCEPT=BROWSER).status_code == 303
        assert "Accept" in led["Vary"]
        get(client, page)


def test_programs_and_json_requests_get_the_row(client, addresses):
    for address in addresses:
        between = "&" if "?" in address else "?"
        for asked, accepted in (
            (address, "*/*"),
            (address, "application/json"),
            (f"{address}{between}format=json", BROWSER),
        ):
            answer = client.get(asked, HTTP_ACCEPT=accepted)
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
            assert "Accept" in answer["Vary"]
        assert client.get(f"{address}{between}fields=url", HTTP_ACCEPT=BROWSER).json()
        assert client.post(address, HTTP_ACCEPT=BROWSER).status_code == 405


def test_readers_with_an_account_get_the_row(client, addresses, make_user):
    client.force_login(make_user("Auditors", name="reader"))
    for address in addresses:
        assert client.get(address, HTTP_ACCEPT=BROWSER)["Content-Type"] == "application/json"


def test_pages_link_their_rows_as_json(client, addresses):
    for page in ("/processes/ocds-test01-1/", addresses[f"/api/v1/flags/{Flag.objects.get(rule='T01').pk}/"]):
        shown = get(client, page)
        assert "?format=json" in shown
    supplier = Organization.objects.get(name="Proveedora Ficticia S.A.")
    assert f"{reverse('organization', args=[supplier.pk])}?format=json" in get(
        client, f"/organizations/{supplier.pk}/"
    )


def test_withdrawn_and_unknown_rows_answer_with_pages(client, addresses, dismiss):
    flag = dismiss("T01")
    assert client.get(f"/api/v1/flags/{flag.pk}/", HTTP_ACCEPT=BROWSER, follow=True).status_code == 410
    assert client.get("/api/v1/contracting-processes/none/", HTTP_ACCEPT=BROWSER, follow=True).status_code == 404
