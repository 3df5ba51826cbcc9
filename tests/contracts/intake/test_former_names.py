"""Addresses of organizations that records name otherwise than before."""

import pytest

from contracts.models import FormerName, Organization, Party, Submission
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
OCID = "ocds-test01-1"
API = "/api/v1/organizations/"


def record(date, *, number="", ocid=OCID, name="Acme Redes S.A.C."):
    """Return a release of a day; its supplier has a name, and a number of its register if one is given."""
    identifier = {"identifier": {"scheme": "PE-RUC", "id": number}} if number else {}
    supplier = {"id": "S", "name": name, "roles": ["supplier"], "address": {"countryName": "PE"}, **identifier}
    found = release(ocid, id=date, date=f"{date}T00:00:00Z", parties=[supplier], buyer=None)
    found["awards"][0]["suppliers"] = [{"id": "S", "name": name}]
    found["tender"]["tenderers"] = []
    return found


def of_party(ocid=OCID):
    return Party.objects.get(process__ocid=ocid, party_id="S").organization


def answer(client, pk, page="/organizations/{}/"):
    told = client.get(page.format(pk))
    return told.status_code, told.headers.get("Location")


def test_an_address_leads_to_the_organization_that_the_record_names_now(client):
    load(record("2024-01-01"))
    former = of_party()
    load(record("2024-02-01", number="20504030201"))
    now = of_party()

    assert (former.key, now.key) == ("name:PE:acme redes s a c", "PE-RUC:20504030201")
    assert answer(client, former.pk, API + "{}/") == (308, f"{API}{now.pk}/")
    found = client.get("/api/v1/contracts/", {"supplier": former.pk}).json()["results"]
    assert [row["ocid"] for row in found] == [OCID]
    status, location = answer(client, former.pk)
    assert (status, location.split("?")[0].startswith(f"/organizations/{now.pk}/")) == (308, True)


def test_an_organization_that_another_record_still_names_stays(client):
    load(record("2024-01-01"), record("2024-01-01", ocid="ocds-test01-2"))
    former = of_party()
    load(record("2024-02-01", number="20504030201"))

    assert answer(client, former.pk, API + "{}/") == (200, None)
    found = client.get("/api/v1/contracts/", {"supplier": former.pk}).json()["results"]
    assert [row["ocid"] for row in found] == ["ocds-test01-2"]

    load(record("2024-02-01", number="20504030202", ocid="ocds-test01-2"))
    assert answer(client, former.pk, API + "{}/") == (308, f"{API}{of_party('ocds-test01-2').pk}/")


def test_names_that_change_twice_lead_to_the_last_and_back(client):
    load(record("2024-01-01"))
    first = of_party()
    load(record("2024-02-01", number="20504030201"))
    second = of_party()
    load(record("2024-03-01", number="20504030202"))

    assert answer(client, first.pk, API + "{}/") == (308, f"{API}{of_party().pk}/")

    load(record("2024-04-01", number="20504030201"))
    assert answer(client, second.pk, API + "{}/") == (200, None)
    assert answer(client, first.pk, API + "{}/") == (308, f"{API}{second.pk}/")


def test_who_only_claims_named_has_no_address_that_leads_on(client):
    load(record("2024-01-01"), channel=Submission.Channel.FORM)
    former = Organization.objects.get(key="name:PE:acme redes s a c")
    load(record("2024-02-01", number="20504030201"))

    assert answer(client, former.pk, API + "{}/")[0] == 404
    assert not FormerName.objects.exists()
