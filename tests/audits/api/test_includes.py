"""Rows of lists with what is read beside them on request, as far as the reader may see it."""

import csv
import io
import json

import pytest

from audits.models import Flag, Review
from audits.triage import review_flag
from tests.audits.api.reading import rows
from tests.support.clients import Client, new_user

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def test_parties_can_be_included_in_processes_contracts_and_flags(late_flags, auditor):
    for address in ("contracting-processes", "contracts", "flags"):
        for row in rows(auditor, f"{address}/?include=parties"):
            assert list(row["included"]) == ["parties"]
            assert {party["name"] for party in row["included"]["parties"]} == {
                "Municipio de Prueba",
                "Proveedora Ficticia S.A. de C.V.",
            }
            assert row["included"]["parties"][0].keys() == {
                "organization_id",
                "party_id",
                "name",
                "roles",
                "member_of",
                "path",
            }


def test_nothing_is_included_by_default(late_flags, auditor):
    for address in ("contracting-processes", "contracts", "flags"):
        assert all("included" not in row for row in rows(auditor, f"{address}/"))
        detail = rows(auditor, f"{address}/")[0]["url"]
        assert "included" not in auditor.get(detail).json()


ONE = "ocid=ocds-test01-1"


def test_flags_and_their_evidence_are_those_that_cite_the_contract(late_flags, auditor):
    listed = rows(auditor, f"contracts/?{ONE}&include=flags,evidence")
    late = {
        row["contract_id"]: [flag["id"] for flag in row["included"]["flags"] if flag["rule"] == "R060"]
        for row in listed
    }
    assert late == {f"C{number}": [flag.pk] for number, flag in enumerate(late_flags)} | {"C3": []}
    for row in listed:
        assert [flag["id"] for flag in row["included"]["flags"]] == [flag["id"] for flag in row["flags"]]
        for flag, evidence in zip(row["included"]["flags"], row["included"]["evidence"], strict=True):
            stored = Flag.objects.get(pk=flag["id"])
            assert flag == {"id": stored.pk, "rule": stored.rule, "severity": stored.severity, "state": stored.state}
            assert evidence == {"flag_id": stored.pk, "rule": stored.rule, "places": stored.evidence}


def test_a_process_includes_all_of_its_flags_and_a_flag_its_own_evidence(late_flags, auditor):
    (process,) = rows(auditor, f"contracting-processes/?{ONE}&include=flags,evidence")
    found = {flag["id"] for flag in process["included"]["flags"]}
    expected = set(Flag.objects.filter(process__ocid="ocds-test01-1").values_list("pk", flat=True))
    assert found == {entry["flag_id"] for entry in process["included"]["evidence"]} == expected
    for row in rows(auditor, "flags/?include=evidence"):
        (entry,) = row["included"]["evidence"]
        assert (entry["flag_id"], entry["places"]) == (row["id"], Flag.objects.get(pk=row["id"]).evidence)


def test_the_public_gets_confirmed_flags_only(late_flags):
    for address in ("contracts", "contracting-processes"):
        for row in rows(Client(), f"{address}/?include=flags,evidence"):
            assert row["included"] == {"flags": [], "evidence": []}
    confirm(late_flags[0])
    (process,) = rows(Client(), f"contracting-processes/?{ONE}&include=flags,evidence")
    assert [entry["id"] for entry in process["included"]["flags"]] == [late_flags[0].pk]
    assert [entry["flag_id"] for entry in process["included"]["evidence"]] == [late_flags[0].pk]


def confirm(flag: Flag) -> None:
    review_flag(flag=flag, reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Read.")


def test_a_flag_changed_since_its_confirmation_shows_the_confirmed_text(late_flags):
    confirm(late_flags[0])
    before = rows(Client(), "flags/?include=evidence")[0]["included"]
    Flag.objects.filter(pk=late_flags[0].pk).update(
        changed_because="record", evidence=[{"path": "/unreviewed"}], severity="high", state="confirmed"
    )
    after = rows(Client(), "flags/?include=evidence")[0]["included"]
    assert after == before
    (process,) = rows(Client(), f"contracting-processes/?{ONE}&include=flags")
    assert process["included"]["flags"][0]["severity"] == late_flags[0].severity != "high"


def test_a_page_stays_one_query(late_flags, django_assert_num_queries):
    for address in (
        "contracting-processes/?include=parties,flags,evidence",
        "contracts/?include=parties,flags,evidence",
    ):
        with django_assert_num_queries(1):
            rows(Client(), address)


def test_files_have_includes_too(late_flags, auditor):
    answer = auditor.get(f"{API}contracts.csv?include=flags&fields=contract_id,included&trailer=0")
    written = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    listed = {row["contract_id"]: row["included"] for row in rows(auditor, "contracts/?include=flags")}
    assert {row["contract_id"]: json.loads(row["included"]) for row in written} == listed
    lines = b"".join(auditor.get(f"{API}contracts.jsonl?include=flags").streaming_content).splitlines()[:-1]
    assert {row["contract_id"]: row["included"] for row in map(json.loads, lines)} == listed


@pytest.mark.parametrize(
    ("address", "name"), [("contracts", "flag"), ("flags", "flags"), ("contracting-processes", "x")]
)
def test_an_unknown_include_is_refused(auditor, address, name):
    answer = auditor.get(f"{API}{address}/?include={name}")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["parameter"]) == (400, "include")
    assert "evidence" in error["allowed"]


def test_lists_without_includes_refuse_the_parameter(auditor):
    assert auditor.get(f"{API}organizations/?include=parties").json()["code"] == "unknown_parameter"
