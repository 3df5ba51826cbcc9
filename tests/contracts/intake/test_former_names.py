"""Addresses of organizations that records name otherwise than before."""

import pytest

from contracts import tasks
from contracts.decisions.claims import decide_claim
from contracts.decisions.same_bodies import decide_body, propose
from contracts.erasing import erase_submission
from contracts.models import (
    Claim,
    ClaimDecision,
    ContractingProcess,
    FormerName,
    Organization,
    Party,
    SameBodyDecision,
    Submission,
)
from contracts.retention import keep_retention
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
OCID = "ocds-test01-1"
API = "/api/v1/organizations/"


@pytest.fixture
def auditor(make_user):
    return make_user("Auditors")


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


def test_retention_leaves_what_an_address_needs_to_lead_on(client):
    load(record("2024-01-01"), record("2024-01-01", ocid="ocds-test01-2", name="Otra S.A."))
    former = of_party()
    sent = load(record("2024-02-01", number="20504030201"))
    now = of_party()
    keep_retention()
    assert answer(client, former.pk, API + "{}/") == (308, f"{API}{now.pk}/")

    Submission.objects.exclude(pk=sent.pk).get().releases.filter(ocid=OCID).delete()
    erase_submission(sent, actor=None, with_records=True)
    for _hour in range(2):
        keep_retention()
    assert not Organization.objects.filter(pk__in=[former.pk, now.pk]).exists()


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


def test_a_company_that_gets_the_id_of_another_is_not_found_at_its_address(client):
    load(record("2024-01-01", number="20504030201"))
    replaced = of_party()
    load(record("2024-02-01", number="20666777881", name="Otra Empresa E.I.R.L."))

    assert of_party() != replaced
    assert answer(client, replaced.pk, API + "{}/")[0] == 404
    assert client.get("/api/v1/contracts/", {"supplier": replaced.pk}).json()["results"] == []


def test_organizations_that_people_separated_do_not_lead_to_each_other(client, auditor):
    load(record("2024-01-01"), record("2024-01-01", ocid="ocds-test01-2", number="20504030201"))
    one, other = of_party(), of_party("ocds-test01-2")
    pair = propose(one, other, proposed_by=auditor)
    for kind, kept in ((SameBodyDecision.Kind.MERGED, one), (SameBodyDecision.Kind.PARTED, None)):
        decide_body(pair=pair, decided_by=auditor, kind=kind, kept=kept, reason="The register says so.")
        tasks.recompile_records()
        assert of_party("ocds-test01-2") == (kept or other)
    ContractingProcess.objects.filter(ocid=OCID).update(verification="retired")

    assert answer(client, one.pk, API + "{}/")[0] == 404
    assert not FormerName.objects.exists()


def test_who_is_named_under_another_body_is_still_named(client, auditor):
    load(record("2024-01-01"), record("2024-01-01", ocid="ocds-test01-2"))
    former = of_party()
    load(record("2024-02-01", number="20504030201"), record("2024-01-01", ocid="ocds-test01-3", name="Acme Redes"))
    kept = of_party("ocds-test01-3")
    pair = propose(former, kept, proposed_by=auditor)
    decide_body(pair=pair, decided_by=auditor, kind=SameBodyDecision.Kind.MERGED, kept=kept, reason="So they say.")
    tasks.recompile_records()

    assert answer(client, former.pk, API + "{}/") == (308, f"{API}{kept.pk}/")
    found = client.get("/api/v1/contracts/", {"supplier": former.pk}).json()["results"]
    assert {row["ocid"] for row in found} == {"ocds-test01-2", "ocds-test01-3"}


def test_a_claim_that_takes_the_row_of_a_record_does_not_reveal_whom_it_names(client, auditor):
    load(record("2024-01-01"), channel=Submission.Channel.FORM)
    accepted = Claim.objects.get()
    decide_claim(claim=accepted, decided_by=auditor, kind=ClaimDecision.Kind.ACCEPTED, reason="It is so.")
    former = of_party()
    load(record("2024-02-01", number="20504030201"), channel=Submission.Channel.FORM)
    accepted.refresh_from_db()
    decide_claim(claim=accepted, decided_by=auditor, kind=ClaimDecision.Kind.REJECTED, reason="It is not so.")

    assert of_party().key == "PE-RUC:20504030201"
    assert not FormerName.objects.exists()
    assert answer(client, former.pk, API + "{}/")[0] == 404


def test_readers_of_claims_find_them_by_the_former_organization(client, auditor):
    load(record("2024-01-01"))
    former = of_party()
    load(record("2024-02-01", number="20504030201"))
    load(record("2024-01-01", ocid="ocds-test01-2"), channel=Submission.Channel.FORM)

    client.force_login(auditor)
    found = client.get("/api/v1/contracts/", {"supplier": former.pk}).json()["results"]
    assert {row["ocid"] for row in found} == {OCID, "ocds-test01-2"}
