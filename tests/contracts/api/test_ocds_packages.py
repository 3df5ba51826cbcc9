"""OCDS packages: valid for other tools of the standard, and for our own reader."""

import json

import pytest

from contracts.api.protocol.rows.opaque import hidden
from contracts.exporting import compiled_releases
from contracts.models import ContractingProcess, Publisher, Release, Submission
from tests.support.clients import new_user
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


def test_a_versioned_release_says_of_each_value_who_said_it(anonymous):
    first, second = release(), release(id="2", date="2024-05-01T00:00:00Z")
    second["contracts"][0]["value"]["amount"] = 12345678901234567890
    second["parties"][0]["contactPoint"] = {"name": "Juana Pérez", "email": "juana@example.com"}
    load(first, second)
    (record,) = package(anonymous, "/api/v1/ocds/records/ocds-test01-1/?versioned=1")["records"]
    versions = record["versionedRelease"]["contracts"][0]["value"]["amount"]
    assert [(entry["releaseID"], entry["releaseDate"][:10], entry["value"]) for entry in versions] == [
        ("1", "2024-03-01", 900.5),
        ("2", "2024-05-01", 12345678901234567890),
    ]
    assert "Juana" not in json.dumps(record)
    assert "versionedRelease" not in package(anonymous, "/api/v1/ocds/records/ocds-test01-1/")["records"][0]
    assert anonymous.get("/api/v1/ocds/records/ocds-test01-1/?versioned=yes").status_code == 400


def test_releases_that_do_not_fit_together_have_no_versioned_one(anonymous):
    load(release(), release(id="2", date="2024-05-01T00:00:00Z", tender="none"))
    (record,) = package(anonymous, "/api/v1/ocds/records/ocds-test01-1/?versioned=1")["records"]
    assert len(record["releases"]) == 2


def test_packages_of_releases_lead_through_all_of_them(anonymous):
    load(*[release(f"ocds-test01-{number}") for number in range(5)])
    met, address = [], "/api/v1/ocds/releases/?limit=2"
    while address:
        body = package(anonymous, address)
        met += [entry["ocid"] for entry in body["releases"]]
        address = body["links"].get("next")
    assert met == [f"ocds-test01-{number}" for number in range(5)]
    assert anonymous.get("/api/v1/ocds/releases/?cursor=x").status_code == 400


def test_cursors_from_before_a_restore_are_refused_those_of_erased_rows_are_not(anonymous):
    load(release(), release("ocds-test01-2"))
    address = "/api/v1/ocds/releases/?cursor="
    last = Release.objects.latest("pk").pk
    assert anonymous.get(address + hidden(last + 1)).status_code == 400
    Release.objects.filter(pk=last).delete()
    assert package(anonymous, address + hidden(last))["releases"] == []


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


def test_a_record_is_read_as_of_a_day(anonymous):
    first = release(date="2024-03-01T23:30:00-05:00")
    second = release(id="2", date="2024-05-01T00:00:00Z", contracts=[])
    second["tender"]["title"] = "Otra cosa"
    load(first, second)
    address = "/api/v1/ocds/records/ocds-test01-1/?as_of="

    def titles(day):
        (record,) = package(anonymous, address + day)["records"]
        return [entry["id"] for entry in record["releases"]], record["compiledRelease"]["tender"]["title"]

    assert titles("2024-03-01") == titles("2024-04-30") == (["1"], first["tender"]["title"])
    assert titles("2024-05-01") == titles("2026-01-01") == (["1", "2"], "Otra cosa")
    (whole,), (told,) = (package(anonymous, tail)["records"] for tail in (address[:-7], f"{address}2030-01-01"))
    assert told == whole
    by_query = package(anonymous, "/api/v1/ocds/record/?ocid=ocds-test01-1&as_of=2024-03-01")
    assert by_query["records"][0]["compiledRelease"]["tender"]["title"] == first["tender"]["title"]
    early = anonymous.get(f"{address}2024-02-29")
    assert (early.status_code, early.json()["detail"]) == (404, "No release of this record is dated up to 2024-02-29.")
    for odd in ("", "2024", "2024-3-1", "20240301", "2024-03-01T00:00:00Z"):
        answer = anonymous.get(address + odd)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "as_of")


def test_a_record_as_of_a_day_holds_no_contact_points_and_no_claims(anonymous):
    record = release()
    record["parties"][0]["contactPoint"] = {"name": "Ana Prueba", "url": "https://a.example/"}
    load(record)
    claim = release(id="9", date="2024-03-02T00:00:00Z", language="xx")
    load(claim, channel=Submission.Channel.API, user=new_user("somebody"))
    body = anonymous.get("/api/v1/ocds/records/ocds-test01-1/?as_of=2030-01-01").content.decode()
    assert "https://a.example/" in body
    assert "Ana Prueba" not in body
    assert '"xx"' not in body
