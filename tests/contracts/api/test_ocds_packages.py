"""OCDS packages: what other tools of the standard read, and this one too."""

import json

import pytest

from contracts.exporting import compiled_releases
from contracts.models import ContractingProcess, Publisher, Release
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def package(client, address: str) -> dict:
    response = client.get(address)
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["version"] == "1.1"
    assert {"uri", "publishedDate", "publisher"} <= body.keys()
    return body


def test_a_record_holds_its_releases_and_their_merge(anonymous):
    Publisher.objects.create(slug="mx", name="México", ocid_prefix="ocds-test01", licence="https://licence.example/")
    first, second = release(), release(id="2", date="2024-05-01T00:00:00Z", language="es")
    second["contracts"][0]["value"]["amount"] = 12345678901234567890
    load(first, second)
    body = package(anonymous, "/api/v1/ocds/records/ocds-test01-1/")
    assert (body["publisher"]["name"], body["license"]) == ("México", "https://licence.example/")
    (record,) = body["records"]
    assert record["ocid"] == "ocds-test01-1"
    assert record["releases"] == [first, second]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert record["compiledRelease"]["contracts"][0]["value"]["amount"] == 12345678901234567890
    assert anonymous.get("/api/v1/ocds/records/ocds-none/").status_code == 404


def test_packages_of_releases_lead_through_all_of_them(anonymous):
    load(*[release(f"ocds-test01-{number}") for number in range(5)])
    met, address = [], "/api/v1/ocds/releases/?limit=2"
    while address:
        body = package(anonymous, address)
        met += [entry["ocid"] for entry in body["releases"]]
        address = body["links"].get("next")
    assert met == [f"ocds-test01-{number}" for number in range(5)]
    assert anonymous.get("/api/v1/ocds/releases/?cursor=x").status_code == 400


def test_what_is_packed_can_be_sent_again_and_is_known(anonymous):
    load(release(), release("ocds-test01-2"))
    before = ContractingProcess.objects.values_list("ocid", "digest").order_by("ocid")
    digests = [(ocid, bytes(digest)) for ocid, digest in before]
    load(content=anonymous.get("/api/v1/ocds/releases/").content)
    load(content=anonymous.get("/api/v1/ocds/records/ocds-test01-1/").content)
    assert Release.objects.filter(kind="release").count() == 2
    assert [(ocid, bytes(digest)) for ocid, digest in before.all()] == digests


def test_contact_points_and_held_claims_are_not_in_packages(anonymous):
    record = release()
    record["parties"][0]["contactPoint"] = {"name": "Ana Prueba", "email": "ana@example.org"}
    load(record)
    for address in ("/api/v1/ocds/records/ocds-test01-1/", "/api/v1/ocds/releases/"):
        assert "Ana Prueba" not in json.dumps(package(anonymous, address))
    ContractingProcess.objects.update(verification="unverified")
    assert package(anonymous, "/api/v1/ocds/releases/")["releases"] == []
    assert anonymous.get("/api/v1/ocds/records/ocds-test01-1/").status_code == 404


def test_the_merge_of_a_record_is_that_of_the_standard(anonymous):
    """What it overwrote stands beside it in the record of the API and in the export, and not in the package."""
    twice = release()
    twice["tender"]["documents"] = [
        {"id": "1", "title": "Bases", "url": "https://example.org/a"},
        {"id": "1", "url": "b"},
    ]
    load(twice)
    (record,) = package(anonymous, "/api/v1/ocds/records/ocds-test01-1/")["records"]
    assert "veedor" not in record["compiledRelease"]
    assert record["compiledRelease"]["tender"]["documents"] == [{"id": "1", "title": "Bases", "url": "b"}]

    (line,) = map(json.loads, compiled_releases())
    apart = [{"list": "/tender/documents", "index": 0, "entries": twice["tender"]["documents"]}]
    assert line["veedor"] == {"source": line["veedor"]["source"], "verification": "official", "apart": apart}
    detail = anonymous.get("/api/v1/contracting-processes/ocds-test01-1/").json()
    assert detail["compiled_release"]["veedor"] == {"apart": apart}
