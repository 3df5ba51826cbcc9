"""Lists by technology sector."""

import pytest
from django.db import connection

from audits.matching.purchases.scope import SECTORS
from audits.models import Audit, Flag, LexiconTerm
from contracts.models import ContractingProcess
from tests.audits.api.reading import rows
from tests.support.auditing import audit_due
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
LISTS = ("contracting-processes", "contracts", "flags")
CAMERAS, CLEANING = "46171619", "76111501"


def about(ocid: str, code: str, **changes) -> dict:
    """A release that buys something of a code of UNSPSC."""
    record = release(ocid, **changes)
    record["tender"]["items"] = [{"id": "1", "classification": {"scheme": "UNSPSC", "id": code}}]
    return record


@pytest.fixture
def auditor(db) -> Client:
    """A reader who sees every flag, of a record about cameras, one about nothing in scope and one not yet audited."""
    load(about("ocds-test01-cameras", CAMERAS), release("ocds-test01-cleaning"))
    audit_due()
    load(about("ocds-test01-waiting", CAMERAS))
    assert Flag.objects.filter(process__ocid="ocds-test01-cleaning").exists(), "else the filter of flags shows nothing"
    return client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")


@pytest.mark.parametrize("kind", LISTS)
def test_the_sector_filter_excludes_other_sectors(auditor, kind):
    assert {row["ocid"] for row in rows(auditor, f"{kind}/")} >= {"ocds-test01-cameras", "ocds-test01-cleaning"}
    assert {row["ocid"] for row in rows(auditor, f"{kind}/?sector=surveillance")} == {"ocds-test01-cameras"}
    assert rows(auditor, f"{kind}/?sector=digital_identity") == []


@pytest.mark.parametrize("kind", LISTS)
def test_an_unknown_sector_is_refused_with_the_valid_ones(auditor, kind):
    response = auditor.get(f"/api/v1/{kind}/?sector=surveilance")

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["parameter"] == "sector"
    assert error["allowed"] == list(SECTORS)
    assert "surveillance" in error["hint"]


def test_list_and_detail_have_the_sectors_of_a_process(auditor):
    told = {row["ocid"]: row["sectors"] for row in rows(auditor, "contracting-processes/")}

    stored = Audit.objects.get(process__ocid="ocds-test01-cameras").sectors
    assert "surveillance" in stored
    assert told == {"ocds-test01-cameras": stored, "ocds-test01-cleaning": [], "ocds-test01-waiting": None}
    for ocid, sectors in told.items():
        assert auditor.get(f"/api/v1/contracting-processes/{ocid}/").json()["sectors"] == sectors


def test_evidence_of_sectors_can_be_included(auditor):
    code = {
        "sector": "surveillance",
        "path": "/tender/items/0/classification/id",
        "passage": CAMERAS,
        "start": None,
        "end": None,
        "note": "UNSPSC",
    }
    for address in ("contracting-processes", "contracts"):
        found = {row["ocid"]: row["included"]["sectors"] for row in rows(auditor, f"{address}/?include=sectors")}
        assert found["ocds-test01-cameras"] == [{"sectors": ["surveillance"], "places": [code]}]
        assert found["ocds-test01-cleaning"] == [{"sectors": [], "places": []}]
        assert found["ocds-test01-waiting"] == []
    detail = {
        name: auditor.get(f"/api/v1/contracting-processes/ocds-test01-{name}/").json()["sector_evidence"]
        for name in ("cameras", "cleaning", "waiting")
    }
    assert detail == {"cameras": [code], "cleaning": [], "waiting": []}


def test_sector_evidence_has_surrounding_text(auditor):
    LexiconTerm.objects.create(concept="facial_recognition", language="es", term="reconocimiento facial", source="s")
    record = release("ocds-test01-words")
    title = "Suministro e instalación de cámaras de videovigilancia con reconocimiento facial para el centro"
    record["tender"]["title"] = title
    load(record)
    audit_due()
    places = auditor.get("/api/v1/contracting-processes/ocds-test01-words/").json()["sector_evidence"]
    assert places
    for place in places:
        assert (place["sector"], place["path"]) == ("surveillance", "/tender/title")
        assert title[place["start"] : place["end"]] in place["passage"]
    assert "reconocimiento facial" in {title[place["start"] : place["end"]] for place in places}
    # It is the scope of the rules: who is asked by T01 is of the sector.
    assert "T01" in set(Flag.objects.filter(process__ocid="ocds-test01-words").values_list("rule", flat=True))


def test_a_partial_audit_keeps_the_sector_evidence(auditor):
    before = Audit.objects.get(process__ocid="ocds-test01-cameras", is_current=True)
    Audit.objects.filter(pk=before.pk).update(is_due=True)
    audit_due()
    after = Audit.objects.get(process__ocid="ocds-test01-cameras", is_current=True)
    assert not after.is_due
    assert after.sector_evidence == before.sector_evidence != []


@pytest.mark.parametrize("kind", LISTS)
def test_a_page_of_a_sector_is_two_queries_and_one_that_counts_what_waits(
    auditor, kind, django_assert_max_num_queries
):
    anonymous = Client()
    with django_assert_max_num_queries(3):
        rows(anonymous, f"{kind}/?sector=surveillance")


@pytest.mark.parametrize("kind", ["contracting-processes", "contracts"])
def test_the_sector_filter_takes_several_values_and_none(auditor, kind):
    assert {row["ocid"] for row in rows(auditor, f"{kind}/?sector=ai,surveillance")} == {"ocds-test01-cameras"}
    assert {row["ocid"] for row in rows(auditor, f"{kind}/?sector=none")} == {"ocds-test01-cleaning"}
    warnings = auditor.get(f"/api/v1/{kind}/?sector=surveillance").json()["warnings"]
    assert [(entry["code"], entry["rows"]) for entry in warnings] == [("not_judged", 1)], "one waits for its audit"


def test_sectors_of_superseded_audits_are_not_shown(auditor):
    assert "ocds-test01-cameras" in {row["ocid"] for row in rows(auditor, "contracts/?sector=surveillance")}
    load(about("ocds-test01-cameras", CLEANING, id="2", date="2024-06-01T00:00:00Z"))
    audit_due()

    assert "ocds-test01-cameras" not in {row["ocid"] for row in rows(auditor, "contracts/?sector=surveillance")}


def test_an_index_serves_the_filter(auditor):
    made = ContractingProcess.objects.bulk_create(
        ContractingProcess(ocid=f"ocds-test02-{number}", digest=b"d", compiled_release={}) for number in range(2000)
    )
    Audit.objects.bulk_create(
        Audit(process=process, dossier_digest=b"d", ruleset_digest=b"r", outcomes={}) for process in made
    )
    wanted = Audit.objects.filter(is_current=True, sectors__contains=["surveillance"]).values("process")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audits_audit")
        assert "audit_sectors" in wanted.explain()
